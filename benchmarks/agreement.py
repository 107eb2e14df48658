"""Kernel against reference engine and explain on many applicants: every claim, verdict, fen, condition.

`script/bench agreement [--rows N] [--other N] [--journal FILE]`: N applicants with all defaults (a half from
`lab synth`, a quarter of random facts, a quarter put together from worked cases), `--other` under each other
choice of every reading, under random combinations, and under other literals and days; and on invented policies:
one set that has every kind of conflict and bound, and rules of random expressions. With a journal a run that was
stopped goes on where it was, and a longer one takes over what a shorter one did.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from tests.engine.kernel import random_rules, tangle
from tests.engine.kernel.agreement import (
    DAYS,
    Compared,
    adopted,
    all_kernel,
    batch_of,
    compared,
    mixed_batch,
    random_batch,
)
from tests.engine.kernel.situations import SITUATIONS

from duixian.engine.assess import Request
from duixian.engine.batch import Kernel
from duixian.lab.population.firms import Society
from duixian.lab.synth import synthetic_batches

PIECE = 1_000
COMBINATIONS = 20
VARIANTS = 10


class Piece(NamedTuple):
    """A part of the work: what it is for, which applicants (kind and seed), and what is asked of them."""

    part: str
    kind: str
    seed: int
    applicants: int
    readings: tuple[tuple[str, str], ...] = ()
    vary: int = -1

    @property
    def name(self) -> str:
        """What the journal calls it."""
        return json.dumps(self, ensure_ascii=False)


def pieces(kernel: Kernel, rows: int, other: int) -> Iterator[Piece]:
    """Yield all parts of the work."""
    asked: list[tuple[str, tuple[tuple[str, str], ...]]] = [
        ("reading", ((name, choice),)) for name, choice in others(kernel)
    ]
    rng = random.Random(1)
    choices = list(readings(kernel).items())
    for _ in range(COMBINATIONS):
        asked.append(("combination", tuple((name, rng.choice(known)) for name, known in choices)))
    for part, taken in asked:
        for kind, seed, share in (("mixed", 1_000_000, 2), ("random", 1_000_001, 4), ("synth", 1_000_002, 4)):
            yield Piece(part, kind, seed, other // share, taken)
    for number in range(VARIANTS):
        for kind, seed, share in (("mixed", 2_000_000, 2), ("random", 2_000_001, 2)):
            yield Piece("literals and days", kind, seed + 10 * number, other // share, (), number)
    for number in range(max(1, other // 100)):
        yield Piece("conflicts and bounds", "tangle", number, 100)
        yield Piece("random rules", "rules", number // 4, 100, (), number)
    kinds = ("synth", "mixed", "synth", "random")
    for number in range(-(-rows // PIECE)):
        yield Piece("defaults", kinds[number % 4], number, min(PIECE, rows - number * PIECE))


def readings(kernel: Kernel) -> dict[str, list[str]]:
    """Return every reading's choices."""
    return {
        f"{policy.id}/{reading.id}": [choice.id for choice in reading.choices]
        for policy in kernel.policies
        for reading in policy.readings
    }


def others(kernel: Kernel) -> Iterator[tuple[str, str]]:
    """Yield each choice of a reading that is not its default."""
    defaults = {
        f"{policy.id}/{item.id}": item.default for policy in kernel.policies for item in policy.readings
    }
    for name, choices in readings(kernel).items():
        yield from ((name, choice) for choice in choices if choice != defaults[name])


def kernel_of(piece: Piece) -> Kernel:
    """Return the policies of a piece, compiled."""
    if piece.kind == "rules":
        return random_rules.random_kernel(piece.seed, 30)
    return tangle.tangle_kernel() if piece.kind == "tangle" else all_kernel()


