"""Aggregates over lists of records that may be incomplete: count, any, none, sum, highest, lowest, first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duixian.engine.context import Context
from duixian.engine.values import OPEN, Truth, bounds, greatest, least, narrow
from duixian.language import tree as t
from duixian.register.applicant import Absent, Facts

Code = Callable[[Context], Any]


def aggregate(node: t.Aggregate, value: Code | None, where: Code | None) -> Code:
    """Return the closure of an aggregate; over an incomplete list only bounds are known."""
    entity = node.entity
    combine, key = _COMBINE[node.function], id(node)

    def run(context: Context) -> Any:
        mark = len(context.missing)
        outer, items = context.each, []
        for record in context.frame.lists.get(entity, ()):
            context.each = record
            held = True if where is None else where(context)
            if held is not False:
                items.append((held is True, None if value is None else value(context)))
        context.each = outer
        whole = entity in context.frame.complete
        if not whole:
            context.missing.append((entity, ""))
        result = combine(items, whole)
        if type(result) not in OPEN:
            del context.missing[mark:]
        context.computed[key] = result
        return result

    return run


def _count(items: list[tuple[bool, Any]], whole: bool) -> Any:
    sure = sum(1 for surely, _ in items if surely)
    return narrow(sure, len(items) if whole else None)


def _any(items: list[tuple[bool, Any]], whole: bool) -> Truth:
    if any(surely for surely, _ in items):
        return True
    return None if items or not whole else False


def _none(items: list[tuple[bool, Any]], whole: bool) -> Truth:
    found = _any(items, whole)
    return None if found is None else not found


def _sum(items: list[tuple[bool, Any]], whole: bool) -> Any:
    low: Any = 0
    high: Any = 0 if whole else None
    for surely, value in items:
        least_value, most = bounds(value)
        low = (
            None
            if low is None or least_value is None
            else low + (least_value if surely else min(0, least_value))
        )
        high = None if high is None or most is None else high + (most if surely else max(0, most))
    return narrow(low, high)


def _highest(items: list[tuple[bool, Any]], whole: bool) -> Any:
    return _extreme(items, whole, greatest, highest=True)


def _lowest(items: list[tuple[bool, Any]], whole: bool) -> Any:
    return _extreme(items, whole, least, highest=False)


def _extreme(
    items: list[tuple[bool, Any]], whole: bool, choose: Callable[[list[Any]], Any], *, highest: bool
) -> Any:
    """Return the highest or lowest; 0 where there is no record."""
    sure = [value for surely, value in items if surely]
    values = [value for _, value in items]
    if whole and len(sure) == len(values):
        return choose(values) if values else 0
    lows = [bounds(value)[0] for value in (sure if highest else values)]
    highs = [bounds(value)[1] for value in (values if highest else sure)]
    known_low = [low for low in lows if low is not None]
    if highest:
        top = None if not whole or None in highs else max([0, *(high for high in highs if high is not None)])
        return narrow(max(known_low) if known_low else 0, top)
    bottom = None if None in lows else min(known_low) if known_low else None
    known_high = [high for high in highs if high is not None]
    return narrow(
        min(0, bottom) if bottom is not None and whole else 0, min(known_high) if known_high else None
    )


_COMBINE: dict[str, Callable[[list[tuple[bool, Any]], bool], Any]] = {
    "count": _count,
    "any": _any,
    "none": _none,
    "sum": _sum,
    "highest": _highest,
    "lowest": _lowest,
}


def first(node: t.First) -> Code:
    """Return the closure of `first`: no earlier record of the applicant with the same values.

    The day of a record is its event; of two on one day the one that stands first by id counts as first.
    """
    entity, keys, key = node.entity, node.keys, id(node)

    def decide(context: Context) -> Truth:
        mark = len(context.missing)
        result: Truth = True if entity in context.frame.complete else None
        if result is None:
            context.missing.append((entity, ""))
        own = context.record
        for other in context.frame.lists.get(entity, ()):
            if other is own or other.get("id") == own.get("id"):
                continue
            before = len(context.missing)
            same = _same(context, own, other, entity, keys)
            earlier = False if same is False else _before(context, other, own, entity)
            if earlier is False:
                # This one is settled, so what else it misses matters no more.
                del context.missing[before:]
            elif same and earlier:
                del context.missing[mark:]
                return False
            else:
                result = None
        return result

    def run(context: Context) -> Truth:
        context.computed[key] = result = decide(context)
        return result

    return run


def _same(context: Context, own: Facts, other: Facts, entity: str, keys: tuple[str, ...]) -> Truth:
    result: Truth = True
    for key in keys:
        mine, theirs = own.get(key), other.get(key)
        if mine is None or theirs is None:
            context.missing.append((f"{entity}.{key}", str((own if mine is None else other).get("id", ""))))
            result = None
        elif mine != theirs:
            return False
    return result


def _before(context: Context, other: Facts, own: Facts, entity: str) -> Truth:
    field = context.frame.events[entity]
    mine, theirs = own.get(field), other.get(field)
    unknown = (None, Absent.NONE)
    if mine in unknown or theirs in unknown:
        context.missing.append((f"{entity}.{field}", str((own if mine in unknown else other).get("id", ""))))
        return None
    if mine == theirs:
        return str(other.get("id", "")) < str(own.get("id", ""))
    return bool(theirs < mine)  # type: ignore[operator]
