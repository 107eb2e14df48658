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

from duixian.engine.assess import Request
from duixian.engine.kernel.layout import Condition, Counts, claims_schema, conditions_of
from duixian.engine.kernel.named import check_names
from duixian.engine.kernel.native import Native
from duixian.engine.kernel.parameters import Amount, parameter_values, resolve
from duixian.engine.kernel.reference import ReferenceRun, batch_of, joined
from duixian.engine.kernel.slots import NotNativeError, columns_of, facts_of
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BatchResult", "Kernel", "claims_schema", "compile_kernel"]

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


class Kernel:
    """Policies compiled for batches. Dates, readings and parameters are given with each run.

    conditions: for each (policy, measure) its conditions by bit of the columns `failed` and `unknown`.
    parameters: every literal's address (`policy/software-rnd.cap`) and the value as the pack has it.
    columns: the register's top-level columns that the policies read (`id`, `kind`, `year`).
    facts: the paths of the facts in them that the policies read (`year.items.revenue`); None: all of them.
    native: whether native code does the work; if not, `why_not` says what stands in the way.
    """

    def __init__(self, policies: Sequence[Policy], vocabulary: Vocabulary) -> None:
        """Compile the policies, in the order of their ids."""
        self.policies = tuple(sorted(policies, key=lambda policy: policy.id))
        self.vocabulary = vocabulary
        self.conditions: Mapping[tuple[str, str], tuple[Condition, ...]] = conditions_of(self.policies)
        self.parameters: Mapping[str, Amount] = parameter_values(self.policies)
        self._reference = ReferenceRun(self.policies, vocabulary)
        self._native: Native | None = None
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

    def run(
        self,
        batch: pa.RecordBatch,
        request: Request,
        *,
        parameters: Mapping[str, Amount] | None = None,
        emit: Emit = "payable",
    ) -> BatchResult:
        """Assess the applicants of a batch.

        `parameters` maps a literal's address, with its policy (`policy/software-rnd.cap`) or without where
        only one policy has it, to another value: fen for money, fractions, days and periods.

        Raises:
            RequestError: the request names a policy, reading or choice that does not exist, or a parameter
                that does not, or one with a value of another kind.
            ValueError: the batch lacks a column, or has one of another type.
            RowError: a payment or decision names no one measure of these policies.
        """
        check_names(batch, self._reference.book.names)
        reference, every = self._reference, emit == "all"
        values = resolve(self.parameters, parameters or {})
        if self._native is None or not self._native.fits(values):
            return self.reference_run(batch, request, parameters=parameters, emit=emit)
        session = reference.standing_session(request, values)
        claims, counts, handed = self._native.run(batch, session, {**self.parameters, **values}, every)
        if handed:
            session = reference.session(request, values)
            rows, more = reference.rows(session, batch.take(handed), handed, every)
            claims.append(batch_of(rows, reference.words))
            for key, count in more.items():
                counts[key] = counts.get(key, 0) + count
        return BatchResult(joined(claims, bool(handed)), counts, tuple(handed))

    def reference_run(
        self,
        batch: pa.RecordBatch,
        request: Request,
        *,
        parameters: Mapping[str, Amount] | None = None,
        emit: Emit = "payable",
    ) -> BatchResult:
        """Do the same with the reference engine, row by row: slow, and right by definition."""
        check_names(batch, self._reference.book.names)
        claims, counts = self._reference.run(batch, request, parameters or {}, emit == "all")
        return BatchResult(claims, counts, tuple(range(batch.num_rows)))


def compile_kernel(policies: Sequence[Policy], vocabulary: Vocabulary) -> Kernel:
    """Compile policies to one function over batches, or take it from the user's cache folder.

    The cache's key is the structure of the rules (no literal, day or choice of a reading), the vocabulary,
    the version of the generator, the compiler and the processor's baseline.
    """
    return Kernel(policies, vocabulary)
