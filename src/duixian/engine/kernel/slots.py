"""What generated code is given by number at run time: columns, lists, literals, days, choices of readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary
from duixian.register.schema import NONE_SUFFIX

NUMBERS: Mapping[str, str] = {
    "money": "i64",
    "count": "i64",
    "year": "i32",
    "area": "share",
    "price_per_area": "share",
    "ratio": "share",
}
HOW: Mapping[str, str] = {
    **NUMBERS,
    "date": "date",
    "flag": "flag",
    "enum": "enum",
    "set": "set",
    "division": "division",
    "text": "text",
    "record": "text",
}
"""How a field of a kind is read."""
CODED = ("enum", "division")
"""Of those the texts that become codes, each by itself: a dictionary's words are looked up once."""


class NotNativeError(Exception):
    """The policies use something for which there is no native code; the reference engine does them."""


@dataclass(frozen=True)
class Column:
    """A column that the code reads: a field of an entity, `how` it is read, and the words that become codes."""

    entity: str
    field: str
    how: str
    words: tuple[str, ...] = ()


@dataclass
class Slots:
    """Numbers given out in the order in which code asks for them.

    `columns` and `lists` (record types) are read from the batch. `arguments` are literals, by policy and
    address, `days` are by policy and name, `cities` and `choices` by policy.
    """

    vocabulary: Vocabulary
    columns: dict[Column, int] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    arguments: dict[tuple[str, str], int] = field(default_factory=dict)
    days: dict[tuple[str, str], int] = field(default_factory=dict)
    readings: dict[tuple[str, str], int] = field(default_factory=dict)

    def column(self, entity: str, name: str) -> int:
        """Return the number of a field's column, read as its type wants."""
        if name == "id":
            return self.add(Column(entity, "id", "text"))
        kind = self.vocabulary.entities[entity].fields[name].type
        words: tuple[str, ...] = ()
        if kind.kind in ("enum", "set"):
            words = tuple(self.vocabulary.enums[kind.of])
            if len(words) > (62 if kind.kind == "set" else 2000):
                raise NotNativeError(f"{entity}.{name} has too many words")
        return self.add(Column(entity, name, HOW[kind.kind], words))

    def add(self, column: Column) -> int:
        """Return the number of a column."""
        if column.entity != "applicant":
            self.list(column.entity)
        return self.columns.setdefault(column, len(self.columns))

    def list(self, entity: str) -> int:
        """Return the number of the list of a record type."""
        return self.lists.setdefault(entity, len(self.lists))

    def argument(self, policy: str, address: str) -> int:
        """Return the number of a literal (or of a policy's city, under `city`)."""
        return self.arguments.setdefault((policy, address), len(self.arguments))

    def day(self, policy: str, name: str) -> int:
        """Return the number of a day of a policy."""
        return self.days.setdefault((policy, name), len(self.days))

    def reading(self, policy: str, id: str) -> int:
        """Return the number of a reading."""
        return self.readings.setdefault((policy, id), len(self.readings))


def columns_of(slots: Slots | None, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the top-level columns of a register that are read; all of them without native code."""
    own = vocabulary.entities["applicant"].fields
    read = (
        None if slots is None else {column.field for column in slots.columns if column.entity == "applicant"}
    )
    facts = [name for name in own if read is None or name in read]
    none = [name + NONE_SUFFIX for name in facts if own[name].optional]
    records = [name for name in vocabulary.records if slots is None or name in slots.lists]
    return ("id", *facts, *none, *records)


def facts_of(slots: Slots, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the paths of the facts that are read, as a register's schema has them (`year.items.revenue`)."""
    found = []
    for column in slots.columns:
        path = _path(column)
        known = vocabulary.entities[column.entity].fields.get(column.field)  # an id is no field
        found += [path, path + NONE_SUFFIX] if known is not None and known.optional else [path]
    return (*found, *(f"{entity}.complete" for entity in slots.lists))


def coded_of(slots: Slots) -> frozenset[str]:
    """Return the paths of the facts that are read as codes: a dictionary does for them as it is."""
    return frozenset(_path(column) for column in slots.columns if column.how in CODED)


def _path(column: Column) -> str:
    return column.field if column.entity == "applicant" else f"{column.entity}.items.{column.field}"


def word_code(vocabulary: Vocabulary, policy: Policy, enum: str, word: str) -> int:
    """Return the code of a word of an enum, or of a choice of a reading (`reading.ID`)."""
    if enum.startswith("reading."):
        reading = policy.reading(enum.removeprefix("reading."))
        choices = [choice.id for choice in reading.choices] if reading else []
    else:
        choices = list(vocabulary.enums[enum])
    return choices.index(word)
