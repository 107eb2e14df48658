"""The form in which the registry keeps facts: JSON by field name, exact, read back by the vocabulary's types.

| fact | JSON |
|---|---|
| money, count, year | a whole number (money in fen) |
| area, price_per_area, ratio | `[numerator, denominator]`, in lowest terms |
| date | `"2023-05-01"` |
| flag | true or false |
| set | a sorted list |
| text, division, enum, record | a string |
| known to be none (无) | null |
| not known | the field is left out |

An applicant's own facts have a field `complete:TYPE`, true, for each list of records that is known to be whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.applicant import Absent, Facts, Value

Payload = dict[str, Any]
COMPLETE = "complete:"
"""What the name of a field begins with that says a list of records is whole."""


def to_payload(entity: Entity, facts: Facts) -> Payload:
    """The facts of one record, or of the applicant itself, as they are kept.

    Raises:
        KeyError: a fact that the vocabulary does not have.
    """
    return {name: _to_json(entity.fields[name], value) for name, value in facts.items() if name != "id"}


def to_facts(entity: Entity, payload: Mapping[str, Any]) -> dict[str, Value]:
    """The facts again; a field that the vocabulary has lost since is left out."""
    fields = entity.fields
    return {name: _to_value(fields[name], cell) for name, cell in payload.items() if name in fields}


def complete_payload(types: Iterable[str]) -> Payload:
    """What says that the lists of these record types are whole."""
    return {f"{COMPLETE}{name}": True for name in sorted(types)}


def complete_types(payload: Mapping[str, Any], vocabulary: Vocabulary) -> frozenset[str]:
    """The record types whose list an applicant's own payload says to be whole."""
    return frozenset(name for name in vocabulary.records if payload.get(f"{COMPLETE}{name}") is True)


def _to_json(field: Field, value: Value) -> object:
    if isinstance(value, Absent):
        return None
    if field.type.kind in ("area", "price_per_area", "ratio"):
        return list(Fraction(value).as_integer_ratio())  # type: ignore[arg-type]
    if isinstance(value, dt.date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def _to_value(field: Field, cell: Any) -> Value:
    if cell is None:
        return Absent.NONE
    match field.type.kind:
        case "area" | "price_per_area" | "ratio":
            return Fraction(*cell)
        case "date":
            return dt.date.fromisoformat(cell)
        case "set":
            return frozenset(cell)
    value: int | bool | str = cell
    return value
