"""Turns typed nodes into Python closures: the reference meaning of the policy language.

A closure takes the Context and returns a value (see `values`); a yes/no is True, False or None (open).
Every fact that is read and not known is noted in `context.missing`, unless the rest settles the matter.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from duixian.calendar.periods import year_end
from duixian.engine import comparing, facts, lists, tables
from duixian.engine.comparing import settling
from duixian.engine.context import Context
from duixian.engine.facts import Code
from duixian.engine.values import (
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


def compile_node(node: t.AnyNode) -> Code:
    """Return the closure of a node."""
    return _BUILDERS[type(node)](node)


def _constant(node: t.Constant) -> Code:
    value = node.value
    return lambda context: value


def _word(node: t.Word) -> Code:
    name = node.name
    return lambda context: name


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
    return settling(lambda context: multiply(left(context), right(context)))


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
    return comparing.compare(node, compile_node(node.left), compile_node(node.right))


def _one_of(node: t.OneOf) -> Code:
    options = tuple(compile_node(option) for option in node.options)
    return comparing.one_of(node, compile_node(node.item), options)


def _contains(node: t.Contains) -> Code:
    return comparing.contains(node, compile_node(node.set))


def _within(node: t.Within) -> Code:
    return comparing.within(node, compile_node(node.division), compile_node(node.area))


def _and(node: t.And) -> Code:
    return conjunction(tuple(compile_node(part) for part in node.parts), False)


def _or(node: t.Or) -> Code:
    return conjunction(tuple(compile_node(part) for part in node.parts), True)


def conjunction(parts: tuple[Code, ...], decisive: bool) -> Code:
    """Return `and` (decisive False) or `or` (decisive True).

    One decisive part settles it, and with it what the other parts missed.
    """

    def joined(context: Context) -> Truth:
        missing = context.missing
        mark = len(missing)
        result: Truth = not decisive
        for part in parts:
            value: Truth = part(context)
            if value is decisive:
                if len(missing) > mark:
                    del missing[mark:]
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

    return settling(choose)


def _aggregate(node: t.Aggregate) -> Code:
    value = compile_node(node.value) if node.value is not None else None
    where = compile_node(node.where) if node.where is not None else None
    return lists.aggregate(node, value, where)


def _extreme(node: t.Extreme) -> Code:
    items = tuple(compile_node(item) for item in node.items)
    choose = least if node.function == "min" else greatest
    return settling(lambda context: choose(item(context) for item in items))


def _rows(rows: tuple[t.Row, ...]) -> tuple[tuple[Any, Code], ...]:
    keys = (row.key.name if isinstance(row.key, t.Word) else compile_node(row.key)(_NOTHING) for row in rows)
    return tuple(zip(keys, (compile_node(row.value) for row in rows), strict=True))


def _match(node: t.Match) -> Code:
    return settling(tables.match(compile_node(node.subject), _rows(node.rows)))


def _steps(node: t.Steps) -> Code:
    return settling(tables.steps(compile_node(node.subject), _rows(node.rows)))


def _crossing(node: t.Crossing) -> Code:
    now, before, strict, several = (
        compile_node(part) for part in (node.now, node.before, node.strict, node.several)
    )
    return settling(tables.crossing(now, before, strict, several, _rows(node.rows)))


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
    t.Builtin: facts.builtin,
    t.Chosen: facts.chosen_in,
    t.EndOf: facts.end_of,
    t.Get: facts.get,
    t.Arithmetic: _arithmetic,
    t.Compare: _compare,
    t.OneOf: _one_of,
    t.Contains: _contains,
    t.Within: _within,
    t.And: _and,
    t.Or: _or,
    t.Not: _not,
    t.If: _if,
    t.Has: facts.has,
    t.Exists: facts.exists,
    t.Aggregate: _aggregate,
    t.First: lists.first,
    t.Extreme: _extreme,
    t.Match: _match,
    t.Steps: _steps,
    t.Crossing: _crossing,
    t.YearOf: _year_of,
    t.YearEnd: _year_end,
}