def applicants(kernel: Kernel, piece: Piece) -> pa.RecordBatch:
    """Return the applicants of a piece."""
    if piece.kind == "synth":
        # Half of the registers end before the day that is asked about, the others some years later.
        society = Society(firms=piece.applicants, seed=piece.seed, last_year=2021 + 2 * (piece.seed // 2 % 2))
        return next(iter(synthetic_batches(society, kernel.vocabulary, threads=1))).slice(0, piece.applicants)
    missing = 0.02 + 0.05 * (piece.seed // 4 % 4)
    if piece.kind in ("tangle", "rules"):
        made = tangle.applicants(piece.applicants, 7 * piece.seed + piece.vary, (0, 0.1, 0.3)[piece.vary % 3])
        return batch_of(made, kernel.vocabulary)
    if piece.kind == "mixed":
        return mixed_batch(kernel, piece.applicants, piece.seed, missing)
    return random_batch(kernel, piece.applicants, 14, piece.seed, missing)


def asked_of(kernel: Kernel, piece: Piece) -> tuple[Request, dict[str, Any]]:
    """Return the request of a piece, and other literals."""
    if piece.kind in ("tangle", "rules"):
        rng = random.Random(piece.seed)
        taken = {name: rng.choice(known) for name, known in readings(kernel).items() if rng.random() < 0.3}
        return Request(on=DAYS[0], readings=taken), {}
    if piece.vary < 0:
        return Request(on=DAYS[0], if_adopted=adopted(kernel), readings=dict(piece.readings)), {}
    rng = random.Random(piece.vary)
    on = dt.date(2018, 1, 1) + dt.timedelta(rng.randrange(3650))
    drafts = adopted(kernel, on - dt.timedelta(rng.randrange(900))) if rng.random() < 0.7 else {}
    days = {policy.id: on - dt.timedelta(rng.randrange(400)) for policy in rng.sample(kernel.policies, 2)}
    return Request(on=on, on_policy=days, if_adopted=drafts), _literals(kernel, rng)


def _literals(kernel: Kernel, rng: random.Random) -> dict[str, Any]:
    factor = rng.choice((Fraction(1, 3), Fraction(1, 7), Fraction(2), Fraction(10)))
    found: dict[str, Any] = {}
    for name, value in kernel.parameters.items():
        if rng.random() < 0.5:
            continue
        if isinstance(value, dt.date):
            found[name] = value + dt.timedelta(rng.randrange(-300, 300))
        elif isinstance(value, int | Fraction):
            changed = value * factor
            found[name] = int(changed) if changed.denominator == 1 else changed
    return found


def work(piece: Piece) -> dict[str, Any]:
    """Compare a piece, in a process of its own."""
    kernel = kernel_of(piece)
    request, literals = asked_of(kernel, piece)
    every = 5 if piece.kind in ("tangle", "rules") else 20
    seen = compared(kernel, applicants(kernel, piece), request, literals, explain=every)
    return {**vars(seen), "met": dict(seen.met)}


def run(todo: list[Piece], journal: Path | None) -> dict[str, Compared]:
    """Do all pieces on all cores but those that the journal has; tell how far it is."""
    done = _journal(journal)
    found: dict[str, Compared] = {}

    def note(piece: Piece, seen: Mapping[str, Any]) -> None:
        one = Compared(**{**seen, "met": Counter(seen["met"])})
        one.differences = [f"{piece.name}: {text}" for text in one.differences]
        found.setdefault(piece.part, Compared()).add(one)

    left = [piece for piece in todo if piece.name not in done]
    for piece in todo:
        if piece.name in done:
            note(piece, done[piece.name])
    began, count = time.monotonic(), 0
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        futures = {pool.submit(work, piece): piece for piece in left}
        for number, future in enumerate(as_completed(futures), 1):
            piece, seen = futures[future], future.result()
            note(piece, seen)
            if journal:
                with journal.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([piece.name, seen], ensure_ascii=False) + "\n")
            count += piece.applicants
            wrong = sum(len(seen.differences) for seen in found.values())
            if number % 20 == 0 or seen["differences"]:
                rate = count / (time.monotonic() - began)
                print(f"{number}/{len(left)} {rate:,.0f} applicants/s, {wrong} differences", file=sys.stderr)
    return found


def _journal(path: Path | None) -> dict[str, Any]:
    if path is None or not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(map(json.loads, lines))


def main() -> None:
    """Compare and print; the last line is JSON. Ends with 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--other", type=int, default=2_000)
    parser.add_argument("--journal", type=Path)
    asked = parser.parse_args()
    began = time.monotonic()
    kernel = all_kernel()  # compiled once, before there are processes that need it
    parts = run(list(pieces(kernel, asked.rows, asked.other)), asked.journal)
    whole = Compared()
    for name, seen in parts.items():
        print(
            f"{name}: {seen.applicants:,} applicants, {seen.claims:,} claims, "
            f"{seen.native / max(1, seen.applicants):.1%} by native code alone, "
            f"{seen.explained:,} through explain, {len(seen.differences)} differences"
        )
        whole.add(seen)
    for situation in SITUATIONS:
        print(f"  {whole.met[situation]:>9,}  {situation}")
    for text in whole.differences[:20]:
        print(text)
    figures = {
        "agree_applicants": whole.applicants,
        "agree_claims": whole.claims,
        "agree_native": whole.native,
        "agree_explained": whole.explained,
        "agree_differences": len(whole.differences),
        "never_met": [name for name in SITUATIONS if not whole.met[name]],
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(figures, ensure_ascii=False))
    sys.exit(bool(whole.differences))


if __name__ == "__main__":
    main()
