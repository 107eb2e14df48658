"""How near a miss is: the fact that fell short, by how much, and what the next step would bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from duixian.engine.compiling import compile_node
from duixian.engine.context import Context
from duixian.engine.result import ConditionResult, Near
from duixian.engine.rules import plain
from duixian.engine.values import to_fen
from duixian.language import policy as p
from duixian.language import tree as t

Finder = tuple[str, str, str, Any, Any, bool]


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
            gaps = [near for gap in self.gaps.get(condition.id, ()) if (near := _near(gap, context)) is not None]
            if not gaps:
                return []
            found.extend(gaps)
        return found

    def next_steps(self, context: Context) -> list[Near]:
        """Return what the next step of a table needs and brings."""
        return [near for step in self.steps if (near := _next(step, context)) is not None]


def _gaps(condition: p.Condition) -> Iterator[Finder]:
    parts = condition.test.parts if isinstance(condition.test, t.And) else (condition.test,)
    for part in parts:
        if not isinstance(part, t.Compare) or part.operator in ("==", "!="):
            continue
        left, right = part.left, part.right
        upward = part.operator in (">=", ">")
        if isinstance(left, t.Constant) and not isinstance(right, t.Constant):
            left, right, upward = right, left, not upward
        strict = part.operator in (">", "<")
        if left.type.kind in ("money", "count", "ratio", "area", "year"):
            yield (condition.id, _name(left), left.type.kind, compile_node(left), compile_node(right), upward and strict) if upward else (
                condition.id, _name(left), f"{left.type.kind}-", compile_node(left), compile_node(right), strict
            )


def _name(node: t.AnyNode) -> str:
    for part in t.walk(node):
        if isinstance(part, t.Get):
            return part.path
        if isinstance(part, t.Aggregate):
            field = f".{part.value.field}" if isinstance(part.value, t.Get) else ""
            return f"{part.function}({part.entity}{field})"
    return ""


def _near(gap: Finder, context: Context) -> Near | None:
    id, fact, unit, left, right, strict = gap
    mark = len(context.missing)
    have, need = left(context), right(context)
    del context.missing[mark:]
    if not isinstance(have, int | Fraction) or not isinstance(need, int | Fraction):
        return None
    kind = unit.rstrip("-")
    short = (need - have) if kind == unit else (have - need)
    if short < 0 or (short == 0 and not strict):
        return None
    if strict and kind in ("money", "count"):
        short += 1
        need = need + 1 if kind == unit else need - 1
    return Near(id, fact, kind, plain(have), plain(need), plain(short if kind != "money" else _up(short)))


def _up(amount: int | Fraction) -> int:
    # What is missing to a threshold is rounded up: a fen less would not reach it.
    return -to_fen(-amount)


def _steps(node: t.AnyNode) -> Iterator[tuple[str, str, Any, tuple[tuple[Any, Any], ...], Any]]:
    for part in t.walk(node):
        if isinstance(part, t.Steps | t.Crossing):
            subject = part.subject if isinstance(part, t.Steps) else part.now
            strict = compile_node(part.strict) if isinstance(part, t.Crossing) else None
            rows = tuple((compile_node(row.key), compile_node(row.value)) for row in part.rows)
            yield _name(subject), subject.type.kind, compile_node(subject), rows, strict


def _next(step: tuple[str, str, Any, tuple[tuple[Any, Any], ...], Any], context: Context) -> Near | None:
    fact, unit, subject, rows, strict = step
    mark = len(context.missing)
    have = subject(context)
    over = strict(context) if strict is not None else False
    result = None
    if isinstance(have, int | Fraction) and not isinstance(have, bool | dt.date):
        for key, value in rows:
            need = key(context)
            reached = have > need if over else have >= need
            if not reached:
                target = need + 1 if over and unit == "money" else need
                gain = value(context)
                fen = to_fen(gain) if isinstance(gain, int | Fraction) else None
                result = Near("next_step", fact, unit, plain(have), plain(target), plain(target - have), fen)
                break
    del context.missing[mark:]
    return result
