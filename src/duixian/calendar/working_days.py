"""Counts working days by a table of the State Council's yearly holiday notices, and never past its end."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date, datetime, timedelta
from enum import Enum

import msgspec

from duixian.calendar.days import Both, Refusal

_ONE_DAY = timedelta(days=1)
_NEXT_NOTICE_REACHES = (12, 29)  # New Year's Day has moved days as early as this (2007, 2018)


class YearStatus(Enum):
    """How sure a year of the table is."""

    PUBLISHED = "published"
    """Taken from the State Council's notice for the year."""
    PROVISIONAL = "provisional"
    """Somebody's forecast, to plan with until the notice is out."""


class YearNotPublished(Refusal):
    """A working day was asked for in a year that the table does not have."""


class YearProblem(Refusal):
    """A year of the table whose days contradict one another."""


class YearDays(msgspec.Struct, frozen=True):
    """One year of the table: what its notice moves away from the plain week of five working days.

    `holidays` are days off (a weekend may be among them), `make_up_days` the Saturdays and Sundays that are
    worked (调休上班), `source` the notice's number. A year can be read from data with
    `msgspec.convert(data, YearDays)`.

    Raises:
        YearProblem: a day of another year, a day in both lists, or a make-up day that is no weekend.
    """

    year: int
    status: YearStatus
    holidays: frozenset[date]
    make_up_days: frozenset[date]
    source: str = ""

    def __post_init__(self) -> None:
        foreign = {day for day in self.holidays | self.make_up_days if day.year != self.year}
        self._refuse_any(foreign, Both(f"{self.year}年的日期", f"days of {self.year}"))
        both = self.holidays & self.make_up_days
        self._refuse_any(both, Both("放假或上班二者之一", "either a holiday or a make-up day, not both"))
        plain = {day for day in self.make_up_days if not _is_weekend(day)}
        self._refuse_any(plain, Both("周六或周日的调休上班日", "a make-up day on a Saturday or Sunday"))

    def _refuse_any(self, days: set[date] | frozenset[date], expected: Both) -> None:
        if days:
            remedy = Both("请对照该年的放假通知", "check it against the notice for the year")
            raise YearProblem(", ".join(map(str, sorted(days))), expected, remedy)


class WorkingDays(msgspec.Struct, frozen=True):
    """The working-day table: years in ascending order, each once; gaps are allowed, guesses are not.

    Raises:
        YearProblem: the years are out of order, or one is there twice.
    """

    years: tuple[YearDays, ...]

    def __post_init__(self) -> None:
        known = [year.year for year in self.years]
        if known != sorted(set(known)):
            raise YearProblem(
                ", ".join(map(str, known)),
                Both("按年份升序、每年一条", "ascending years, each once"),
                Both("请排序并去掉重复的年份", "sort them and remove the repeated year"),
            )

    def with_years(self, *years: YearDays) -> WorkingDays:
        """A new table in which these years are added, or stand in place of those it had."""
        merged = {year.year: year for year in (*self.years, *years)}
        return WorkingDays(tuple(merged[year] for year in sorted(merged)))

    def status(self, year: int) -> YearStatus | None:
        """Whether a year is published or provisional; None if the table does not have it."""
        found = self._find(year)
        return found.status if found else None

    def is_provisional(self, day: date) -> bool:
        """Whether a notice that is not out yet may still change the day.

        So it is in a provisional year, and on the last three days of a year whose next year is not published:
        the notice for that next year may move them for New Year's Day.

        Raises:
            YearNotPublished: the table does not have the day's year.
        """
        if self._year_of(day).status is YearStatus.PROVISIONAL:
            return True
        reached = (day.month, day.day) >= _NEXT_NOTICE_REACHES
        return reached and self.status(day.year + 1) is not YearStatus.PUBLISHED

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked: make-up weekends are, public holidays are not.

        Raises:
            YearNotPublished: the table does not have the day's year.
            TypeError: a moment (`datetime`), whose day depends on the time zone.
        """
        if isinstance(day, datetime):
            raise TypeError(f"a day is needed, not the moment {day}: give its date()")
        year = self._year_of(day)
        return day in year.make_up_days or not (_is_weekend(day) or day in year.holidays)

    def add_working_days(self, start: date, n: int, *, count_first: bool = False) -> date:
        """The `n`-th working day of a term that begins on a day, as in 公示 5 个工作日.

        With `count_first` the day of publication is the first of the term if it is a working day; without it
        the term begins on the day after (民法典 第二百零一条). Practice is split, so it is a reading; the
        default is the later end.

        Raises:
            ValueError: n is less than 1.
            YearNotPublished: the term would run into a year that the table does not have.
        """
        if n < 1:
            raise ValueError(f"a term has at least 1 working day, not {n}")
        day = start if count_first else start + _ONE_DAY
        left = n - self.is_working_day(day)
        while left:
            day += _ONE_DAY
            left -= self.is_working_day(day)
        return day

    def _find(self, year: int) -> YearDays | None:
        at = bisect_left(self.years, year, key=lambda known: known.year)
        return self.years[at] if at < len(self.years) and self.years[at].year == year else None

    def _year_of(self, day: date) -> YearDays:
        found = self._find(day.year)
        if found is None:
            raise self._not_published(day)
        return found

    def _not_published(self, day: date) -> YearNotPublished:
        have = f"{self.years[0].year}–{self.years[-1].year}" if self.years else "—"
        return YearNotPublished(
            str(day),
            Both(f"工作日表中已有年份（{have}）的日期", f"a day of a year in the working-day table ({have})"),
            Both(
                f"请按国务院办公厅的放假通知将{day.year}年加入工作日表；通知未发布的，可先加入暂定（provisional）的年份",
                f"add {day.year} to the working-day table from the State Council's notice, "
                "or, while there is none, as a provisional year",
            ),
        )


def published_table() -> WorkingDays:
    """The table of the years that `chinesecalendar` has from the State Council's notices, 2004 onward.

    Built anew at each call, in well under a millisecond once the package is loaded: keep the result, not a
    cache of it.
    """
    from chinese_calendar import constants  # slow to load, and most uses of this floor need no working days

    holidays: defaultdict[int, set[date]] = defaultdict(set)
    make_up_days: defaultdict[int, set[date]] = defaultdict(set)
    for day in constants.holidays:
        holidays[day.year].add(day)
    for day in constants.workdays:
        make_up_days[day.year].add(day)
    return WorkingDays(
        tuple(
            YearDays(
                year=year,
                status=YearStatus.PUBLISHED,
                holidays=frozenset(holidays[year]),
                make_up_days=frozenset(make_up_days[year]),
                source="chinesecalendar",
            )
            for year in sorted(holidays)
        )
    )


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5
