"""Working days checked by hand against the State Council's notices for 2020 and 2023 to 2026."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.calendar.working_days import (
    WorkingDays,
    YearDays,
    YearNotPublished,
    YearProblem,
    YearStatus,
    published_table,
)

TABLE = published_table()
FORECAST = {
    "year": 2027,
    "status": "provisional",
    "holidays": ["2027-01-01", "2027-02-08"],
    "make_up_days": ["2027-02-14"],
    "source": "预测",
}


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 2), False),  # a Friday off
        (date(2026, 1, 4), True),  # a make-up Sunday
        (date(2026, 2, 14), True),  # a make-up Saturday
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 21), False),  # a plain Saturday
        (date(2026, 11, 23), True),  # a plain Monday
        (date(2025, 1, 26), True),
        (date(2025, 10, 8), False),
        (date(2024, 2, 18), True),
        (date(2020, 1, 31), False),  # the Spring Festival that was made longer
    ],
)
def test_is_working_day(day: date, worked: bool) -> None:
    assert TABLE.is_working_day(day) is worked


@pytest.mark.parametrize(
    ("start", "n", "count_first", "end"),
    [
        # A plain week: published on Monday 9 November 2026, 5 working days.
        (date(2026, 11, 9), 5, False, date(2026, 11, 16)),
        (date(2026, 11, 9), 5, True, date(2026, 11, 13)),
        # On a Saturday both ways begin on Monday.
        (date(2026, 11, 14), 5, False, date(2026, 11, 20)),
        (date(2026, 11, 14), 5, True, date(2026, 11, 20)),
        # Over the National Day of 2026: 1 to 7 October off, Saturday 10 worked.
        (date(2026, 9, 29), 5, False, date(2026, 10, 11) + timedelta(days=1)),
        (date(2026, 9, 29), 5, True, date(2026, 10, 10)),
        # Over the Spring Festival of 2026: Saturday 14 February worked, 15 to 23 off, Saturday 28 worked.
        (date(2026, 2, 13), 5, False, date(2026, 2, 27)),
        (date(2026, 2, 13), 6, False, date(2026, 2, 28)),
        (date(2026, 2, 13), 5, True, date(2026, 2, 26)),
        # From one year to the next, over 1 January 2025.
        (date(2024, 12, 31), 1, False, date(2025, 1, 2)),
        (date(2024, 12, 31), 1, True, date(2024, 12, 31)),
    ],
)
def test_add_working_days(start: date, n: int, count_first: bool, end: date) -> None:
    assert TABLE.add_working_days(start, n, count_first=count_first) == end


def test_the_default_is_the_later_end() -> None:
    assert TABLE.add_working_days(date(2026, 11, 9), 5) == date(2026, 11, 16)


@pytest.mark.parametrize("n", [0, -5])
def test_a_term_has_a_day(n: int) -> None:
    with pytest.raises(ValueError, match="at least 1 working day"):
        TABLE.add_working_days(date(2026, 11, 9), n)


def test_never_past_the_table() -> None:
    assert TABLE.add_working_days(date(2026, 12, 28), 3) == date(2026, 12, 31)
    with pytest.raises(YearNotPublished) as refusal:
        TABLE.add_working_days(date(2026, 12, 28), 4)
    assert refusal.value.text("zh") == (
        "读到「2027-01-01」，应为工作日表中已有年份（2004–2026）的日期；"
        "请按国务院办公厅的放假通知将2027年加入工作日表；通知未发布的，可先加入暂定（provisional）的年份"
    )
    assert refusal.value.text("en") == (
        "found '2027-01-01', expected a day of a year in the working-day table (2004–2026); "
        "add 2027 to the working-day table from the State Council's notice, "
        "or, while there is none, as a provisional year"
    )


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1)])
def test_years_outside_the_table(day: date) -> None:
    assert TABLE.status(day.year) is None
    with pytest.raises(YearNotPublished):
        TABLE.is_working_day(day)
    with pytest.raises(YearNotPublished):
        TABLE.is_provisional(day)


def test_a_moment_is_not_a_day() -> None:
    with pytest.raises(TypeError, match="give its date"):
        TABLE.is_working_day(datetime(2026, 1, 1))


def test_an_empty_table_knows_nothing() -> None:
    with pytest.raises(YearNotPublished, match="—"):
        WorkingDays(()).is_working_day(date(2026, 1, 1))


def test_a_year_given_as_data() -> None:
    table = TABLE.with_years(msgspec.convert(FORECAST, YearDays))
    assert table.status(2027) is YearStatus.PROVISIONAL
    assert table.status(2026) is YearStatus.PUBLISHED
    assert not table.is_working_day(date(2027, 1, 1))
    assert table.is_working_day(date(2027, 2, 14))
    assert table.add_working_days(date(2026, 12, 28), 4) == date(2027, 1, 4)
    assert TABLE.status(2027) is None


def test_a_year_put_in_place_of_another() -> None:
    notice = YearDays(2026, YearStatus.PUBLISHED, frozenset({date(2026, 11, 23)}), frozenset(), "更正")
    table = TABLE.with_years(notice)
    assert not table.is_working_day(date(2026, 11, 23))
    assert len(table.years) == len(TABLE.years)


def test_what_a_notice_to_come_may_change() -> None:
    table = TABLE.with_years(msgspec.convert(FORECAST, YearDays))
    published = table.with_years(YearDays(2027, YearStatus.PUBLISHED, frozenset(), frozenset()))
    assert table.is_provisional(date(2027, 5, 1))
    assert table.is_provisional(date(2026, 12, 29))
    assert TABLE.is_provisional(date(2026, 12, 31))
    assert not TABLE.is_provisional(date(2026, 12, 28))
    assert not TABLE.is_provisional(date(2025, 12, 31))
    assert not published.is_provisional(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"holidays": ["2026-12-31"]}, "days of 2027"),
        ({"holidays": ["2027-02-14"]}, "not both"),
        ({"make_up_days": ["2027-02-15"]}, "Saturday or Sunday"),
    ],
)
def test_a_year_that_contradicts_itself(change: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words) as wrapped:
        msgspec.convert(FORECAST | change, YearDays)
    assert isinstance(wrapped.value.__cause__, YearProblem)


@pytest.mark.parametrize("years", [(2026, 2025), (2026, 2026)])
def test_a_table_out_of_order(years: tuple[int, ...]) -> None:
    rows = tuple(YearDays(year, YearStatus.PROVISIONAL, frozenset(), frozenset()) for year in years)
    with pytest.raises(YearProblem, match="ascending"):
        WorkingDays(rows)


def test_a_gap_is_not_filled() -> None:
    table = WorkingDays(tuple(year for year in TABLE.years if year.year != 2025))
    assert table.is_working_day(date(2024, 12, 31))
    assert table.is_working_day(date(2026, 11, 23))
    with pytest.raises(YearNotPublished):
        table.is_working_day(date(2025, 6, 3))


def test_the_package_is_loaded_only_for_its_table() -> None:
    code = "import sys, duixian.calendar.working_days; sys.exit('chinese_calendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


STARTS = st.dates(date(2004, 1, 1), date(2026, 6, 30))


@given(STARTS, st.integers(1, 60), st.booleans())
def test_a_term_ends_on_its_nth_working_day(start: date, n: int, count_first: bool) -> None:
    end = TABLE.add_working_days(start, n, count_first=count_first)
    first = start if count_first else start + timedelta(days=1)
    run = [first + timedelta(days=k) for k in range((end - first).days + 1)]
    assert TABLE.is_working_day(end)
    assert sum(map(TABLE.is_working_day, run)) == n


@given(STARTS, st.integers(1, 60))
def test_counting_the_first_day_is_never_later(start: date, n: int) -> None:
    counted = TABLE.add_working_days(start, n, count_first=True)
    later = TABLE.add_working_days(start, n)
    assert counted < later if TABLE.is_working_day(start) else counted == later
