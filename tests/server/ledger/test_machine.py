"""Random sequences of actions against a plain model; `script/bench ledger` runs two thousand of them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.server.ledger.machine import Ledger

QUICK = settings(
    max_examples=30,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_any_sequence_leaves_the_books_right() -> None:
    run_state_machine_as_test(Ledger, settings=QUICK)
    assert Ledger.sequences >= 30
    assert Ledger.steps >= 150
