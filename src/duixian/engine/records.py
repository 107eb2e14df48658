"""Finds the record that a node names: the applicant, the claim's own, an item of a list, the year before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from duixian.engine.context import Context
from duixian.language import tree as t
from duixian.register.applicant import Absent, Facts

ABSENT: Final = Absent.NONE
"""There is no such record, and that is known; None means that it is not known."""

Finder = Callable[[Context], Any]


def finder(node: t.RecordNode) -> Finder:
    """Return a function that finds the record: its facts, ABSENT, or None if it is not known."""
    if isinstance(node, t.Follow):
        return _follow(node)
    if node.of == "previous":
        return _previous(node.entity, node.same)
    return {"applicant": _applicant, "claim": _claim, "each": _each}[node.of]


def _applicant(context: Context) -> Any:
    return context.frame.facts


def _claim(context: Context) -> Any:
    return context.record


def _each(context: Context) -> Any:
    return context.each


def _previous(entity: str, same: tuple[str, ...]) -> Finder:
    """Return the finder of the year before; a condition names it several times, so a claim looks for it once."""
    key = (entity, same)

    def previous(context: Context) -> Any:
        computed = context.computed
        if key not in computed:
            computed[key] = look(context)
        return computed[key]

    def look(context: Context) -> Any:
        own = context.record
        year = own.get("year")
        if not isinstance(year, int):
            return None
        doubtful = entity not in context.frame.complete
        for record in context.frame.lists.get(entity, ()):
            agrees = not same or _agrees(own, record, same)
            if agrees is False:
                continue
            other = record.get("year")
            if other == year - 1 and agrees:
                return record
            doubtful = doubtful or other is None or (other == year - 1)
        return None if doubtful else ABSENT

    return previous


def _agrees(own: Facts, other: Facts, same: tuple[str, ...]) -> bool | None:
    """Say whether two records have the same values in these fields; None if one of them is not known."""
    found: bool | None = True
    for field in same:
        mine, theirs = own.get(field), other.get(field)
        if mine is None or theirs is None:
            found = None
        elif mine != theirs:
            return False
    return found


def _follow(node: t.Follow) -> Finder:
    base, field, entity, path = finder(node.base), node.field, node.entity, f"{node.base.entity}.{node.field}"

    def follow(context: Context) -> Any:
        record = base(context)
        id = record.get(field) if record is not None and record is not ABSENT else None
        if id is None:
            context.missing.append((path, "" if record in (None, ABSENT) else record.get("id", "")))
            return None
        if id is Absent.NONE:
            return ABSENT
        return context.frame.find(entity, id)

    return follow
