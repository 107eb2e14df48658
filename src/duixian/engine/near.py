"""How near a miss is: the fact that fell short, by how much, and what the next step would bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from duixian.engine.compiling import Code, compile_node
from duixian.engine.context import Context
from duixian.engine.result import ConditionResult, Near
from duixian.engine.showing import fact_path, plain
from duixian.engine.values import to_fen
from duixian.language import policy as p
from duixian.language import tree as t


@dataclass(frozen=True, slots=True)
class _Gap:
    """A comparison of a condition: the fact, what it must reach, and whether upward and strictly."""

    condition: str
    fact: str
    kind: str
    left: Code
    right: Code
    upward: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class _Steps:
    """A table of steps in a sum."""

    fact: str
    kind: str
    subject: Code
    rows: tuple[tuple[Code, Code], ...]
    strict: Code | None


class NearRule:
    """What can be said of near misses of one measure: its comparisons and its next steps, compiled once."""

    def __init__(self, measure: p.Measure) -> None:
        """Collect the comparisons of each condition and the tables of the sum."""
        self.gaps = {condition.id: list(_gaps(condition)) for condition in measure.conditions}
        self.steps = list(_steps(measure.terms.amount)) if measure.terms.amount is not None else []

    def misses(self, conditions: list[ConditionResult], context: Context) -> list[Near]:
        """Return the gap of each failed condition that compares a number or a day; none if any cannot be closed."""
        failed = [condition for condition in conditions if condition.holds is False]
        found: list[Near] = []
        if not all(self.gaps.get(condition.id) for condition in failed):
            return found
        for condition in failed:
            gaps = [
                near for gap in self.gaps.get(condition.id, ()) if (near := _near(gap, context)) is not None
            ]
            if not gaps:
                return []
            found.extend(gaps)
        return found

    def next_steps(self, context: Context) -> list[Near]:
        """Return what the next step of a table needs and brings."""
        return [near for step in self.steps if (near := _next(step, context)) is not None]


def _gaps(condition: p.Condition) -> Iterator[_Gap]:
    parts = condition.test.parts if isinstance(condition.test, t.And) else (condition.test,)
    for part in parts:
        if not isinstance(part, t.Compare) or part.operator in ("==", "!="):
            continue
        left, right, upward = part.left, part.right, part.operator in (">=", ">")
        if isinstance(left, t.Constant) and not isinstance(right, t.Constant):
            left, right, upward = right, left, not upward
        kind = left.type.kind
        if kind in ("money", "count", "ratio", "area", "year"):
            strict = part.operator in (">", "<")
            yield _Gap(
                condition.id, _name(left), kind, compile_node(left), compile_node(right), upward, strict
            )


def _name(node: t.AnyNode) -> str:
    return next((path for part in t.walk(node) if (path := fact_path(part))), "")


def _near(gap: _Gap, context: Context) -> Near | None:
    mark = len(context.missing)
    have, need = gap.left(context), gap.right(context)
    del context.missing[mark:]
    if not isinstance(have, int | Fraction) or not isinstance(need, int | Fraction):
        return None
    short = need - have if gap.upward else have - need
    if short < 0 or (short == 0 and not gap.strict):
        return None
    if gap.strict and gap.kind in ("money", "count"):
        short += 1
        need += 1 if gap.upward else -1
    shown = plain(_up(short) if gap.kind == "money" else short)
    return Near(gap.condition, gap.fact, gap.kind, plain(have), plain(need), shown)


def _up(amount: int | Fraction) -> int:
    # What is missing to a threshold is rounded up: a fen less would not reach it.
    return -to_fen(-amount)


def _steps(node: t.AnyNode) -> Iterator[_Steps]:
    for part in t.walk(node):
        if isinstance(part, t.Steps | t.Crossing):
            subject = part.subject if isinstance(part, t.Steps) else part.now
            strict = compile_node(part.strict) if isinstance(part, t.Crossing) else None
            rows = tuple((compile_node(row.key), compile_node(row.value)) for row in part.rows)
            yield _Steps(_name(subject), subject.type.kind, compile_node(subject), rows, strict)


def _next(step: _Steps, context: Context) -> Near | None:
    mark = len(context.missing)
    have = step.subject(context)
    over = step.strict(context) if step.strict is not None else False
    found = None
    for key, value in step.rows if isinstance(have, int | Fraction) else ():
        need = key(context)
        if not (have > need if over else have >= need):
            target = need + 1 if over and step.kind == "money" else need
            gain = value(context)
            fen = to_fen(gain) if isinstance(gain, int | Fraction) else None
            found = Near(
                "next_step", step.fact, step.kind, plain(have), plain(target), plain(target - have), fen
            )
            break
    del context.missing[mark:]
    return found
