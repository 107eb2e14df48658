"""What an expression can see while one claim is assessed, and the notes it takes on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from duixian.register.applicant import Applicant, Facts

Missing = tuple[str, str]
"""A fact that is not known: `entity.field` (or an entity's name for a list that is not whole) and record id."""


class Frame:
    """What is the same for all claims of one applicant: its facts, lists and the day of application."""

    __slots__ = ("_index", "applicant", "complete", "day", "events", "facts", "lists")

    def __init__(self, applicant: Applicant, day: dt.date, events: Mapping[str, str]) -> None:
        """Take the applicant, the day of application and the field that is each record type's event."""
        self.applicant = applicant
        self.facts: Facts = applicant.facts
        self.lists: Mapping[str, Sequence[Facts]] = applicant.records
        self.complete = applicant.complete
        self.day = day
        self.events = events
        self._index: dict[str, dict[Any, Facts]] = {}

    def find(self, entity: str, id: object) -> Facts | None:
        """Return the record of a type with an id, None if it is not known."""
        index = self._index.get(entity)
        if index is None:
            index = {record.get("id"): record for record in self.lists.get(entity, ())}
            self._index[entity] = index
        return index.get(id)


class Context(msgspec.Struct):
    """The frame of one claim: its record, the policy's days and readings; notes what was missing and read.

    `computed` keeps the values of aggregates by node, so that the reasons show what the condition saw.
    """

    frame: Frame
    days: Mapping[str, Any]
    readings: Mapping[str, str]
    record: Facts = {}
    event: Any = None
    each: Facts = {}
    missing: list[Missing] = []
    computed: dict[int, Any] = {}
    touched: set[str] = set()
