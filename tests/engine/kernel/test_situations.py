"""The hard situations are really met: conflicts of every kind, bounds, readings, what is not known; and all agree."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from tests.engine.kernel import random_rules, tangle
from tests.engine.kernel.agreement import DAYS, Compared, adopted, all_kernel, batch_of, compared, mixed_batch
from tests.engine.kernel.situations import SITUATIONS

from duixian.engine.assess import Request
from duixian.engine.batch import Kernel

SEARCHED_TOO_LONG = "unsolved"
"""So rare that only `script/bench agreement` meets it; tests/engine/test_overlap.py has cases of its own."""


def choices(kernel: Kernel, seed: int) -> dict[str, str]:
    """A random choice of some readings."""
    rng = random.Random(seed)  # noqa: S311
    known = {
        f"{policy.id}/{item.id}": [choice.id for choice in item.choices]
        for policy in kernel.policies
        for item in policy.readings
    }
    return {name: rng.choice(ids) for name, ids in known.items() if rng.random() < 0.3}


@pytest.fixture(scope="module")
def seen() -> Compared:
    """Every kind of conflict and bound on invented policies, and what the packs' own cases come to in pieces."""
    found, kernel = Compared(), tangle.tangle_kernel()
    for seed, missing in enumerate((0, 0.05, 0.3)):
        batch = batch_of(tangle.applicants(45, seed, missing), kernel.vocabulary)
        found.add(compared(kernel, batch, Request(on=DAYS[0], readings=choices(kernel, seed))))
    packs = all_kernel()
    batch = mixed_batch(packs, 150, 3, 0.1)
    found.add(compared(packs, batch, Request(on=DAYS[0], if_adopted=adopted(packs))))
    # Long after, the end of a draft that hangs on another policy's is open.
    for day, days in ((DAYS[2], adopted(packs)), (DAYS[2], {}), (dt.date(2018, 1, 1), {})):
        found.add(compared(packs, batch.slice(0, 5), Request(on=day, if_adopted=days)))
    return found


def test_all_agree(seen: Compared) -> None:
    assert seen.differences == []
    assert seen.native > 0.5 * seen.applicants
    assert seen.explained > 50


@pytest.mark.parametrize("situation", [name for name in SITUATIONS if name != SEARCHED_TOO_LONG])
def test_is_met(seen: Compared, situation: str) -> None:
    assert seen.met[situation] > 0


@pytest.mark.parametrize("seed", [5, 9])
def test_random_rules_of_the_whole_language(seed: int) -> None:
    kernel = random_rules.random_kernel(seed, 12)
    for missing in (0, 0.1, 0.4):
        batch = batch_of(tangle.applicants(30, seed, missing), kernel.vocabulary)
        found = compared(kernel, batch, Request(on=DAYS[0], readings=choices(kernel, seed)))
        assert found.differences == []
        assert found.native == 30
