"""Which version of a record counts: as known on a moment, for a day on which it was true.

Of the versions that were known by then and are true on the day, the one with the greatest number counts. So a
correction replaces what it corrects, while a change that is true only from a later day leaves the days before it as
they were. Nothing is ever overwritten; `history` tells of each value who stated it and when it was learnt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from duixian.server.registry.models import RecordVersion

Slot = tuple[str, str]
"""A record of an applicant: its type and its key."""


class When(NamedTuple):
    """The two times of a question: the moment of knowledge (None: now) and the day asked about."""

    known: dt.datetime | None
    day: dt.date

    @classmethod
    def now(cls) -> When:
        """What is known now of today."""
        return cls(None, timezone.localdate())

    @classmethod
    def at(cls, known: dt.datetime | None = None, day: dt.date | None = None) -> When:
        """As known on a moment (None: now), of a day (None: today, or the day of that moment)."""
        return cls(known, day or timezone.localdate(known))

    @property
    def condition(self) -> Q:
        """Which versions come into question."""
        true = (Q(valid_from=None) | Q(valid_from__lte=self.day)) & (
            Q(valid_until=None) | Q(valid_until__gte=self.day)
        )
        return true if self.known is None else true & Q(known_at__lte=self.known)

    def admits(self, version: RecordVersion) -> bool:
        """The same, of a version in hand."""
        return (
            (self.known is None or version.known_at <= self.known)
            and (version.valid_from is None or version.valid_from <= self.day)
            and (version.valid_until is None or version.valid_until >= self.day)
        )


class FieldSource(NamedTuple):
    """Where one value comes from: the version that stated it last, in which it may have stood before."""

    version: RecordVersion
    confirmed: int
    """How many versions stated this same value, this one included."""


def counting(applicants: Sequence[int], when: When) -> QuerySet[RecordVersion]:
    """The version that counts of every record of these applicants; withdrawn and erased ones among them."""
    return (
        RecordVersion.objects.filter(when.condition, applicant__in=applicants)
        .order_by("applicant", "type", "key", "-number")
        .distinct("applicant", "type", "key")
    )


def choose(versions: Iterable[RecordVersion], when: When) -> dict[Slot, RecordVersion]:
    """`counting` over the versions of one applicant that are in hand already."""
    found: dict[Slot, RecordVersion] = {}
    for version in versions:
        slot = (version.type, version.key)
        if when.admits(version) and (slot not in found or found[slot].number < version.number):
            found[slot] = version
    return found


def history(versions: Sequence[RecordVersion], counts: RecordVersion, when: When) -> dict[str, FieldSource]:
    """Of each value of the version that counts: which version stated it.

    `versions` are all versions of that record; those after `counts`, and those of other days, are not looked at.
    """
    found: dict[str, FieldSource] = {}
    values: dict[str, Any] = {}
    for version in sorted(versions, key=lambda each: each.number):
        if version.number > counts.number or version.payload is None or not when.admits(version):
            continue
        for name in version.payload if version.stated is None else version.stated:
            before = found.get(name)
            same = before is not None and values.get(name) == version.payload.get(name)
            found[name] = FieldSource(version, before.confirmed + 1 if before and same else 1)
            values[name] = version.payload.get(name)
    return {name: source for name, source in found.items() if name in (counts.payload or {})}
