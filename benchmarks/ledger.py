"""Proves the ledger under a crowd and over random sequences: nothing overspent, nothing doubled, everything adds up.

`script/bench ledger [--sequences N]`. Controls run the same commands without the lock or the key, in a cluster of
their own, and show the fault that the real ones have not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.server import cluster

if TYPE_CHECKING:
    from tests.server.ledger.books import Books

CROWD, ATTEMPTS, TIMES = 16, 50, 3
AMOUNT_FEN = 1_000_007
BUDGET_FEN = (
    AMOUNT_FEN * CROWD * ATTEMPTS // 2 + 500_000
)  # half of the attempts fit, and a rest that fits none


def main() -> None:
    """Control, crowds, equal commands, sequences, verification; the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=2_000)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--control", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.control:
        print(json.dumps(controls()))
        return
    again = [sys.executable, "-m", "benchmarks.ledger", "--control"]
    figures = json.loads(subprocess.run(again, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    print(
        f"without the lock: {figures['overspent_control_fen']} fen overspent by {CROWD} threads", flush=True
    )
    print(f"without the key: {figures['doubled_control']} of 20 equal commands doubled", flush=True)
    with cluster() as environment:
        figures |= crowds()
        print(
            f"with the lock: {figures['overspent_fen']} fen overspent in {TIMES} rounds of {CROWD} × {ATTEMPTS}; "
            f"with the key: {figures['doubled']} doubled; {figures['entries_per_s']} entries a second",
            flush=True,
        )
        figures |= sequences(options.sequences, options.steps, options.seed)
        print(f"{figures['sequences']} sequences, {figures['steps']} actions: right", flush=True)
        figures |= verified(environment["DATABASE_AUDITOR_URL"])
    print(json.dumps(figures))
    sys.exit(bool(figures["overspent_fen"] or figures["doubled"] or figures["faults"]))


def controls() -> dict[str, int]:
    """What the same crowd does to the same commands without the lock, and without the unique key."""
    with cluster():
        from tests.server.ledger.books import Books
        from tests.server.ledger.crowds import KEYLESS, UNLOCKED, ask_at_once, replace_guards, spend_at_once

        replace_guards(UNLOCKED)
        books = Books()
        books.do("appropriate", BUDGET_FEN)
        _, overspent = spend_at_once(books, CROWD, ATTEMPTS, AMOUNT_FEN)
        replace_guards(KEYLESS)
        books = Books()
        books.do("appropriate", BUDGET_FEN)
        proposals, _, _ = ask_at_once(books, 20)
    return {"overspent_control_fen": overspent, "doubled_control": proposals - 1}


def crowds() -> dict[str, float]:
    """The real ones: three crowds on an envelope each, twenty equal commands, and a crowd that is never refused."""
    from tests.server.ledger.books import Books
    from tests.server.ledger.crowds import ask_at_once, spend_at_once

    overspent = refused = 0
    for _ in range(TIMES):
        books = Books()
        books.do("appropriate", BUDGET_FEN)
        entries, over = spend_at_once(books, CROWD, ATTEMPTS, AMOUNT_FEN)
        assert entries == CROWD * ATTEMPTS // 2, "money was left although somebody asked for it"
        assert books.replayed() == books.kinds()
        overspent += over
        refused += CROWD * ATTEMPTS - entries
    proposals, entries, _ = ask_at_once(books := _rich(), 20)
    assert books.replayed() == books.kinds()
    books, rates = _rich(), {}
    for threads in (1, CROWD):
        began = time.perf_counter()
        posted, _ = spend_at_once(books, threads, 400 // threads, 1)
        rates[threads] = round(posted / (time.perf_counter() - began), 1)
    return {
        "overspent_fen": overspent, "refused": refused, "doubled": max(proposals, entries) - 1,
        "entries_per_s": rates[CROWD], "entries_per_s_one_thread": rates[1],
    }  # fmt: skip


def _rich() -> Books:
    from tests.server.ledger.books import Books

    books = Books()
    books.do("appropriate", 10**12)
    return books


def sequences(number: int, steps: int, seed: int) -> dict[str, float]:
    """Random sequences of actions against the model of the tests."""
    from django.db import connection
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test
    from tests.server.ledger.machine import Ledger

    with connection.cursor() as cursor:  # how soon a commit is on the disk is not what is looked at here
        cursor.execute("SET synchronous_commit = off")
    began = time.perf_counter()
    wanted = settings(
        max_examples=number, stateful_step_count=steps, deadline=None, database=None,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(seeded(seed)(Ledger), settings=wanted)
    return {
        "sequences": Ledger.sequences, "steps": Ledger.steps, "sequences_s": round(time.perf_counter() - began, 1)
    }  # fmt: skip


def verified(url: str) -> dict[str, float]:
    """The whole of it, looked at as an auditor would."""
    from duixian.server.audit.chain import BATCH, extend
    from duixian.server.audit.verifying import verify

    while extend() == BATCH:
        pass
    began = time.perf_counter()
    found = verify(url)
    for fault in found.faults:
        print(f"{fault.table} {fault.row}: {fault.what.en}")
    return {
        "faults": len(found.faults), "links": found.chain.links, "verified_s": round(time.perf_counter() - began, 2)
    }  # fmt: skip


if __name__ == "__main__":
    main()
