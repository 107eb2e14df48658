"""What an expression can see while one claim is assessed, and the notes it takes on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from duixian.engine.values import UNKNOWN
from duixian.register.applicant import Applicant, Facts

Missing = tuple[str, str]
"""A fact that is not known: `entity.field` (or an entity's name for a list that is not whole) and record id."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A record that a claim may rest on: its id, the day of its event (UNKNOWN if not known), and that it is past."""

    record: Facts
    id: str
    event: Any
    happened: bool


class Frame:
    """What is the same for all claims of one applicant: its facts, lists and the day of application."""

    __slots__ = ("_entries", "_index", "applicant", "complete", "day", "events", "facts", "lists")

    def __init__(self, applicant: Applicant, day: dt.date, events: Mapping[str, str]) -> None:
        """Take the applicant, the day of application and the field that is each record type's event."""
        self.applicant = applicant
        self.facts: Facts = applicant.facts
        self.lists: Mapping[str, Sequence[Facts]] = applicant.records
        self.complete = applicant.complete
        self.day = day
        self.events = events
        self._index: dict[str, dict[Any, Facts]] = {}
        self._entries: dict[str, list[Entry]] = {}

    def entries(self, entity: str) -> list[Entry]:
        """Return the records of a type by id, each with what its claims under any measure have in common."""
        found = self._entries.get(entity)
        if found is None:
            event, day = self.events.get(entity, ""), self.day
            found = []
            for record in self.lists.get(entity, ()):
                on = event_of(record, event)
                id = str(record.get("id", ""))
                found.append(Entry(record, id, UNKNOWN if on is None else on, on is not None and on <= day))
            if len(found) > 1:
                found.sort(key=_id)
            self._entries[entity] = found
        return found

    def find(self, entity: str, id: object) -> Facts | None:
        """Return the record of a type with an id, None if it is not known."""
        index = self._index.get(entity)
        if index is None:
            index = {record.get("id"): record for record in self.lists.get(entity, ())}
            self._index[entity] = index
        return index.get(id)


def event_of(record: Facts, event: str) -> dt.date | None:
    """Return the day a record's claim rests on: its event field, the last day of the year for a year."""
    value = record.get(event) if event else None
    if isinstance(value, dt.date):
        return value
    return dt.date(value, 12, 31) if isinstance(value, int) and 0 < value < 10_000 else None


_id = attrgetter("id")


class Context(msgspec.Struct, gc=False):
    """The frame of one claim: its record, the policy's days and readings; notes what was missing and read.

    `computed` keeps the values of aggregates by node, so that the reasons show what the condition saw, and the
    year before by what makes it that.
    """

    frame: Frame
    days: Mapping[str, Any]
    readings: Mapping[str, str]
    record: Facts = {}
    event: Any = None
    each: Facts = {}
    missing: list[Missing] = []
    computed: dict[Hashable, Any] = {}
    touched: set[str] = set()
