"""`compare`: two policies on the same applicants: who gains, who loses, how much, and by which measures."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from duixian.engine.assess import Request
from duixian.engine.batch import BatchResult, Kernel, compile_kernel
from duixian.engine.kernel.parameters import Amount
from duixian.engine.progress import Tell, silent
from duixian.lab.costing import Basis, basis_of
from duixian.lab.registers import Register
from duixian.lab.relocation import HOME, relocated
from duixian.lab.tally import LEVELS, Breakdown, Sums, coded, numbers, sum_by
from duixian.lab.variants import literals_of
from duixian.language.policy import Policy

if TYPE_CHECKING:
    import pyarrow as pa

    from duixian.lab.tally import Ints

_WAN: Final = 10**6
_STEPS: Final = tuple(wan * _WAN for wan in (0, 10, 100, 1000))
LARGEST: Final = 20
"""Moves that are listed one by one."""


@dataclass(frozen=True)
class Side:
    """A policy and how it is asked."""

    policy: Policy
    request: Request


class Movers(msgspec.Struct, frozen=True):
    """How many applicants, and how much they get more (or less) together, in fen."""

    applicants: int
    fen: int


class Band(msgspec.Struct, frozen=True):
    """Applicants whose move is more than `over_fen` and at most `to_fen` (None: more), up or down."""

    up: bool
    over_fen: int
    to_fen: int | None
    applicants: int
    fen: int


class Driver(msgspec.Struct, frozen=True):
    """A measure's part: what is owed at most under it in A and in B, None where the policy does not have it."""

    policy: str
    measure: str
    a_fen: int | None
    b_fen: int | None

    @property
    def move_fen(self) -> int:
        """Return what it adds from A to B."""
        return (self.b_fen or 0) - (self.a_fen or 0)


class Move(msgspec.Struct, frozen=True):
    """One applicant's total at most under A and under B."""

    id: str
    name: str
    a_fen: int
    b_fen: int


class Difference(msgspec.Struct, frozen=True):
    """A literal that two versions of a policy write otherwise; None where a version has none at that address."""

    address: str
    kind: str
    a: Amount | None
    b: Amount | None


class Comparison(msgspec.Struct, frozen=True):
    """A against B, applicant by applicant, by what is owed at most; sums in fen.

    cities: the city to which every applicant was moved for each side, if they are those of two cities.
    drivers: by measure; their moves add up to B's cost less A's. largest: the largest moves.
    differences: between two versions of one policy.
    """

    a: Basis
    b: Basis
    a_sums: Sums
    b_sums: Sums
    cities: tuple[str, str] | None
    winners: Movers
    losers: Movers
    unmoved: int
    bands: tuple[Band, ...]
    drivers: tuple[Driver, ...]
    largest: tuple[Move, ...]
    differences: tuple[Difference, ...] = ()


def compare(a: Side, b: Side, register: Register, progress: Tell = silent) -> Comparison:
    """Compare two policies, two versions of one, or one under two requests; the register is read once.

    If the policies are those of two cities, every applicant is taken to stand in A's city for A and in B's
    for B. Of two versions each may lack measures of the other: what was paid or decided under those of one has no
    bearing on the other.

    Raises:
        RequestError: a request names what its policy does not have.
        InputError: the register cannot be read.
    """
    cities = None if a.policy.city == b.policy.city else (a.policy.city, b.policy.city)
    policies = (a.policy, b.policy)
    kernels = [compile_kernel([policy], register.vocabulary, versions=policies) for policy in policies]
    tally = _Tally()
    for batch in register.batches(kernels, ("name", *(HOME if cities else ())), progress):
        found = [
            _run(kernel, batch, side, register, cities is not None)
            for kernel, side in zip(kernels, (a, b), strict=True)
        ]
        tally.add(batch, found)
    return Comparison(
        a=basis_of(a.policy, register, a.request, tally.applicants, kernels[0]),
        b=basis_of(b.policy, register, b.request, tally.applicants, kernels[1]),
        a_sums=tally.sums(0),
        b_sums=tally.sums(1),
        cities=cities,
        winners=tally.movers(up=True),
        losers=tally.movers(up=False),
        unmoved=tally.unmoved,
        bands=tally.bands(),
        drivers=tally.drivers(a.policy, b.policy),
        largest=tally.largest(),
        differences=differences(a.policy, b.policy),
    )


