"""The types of the language and the rules by which units combine."""

from __future__ import annotations

import msgspec

NUMERIC = frozenset({"money", "area", "price_per_area", "ratio", "count", "year"})
AMOUNTS = NUMERIC - {"year"}
"""What can be added up and what a table can give: a year is a point in time, like a day."""
ORDERED = NUMERIC | {"date"}
"""A period has no order: a month has no fixed length."""
_DIMENSIONS = {"money": (1, 0), "price_per_area": (1, -1), "area": (0, 1), "ratio": (0, 0), "count": (0, 0)}
_ZH = {
    "money": "a sum of money",
    "area": "an area",
    "price_per_area": "a price per area",
    "ratio": "a share",
    "count": "a count",
    "year": "a year",
    "date": "a day",
    "period": "a period",
    "flag": "a yes/no",
    "text": "a text",
    "division": "a division",
    "enum": "one of an enum",
    "set": "a set",
    "record": "a record",
}


class Type(msgspec.Struct, frozen=True):
    """A type: its kind, and for enums and sets the enum's name, for counts the unit, for records the entity."""

    kind: str
    of: str = ""

    def __str__(self) -> str:
        """Return the type in words, for messages."""
        return _ZH[self.kind] + (f" ({self.of})" if self.of else "")


MONEY = Type("money")
RATIO = Type("ratio")
COUNT = Type("count")
YEAR = Type("year")
DATE = Type("date")
PERIOD = Type("period")
FLAG = Type("flag")
DIVISION = Type("division")


def product(left: Type, right: Type, divide: bool) -> Type | None:
    """Return the type of left × right (or left ÷ right), None where it has no meaning (money × money)."""
    if left.kind not in _DIMENSIONS or right.kind not in _DIMENSIONS:
        return None
    sign = -1 if divide else 1
    a, b = _DIMENSIONS[left.kind], _DIMENSIONS[right.kind]
    dimension = (a[0] + sign * b[0], a[1] + sign * b[1])
    if dimension == (0, 0):
        return _pure(left, right, divide)
    for kind, known in _DIMENSIONS.items():
        if known == dimension:
            return Type(kind)
    return None


def _pure(left: Type, right: Type, divide: bool) -> Type:
    """Return the type of counts and shares multiplied: 10% of 20人 is still 人, one of two units is kept."""
    if "count" not in (left.kind, right.kind) or (divide and right.kind == "count"):
        return RATIO
    units = {kind.of for kind in (left, right) if kind.of}
    return Type("count", units.pop()) if len(units) == 1 else COUNT


def total(left: Type, right: Type, subtract: bool) -> Type | None:
    """Return the type of left + right (or left - right), None where it has no meaning (money + count)."""
    pair = (left.kind, right.kind)
    if pair in {("date", "period"), ("year", "period")}:
        return left
    if pair == ("year", "count"):
        return None if right.of else left
    if pair == ("year", "year"):
        return COUNT if subtract else None
    if left.kind != right.kind or left.kind not in NUMERIC:
        return None
    return unify(left, right)


def unify(left: Type, right: Type) -> Type | None:
    """Return the common type of two values that are compared or chosen between, or None."""
    if left == right:
        return left
    if left.kind == right.kind == "count":
        return _counts(left, right)
    if {left.kind, right.kind} == {"year", "count"} and not left.of and not right.of:
        return YEAR
    return None


def _counts(left: Type, right: Type) -> Type | None:
    if left.of and right.of and left.of != right.of:
        return None
    return left if left.of else right
