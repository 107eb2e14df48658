"""A term in working days that can be paused: how much of it is used, and when it is over."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from duixian.calendar.days import Both, Refusal
from duixian.calendar.working_days import WorkingDays, YearNotPublished

_ONE_DAY = timedelta(days=1)


class TermProblem(Refusal):
    """A term whose pauses contradict one another or its start."""


class Pause(msgspec.Struct, frozen=True):
    """Days on which a term does not run: from the day it is stopped to the day it goes on, both included.

    `end` is None while it is stopped. Neither day counts, as the day on which a term begins does not
    (民法典 第二百零一条): what is returned for correction on Monday and comes back on Wednesday goes on with
    Thursday.
    """

    start: date
    end: date | None = None


class Due(msgspec.Struct, frozen=True):
    """When a term is over.

    `day` is None while it is paused before that, and where the working-day table ends before it: then `beyond`
    is the first year that is missing. `provisional`: a notice that is not out yet may still move the day.
    """

    day: date | None
    provisional: bool = False
    beyond: int | None = None


class Term(msgspec.Struct, frozen=True):
    """`working_days` working days after `start`; with `count_first` a `start` that is worked is the first.

    Raises:
        ValueError: fewer than one day.
        TermProblem: a pause before the start, one that ends before it begins, or two that overlap. What goes on and
            is stopped again on one day is no contradiction; that day does not count either way.
    """

    start: date
    working_days: int
    count_first: bool = False
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        if self.working_days < 1:
            raise ValueError(f"a term has at least 1 working day, not {self.working_days}")
        last: date | None = None
        for at, pause in enumerate(self.pauses):
            backwards = pause.end is not None and pause.end < pause.start
            open_before_the_last = pause.end is None and at < len(self.pauses) - 1
            overlaps = last is not None and pause.start < last
            if pause.start < self.start or backwards or open_before_the_last or overlaps:
                raise TermProblem(
                    f"{pause.start}–{pause.end or ''}",
                    Both("起算之后、先后不重叠的中止期间", "a pause after the start that overlaps no other"),
                    Both("请核对中止和恢复的日期", "check the days on which it stopped and went on"),
                )
            last = pause.end

    def due(self, table: WorkingDays) -> Due:
        """When the term is over. A pause that begins after its last day cannot make it good."""
        stopped = self.pauses[-1].start if self.pauses and self.pauses[-1].end is None else None
        left, provisional = self.working_days, False
        day = self.start if self.count_first else self.start + _ONE_DAY
        while stopped is None or day < stopped:
            try:
                left -= self._counts(day, table)
                provisional = provisional or (not self._paused(day) and table.is_provisional(day))
            except YearNotPublished:
                return Due(None, beyond=day.year)
            if left == 0:
                return Due(day, provisional)
            day += _ONE_DAY
        return Due(None)

    def used(self, table: WorkingDays, through: date) -> int:
        """How many working days have counted up to and including a day.

        Raises:
            YearNotPublished: the table ends before it.
        """
        day = self.start if self.count_first else self.start + _ONE_DAY
        count = 0
        while day <= through:
            count += self._counts(day, table)
            day += _ONE_DAY
        return count

    def _counts(self, day: date, table: WorkingDays) -> bool:
        return table.is_working_day(day) and not self._paused(day)

    def _paused(self, day: date) -> bool:
        return any(pause.start <= day and (pause.end is None or day <= pause.end) for pause in self.pauses)
