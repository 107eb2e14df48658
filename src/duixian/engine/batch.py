"""Assesses a whole register: a batch of Arrow rows in, the claims of its applicants out, exact to the fen.

    kernel = compile_kernel(policies, vocabulary)
    result = kernel.run(batch, Request(on=dt.date(2023, 6, 1)))

A batch has the columns of `register.schema.register_schema`, one row an applicant. A kernel may be used by
several threads at once, each with a batch of its own; native code runs without Python's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from duixian.engine.assess import Request, Session
from duixian.engine.kernel.layout import (
    CHOICES,
    Condition,
    Counts,
    claims_schema,
    conditions_of,
    readings_of,
)
from duixian.engine.kernel.named import check_names
from duixian.engine.kernel.native import Native
from duixian.engine.kernel.parameters import Amount, parameter_values, resolve
from duixian.engine.kernel.reference import ReferenceRun, batch_of, joined
from duixian.engine.kernel.slots import NotNativeError, coded_of, columns_of, facts_of
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BatchResult", "BatchTotals", "Kernel", "claims_schema", "compile_kernel"]

Emit = Literal["payable", "all"]


@dataclass(frozen=True)
class BatchResult:
    """What the policies give to the applicants of one batch.

    claims: one row a claim, as `claims_schema()` tells, in the order of applicants, policies, measures and
        records. With `emit="payable"` those that are payable or undetermined, with `"all"` every one.
    counts: all claims of the batch by policy, measure and verdict, whether they were written or not.
    handed_over: the rows (from 0) that native code left to the reference engine; their claims are in `claims`
        like all others. Every row, if no native code could be made.
    """

    claims: pa.RecordBatch
    counts: Counts
    handed_over: tuple[int, ...]


@dataclass(frozen=True)
class BatchTotals:
    """What the policies give to the applicants of one batch, without the claims.

    counts, handed_over: as in `BatchResult`.
    paid: by policy and measure the sums in fen of `certain_fen`, `at_most_fen`, `with_decisions_fen` and
        `with_missing_fen` over its claims that are payable or undetermined.
    """

    counts: Counts
    paid: Mapping[tuple[str, str], tuple[int, ...]]
    handed_over: tuple[int, ...]


@dataclass(frozen=True)
class _Asked:
    request: Request
    parameters: Mapping[str, Amount]
    session: Session
    values: Mapping[str, Amount]


class Kernel:
    """Policies compiled for batches. Dates, readings and parameters are given with each run.

    readings: for each policy its readings by bit of the column `readings`.
    conditions: for each (policy, measure) its conditions by bit of the columns `failed` and `unknown`.
    parameters: every literal's address (`policy/software-rnd.cap`) and the value as the pack has it.
    columns: the register's top-level columns that the policies read (`id`, `kind`, `year`).
    facts: the paths of the facts in them that the policies read (`year.items.revenue`); None: all of them.
    coded: of those the words that may come as a dictionary, which is quicker (`platform.items.kind`).
    native: whether native code does the work; if not, `why_not` says what stands in the way.
    """

    def __init__(
        self, policies: Sequence[Policy], vocabulary: Vocabulary, versions: Sequence[Policy] = ()
    ) -> None:
        """Compile the policies, in the order of their ids."""
        self.policies = tuple(sorted(policies, key=lambda policy: policy.id))
        self.vocabulary = vocabulary
        self.readings: Mapping[str, tuple[str, ...]] = readings_of(self.policies)
        self.conditions: Mapping[tuple[str, str], tuple[Condition, ...]] = conditions_of(self.policies)
        self.parameters: Mapping[str, Amount] = parameter_values(self.policies)
        self._reference = ReferenceRun(self.policies, vocabulary)
        for version in versions:
            self._reference.book.names.know(version)
        self._native: Native | None = None
        self._asked: _Asked | None = None
        self.why_not = ""
        try:
            self._native = Native(self.policies, vocabulary)
        except NotNativeError as reason:
            self.why_not = str(reason)
        self.native = self._native is not None
        self.columns: tuple[str, ...] = columns_of(
            self._native.program.slots if self._native else None, vocabulary
        )
        self.facts: tuple[str, ...] | None = (
            facts_of(self._native.program.slots, vocabulary) if self._native else None
        )
        self.coded = coded_of(self._native.program.slots) if self._native else frozenset[str]()

    def run(
        self,
        batch: pa.RecordBatch,
        request: Request,
        *,
        parameters: Mapping[str, Amount] | None = None,
        emit: Emit = "payable",
        columns: Sequence[str] | None = None,
        readings: bool = True,
        first: int = 0,
    ) -> BatchResult:
        """Assess the applicants of a batch.

        `columns` are those of `claims_schema` that are wanted (left out: all); fewer are written sooner.

        `parameters` maps a literal's address, with its policy (`policy/software-rnd.cap`) or without where
        only one policy has it, to another value: fen for money, fractions, days and periods. Without `readings`
        it is not worked out on which of them each claim rests (the column is 0), which saves a fifth. `first` is the
        number of the batch's first row, from which the column `row` counts: claims of several batches need no change.

        Raises:
            RequestError: the request names a policy, reading or choice that does not exist, or a parameter
                that does not, or one with a value of another kind.
            ValueError: the batch lacks a column, or has one of another type.
            InputError: a payment or decision names no one measure of these policies.
            OverflowError: rows beyond 31 bits.
        """
        if not 0 <= first <= 2**31 - 1 - batch.num_rows:
            raise OverflowError(f"rows from {first} on do not fit into 31 bits")
        check_names(batch, self._reference.book.names)
        reference, every = self._reference, emit == "all"
        wanted = tuple(claims_schema().names if columns is None else columns)
        asked = self._ask(request, parameters)
        if self._native is None or asked is None:
            found = self.reference_run(
                batch, request, parameters=parameters, emit=emit, readings=readings, first=first
            )
            return BatchResult(found.claims.select(wanted), found.counts, found.handed_over)
        # What is handed over finds its place by its row.
        readings = readings and "readings" in wanted
        written = wanted if "row" in wanted else ("row", *wanted)
        claims, tally = self._native.run(batch, asked.session, asked.values, every, written, readings, first)
        counts, handed = self._native.counts(tally), tally.handed()
        if handed:
            session = reference.session(request, parameters or {})
            rows, more = reference.rows(
                session, batch.take(handed), [first + row for row in handed], every, readings
            )
            claims.append(batch_of(rows, reference.words).select(written))
            for key, count in more.items():
                counts[key] = counts.get(key, 0) + count
        made = joined(claims, bool(handed))
        return BatchResult(made if written == wanted else made.select(wanted), counts, tuple(handed))

    def totals(
        self, batch: pa.RecordBatch, request: Request, *, parameters: Mapping[str, Amount] | None = None
    ) -> BatchTotals:
        """Count and add up what `run` would write, without writing it. Raises as `run` does."""
        check_names(batch, self._reference.book.names)
        reference, asked = self._reference, self._ask(request, parameters)
        paid: dict[tuple[str, str], list[int]] = {}
        counts: Counts = {}
        rows: Sequence[int] = range(batch.num_rows)
        if self._native is not None and asked is not None:
            _, tally = self._native.run(batch, asked.session, asked.values, False, None, False)
            counts, paid = self._native.counts(tally), self._native.paid(tally)
            rows = tally.handed()
            batch = batch.take(rows) if rows else batch
        if rows:
            found, more = reference.rows(
                reference.session(request, parameters or {}), batch, rows, False, False
            )
            for key, count in more.items():
                counts[key] = counts.get(key, 0) + count
            for row in found:
                sums = paid.setdefault((row["policy"], row["measure"]), [0] * len(CHOICES))
                for place, name in enumerate(CHOICES):
                    sums[place] += row[f"{name}_fen"]
        return BatchTotals(counts, {key: tuple(sums) for key, sums in paid.items()}, tuple(rows))

    def _ask(self, request: Request, parameters: Mapping[str, Amount] | None) -> _Asked | None:
        """Return what native code is to be given, None if it cannot be. The last is kept: batches ask alike."""
        last, given = self._asked, dict(parameters or {})
        if last is not None and last.request == request and last.parameters == given:
            return last
        values = resolve(self.parameters, given)
        if self._native is None or not self._native.fits(values):
            return None
        session = self._reference.standing_session(request, values)
        self._asked = _Asked(request, given, session, {**self.parameters, **values})
        return self._asked

    def reference_run(
        self,
        batch: pa.RecordBatch,
        request: Request,
        *,
        parameters: Mapping[str, Amount] | None = None,
        emit: Emit = "payable",
        readings: bool = True,
        first: int = 0,
    ) -> BatchResult:
        """Do the same with the reference engine, row by row: slow, and right by definition."""
        check_names(batch, self._reference.book.names)
        claims, counts = self._reference.run(batch, request, parameters or {}, emit == "all", readings, first)
        return BatchResult(claims, counts, tuple(range(batch.num_rows)))


def compile_kernel(
    policies: Sequence[Policy], vocabulary: Vocabulary, versions: Sequence[Policy] = ()
) -> Kernel:
    """Compile policies to one function over batches, or take it from the user's cache folder.

    Payments and decisions may name measures that only one of the other `versions` of these policies has.
    The cache's key is the structure of the rules (no literal, day or choice of a reading), the vocabulary,
    the version of the generator, the compiler and the processor's baseline.
    """
    return Kernel(policies, vocabulary, versions)
