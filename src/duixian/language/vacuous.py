"""Finds conditions on one fact that can never hold or always hold, by trying the values that matter."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from duixian.language import tree as t

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
_PLAIN = (t.And, t.Or, t.Not, t.Compare, t.OneOf, t.Contains, t.Get, t.Constant, t.Word, t.Record)
_NONNEGATIVE = ("money", "area", "price_per_area", "ratio", "count")


def vacuous(test: t.AnyNode) -> bool | None:
    """Return True if a condition on one fact always holds, False if it never can, None otherwise.

    Only conditions that compare a single fact with literals are looked at; for them the values at, just
    below and just above each literal decide, since nothing changes between two literals.
    """
    parts = list(t.walk(test))
    facts = {part.path for part in parts if isinstance(part, t.Get)}
    if len(facts) != 1 or not all(isinstance(part, _PLAIN) for part in parts):
        return None
    samples = _samples(parts)
    results = {_holds(test, sample) for sample in samples}
    return results.pop() if len(results) == 1 else None


def _samples(parts: list[t.AnyNode]) -> list[Any]:
    kind = next(part.type.kind for part in parts if isinstance(part, t.Get))
    words: list[Any] = [part.name for part in parts if isinstance(part, t.Word)]
    if kind == "set":
        return [frozenset(), *(frozenset({word}) for word in words), frozenset(words)]
    if kind == "enum":
        return [*words, "\0another"]
    if kind == "flag":
        return [True, False]
    values = [part.value for part in parts if isinstance(part, t.Constant)]
    if kind == "date":
        return [day + dt.timedelta(step) for day in values if isinstance(day, dt.date) for step in (-1, 0, 1)]
    step = Fraction(1, 10**6)
    numbers = [value for value in values if isinstance(value, int | Fraction)]
    samples: list[Any] = [value + change for value in numbers for change in (-step, 0, step)]
    if kind in _NONNEGATIVE:
        samples = [0, *(value for value in samples if value >= 0)]
    return samples


def _holds(node: t.AnyNode, sample: Any) -> Any:
    match node:
        case t.And():
            return all(_holds(part, sample) for part in node.parts)
        case t.Or():
            return any(_holds(part, sample) for part in node.parts)
        case t.Not():
            return not _holds(node.part, sample)
        case t.Compare():
            return _COMPARE[node.operator](_holds(node.left, sample), _holds(node.right, sample))
        case t.OneOf():
            return _holds(node.item, sample) in [_holds(option, sample) for option in node.options]
        case t.Contains():
            return node.word.name in _holds(node.set, sample)
        case t.Constant():
            return node.value
        case t.Word():
            return node.name
        case _:
            return sample
