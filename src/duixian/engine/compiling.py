"""Turns typed nodes into Python closures: the reference meaning of the policy language.

A closure takes the Context and returns a value (see `values`); a yes/no is True, False or None (open).
Every fact that is read and not known is noted in `context.missing`, unless the rest settles the matter.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from duixian.calendar.periods import year_end
from duixian.engine import lists, tables
from duixian.engine.context import Context
from duixian.engine.records import ABSENT, Finder, finder
from duixian.engine.values import (
    OPEN,
    UNKNOWN,
    Range,
    Truth,
    Unknown,
    divide,
    greatest,
    hull,
    least,
    multiply,
    negate,
    shift,
)
from duixian.language import tree as t
from duixian.register.applicant import Absent

Code = Callable[[Context], Any]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
_NONNEGATIVE = frozenset({"money", "area", "price_per_area", "ratio", "count"})


def compile_node(node: t.AnyNode) -> Code:
    """Return the closure of a node."""
    return _BUILDERS[type(node)](node)


def unknown_of(kind: str) -> Any:
    """Return what is known of a fact that is not given: sums and counts are at least not negative."""
    if kind in _NONNEGATIVE:
        return Range(0, None)
    return Range(None, None) if kind == "year" else None if kind == "flag" else UNKNOWN


def _constant(node: t.Constant) -> Code:
    return _constant_of(node.value)


def _word(node: t.Word) -> Code:
    name = node.name
    return lambda context: name


def _builtin(node: t.Builtin) -> Code:
    name = node.name
    if name == "application_day":
        return lambda context: context.frame.day
    if name == "event_day":
        return lambda context: context.event
    if name in ("starts", "ends", "issued"):
        return _policy_day(name)
    return lambda context: context.days[name]


def _policy_day(name: str) -> Code:
    """Return the closure of one of the policy's own days, with the readings on which that day rests."""
    rests_on, missed = f"{name}.readings", (f"policy.{name}", "")

    def policy_day(context: Context) -> Any:
        days = context.days
        if rests_on in days:
            context.touched.update(days[rests_on])
        day = days[name]
        if day is UNKNOWN:
            context.missing.append(missed)
        return day

    return policy_day


def _chosen(node: t.Chosen) -> Code:
    id = node.id

    def chosen(context: Context) -> Any:
        context.touched.add(id)
        choice = context.readings.get(id)
        if choice is None:
            context.missing.append((f"reading.{id}", ""))
            return UNKNOWN
        return choice

    return chosen


def _end_of(node: t.EndOf) -> Code:
    key = f"end_of.{node.id}"

    def end_of(context: Context) -> Any:
        found = context.days.get(key, UNKNOWN)
        if found is UNKNOWN:
            context.missing.append((key, ""))
        return found

    return end_of


def _get(node: t.Get) -> Code:
    field, path, unknown = node.field, node.path, unknown_of(node.type.kind)

    def value_of(context: Context, record: Any) -> Any:
        if record is not None and record is not ABSENT:
            value = record.get(field)
            if value is not None and value is not Absent.NONE:
                return value
            context.missing.append((path, record.get("id", "")))
        else:
            context.missing.append((path, ""))
        return unknown

    if isinstance(node.record, t.Record) and node.record.of == "claim":

        def own(context: Context) -> Any:
            value = context.record.get(field)
            return value_of(context, context.record) if value is None or value is Absent.NONE else value

        return own
    find: Finder = finder(node.record)
    return lambda context: value_of(context, find(context))


def _arithmetic(node: t.Arithmetic) -> Code:
    left, right, sign = compile_node(node.left), compile_node(node.right), node.operator
    if node.right.type.kind == "period" and node.left.type.kind in ("date", "year"):
        back = sign == "-"
        return lambda context: shift(left(context), right(context), back)
    if sign == "+":
        return lambda context: left(context) + right(context)
    if sign == "-":
        return lambda context: left(context) - right(context)
    if sign == "/":
        return lambda context: divide(left(context), right(context))
    if isinstance(node.left, t.Constant) and isinstance(node.left.value, Fraction):
        return _share(node.left.value, right)
    return _settling(lambda context: multiply(left(context), right(context)))


