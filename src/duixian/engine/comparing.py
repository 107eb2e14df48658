"""Closures that compare: with operators, among options, in a set, within an area; open is None."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from duixian.engine.context import Context
from duixian.engine.facts import Code, chosen_in
from duixian.engine.values import OPEN, UNKNOWN, Truth, Unknown
from duixian.language import tree as t
from duixian.register.applicant import Absent


def compare(node: t.Compare, left: Code, right: Code) -> Code:
    """Return the closure of a comparison of two parts."""
    if isinstance(node.left, t.Chosen) and isinstance(node.right, t.Word):
        return _taken(node.left, node.operator == "==", node.right.name)
    holds = t.HOLDS[node.operator]
    flags = node.left.type.kind == "flag"
    if isinstance(node.right, t.Constant | t.Word) and not flags:
        value = node.right.name if isinstance(node.right, t.Word) else node.right.value
        fact = node.left
        if isinstance(fact, t.Get) and isinstance(fact.record, t.Record) and fact.record.of == "claim":
            return _own_compared(fact.field, left, holds, value)
        return _literal_compared(left, holds, value)

    def compared(context: Context) -> Truth:
        missing = context.missing
        mark = len(missing)
        a, b = left(context), right(context)
        if flags and (a is None or b is None):
            return None
        held: Truth = holds(a, b)
        if held is not None and len(missing) > mark:
            # What is known settles it, so nothing is missing for it.
            del missing[mark:]
        return held

    return compared


def _literal_compared(left: Code, holds: Callable[[Any, Any], Any], value: Any) -> Code:
    """Return the closure of a comparison with a literal."""

    def compared(context: Context) -> Truth:
        missing = context.missing
        mark = len(missing)
        held: Truth = holds(left(context), value)
        if held is not None and len(missing) > mark:
            del missing[mark:]
        return held

    return compared


def _own_compared(field: str, left: Code, holds: Callable[[Any, Any], Any], value: Any) -> Code:
    """Return the closure of the commonest condition, a fact of the claim's record against a literal."""

    def compared(context: Context) -> Truth:
        found = context.record.get(field)
        if found is not None and found is not Absent.NONE:
            held: Truth = holds(found, value)
            return held
        held = holds(left(context), value)
        if held is not None:
            context.missing.pop()
        return held

    return compared


def _taken(reading: t.Chosen, equal: bool, choice: str) -> Code:
    """Return the closure of `reading.x == choice`, the commonest comparison."""
    id, chosen = reading.id, chosen_in(reading)

    def taken(context: Context) -> Truth:
        value = context.readings.get(id)
        if value is None:
            chosen(context)
            return None
        context.touched.add(id)
        return bool(value == choice) is equal

    return taken


def settling(code: Code) -> Code:
    """Return the closure that forgets what its parts missed where what is known settles the value."""

    def run(context: Context) -> Any:
        missing = context.missing
        mark = len(missing)
        value = code(context)
        if len(missing) > mark and type(value) not in OPEN:
            del missing[mark:]
        return value

    return run


def one_of(node: t.OneOf, item: Code, options: tuple[Code, ...]) -> Code:
    """Return the closure of whether something is one of several."""
    words = [option.name for option in node.options if isinstance(option, t.Word)]
    if len(words) == len(options):
        return _among(item, frozenset(words))

    def among(context: Context) -> Truth:
        value = item(context)
        found = [value == option(context) for option in options]
        return True if True in found else None if None in found else False

    return settling(among)


def _among(item: Code, words: frozenset[str]) -> Code:
    """Return the closure of the commonest `in`, a fact among words."""

    def among(context: Context) -> Truth:
        value = item(context)
        return None if value is UNKNOWN else value in words

    return among


def contains(node: t.Contains, held: Code) -> Code:
    """Return the closure of whether a set has a word."""
    word = node.word.name

    def has_word(context: Context) -> Truth:
        value = held(context)
        return None if value is UNKNOWN else word in value

    return has_word


def within(node: t.Within, division: Code, area: Code) -> Code:
    """Return the closure of whether a division lies within an area."""
    path = node.division.path if isinstance(node.division, t.Get) else ""

    def inside(context: Context) -> Truth:
        inner, outer = division(context), area(context)
        if isinstance(inner, Unknown) or isinstance(outer, Unknown):
            return None
        stem = _stem(outer)
        if inner.startswith(stem):
            return True
        if not stem.startswith(_stem(inner)):
            return False
        # A coarser code (the province of a city) does not say whether it lies in the city.
        if path:
            context.missing.append((path, ""))
        return None

    return inside


@lru_cache(4096)
def _stem(code: str) -> str:
    return code[:2] if code[2:] == "0000" else code[:4] if code[4:] == "00" else code
