"""What a clock says: when it is over, how much of it is used, which ones are late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from duixian.calendar.terms import Due, Pause, Term
from duixian.server.clocks.models import Clock
from duixian.server.clocks.table import table
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scoped


def term(clock: Clock) -> Term:
    """The clock as the calendar floor counts it.

    Raises:
        TermProblem: its pauses contradict one another.
    """
    stops = sorted(clock.stops.all(), key=lambda stop: (stop.start, stop.end or date.max))
    pauses = tuple(Pause(stop.start, stop.end) for stop in stops)
    return Term(clock.start, clock.working_days, clock.count_first, pauses)


def due(clock: Clock) -> Due:
    """When it is over: None while it is paused before that, or where the working-day table ends before."""
    return term(clock).due(table())


def running(by: Actor) -> Iterator[tuple[Clock, Due]]:
    """Every clock within the actor's scope that is not finished, with its due day; three queries for all."""
    known = table()
    for clock in scoped(Clock, by).filter(finished=None).prefetch_related("stops").order_by("start", "id"):
        yield clock, term(clock).due(known)


def late(by: Actor, on: date) -> list[Clock]:
    """The running clocks whose last day has passed on a day."""
    return [clock for clock, end in running(by) if end.day is not None and end.day < on]