def _share(share: Fraction, base: Code) -> Code:
    # The commonest product, y% of a sum of fen: integers where they suffice, since Fraction is slow.
    numerator, denominator = share.numerator, share.denominator

    def part(context: Context) -> Any:
        value = base(context)
        if type(value) is int:
            whole, rest = divmod(value * numerator, denominator)
            return whole if rest == 0 else Fraction(value * numerator, denominator)
        return multiply(share, value)

    return part


def _compare(node: t.Compare) -> Code:
    if isinstance(node.left, t.Chosen) and isinstance(node.right, t.Word):
        return _taken(node.left, node.operator == "==", node.right.name)
    left, right, compare = compile_node(node.left), compile_node(node.right), _COMPARE[node.operator]
    if isinstance(node.right, t.Constant | t.Word):
        value = node.right.name if isinstance(node.right, t.Word) else node.right.value
        if (
            isinstance(node.left, t.Get)
            and isinstance(node.left.record, t.Record)
            and node.left.record.of == "claim"
        ):
            return _own_compared(node.left.field, left, compare, value)
        right = _constant_of(value)
    flags = node.left.type.kind == "flag"

    def compared(context: Context) -> Truth:
        missing = context.missing
        mark = len(missing)
        a, b = left(context), right(context)
        if flags and (a is None or b is None):
            return None
        held: Truth = compare(a, b)
        if held is not None and len(missing) > mark:
            # What is known settles it, so nothing is missing for it.
            del missing[mark:]
        return held

    return compared


def _settling(code: Code) -> Code:
    """Return the closure that forgets what its parts missed where what is known settles the value."""

    def run(context: Context) -> Any:
        missing = context.missing
        mark = len(missing)
        value = code(context)
        if len(missing) > mark and type(value) not in OPEN:
            del missing[mark:]
        return value

    return run


def _constant_of(value: Any) -> Code:
    return lambda context: value


def _own_compared(field: str, left: Code, compare: Callable[[Any, Any], Any], value: Any) -> Code:
    """Return the closure of the commonest condition, a fact of the claim's record against a literal."""

    def compared(context: Context) -> Truth:
        found = context.record.get(field)
        if found is not None and found is not Absent.NONE:
            held: Truth = compare(found, value)
            return held
        held = compare(left(context), value)
        if held is not None:
            context.missing.pop()
        return held

    return compared


def _taken(reading: t.Chosen, equal: bool, choice: str) -> Code:
    """Return the closure of `reading.x == choice`, the commonest comparison."""
    id, chosen = reading.id, _chosen(reading)

    def taken(context: Context) -> Truth:
        value = context.readings.get(id)
        if value is None:
            chosen(context)
            return None
        context.touched.add(id)
        return bool(value == choice) is equal

    return taken


def _one_of(node: t.OneOf) -> Code:
    item, options = compile_node(node.item), tuple(compile_node(option) for option in node.options)

    def one_of(context: Context) -> Truth:
        value = item(context)
        found = [value == option(context) for option in options]
        return True if True in found else None if None in found else False

    return _settling(one_of)


def _contains(node: t.Contains) -> Code:
    word, held = node.word.name, compile_node(node.set)

    def contains(context: Context) -> Truth:
        value = held(context)
        return None if value is UNKNOWN else word in value

    return contains


def _within(node: t.Within) -> Code:
    division, area = compile_node(node.division), compile_node(node.area)
    path = node.division.path if isinstance(node.division, t.Get) else ""

    def within(context: Context) -> Truth:
        inner, outer = division(context), area(context)
        if isinstance(inner, Unknown) or isinstance(outer, Unknown):
            return None
        stem, own = _stem(outer), _stem(inner)
        if own.startswith(stem):
            return True
        if not stem.startswith(own):
            return False
        # A coarser code (the province of a city) does not say whether it lies in the city.
        if path:
            context.missing.append((path, ""))
        return None

    return within


def _stem(code: str) -> str:
    return code[:2] if code[2:] == "0000" else code[:4] if code[4:] == "00" else code


def _and(node: t.And) -> Code:
    return conjunction(tuple(compile_node(part) for part in node.parts), False)


def _or(node: t.Or) -> Code:
    return conjunction(tuple(compile_node(part) for part in node.parts), True)


