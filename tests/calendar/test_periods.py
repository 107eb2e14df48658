"""Periods counted as the Civil Code does, worked out by hand on a calendar, and windows of days."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.calendar.periods import (
    Period,
    PeriodProblem,
    Window,
    add,
    full_years_before,
    subtract,
    year_end,
)

YEAR, MONTH = Period(years=1), Period(months=1)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
PERIODS = st.builds(Period, st.integers(0, 50), st.integers(0, 50), st.integers(0, 5000))


@pytest.mark.parametrize(
    ("day", "period", "later"),
    [
        (date(2023, 1, 31), MONTH, date(2023, 2, 28)),
        (date(2024, 1, 31), MONTH, date(2024, 2, 29)),
        (date(2023, 3, 31), MONTH, date(2023, 4, 30)),
        (date(2023, 1, 31), Period(months=2), date(2023, 3, 31)),
        (date(2023, 4, 30), MONTH, date(2023, 5, 30)),
        (date(2024, 2, 29), YEAR, date(2025, 2, 28)),
        (date(2024, 2, 29), Period(years=4), date(2028, 2, 29)),
        (date(2023, 2, 28), YEAR, date(2024, 2, 28)),
        (date(2023, 12, 15), MONTH, date(2024, 1, 15)),
        (date(2023, 5, 1), Period(years=3), date(2026, 5, 1)),
        (date(2023, 1, 31), Period(months=1, days=1), date(2023, 3, 1)),
        (date(2023, 5, 1), Period(days=30), date(2023, 5, 31)),
        (date(2023, 5, 1), Period(1, 1, 1), date(2024, 6, 2)),
        (date(2023, 5, 1), Period(months=18), date(2024, 11, 1)),
        (date(2023, 5, 1), Period(), date(2023, 5, 1)),
        (date(1896, 2, 29), Period(years=4), date(1900, 2, 28)),
    ],
)
def test_add(day: date, period: Period, later: date) -> None:
    assert add(day, period) == later


@pytest.mark.parametrize(
    ("day", "period", "earlier"),
    [
        (date(2023, 3, 31), MONTH, date(2023, 2, 28)),
        (date(2024, 2, 29), YEAR, date(2023, 2, 28)),
        (date(2024, 1, 15), MONTH, date(2023, 12, 15)),
        (date(2023, 3, 31), Period(months=1, days=1), date(2023, 2, 27)),
        (date(2026, 5, 1), Period(years=3), date(2023, 5, 1)),
        (date(2023, 1, 1), Period(days=1), date(2022, 12, 31)),
    ],
)
def test_subtract(day: date, period: Period, earlier: date) -> None:
    assert subtract(day, period) == earlier


def test_one_month_twice_is_not_two_months() -> None:
    start = date(2023, 1, 31)
    assert add(add(start, MONTH), MONTH) == date(2023, 3, 28)
    assert add(start, Period(months=2)) == date(2023, 3, 31)
    assert Period(years=1) != Period(months=12)


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(9999, 12, 31), Period(days=1)),
        (date(9999, 12, 1), MONTH),
        (date(2023, 1, 1), Period(days=10**12)),
        (date(2023, 1, 1), Period(years=10**6)),
    ],
)
def test_past_the_end_of_the_calendar(day: date, period: Period) -> None:
    with pytest.raises(PeriodProblem, match="9999"):
        add(day, period)


def test_before_the_beginning_of_the_calendar() -> None:
    with pytest.raises(PeriodProblem, match=r"2023-01-01 - 2023年0个月0日"):
        subtract(date(2023, 1, 1), Period(years=2023))


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_no_negative_period(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(PeriodProblem, match="subtract"):
        Period(*numbers)


@pytest.mark.parametrize(
    ("day", "n", "window"),
    [
        (date(2026, 6, 15), 2, Window(date(2024, 1, 1), date(2025, 12, 31))),
        (date(2026, 1, 1), 2, Window(date(2024, 1, 1), date(2025, 12, 31))),
        (date(2026, 12, 31), 2, Window(date(2024, 1, 1), date(2025, 12, 31))),
        (date(2026, 6, 15), 1, Window(date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_full_years_before(day: date, n: int, window: Window) -> None:
    assert full_years_before(day, n) == window


@pytest.mark.parametrize("n", [0, -1, 2026])
def test_full_years_before_needs_years(n: int) -> None:
    with pytest.raises(PeriodProblem) as refusal:
        full_years_before(date(2026, 6, 15), n)
    assert refusal.value.text("en") == (
        f"found '{n}', expected a number of years from 1 to 2025; check the number of years"
    )


def test_year_end() -> None:
    assert year_end(2024) == date(2024, 12, 31)


MAY = Window(date(2023, 5, 1), date(2023, 5, 31))


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2023, 4, 30), False),
        (date(2023, 5, 1), True),
        (date(2023, 5, 31), True),
        (date(2023, 6, 1), False),
    ],
)
def test_a_window_has_both_its_ends(day: date, inside: bool) -> None:
    assert MAY.contains(day) is inside
    assert MAY.days == 31


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (MAY, MAY),
        (
            Window(date(2023, 5, 31), date(2023, 7, 1)),
            Window(date(2023, 5, 31), date(2023, 5, 31)),
        ),
        (
            Window(date(2023, 5, 10), date(2023, 5, 12)),
            Window(date(2023, 5, 10), date(2023, 5, 12)),
        ),
        (Window(date(2023, 6, 1), date(2023, 7, 1)), None),
        (Window(date(2022, 6, 1), date(2023, 4, 30)), None),
    ],
)
def test_overlap(other: Window, shared: Window | None) -> None:
    assert MAY.overlap(other) == shared
    assert other.overlap(MAY) == shared


def test_a_window_does_not_run_backwards() -> None:
    with pytest.raises(PeriodProblem, match=r"2023-05-02\.\.2023-05-01"):
        Window(date(2023, 5, 2), date(2023, 5, 1))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"first": "2023-05-02", "last": "2023-05-01"}, Window)


@given(DAYS, PERIODS)
def test_later_is_never_earlier_and_months_keep_the_day_or_end_the_month(day: date, period: Period) -> None:
    later = add(day, period)
    assert subtract(day, period) <= day <= later
    undayed = later - timedelta(days=period.days)
    assert undayed.day == day.day or (undayed.day < day.day and (undayed + timedelta(days=1)).day == 1)


@given(DAYS, DAYS, PERIODS)
def test_adding_keeps_the_order_of_days(one: date, other: date, period: Period) -> None:
    early, late = sorted((one, other))
    assert add(early, period) <= add(late, period)


@given(st.lists(DAYS, min_size=4, max_size=4), DAYS)
def test_a_day_is_in_the_overlap_if_it_is_in_both(ends: list[date], day: date) -> None:
    one, other = Window(*sorted(ends[:2])), Window(*sorted(ends[2:]))
    shared = one.overlap(other)
    assert (shared is not None and shared.contains(day)) == (one.contains(day) and other.contains(day))
