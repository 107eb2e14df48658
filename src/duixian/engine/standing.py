"""How a policy stands on a day: draft, not yet in force, in force or expired, and its first and last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from duixian.engine.context import Context, Frame
from duixian.engine.rules import Rules
from duixian.engine.values import UNKNOWN, Truth
from duixian.language import tree as t
from duixian.register.applicant import Applicant

State = Literal["draft", "not_yet", "in_force", "expired", "open"]
_NOBODY = Applicant("", {})
_EXTREMES = (dt.date(1900, 1, 1), dt.date(9000, 1, 1))


class Standing(msgspec.Struct, frozen=True):
    """A policy on its day: the built-in days of its expressions, its state, and what is not known of it."""

    days: dict[str, Any]
    state: State
    missing: tuple[tuple[str, str], ...]
    matters: tuple[str, ...] = ()

    @property
    def in_force(self) -> Truth:
        """Say whether it is in force; None if its days are not all known."""
        return None if self.state == "open" else self.state == "in_force"


def stand(
    rules: Rules,
    on: dt.date,
    adopted: dt.date | None,
    readings: Mapping[str, str],
    ends: Mapping[str, dt.date],
) -> Standing:
    """Return how a policy stands on a day under a choice of readings.

    `adopted` is the day on which a draft is taken to be adopted; `ends` the last days of other documents.
    `matters` names the readings of its validity of which another choice would change the state.
    """
    found = _stand(rules, on, adopted, readings, ends)
    matters = []
    for id in rules.validity_readings:
        reading = rules.policy.reading(id)
        others = [] if reading is None else [choice.id for choice in reading.choices]
        if any(
            _stand(rules, on, adopted, {**readings, id: other}, ends).state != found.state for other in others
        ):
            matters.append(id)
    return Standing(found.days, found.state, found.missing, tuple(matters))


def _stand(
    rules: Rules,
    on: dt.date,
    adopted: dt.date | None,
    readings: Mapping[str, str],
    ends: Mapping[str, dt.date],
) -> Standing:
    policy = rules.policy
    days: dict[str, Any] = {"on": on, "city": policy.city, "issued": policy.issued or UNKNOWN}
    # A pack that is assessed too knows its own end better than a stub does.
    days.update({f"end_of.{id}": item.ends for id, item in policy.documents.items() if item.ends is not None})
    days.update({f"end_of.{id}": day for id, day in ends.items()})
    context = Context(Frame(_NOBODY, on, {}), days, readings)
    days["starts"] = UNKNOWN
    if rules.starts is not None:
        days["starts"] = rules.starts(context)
    elif adopted is not None:
        days["starts"] = adopted
    days["starts.readings"] = frozenset(context.touched)
    days["ends"] = rules.ends(context) if rules.ends is not None else UNKNOWN
    days["ends.readings"] = frozenset(context.touched)
    if rules.starts is None and adopted is None:
        return Standing(days, "draft", ())
    return Standing(days, _settled(rules, context, on), tuple(context.missing))


def _settled(rules: Rules, context: Context, on: dt.date) -> State:
    """Return the state, also where the end is not known but every end it can have gives the same.

    An end moves with the ends of the documents it hangs on, so the first and the last that these can have
    decide: the later of a known day and an unknown one is not before the known day.
    """
    days = context.days
    known = _state(days["starts"], days["ends"], on)
    if known != "open" or rules.ends is None or rules.policy.ends is None:
        return known
    hangs_on = [f"end_of.{node.id}" for node in t.walk(rules.policy.ends) if isinstance(node, t.EndOf)]
    unknown = [key for key in hangs_on if key not in days]
    states = set()
    for day in _EXTREMES:
        ends = rules.ends(Context(context.frame, {**days, **dict.fromkeys(unknown, day)}, context.readings))
        states.add(_state(days["starts"], ends, on))
    return states.pop() if len(states) == 1 else known


def _state(starts: Any, ends: Any, on: dt.date) -> State:
    if starts is not UNKNOWN and on < starts:
        return "not_yet"
    if ends is not UNKNOWN and on > ends:
        return "expired"
    return "open" if starts is UNKNOWN or ends is UNKNOWN else "in_force"


def last_days(
    policies: Mapping[str, Rules], adopted: Mapping[str, dt.date], readings: Mapping[str, Mapping[str, str]]
) -> dict[str, dt.date]:
    """Return the last day of each policy of which it is known, for `end_of` in others."""
    found: dict[str, dt.date] = {}
    for _ in policies:
        # A policy may end with another that itself ends with a third: on until nothing is new.
        before = len(found)
        for id, rules in policies.items():
            days = _stand(rules, dt.date.min, adopted.get(id), readings[id], found).days
            if isinstance(days["ends"], dt.date):
                found[id] = days["ends"]
        if len(found) == before:
            break
    return found