def conjunction(parts: tuple[Code, ...], decisive: bool) -> Code:
    """Return `and` (decisive False) or `or` (decisive True).

    One decisive part settles it, and with it what the other parts missed.
    """

    def joined(context: Context) -> Truth:
        mark = len(context.missing)
        result: Truth = not decisive
        for part in parts:
            value: Truth = part(context)
            if value is decisive:
                del context.missing[mark:]
                return decisive
            if value is None:
                result = None
        return result

    return joined


def _not(node: t.Not) -> Code:
    part = compile_node(node.part)
    return lambda context: negate(part(context))


def _if(node: t.If) -> Code:
    condition, yes, no = (compile_node(part) for part in (node.condition, node.yes, node.no))

    def choose(context: Context) -> Any:
        value = condition(context)
        if value is None:
            return hull((yes(context), no(context)))
        return yes(context) if value else no(context)

    return _settling(choose)


def _has(node: t.Has) -> Code:
    find, field, path = finder(node.fact.record), node.fact.field, node.fact.path

    def has(context: Context) -> Truth:
        record = find(context)
        if record is ABSENT:
            return False
        value = None if record is None else record.get(field)
        if value is None:
            context.missing.append((path, "" if record is None else record.get("id", "")))
            return None
        return value is not Absent.NONE

    return has


def _exists(node: t.Exists) -> Code:
    find, entity = finder(node.record), node.record.entity

    def exists(context: Context) -> Truth:
        record = find(context)
        if record is None:
            context.missing.append((entity, ""))
            return None
        return record is not ABSENT

    return exists


def _aggregate(node: t.Aggregate) -> Code:
    value = compile_node(node.value) if node.value is not None else None
    where = compile_node(node.where) if node.where is not None else None
    return lists.aggregate(node, value, where)


def _extreme(node: t.Extreme) -> Code:
    items = tuple(compile_node(item) for item in node.items)
    choose = least if node.function == "min" else greatest
    return _settling(lambda context: choose(item(context) for item in items))


def _rows(rows: tuple[t.Row, ...]) -> tuple[tuple[Any, Code], ...]:
    keys = (row.key.name if isinstance(row.key, t.Word) else compile_node(row.key)(_NOTHING) for row in rows)
    return tuple(zip(keys, (compile_node(row.value) for row in rows), strict=True))


def _match(node: t.Match) -> Code:
    return _settling(tables.match(compile_node(node.subject), _rows(node.rows)))


def _steps(node: t.Steps) -> Code:
    return _settling(tables.steps(compile_node(node.subject), _rows(node.rows)))


def _crossing(node: t.Crossing) -> Code:
    now, before, strict, several = (
        compile_node(part) for part in (node.now, node.before, node.strict, node.several)
    )
    return _settling(tables.crossing(now, before, strict, several, _rows(node.rows)))


def _year_of(node: t.YearOf) -> Code:
    day = compile_node(node.day)

    def year_of(context: Context) -> Any:
        value = day(context)
        return Range(None, None) if isinstance(value, Unknown) else value.year

    return year_of


def _year_end(node: t.YearEnd) -> Code:
    year = compile_node(node.year)

    def end(context: Context) -> Any:
        value = year(context)
        return year_end(value) if isinstance(value, int) and 0 < value < 10_000 else UNKNOWN

    return end


_NOTHING: Any = None
_BUILDERS: dict[type, Callable[[Any], Code]] = {
    t.Constant: _constant,
    t.Word: _word,
    t.Builtin: _builtin,
    t.Chosen: _chosen,
    t.EndOf: _end_of,
    t.Get: _get,
    t.Arithmetic: _arithmetic,
    t.Compare: _compare,
    t.OneOf: _one_of,
    t.Contains: _contains,
    t.Within: _within,
    t.And: _and,
    t.Or: _or,
    t.Not: _not,
    t.If: _if,
    t.Has: _has,
    t.Exists: _exists,
    t.Aggregate: _aggregate,
    t.First: lists.first,
    t.Extreme: _extreme,
    t.Match: _match,
    t.Steps: _steps,
    t.Crossing: _crossing,
    t.YearOf: _year_of,
    t.YearEnd: _year_end,
}
