"""Which caps and shared bounds of a policy bind on a register, how often, and what they hold back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

from duixian.engine.assess import Request
from duixian.engine.batch import BatchResult, Kernel, compile_kernel
from duixian.lab.tally import numbers
from duixian.language import tree as t
from duixian.language.policy import Measure, Policy, Terms
from duixian.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

_Figures = tuple[tuple[int, ...], tuple[str, ...]]
_SUMMED = ("eligible", "eligible_up_to", "competitive_up_to", "case_by_case")


class Limit(msgspec.Struct, frozen=True):
    """A cap of a measure, or a bound that claims share: how often it binds, and what it holds back in fen.

    of: the measure's id, or the bound's.
    fen: the sums in it, in fen; figures: its other numbers as the pack writes them (50%).
    binds, among: of how many claims with a sum the cap cuts how many; for a bound, applicants.
    held_back_fen: what would be added if it were not there, before (a cap) or after (a bound)
        take-the-higher.
    """

    kind: Literal["cap", "bound"]
    of: str
    fen: tuple[int, ...]
    figures: tuple[str, ...]
    binds: int
    among: int
    held_back_fen: int


class Limits:
    """Runs each batch again without the caps, and without each shared bound, and compares."""

    def __init__(self, policy: Policy, vocabulary: Vocabulary) -> None:
        self.policy = policy
        self.capped = {measure.id: _figures(measure) for measure in policy.measures if _has_cap(measure)}
        self.found_caps = {id: [0, 0, 0] for id in self.capped}
        self.found_bounds = {bound.id: [0, 0, 0] for bound in policy.bounds}
        self.without_caps = compile_kernel([_uncapped(policy)], vocabulary) if self.capped else None
        self.without_bound = {
            bound.id: compile_kernel(
                [
                    msgspec.structs.replace(
                        policy, bounds=tuple(item for item in policy.bounds if item is not bound)
                    )
                ],
                vocabulary,
            )
            for bound in policy.bounds
        }

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """Return what each batch is run again by."""
        caps = () if self.without_caps is None else (self.without_caps,)
        return (*caps, *self.without_bound.values())

    def add(self, batch: pa.RecordBatch, result: BatchResult, request: Request) -> None:
        """Add a batch whose claims were found with every limit."""
        if self.without_caps is not None:
            free = self.without_caps.run(batch, request, readings=False).claims
            self._caps(result.claims, free)
        for id, kernel in self.without_bound.items():
            self._bound(
                self.found_bounds[id], result.claims, kernel.run(batch, request, readings=False).claims
            )

    def _caps(self, claims: pa.RecordBatch, free: pa.RecordBatch) -> None:
        own, other = self._capped(claims), self._capped(free)
        for measure, most, without in zip(
            own["measure"].to_pylist(), own["max_fen"].to_pylist(), _matched(own, other), strict=True
        ):
            if most is not None:
                found = self.found_caps[measure]
                found[1] += 1
                if without is not None and without > most:
                    found[0] += 1
                    found[2] += without - most

    def _capped(self, claims: pa.RecordBatch) -> pa.RecordBatch:
        """Return the claims with a sum under the measures that have a cap: few beside those that are open."""
        import pyarrow as pa
        import pyarrow.compute as pc

        measure, verdict = (claims[name].cast(pa.string()) for name in ("measure", "verdict"))
        capped = pc.is_in(measure, pa.array(list(self.capped), pa.string()))
        return claims.filter(pc.and_(capped, pc.is_in(verdict, pa.array(_SUMMED))))

    def _bound(self, found: list[int], claims: pa.RecordBatch, free: pa.RecordBatch) -> None:
        own, other = _totals(claims), _totals(free)
        found[1] += sum(1 for total in other.values() if total)
        for row, total in other.items():
            if total > own.get(row, 0):
                found[0] += 1
                found[2] += total - own.get(row, 0)

    def found(self) -> tuple[Limit, ...]:
        """Return the limits, those that hold most back first."""
        labels = {bound.id: _texts(bound.ceiling, bound.at_most) for bound in self.policy.bounds}
        caps = [Limit("cap", id, *self.capped[id], *row) for id, row in self.found_caps.items()]
        bounds = [Limit("bound", id, *labels[id], *row) for id, row in self.found_bounds.items()]
        return tuple(
            sorted(
                [*caps, *bounds], key=lambda item: (-item.held_back_fen, -item.binds, -item.among, item.of)
            )
        )


def _matched(claims: pa.RecordBatch, free: pa.RecordBatch) -> list[int | None]:
    """Return, for each claim, its greatest sum in the other run; None where it has none there."""
    names = ("row", "measure", "record")
    mine, theirs = ([table[name].to_pylist() for name in names] for table in (claims, free))
    most: list[Any] = free["max_fen"].to_pylist()
    if mine == theirs:
        return most
    known = dict(zip(zip(*theirs, strict=True), most, strict=True))
    return [known.get(key) for key in zip(*mine, strict=True)]


def _totals(claims: pa.RecordBatch) -> dict[int, int]:
    rows, sums = numbers(claims["row"]), numbers(claims["at_most_fen"])
    totals: dict[int, int] = {}
    for place in np.flatnonzero(sums).tolist():
        row = int(rows[place])
        totals[row] = totals.get(row, 0) + int(sums[place])
    return totals


def _has_cap(measure: Measure) -> bool:
    return measure.claimable and any(_lifted(terms) is not terms for terms in _terms(measure))


def _terms(measure: Measure) -> tuple[Terms, ...]:
    return (measure.terms, *(item.terms for item in measure.instead))


def _lifted(terms: Terms) -> Terms:
    """Return terms without their caps; a cap that is itself the only figure stays."""
    return msgspec.structs.replace(terms, caps=()) if terms.caps and terms.amount is not None else terms


def _uncapped(policy: Policy) -> Policy:
    measures = tuple(
        msgspec.structs.replace(
            measure,
            terms=_lifted(measure.terms),
            instead=tuple(
                msgspec.structs.replace(item, terms=_lifted(item.terms)) for item in measure.instead
            ),
        )
        for measure in policy.measures
    )
    return msgspec.structs.replace(policy, measures=measures)


def _figures(measure: Measure) -> _Figures:
    return _texts(*(cap for terms in _terms(measure) if terms.amount is not None for cap in terms.caps))


def _texts(*nodes: t.AnyNode | None) -> _Figures:
    """Return the literals of expressions: sums in fen, all others as the pack writes them."""
    found = [part for node in nodes if node is not None for part in t.walk(node)]
    literals = [part for part in found if isinstance(part, t.Constant)]
    sums = [part.value for part in literals if part.type.kind == "money"]
    texts = [part.text for part in literals if part.type.kind != "money" and part.text]
    return tuple(dict.fromkeys(fen for fen in sums if isinstance(fen, int))), tuple(dict.fromkeys(texts))
