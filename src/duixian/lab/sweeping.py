"""`sweep`: what a policy costs and whom it reaches as its literals take other values."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from duixian.engine.assess import Request
from duixian.engine.batch import compile_kernel
from duixian.engine.kernel.parameters import Amount
from duixian.lab.costing import Basis, basis_of
from duixian.lab.registers import Register
from duixian.lab.tally import LEVELS, Sums, numbers, sum_by
from duixian.lab.variants import Vary, variants
from duixian.language.policy import Policy

if TYPE_CHECKING:
    import pyarrow as pa


class Point(msgspec.Struct, frozen=True):
    """One variant: its values in the order of what is varied, its cost in fen, claims and applicants reached."""

    values: tuple[Amount, ...]
    sums: Sums
    claims: int
    reached: int


class Sweep(msgspec.Struct, frozen=True):
    """A policy over a range.

    present: the policy as it stands. within: the place (from 0) of the costliest point that keeps within the
        budget by what is owed at most; None if none does, or if there is no budget.
    """

    basis: Basis
    varies: tuple[Vary, ...]
    present: Point
    points: tuple[Point, ...]
    budget_fen: int | None = None
    within: int | None = None


def sweep(
    policy: Policy,
    register: Register,
    request: Request,
    varies: Sequence[Vary],
    budget_fen: int | None = None,
) -> Sweep:
    """Work out the cost of every combination of values; the register is read once, the rules compiled once.

    Raises:
        VariantError: a variant is no policy.
        RequestError: the request names what the policy does not have.
        InputError: the register cannot be read.
    """
    kernel = compile_kernel([policy], register.vocabulary)
    asked: list[Mapping[str, Amount]] = [{}, *variants(policy, varies)]
    tallies = [_Tally() for _ in asked]
    applicants = 0
    with ThreadPoolExecutor(os.cpu_count() if kernel.native else 1) as pool:
        for batch in register.batches():
            applicants += batch.num_rows

            def run(place: int, batch: pa.RecordBatch = batch) -> None:
                tallies[place].add(kernel.run(batch, request, parameters=asked[place]).claims)

            list(pool.map(run, range(len(asked))))
    present = tallies[0].point(tuple(vary.present for vary in varies))
    points = tuple(
        tally.point(tuple(values.values())) for tally, values in zip(tallies[1:], asked[1:], strict=True)
    )
    basis = basis_of(policy, register, request, applicants)
    within = None if budget_fen is None else _within(points, budget_fen)
    return Sweep(basis, tuple(varies), present, points, budget_fen, within)


def _within(points: Sequence[Point], budget_fen: int) -> int | None:
    fitting = [place for place, point in enumerate(points) if point.sums.at_most_fen <= budget_fen]
    return max(
        fitting, key=lambda place: (points[place].sums.at_most_fen, points[place].reached), default=None
    )


@dataclass
class _Tally:
    """Adds up the claims of one variant."""

    sums: Sums = field(default_factory=Sums)
    claims: int = 0
    reached: int = 0

    def add(self, claims: pa.RecordBatch) -> None:
        money = [numbers(claims[level]) for level in LEVELS]
        whole = np.zeros(claims.num_rows, np.int64)
        self.sums += Sums(*(sum_by(values, whole, 1)[0] for values in money))
        paid = money[-1] > 0
        self.claims += int(np.count_nonzero(paid))
        self.reached += len(np.unique(numbers(claims["row"])[paid]))

    def point(self, values: tuple[Amount, ...]) -> Point:
        return Point(values, self.sums, self.claims, self.reached)
