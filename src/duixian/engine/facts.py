"""Closures that read: facts of records, whether they are given, the policy's days, choices of readings.

Every fact that is read and not known is noted in `context.missing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duixian.engine.context import Context
from duixian.engine.records import ABSENT, Finder, finder
from duixian.engine.values import UNKNOWN, Range, Truth
from duixian.language import tree as t
from duixian.register.applicant import Absent

Code = Callable[[Context], Any]
_NONNEGATIVE = frozenset({"money", "area", "price_per_area", "ratio", "count"})


def unknown_of(kind: str) -> Any:
    """Return what is known of a fact that is not given: sums and counts are at least not negative."""
    if kind in _NONNEGATIVE:
        return Range(0, None)
    return Range(None, None) if kind == "year" else None if kind == "flag" else UNKNOWN


def builtin(node: t.Builtin) -> Code:
    """Return the closure of a built-in day or place."""
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
        rests = days.get(rests_on)
        if rests:
            context.touched.update(rests)
        day = days[name]
        if day is UNKNOWN:
            context.missing.append(missed)
        return day

    return policy_day


def chosen_in(node: t.Chosen) -> Code:
    """Return the closure of the choice taken for a reading."""
    id = node.id

    def chosen(context: Context) -> Any:
        context.touched.add(id)
        choice = context.readings.get(id)
        if choice is None:
            context.missing.append((f"reading.{id}", ""))
            return UNKNOWN
        return choice

    return chosen


def end_of(node: t.EndOf) -> Code:
    """Return the closure of the last day of another document."""
    key = f"end_of.{node.id}"

    def last_day(context: Context) -> Any:
        found = context.days.get(key, UNKNOWN)
        if found is UNKNOWN:
            context.missing.append((key, ""))
        return found

    return last_day


def get(node: t.Get) -> Code:
    """Return the closure of a fact of a record."""
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
    if isinstance(node.record, t.Record) and node.record.of == "applicant":

        def applicants(context: Context) -> Any:
            facts = context.frame.facts
            value = facts.get(field)
            return value_of(context, facts) if value is None or value is Absent.NONE else value

        return applicants
    if isinstance(node.record, t.Record) and node.record.of == "each":

        def items(context: Context) -> Any:
            value = context.each.get(field)
            return value_of(context, context.each) if value is None or value is Absent.NONE else value

        return items
    find: Finder = finder(node.record)
    return lambda context: value_of(context, find(context))


def has(node: t.Has) -> Code:
    """Return the closure of whether a fact is given."""
    find, field, path = finder(node.fact.record), node.fact.field, node.fact.path

    def given(context: Context) -> Truth:
        record = find(context)
        if record is ABSENT:
            return False
        value = None if record is None else record.get(field)
        if value is None:
            context.missing.append((path, "" if record is None else record.get("id", "")))
            return None
        return value is not Absent.NONE

    return given


def exists(node: t.Exists) -> Code:
    """Return the closure of whether there is such a record."""
    find, entity = finder(node.record), node.record.entity

    def there(context: Context) -> Truth:
        record = find(context)
        if record is None:
            context.missing.append((entity, ""))
            return None
        return record is not ABSENT

    return there
