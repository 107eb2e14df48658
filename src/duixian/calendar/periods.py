"""Adds years, months and days to a day as the Civil Code counts them, and holds windows of days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import msgspec

from duixian.calendar.days import Both, Refusal


class PeriodProblem(Refusal):
    """A period or window that cannot be, or one that leads out of the years 1 to 9999."""


class Period(msgspec.Struct, frozen=True, order=False):
    """A length of time as a text states it: so many years, months and days, none of them negative.

    Periods have no order, and twelve months are not equal to one year: a month has no fixed length, so two
    periods compare only through the days that they lead to.
    """

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if min(self.years, self.months, self.days) < 0:
            raise PeriodProblem(
                str(self),
                Both("不为负数的年数、月数、日数", "years, months and days that are not negative"),
                Both("要往前推算，请用 subtract", "to go back in time, use subtract"),
            )

    def __str__(self) -> str:
        return f"{self.years}年{self.months}个月{self.days}日"


class Window(msgspec.Struct, frozen=True):
    """A run of days, the first and the last both included.

    Raises:
        PeriodProblem: the last day is before the first.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodProblem(
                str(self),
                Both("末日不早于首日的期间", "a last day that is not before the first"),
                Both("请核对起止日期", "check the two days"),
            )

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    @property
    def days(self) -> int:
        """How many days the window has, both ends counted: at least 1."""
        return (self.last - self.first).days + 1

    def contains(self, day: date) -> bool:
        """Whether the day lies in the window; both ends do."""
        return self.first <= day <= self.last

    def overlap(self, other: Window) -> Window | None:
        """The days that both windows have, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Window(first, last) if first <= last else None


def add(day: date, period: Period) -> date:
    """The day that lies a period after another: first the years and months, then the days.

    Years and months lead to the day of the same number (对应日); where that month has none, to its last day:
    31 January + 1 month = 28 or 29 February, 29 February + 1 year = 28 February. So the Civil Code (民法典
    第二百零二条: 没有对应日的，月末日为期间的最后一日). Whether the starting day itself counts (第二百零一条)
    is for the caller, and the end is not moved off a public holiday (第二百零三条) here.

    Because of the clamp, adding one month twice is not adding two months: 31 January gives 28 March by the
    first way and 31 March by the second.

    Raises:
        PeriodProblem: the result would lie outside the years 1 to 9999.
    """
    return _shifted(day, period, 1)


def subtract(day: date, period: Period) -> date:
    """The day that lies a period before another, by the rules of `add`: years and months first, then days.

    It does not always undo `add`: 31 March - 1 month = 28 February, and 28 February + 1 month = 28 March.

    Raises:
        PeriodProblem: the result would lie outside the years 1 to 9999.
    """
    return _shifted(day, period, -1)


def full_years_before(day: date, n: int) -> Window:
    """The `n` full calendar years before the year of a day: 「申报前 n 个自然年」.

    For 15 June 2026 and n = 2 that is 1 January 2024 to 31 December 2025; the day within its year is of no
    account.

    Raises:
        PeriodProblem: n is less than 1, or the years begin before the year 1.
    """
    if not 1 <= n < day.year:
        raise PeriodProblem(
            str(n),
            Both(f"1至{day.year - 1}之间的年数", f"a number of years from 1 to {day.year - 1}"),
            Both("请核对年数", "check the number of years"),
        )
    return Window(date(day.year - n, 1, 1), year_end(day.year - 1))


def year_end(year: int) -> date:
    """31 December of a year."""
    return date(year, 12, 31)


def _shifted(day: date, period: Period, sign: int) -> date:
    months = day.year * 12 + day.month - 1 + sign * (period.years * 12 + period.months)
    year, month = divmod(months, 12)
    try:
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=sign * period.days)
    except (ValueError, OverflowError) as error:
        raise PeriodProblem(
            f"{day} {'+' if sign > 0 else '-'} {period}",
            Both("结果在公元1至9999年之内", "a result within the years 1 to 9999"),
            Both("请核对期间的长度", "check the length of the period"),
        ) from error
