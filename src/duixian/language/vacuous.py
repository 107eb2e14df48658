"""Finds conditions on one fact that can never hold or always hold, by trying the values that matter."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import combinations
from math import floor
from typing import Any

import msgspec

from duixian.language import tree as t

_PLAIN = (t.And, t.Or, t.Not, t.Compare, t.OneOf, t.Contains, t.Get, t.Constant, t.Word, t.Record)
_WHOLE = ("money", "count", "year")
_STEP = Fraction(1, 10**6)
_MANY = 10
"""Words of a set of which every combination is tried; a condition with more is left alone."""


def vacuous(test: t.AnyNode) -> bool | None:
    """Return True if a condition on one fact always holds, False if it never can, None otherwise.

    Only conditions that compare a single fact with literals are looked at; for them the values at, just
    below and just above each literal decide, since nothing changes between two literals.
    """
    held = _settled(test)
    if held is None and isinstance(test, t.And | t.Or):
        # Parts about one fact decide for all: one that never holds under `and`, that always holds under `or`.
        decisive = isinstance(test, t.Or)
        about = [_fact(part) for part in test.parts]
        for fact in {fact for fact in about if fact is not None}:
            own = tuple(part for part, of in zip(test.parts, about, strict=True) if of == fact)
            if _settled(msgspec.structs.replace(test, parts=own)) is decisive:
                return decisive
    return held


def _settled(test: t.AnyNode) -> bool | None:
    if _fact(test) is None:
        return None
    results = {_holds(test, sample) for sample in _samples(list(t.walk(test)))}
    return results.pop() if len(results) == 1 else None


def _fact(test: t.AnyNode) -> tuple[str, str] | None:
    """Return the only fact that a test compares with literals (whose record, and its path), else None."""
    parts = list(t.walk(test))
    words = {part.name for part in parts if isinstance(part, t.Word)}
    if len(words) > _MANY or not all(isinstance(part, _PLAIN) for part in parts):
        return None
    found = [part for part in parts if isinstance(part, t.Get)]
    facts = {(part.record.of, part.path) for part in found if isinstance(part.record, t.Record)}
    return facts.pop() if len(facts) == 1 else None


def _samples(parts: list[t.AnyNode]) -> list[Any]:
    kind = next(part.type.kind for part in parts if isinstance(part, t.Get))
    words: list[Any] = [part.name for part in parts if isinstance(part, t.Word)]
    if kind == "set":
        known = sorted(set(words))
        return [frozenset(some) for size in range(len(known) + 1) for some in combinations(known, size)]
    if kind == "enum":
        return [*words, "\0another"]
    if kind == "flag":
        return [True, False]
    values = [part.value for part in parts if isinstance(part, t.Constant)]
    if kind == "date":
        days = [day for day in values if isinstance(day, dt.date)]
        return [
            dt.date.min,
            dt.date.max,
            *days,
            *(day + dt.timedelta(1) for day in days if day < dt.date.max),
        ]
    numbers = [value for value in values if isinstance(value, int | Fraction)]
    samples: list[Any]
    if kind in _WHOLE:
        samples = [floor(value) + change for value in numbers for change in (-1, 0, 1, 2)]
    else:
        samples = [value + change for value in numbers for change in (-_STEP, 0, _STEP)]
    return [0, *(value for value in samples if value >= 0)]


def _holds(node: t.AnyNode, sample: Any) -> Any:
    match node:
        case t.And() | t.Or():
            join = all if isinstance(node, t.And) else any
            return join(_holds(part, sample) for part in node.parts)
        case t.Not():
            return not _holds(node.part, sample)
        case t.Compare():
            return t.HOLDS[node.operator](_holds(node.left, sample), _holds(node.right, sample))
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