def differences(a: Policy, b: Policy) -> tuple[Difference, ...]:
    """Return the literals that two versions of a policy write otherwise, in A's order; none for two policies."""
    if a.id != b.id:
        return ()
    mine, other = literals_of(a), literals_of(b)
    found = []
    for address in dict.fromkeys((*mine, *other)):
        values = [known[address].value if address in known else None for known in (mine, other)]
        if values[0] != values[1]:
            kind = (mine.get(address) or other[address]).type.kind
            found.append(Difference(address, kind, *values))
    return tuple(found)


def _run(kernel: Kernel, batch: pa.RecordBatch, side: Side, register: Register, move: bool) -> BatchResult:
    if move:
        batch = relocated(batch, register.vocabulary, side.policy.city)
    return kernel.run(batch, side.request, readings=False)


class _Tally:
    """Adds up batches; of applicants only the largest moves are kept."""

    def __init__(self) -> None:
        self.applicants = self.unmoved = 0
        self.by = (Breakdown(), Breakdown())
        self.counts = {up: [[0, 0] for _ in _STEPS] for up in (True, False)}
        self.kept: list[tuple[int, int, Move]] = []

    def add(self, batch: pa.RecordBatch, found: list[BatchResult]) -> None:
        totals = []
        for result, breakdown in zip(found, self.by, strict=True):
            rows = numbers(result.claims["row"])
            money = tuple(numbers(result.claims[level]) for level in LEVELS)
            breakdown.add(rows, *coded(result.claims["measure"]), money)
            totals.append(np.array(sum_by(money[1], rows, batch.num_rows), np.int64))
        a, b = totals
        moves: Ints = b - a
        self.unmoved += int(np.count_nonzero((moves == 0) & (a > 0)))
        for up, part in ((True, moves), (False, -moves)):
            for place, over in enumerate(_STEPS):
                inside = part > over
                if place + 1 < len(_STEPS):
                    inside &= part <= _STEPS[place + 1]
                count = self.counts[up][place]
                count[0] += int(np.count_nonzero(inside))
                count[1] += sum(part[inside].tolist())
        order = np.argsort(-np.abs(moves), kind="stable")[:LARGEST]
        names = batch["name"].take(order).to_pylist()
        for row, name in zip(order.tolist(), names, strict=True):
            if moves[row]:
                move = Move(batch["id"][row].as_py(), name or "", int(a[row]), int(b[row]))
                self.kept.append((-abs(int(moves[row])), self.applicants + row, move))
        self.kept = heapq.nsmallest(LARGEST, self.kept)
        self.applicants += batch.num_rows

    def sums(self, side: int) -> Sums:
        return sum((group.sums for group in self.by[side].groups()), start=Sums())

    def movers(self, up: bool) -> Movers:
        rows = self.counts[up]
        return Movers(sum(row[0] for row in rows), sum(row[1] for row in rows))

    def bands(self) -> tuple[Band, ...]:
        """Return the bands from the greatest loss to the greatest gain."""
        tops = (*_STEPS[1:], None)
        made = {
            up: [
                Band(up, over, to, *row) for over, to, row in zip(_STEPS, tops, self.counts[up], strict=True)
            ]
            for up in (True, False)
        }
        return (*reversed(made[False]), *made[True])

    def drivers(self, a: Policy, b: Policy) -> tuple[Driver, ...]:
        """Return the measures with any cost, the largest moves first; versions of one policy side by side."""
        sides = []
        for policy, breakdown in ((a, self.by[0]), (b, self.by[1])):
            costs = {str(group.key): group.sums.at_most_fen for group in breakdown.groups()}
            sides.append({(policy.id, item.id): costs.get(item.id, 0) for item in policy.measures})
        rows = [
            Driver(*key, sides[0].get(key), sides[1].get(key))
            for key in dict.fromkeys((*sides[0], *sides[1]))
        ]
        return tuple(
            sorted(
                (row for row in rows if row.a_fen or row.b_fen),
                key=lambda row: (-abs(row.move_fen), -(row.b_fen or 0), row.policy, row.measure),
            )
        )

    def largest(self) -> tuple[Move, ...]:
        """Return the largest moves, in the register's order where they are equal."""
        return tuple(move for _, _, move in sorted(self.kept, key=lambda item: item[:2]))
