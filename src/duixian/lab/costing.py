"""`cost`: what one policy costs on a register, by measure, district, size, industry and year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from duixian.engine.assess import Request
from duixian.engine.batch import BatchResult, Kernel, compile_kernel
from duixian.engine.progress import Tell, silent
from duixian.lab.limits import Limit, Limits
from duixian.lab.registers import Kind, Register
from duixian.lab.spread import Budget, Spread, budget_of, spread_of
from duixian.lab.tally import LEVELS, Breakdown, Group, Sums, by_applicant, coded, numbers
from duixian.language.policy import Policy

if TYPE_CHECKING:
    import pyarrow as pa

    from duixian.lab.tally import Ints

DIMENSIONS = ("measure", "district", "size", "industry", "year")
"""How a cost is broken down: the sums of each breakdown are those of the whole."""
_OWN = ("division", "size", "fields")
"""The applicant's facts by which it is broken down."""


class Basis(msgspec.Struct, frozen=True):
    """What a figure rests on: the policy, its day, the readings taken, the register and how many are in it.

    missing: columns that the rules read and the register lacks, so that their facts are unknown.
    """

    policy: str
    on: dt.date
    if_adopted: dt.date | None
    readings: dict[str, str]
    register: str
    kind: Kind
    applicants: int
    missing: tuple[str, ...] = ()


class Cost(msgspec.Struct, frozen=True):
    """What a policy costs on a register. All sums in fen, after take-the-higher and shared bounds.

    claims, reached: claims and applicants for which money may come, decisions falling well.
    verdicts: how many claims there are of each verdict; `not_stated` is how many promise money without a
        number and `undetermined` how many rest on missing facts: neither is in the sums.
    by: a breakdown for each of `DIMENSIONS`. An industry is the whole set of an applicant's fields of business.
    limits: which caps and shared bounds hold money back, and how often.
    """

    basis: Basis
    sums: Sums
    claims: int
    reached: int
    verdicts: dict[str, int]
    by: dict[str, tuple[Group, ...]]
    spread: Spread
    limits: tuple[Limit, ...]
    budget: Budget | None = None

    @property
    def not_stated(self) -> int:
        """Return how many claims promise money without a number."""
        return self.verdicts.get("amount_not_stated", 0)

    @property
    def undetermined(self) -> int:
        """Return how many claims may or may not hold, since facts are missing."""
        return self.verdicts.get("undetermined", 0)


def cost(
    policy: Policy,
    register: Register,
    request: Request,
    budget_fen: int | None = None,
    progress: Tell = silent,
) -> Cost:
    """Work out what a policy costs the applicants of a register, who are read once.

    Raises:
        RequestError: the request names what the policy does not have.
        InputError: the register cannot be read.
    """
    kernel = compile_kernel([policy], register.vocabulary)
    limits = Limits(policy, register.vocabulary)
    tally = _Tally()
    for batch in register.batches([kernel, *limits.kernels], _OWN, progress):
        result = kernel.run(batch, request, readings=False)
        tally.add(batch, result)
        limits.add(batch, result, request)
    totals = tally.totals()
    reached = int(np.count_nonzero(totals[-1]))
    return Cost(
        basis=basis_of(policy, register, request, tally.applicants, kernel),
        sums=Sums(*(sum(values.tolist()) for values in totals)),
        claims=tally.claims,
        reached=reached,
        verdicts=tally.verdicts,
        by={name: made.groups() for name, made in tally.by.items()},
        spread=spread_of(totals[1]),
        limits=limits.found(),
        budget=None if budget_fen is None else budget_of(budget_fen, totals),
    )


def basis_of(
    policy: Policy, register: Register, request: Request, applicants: int, kernel: Kernel | None = None
) -> Basis:
    """Return what the figures of a policy on a register rest on; `kernel` is what ran it, None if nothing did."""
    read = () if kernel is None else kernel.facts
    missing = (
        column
        for column in register.missing
        if read is None or any(fact == column or fact.startswith(f"{column}.") for fact in read)
    )
    return Basis(
        policy.id,
        request.on_policy.get(policy.id, request.on),
        request.if_adopted.get(policy.id),
        dict(request.readings),
        register.name,
        register.kind,
        applicants,
        tuple(missing),
    )


@dataclass
class _Tally:
    """Adds up batches; of applicants only those to whom money may come are kept, as three numbers."""

    applicants: int = 0
    claims: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    by: dict[str, Breakdown] = field(default_factory=lambda: {name: Breakdown() for name in DIMENSIONS})
    parts: list[tuple[Ints, ...]] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch, result: BatchResult) -> None:
        """Add the claims of a batch."""
        self.applicants += batch.num_rows
        for (_, _, verdict), count in result.counts.items():
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + count
        claims = result.claims
        rows = numbers(claims["row"])
        money = tuple(numbers(claims[level]) for level in LEVELS)
        self.claims += int(np.count_nonzero(money[-1] > 0))
        for name, codes, words in keys(batch, claims, rows):
            self.by[name].add(rows, codes, words, money)
        self.parts.append(_by_row(rows, money))

    def totals(self) -> tuple[Ints, ...]:
        """Return the applicants' totals at each level, of those that have any."""
        if not self.parts:
            return tuple(np.zeros(0, np.int64) for _ in LEVELS)
        return tuple(np.concatenate(column) for column in zip(*self.parts, strict=True))


def _by_row(rows: Ints, money: tuple[Ints, ...]) -> tuple[Ints, ...]:
    """Return the totals of the applicants of a batch that have any, the same applicants at each level."""
    some = [by_applicant(rows, values) for values in money]
    who = np.unique(np.concatenate([found for found, _ in some]))
    columns = []
    for found, sums in some:
        column = np.zeros(len(who), np.int64)
        column[np.searchsorted(who, found)] = sums
        columns.append(column)
    return tuple(columns)


def keys(
    batch: pa.RecordBatch, claims: pa.RecordBatch, rows: Ints
) -> Iterator[tuple[str, Ints, list[str | None]]]:
    """Yield, for each dimension, the key of every claim as a number and what the numbers stand for."""
    import pyarrow as pa
    import pyarrow.compute as pc

    yield "measure", *coded(claims["measure"])
    fields = pc.binary_join(batch["fields"].cast(pa.list_(pa.string())), "+")
    for name, column in (("district", batch["division"]), ("size", batch["size"]), ("industry", fields)):
        codes, words = coded(column)
        yield name, codes[rows], words
    yield "year", *coded(pc.year(claims["event"]).cast("string"))
