"""What names mean at a place of a pack: the claim's record, readings, named expressions, built-in days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from duixian.language.tree import AnyNode
from duixian.language.units import DATE, DIVISION, Type
from duixian.language.vocabulary import Vocabulary

BUILTINS: Mapping[str, Type] = {
    "application_day": DATE,
    "event_day": DATE,
    "issued": DATE,
    "starts": DATE,
    "ends": DATE,
    "city": DIVISION,
}


@dataclass(slots=True)
class Used:
    """Which readings and named expressions were used somewhere (an unused one is an error).

    `broken` are the named expressions that are wrong themselves: what uses them is not reported again.
    """

    readings: set[str] = field(default_factory=set)
    lets: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


@dataclass(slots=True, frozen=True)
class Scope:
    """The names that an expression may use.

    `entity` is the record type a claim rests on (`applicant` if none; empty where there is no claim),
    `each` the type of a list's items inside an aggregate, `slot` the address of the expression
    (`software-rnd.cap`), from which its literals take their parameter names.
    """

    vocabulary: Vocabulary
    readings: Mapping[str, tuple[str, ...]]
    documents: frozenset[str]
    used: Used
    builtins: frozenset[str] = frozenset(BUILTINS)
    lets: Mapping[str, AnyNode] = field(default_factory=dict)
    entity: str = ""
    each: str = ""
    slot: str = ""

    def at(self, slot: str) -> Scope:
        """Return the same scope for another expression."""
        return replace(self, slot=slot)

    def inside(self, each: str) -> Scope:
        """Return the scope inside an aggregate over records of a type."""
        return replace(self, each=each)

    def names(self) -> list[str]:
        """Return the names that may begin an expression, for suggestions."""
        found = ["applicant", *self.builtins, *self.lets, "reading"]
        if self.entity and self.entity != "applicant":
            found.append(self.entity)
        if self.each:
            found.append("each")
        return found
