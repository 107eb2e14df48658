"""The checked rule tree: typed nodes with their places; the one meaning that every reader shares."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

import msgspec

from duixian.calendar.periods import Period
from duixian.language.units import Type


class Node(msgspec.Struct, frozen=True, tag=True, tag_field="node", omit_defaults=True, kw_only=True):
    """Any node: its type and its place in the pack's file (line and column from 1; 0 if built in)."""

    type: Type
    line: int = 0
    column: int = 0


class Constant(Node, frozen=True):
    """A literal: numbers as an exact fraction (money in fen, prices in fen a square metre), or a day or period.

    `parameter` is the name under which it can be varied (`software-rnd.cap`); `text` is as written.
    """

    numerator: int = 0
    denominator: int = 1
    day: dt.date | None = None
    period: Period | None = None
    text: str = ""
    parameter: str = ""

    @property
    def value(self) -> int | Fraction | dt.date | Period:
        """Return the exact value; a whole number is an int."""
        if self.day is not None:
            return self.day
        if self.period is not None:
            return self.period
        return self.numerator if self.denominator == 1 else Fraction(self.numerator, self.denominator)


class Word(Node, frozen=True):
    """A value of an enum (or a choice of a reading, of which the type is `enum reading.ID`)."""

    name: str


class Builtin(Node, frozen=True):
    """`application_day`, `event_day`, `issued`, `starts`, `ends` or `city`."""

    name: str


class Chosen(Node, frozen=True):
    """The choice taken for a reading."""

    id: str


class EndOf(Node, frozen=True):
    """The last day of another policy or document."""

    id: str


class Record(Node, frozen=True):
    """A record: `of` is applicant, claim (the claim's own), each (an item of a list) or previous (by year).

    `same` are the fields in which a previous record agrees with the claim's (the platform of a platform's year).
    """

    of: str
    entity: str
    same: tuple[str, ...] = ()


class Follow(Node, frozen=True):
    """The record that another record refers to."""

    base: RecordNode
    field: str
    entity: str


class Get(Node, frozen=True):
    """A fact of a record."""

    record: RecordNode
    field: str

    @property
    def path(self) -> str:
        """Return `entity.field`, the name under which the fact is missing or used."""
        return f"{self.record.entity}.{self.field}"


class Arithmetic(Node, frozen=True):
    """`+ - * /` of two operands."""

    operator: str
    left: AnyNode
    right: AnyNode


class Compare(Node, frozen=True):
    """`>= > <= < == !=` of two operands."""

    operator: str
    left: AnyNode
    right: AnyNode


HOLDS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
"""What each operator of `Compare` says of two values that are known."""


class OneOf(Node, frozen=True):
    """The value is one of these constants."""

    item: AnyNode
    options: tuple[AnyNode, ...]


class Contains(Node, frozen=True):
    """The set holds the word."""

    word: Word
    set: AnyNode


class Within(Node, frozen=True):
    """The division lies in the other (GB/T 2260: the codes share the part that is not zero)."""

    division: AnyNode
    area: AnyNode


class And(Node, frozen=True):
    """All hold."""

    parts: tuple[AnyNode, ...]


class Or(Node, frozen=True):
    """At least one holds."""

    parts: tuple[AnyNode, ...]


class Not(Node, frozen=True):
    """It does not hold."""

    part: AnyNode


class If(Node, frozen=True):
    """One of two values under a condition."""

    condition: AnyNode
    yes: AnyNode
    no: AnyNode


class Has(Node, frozen=True):
    """The fact is there (false where it is known that there is none)."""

    fact: Get


class Exists(Node, frozen=True):
    """There is such a record."""

    record: RecordNode


class Aggregate(Node, frozen=True):
    """count, any, none, sum, highest or lowest over the records of a type that satisfy a condition."""

    function: str
    entity: str
    value: AnyNode | None = None
    where: AnyNode | None = None


class First(Node, frozen=True):
    """No earlier record of the applicant has the same values in these fields."""

    entity: str
    keys: tuple[str, ...]


class Extreme(Node, frozen=True):
    """min or max of several values; on days it is the earliest or the latest."""

    function: str
    items: tuple[AnyNode, ...]


class Row(msgspec.Struct, frozen=True):
    """A row of a table: the key (a constant or a word) and the value."""

    key: AnyNode
    value: AnyNode


class Match(Node, frozen=True):
    """The value of the row whose key equals the subject; nothing (zero) where none does."""

    subject: AnyNode
    rows: tuple[Row, ...]


class Steps(Node, frozen=True):
    """The value of the highest step that the subject reaches (the step included); zero below the first."""

    subject: AnyNode
    rows: tuple[Row, ...]


class Crossing(Node, frozen=True):
    """The steps passed now and not before: all of them added if `several`, else the highest."""

    now: AnyNode
    before: AnyNode
    strict: AnyNode
    several: AnyNode
    rows: tuple[Row, ...]


class YearOf(Node, frozen=True):
    """The calendar year of a day."""

    day: AnyNode


class YearEnd(Node, frozen=True):
    """The last day of a year."""

    year: AnyNode


RecordNode = Record | Follow
AnyNode = (
    Constant
    | Word
    | Builtin
    | Chosen
    | EndOf
    | Record
    | Follow
    | Get
    | Arithmetic
    | Compare
    | OneOf
    | Contains
    | Within
    | And
    | Or
    | Not
    | If
    | Has
    | Exists
    | Aggregate
    | First
    | Extreme
    | Match
    | Steps
    | Crossing
    | YearOf
    | YearEnd
)


def children(node: AnyNode) -> Iterator[AnyNode]:
    """Yield a node's direct parts in the order written."""
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value  # type: ignore[misc]
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Row):
                    yield item.key
                    yield item.value
                elif isinstance(item, Node):
                    yield item  # type: ignore[misc]


def walk(node: AnyNode) -> Iterator[AnyNode]:
    """Yield a node and everything in it, depth first."""
    yield node
    for child in children(node):
        yield from walk(child)


def constants(node: AnyNode) -> Iterator[Constant]:
    """Yield the literals of a tree in the order written."""
    return (part for part in walk(node) if isinstance(part, Constant))
