"""Conflicts and bounds in which native code and the reference engine could part, each the smallest case of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.engine.invented import label, policy
from tests.engine.kernel import tangle
from tests.engine.kernel.agreement import DAYS, agree, batch_of

from duixian.engine.assess import Request
from duixian.engine.batch import Kernel, compile_kernel
from duixian.language.pack import load_policies
from duixian.language.vocabulary import load_vocabulary
from duixian.register.applicant import Applicant


def kernel_of(folder: Path, sums: dict[str, dict[str, Any]], **own: Any) -> Kernel:
    """An invented policy of one measure an item for each of `sums`, compiled."""
    tangle.write_vocabulary(folder)
    measures = {name: {"per": "item", **terms} for name, terms in sums.items()}
    words = load_vocabulary(folder / "vocabulary.yaml")
    kernel = compile_kernel(load_policies([policy(folder, "one", measures, **own)], words), words)
    assert kernel.native, kernel.why_not
    return kernel


def pairs(*names: str) -> list[dict[str, Any]]:
    """Relations between two measures each, written `a-b`."""
    return [
        {
            "id": f"r{n}",
            "at": "首#2",
            "same": "enterprise",
            "between": list(name.split("-")),
            "period": "ever",
        }
        for n, name in enumerate(names)
    ]


def firm(items: list[dict[str, Any]], **records: Any) -> Applicant:
    """An enterprise with these items, all its lists whole."""
    whole = {"color": "red", "day": DAYS[1]}
    held = [{"id": f"i{n}", **whole, **item} for n, item in enumerate(items)]
    lists = {"item": held, **records}
    return Applicant("a", {"kind": "enterprise"}, lists, frozenset(tangle.policies()[1].records))


def paid(kernel: Kernel, applicant: Applicant, column: str = "at_most_fen") -> dict[str, int]:
    """What is paid under each measure, after making sure that native code did it and all agree."""
    batch = batch_of([applicant], kernel.vocabulary)
    assert agree(kernel, batch, Request(on=DAYS[0])) == 1
    claims = kernel.run(batch, Request(on=DAYS[0])).claims.to_pylist()
    return {f"{claim['measure']}": claim[column] for claim in claims}


def test_what_is_worth_nothing_beside_a_claim_without_a_number_settles_no_tie(tmp_path: Path) -> None:
    # b was paid whole, so it is worth nothing, and c-d tie: c is the earlier one. Were b in the way, d would win.
    sums = {
        "a": {"sum": "by_reference"},
        "b": {"amount": "item.m0"},
        "c": {"amount": "item.m1"},
        "d": {"amount": "item.m2"},
    }
    kernel = kernel_of(tmp_path, sums, overlap=pairs("a-b", "b-c", "c-d"))
    payment = [{"id": "p", "measure": "b", "record": "i0", "amount": 100}]
    applicant = firm([{"m0": 100, "m1": 500, "m2": 500}], payment=payment)
    assert paid(kernel, applicant) == {"a": 0, "b": 0, "c": 500, "d": 0}


def by_color(folder: Path, **own: Any) -> Kernel:
    """A measure that pays each item its sum if `g0` holds, under a bound over the items of one colour."""
    bound = label(id="color", at="首#2", over=["a"], per=["item.color"], **own)
    holds = {"holds": label(**{"is": "item.g0"})}
    return kernel_of(folder, {"a": {"amount": "item.m0", "requires": holds}}, bounds=[bound])


def items(**payment: Any) -> Applicant:
    """Two red items of 5 and 7 yuan, a green one of 8, a red one of 6 that fails; one payment."""
    sums = (("red", 500, True), ("red", 700, True), ("green", 800, True), ("red", 600, False))
    held = [{"color": color, "m0": fen, "g0": flag} for color, fen, flag in sums]
    return firm(held, payment=[{"id": "p", "measure": "a", **payment}])


def by_record(kernel: Kernel, applicant: Applicant, column: str) -> list[int]:
    """What is paid for each item that has a claim, in order, after making sure that native code did it."""
    batch = batch_of([applicant], kernel.vocabulary)
    assert agree(kernel, batch, Request(on=DAYS[0])) == 1
    claims = kernel.run(batch, Request(on=DAYS[0])).claims
    return [int(fen) for fen in claims.column(column).to_pylist()]


def test_a_payment_uses_up_the_bound_of_its_record(tmp_path: Path) -> None:
    # Of red 9 - 2 = 7 are left: 5 - 2 = 3 for the first, 4 of 7 for the second. Green is not touched.
    found = by_record(by_color(tmp_path, ceiling="9元"), items(record="i0", amount=200), "at_most_fen")
    assert found == [300, 400, 800]


def test_a_payment_for_a_claim_that_fails_uses_up_the_bound_too(tmp_path: Path) -> None:
    found = by_record(by_color(tmp_path, ceiling="9元"), items(record="i3", amount=200), "certain_fen")
    assert found == [500, 200, 800]


def test_a_payment_for_no_known_record_may_be_of_any_colour(tmp_path: Path) -> None:
    # Certain: 9 - 3 = 6 of each colour. At most: it was of neither.
    kernel, applicant = by_color(tmp_path, ceiling="9元"), items(record="gone", amount=300)
    assert by_record(kernel, applicant, "certain_fen") == [500, 100, 600]
    assert by_record(kernel, applicant, "at_most_fen") == [500, 400, 800]


def test_a_payment_of_unknown_sum_may_have_used_up_all(tmp_path: Path) -> None:
    kernel, applicant = by_color(tmp_path, ceiling="9元"), items(record="i3")
    assert by_record(kernel, applicant, "certain_fen") == [0, 0, 800]
    assert by_record(kernel, applicant, "at_most_fen") == [500, 400, 800]


def test_a_claim_that_was_paid_keeps_its_place_in_a_number(tmp_path: Path) -> None:
    # At most two of a colour: the first red one has its place, the second takes the other.
    found = by_record(by_color(tmp_path, at_most="2"), items(record="i0", amount=200), "at_most_fen")
    assert found == [300, 700, 800]
