"""How near a miss is: the fact that fell short, by how much, and what the next step would bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from duixian.engine.compiling import compile_node
from duixian.engine.context import Context
from duixian.engine.facts import Code
from duixian.engine.result import Near
from duixian.engine.showing import fact_path, plain
from duixian.engine.values import to_fen
from duixian.language import policy as p
from duixian.language import tree as t

_WHOLE = ("money", "count", "year")
_GAUGED = (*_WHOLE, "ratio", "area")


@dataclass(frozen=True, slots=True)
class _Fact:
    """What a comparison or a table looks at: its name, whether it is made from several facts, its own field."""

    path: str
    derived: bool
    field: str


@dataclass(frozen=True, slots=True)
class _Gap:
    """A comparison of a condition: what it looks at, what that must reach, and whether upward and strictly."""

    condition: str
    fact: Callable[[Context], _Fact]
    kind: str
    left: Code
    right: Code
    upward: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class _Steps:
    """A table of steps in a sum; `when` are the conditions under which the sum comes to it."""

    fact: Callable[[Context], _Fact]
    kind: str
    subject: Code
    rows: tuple[tuple[Code, Code], ...]
    strict: Code | None
    before: Code | None
    when: tuple[tuple[Code, bool], ...]


class NearRule:
    """What can be said of near misses of one measure: its comparisons and its next steps, compiled once."""

    def __init__(self, measure: p.Measure) -> None:
        """Collect the comparisons of each condition and the tables of the sum."""
        self.gaps: dict[str, list[_Gap]] = {}
        self.rest: dict[str, list[Code]] = {}
        for condition in measure.conditions:
            self.gaps[condition.id], self.rest[condition.id] = _parts(condition)
        self.gauged = frozenset(id for id, gaps in self.gaps.items() if gaps)
        self.steps = [] if measure.terms.amount is None else list(_steps(measure.terms.amount, ()))

    def misses(self, failed: list[str], context: Context) -> list[Near]:
        """Return the gap of each failed condition that compares a number; none if any cannot be closed so.

        Where one gap's goal moves with the fact of another, each is told as if the others were closed.
        """
        if not self.gauged.issuperset(failed):
            return []
        mark, record = len(context.missing), context.record
        found = self._gaps(failed, context, context)
        for _ in found[1:]:
            goals = Context(context.frame, context.days, context.readings)
            goals.event = context.event
            goals.record = {**record, **dict(_closed(found))}
            again = self._gaps(failed, context, goals)
            if again == found:
                break
            found = again
        del context.missing[mark:]
        return [near for _, near in found]

    def _gaps(self, failed: list[str], context: Context, goals: Context) -> list[tuple[str, Near]]:
        """Return the gaps with the field of each; none if a condition cannot be met by closing its gaps."""
        found: list[tuple[str, Near]] = []
        for id in failed:
            gaps = [near for gap in self.gaps[id] if (near := _near(gap, context, goals)) is not None]
            if not gaps or any(part(context) is not True for part in self.rest[id]):
                return []
            found.extend(gaps)
        return found

    def next_steps(self, context: Context) -> list[Near]:
        """Return what the next step of a table needs and brings."""
        return [near for step in self.steps if (near := _next(step, context)) is not None]


def _closed(found: list[tuple[str, Near]]) -> Iterator[tuple[str, Any]]:
    for field, near in found:
        if field and near.need is not None:
            yield field, Fraction(near.need) if isinstance(near.need, str) else near.need


def _parts(condition: p.Condition) -> tuple[list[_Gap], list[Code]]:
    """Return the comparisons of a condition that can be gauged, and its other parts."""
    gaps, rest = [], []
    for part in condition.test.parts if isinstance(condition.test, t.And) else (condition.test,):
        gap = _gap(condition.id, part)
        if gap is not None:
            gaps.append(gap)
        else:
            rest.append(compile_node(part))
    return gaps, rest


def _gap(condition: str, part: t.AnyNode) -> _Gap | None:
    if not isinstance(part, t.Compare) or part.operator in ("==", "!="):
        return None
    left, right, upward = part.left, part.right, part.operator in (">=", ">")
    if isinstance(left, t.Constant) and not isinstance(right, t.Constant):
        left, right, upward = right, left, not upward
    kind = left.type.kind
    if kind not in _GAUGED:
        return None
    strict = part.operator in (">", "<")
    fact = _looks_at(left, {path for node in t.walk(right) if (path := fact_path(node))})
    return _Gap(condition, fact, kind, compile_node(left), compile_node(right), upward, strict)


def _looks_at(node: t.AnyNode, beside: set[str] = frozenset()) -> Callable[[Context], _Fact]:  # type: ignore[assignment]
    """Return a function that finds what is looked at; a choice between facts is followed.

    It is derived if it is made from several facts, or if the goal moves with it (then it stands `beside`).
    """
    if isinstance(node, t.If):
        condition, yes, no = (
            compile_node(node.condition),
            _looks_at(node.yes, beside),
            _looks_at(node.no, beside),
        )
        return lambda context: (yes if condition(context) else no)(context)
    path = fact_path(node)
    own = isinstance(node, t.Get) and isinstance(node.record, t.Record) and node.record.of == "claim"
    name = path or next((part for item in t.walk(node) if (part := fact_path(item))), "")
    derived = not path or path in beside
    fact = _Fact(name, derived, node.field if own and not derived and isinstance(node, t.Get) else "")
    return lambda context: fact


def _near(gap: _Gap, context: Context, goals: Context) -> tuple[str, Near] | None:
    have, need = gap.left(context), gap.right(goals)
    if not isinstance(have, int | Fraction) or not isinstance(need, int | Fraction):
        return None
    # A fen less would not reach a threshold that is no whole fen, so it is rounded away from what there is.
    if gap.kind in _WHOLE:
        step = 1 if gap.upward else -1
        need = step * -to_fen(-step * need) + (step if gap.strict and need == to_fen(need) else 0)
    short = need - have if gap.upward else have - need
    met = short < 0 or (short == 0 and (gap.kind in _WHOLE or not gap.strict))
    if met:
        return None
    fact = gap.fact(context)
    near = Near(
        gap.condition, fact.path, gap.kind, plain(have), plain(need), plain(short), derived=fact.derived
    )
    return fact.field, near


def _steps(node: t.AnyNode, when: tuple[tuple[Code, bool], ...]) -> Iterator[_Steps]:
    if isinstance(node, t.Steps | t.Crossing):
        subject = node.subject if isinstance(node, t.Steps) else node.now
        strict = compile_node(node.strict) if isinstance(node, t.Crossing) else None
        before = compile_node(node.before) if isinstance(node, t.Crossing) else None
        rows = tuple((compile_node(row.key), compile_node(row.value)) for row in node.rows)
        code = compile_node(subject)
        yield _Steps(_looks_at(subject), subject.type.kind, code, rows, strict, before, when)
    if isinstance(node, t.If):
        condition = compile_node(node.condition)
        yield from _steps(node.yes, (*when, (condition, True)))
        yield from _steps(node.no, (*when, (condition, False)))
        return
    for part in t.children(node):
        yield from _steps(part, when)


def _next(step: _Steps, context: Context) -> Near | None:
    mark = len(context.missing)
    found = None
    if all(condition(context) is wanted for condition, wanted in step.when):
        found = _next_row(step, context)
    del context.missing[mark:]
    return found


def _next_row(step: _Steps, context: Context) -> Near | None:
    have, over = step.subject(context), step.strict is not None and step.strict(context)
    before: Any = None if step.before is None else step.before(context)
    if not isinstance(have, int | Fraction):
        return None
    for key, value in step.rows:
        need = key(context)
        if have > need if over else have >= need:
            continue
        if before is not None and (before > need if over else before >= need) is not False:
            # What was passed before is not passed for the first time.
            continue
        target = need + 1 if over and step.kind in _WHOLE else need
        gain, fact = value(context), step.fact(context)
        fen = to_fen(gain) if isinstance(gain, int | Fraction) else None
        figures: Mapping[str, Any] = {"have": have, "need": target, "short": target - have}
        shown = {name: plain(figure) for name, figure in figures.items()}
        return Near("next_step", fact.path, step.kind, **shown, gain_fen=fen, derived=fact.derived)
    return None
