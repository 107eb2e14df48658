"""Expressions evaluated for an applicant whose facts are known in part, and what such a value allows."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.language.typed import typed

from duixian.engine.compiling import compile_node
from duixian.engine.context import Context, Frame, event_of
from duixian.engine.values import UNKNOWN, Range, Unknown
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant
from duixian.register.read_facts import applicant_from_mapping

TODAY = dt.date(2023, 6, 1)
DAYS = {
    "city": "420100",
    "issued": dt.date(2022, 4, 28),
    "starts": dt.date(2022, 6, 1),
    "ends": dt.date(2025, 5, 31),
    "end_of.elsewhere-2020": dt.date(2024, 12, 31),
}
READINGS = {"last_day": "day_before", "base": "net"}
EVENTS = {name: entity.event for name, entity in shared_vocabulary().records.items()}


def applicant_of(facts: Mapping[str, Any]) -> Applicant:
    """An applicant from facts as a pack author writes them."""
    return applicant_from_mapping(facts, shared_vocabulary())


def context_of(applicant: Applicant, per: str = "year", readings: Mapping[str, str] = READINGS) -> Context:
    """The context of the claim that rests on the applicant's first record of a type."""
    context = Context(Frame(applicant, TODAY, EVENTS), DAYS, readings)
    context.record = next(iter(applicant.records.get(per, ())), {})
    context.event = event_of(context.record, EVENTS.get(per, "")) or UNKNOWN
    return context


def seen(text: str, facts: Mapping[str, Any], per: str = "year") -> tuple[Any, list[str]]:
    """The value of an expression and the facts that it misses, as `path record`."""
    context = context_of(applicant_of(facts), per)
    value = compile_node(typed(text, per))(context)
    return value, [" ".join(item).strip() for item in context.missing]


def plain(value: Any) -> Any:
    """A value in the form of a test's data: a range as its bounds, what is open as `?`."""
    if isinstance(value, Range):
        return (value.low, value.high)
    return "?" if value is None or isinstance(value, Unknown) else value


def allows(partial: Any, full: Any) -> bool:
    """Whether a value under partly unknown facts allows that the full facts give the other."""
    if partial is None or isinstance(partial, Unknown):
        return True
    if not isinstance(partial, Range):
        return (partial == full) is True and type(full) is not Range
    low, high = (full.low, full.high) if isinstance(full, Range) else (full, full)
    below = partial.low is not None and (low is None or low < partial.low)
    above = partial.high is not None and (high is None or high > partial.high)
    return not below and not above


def settled(value: Any) -> bool:
    """Whether a value is known."""
    return isinstance(value, bool | int | Fraction | str | dt.date | frozenset)
