"""A payment or decision that names no one measure is an error for a register as it is for one applicant."""

from __future__ import annotations

import pytest
from tests.engine.kernel.agreement import DAYS, all_kernel, batch_of

from duixian.engine.assess import Request
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant
from duixian.register.problems import InputError

SHARED = "platform-operation"
"""A measure of two packs."""


def paid(name: str, entity: str = "payment") -> list[Applicant]:
    """Three applicants, the second with a payment or decision of that name."""
    entry = {"id": "p1", "measure": name}
    records = [{}, {entity: [{"id": "p0", "measure": "not-ours"}, entry]}, {}]
    return [Applicant(f"a{n}", {"kind": "enterprise"}, held) for n, held in enumerate(records)]


@pytest.mark.parametrize("entity", ["payment", "decision"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        (SHARED, f"several policies have a measure `{SHARED}`; name the policy too"),
        (
            "wuhan-cybersecurity-2026/platform",
            "the policy `wuhan-cybersecurity-2026` has no measure `platform`",
        ),
    ],
)
def test_is_told_with_the_applicant_and_the_record(entity: str, name: str, told: str) -> None:
    applicants = paid(name, entity)
    batch = batch_of(applicants, shared_vocabulary())
    for run in (all_kernel().run, all_kernel().reference_run):
        for rows in (batch, batch.slice(1)):
            with pytest.raises(InputError, match=rf"{entity}\[p1\]: {told}.*\(applicant a1\)"):
                run(rows, Request(on=DAYS[0]))
    with pytest.raises(InputError, match=told):
        all_kernel()._reference.book.ask(Request(on=DAYS[0])).assess(applicants)


@pytest.mark.parametrize("name", [f"wuhan-cybersecurity-2026/{SHARED}", "not-ours", "else/not-ours"])
def test_a_name_of_one_measure_or_of_another_policy_is_none(name: str) -> None:
    batch = batch_of(paid(name), shared_vocabulary())
    assert (
        all_kernel()
        .run(batch, Request(on=DAYS[0]))
        .claims.equals(all_kernel().reference_run(batch, Request(on=DAYS[0])).claims)
    )
