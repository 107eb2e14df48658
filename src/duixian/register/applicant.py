"""An applicant as facts: the one in-memory form that every reader makes and the engine assesses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction

import msgspec


class Absent(Enum):
    """The fact that there is none (无), as told apart from a fact that is not known (left out)."""

    NONE = "none"


Value = int | Fraction | dt.date | str | bool | frozenset[str] | Absent
"""A fact: money in fen (int), shares and areas (Fraction), prices in fen a square metre (Fraction), counts
and years (int), days, yes/no, enum values, texts and division codes (str), sets of enum values."""

Facts = Mapping[str, Value]
"""Facts by field name; a field that is left out is unknown. A record also has its `id`."""


class Applicant(msgspec.Struct, frozen=True):
    """One applicant: its own facts and its records by type, each record with an `id`.

    `complete` names the record types of which the list is whole; a type that is named there and has
    no records is known to have none. Any other list may lack records, so a count over it is a least.
    """

    id: str
    facts: Facts
    records: Mapping[str, Sequence[Facts]] = {}
    complete: frozenset[str] = frozenset()
