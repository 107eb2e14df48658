"""Terms in working days, worked out by hand on the calendar of autumn 2025.

1 to 8 October 2025 are days off, 28 September (a Sunday) and 11 October (a Saturday) are worked.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.calendar.terms import Due, Pause, Term, TermProblem
from duixian.calendar.working_days import WorkingDays, YearDays, YearNotPublished, YearStatus, published_table

TABLE = published_table()


def day(text: str) -> date:
    return date.fromisoformat(f"2025-{text}")


@pytest.mark.parametrize(
    ("start", "days", "pauses", "due"),
    [
        ("09-22", 5, [], "09-28"),  # Tue 23, Wed 24, Thu 25, Fri 26, Sun 28 (worked)
        ("09-26", 5, [], "10-10"),  # Sun 28, Mon 29, Tue 30, Thu 9 October, Fri 10
        ("09-29", 4, [], "10-11"),  # Tue 30, Thu 9, Fri 10, Sat 11 (worked)
        ("09-22", 5, [("09-23", "09-24")], "09-30"),  # Thu 25, Fri 26, Sun 28, Mon 29, Tue 30
        ("09-22", 5, [("09-22", "09-22")], "09-28"),  # the day it begins does not count anyway
        ("09-22", 1, [("09-23", "10-08")], "10-09"),  # stopped over the holiday: the first day after it
        ("09-22", 3, [("09-24", "09-24"), ("09-26", "09-28")], "09-29"),  # Tue 23, Thu 25, Mon 29
        (
            "09-22",
            3,
            [("09-24", "09-25"), ("09-25", "09-26")],
            "09-29",
        ),  # Tue 23, Sun 28, Mon 29
    ],
)
def test_when_a_term_is_over(start: str, days: int, pauses: list[tuple[str, str]], due: str) -> None:
    stopped = tuple(Pause(day(one), day(other)) for one, other in pauses)
    term = Term(day(start), days, pauses=stopped)
    assert term.due(TABLE) == Due(day(due))
    assert term.used(TABLE, day(due)) == days
    assert term.used(TABLE, day(due) - timedelta(days=1)) == days - 1


def test_the_first_day_counts_where_the_text_says_so() -> None:
    assert Term(day("09-22"), 5, count_first=True).due(TABLE).day == day("09-26")


def test_while_it_is_paused_there_is_no_last_day_and_no_day_counts() -> None:
    term = Term(day("09-22"), 5, pauses=(Pause(day("09-25")),))
    assert term.due(TABLE) == Due(None)
    assert term.used(TABLE, day("12-31")) == 2  # Tue 23, Wed 24


@pytest.mark.parametrize(
    ("stopped", "over"), [("09-28", None), ("09-29", "09-28"), ("12-31", "09-28")]
)  # the fifth day is Sun 28 September
def test_what_is_over_is_not_made_good_by_a_pause(stopped: str, over: str | None) -> None:
    term = Term(day("09-22"), 5, pauses=(Pause(day(stopped)),))
    assert term.due(TABLE) == Due(day(over) if over else None)


def test_a_provisional_year_on_the_way_leaves_the_day_provisional() -> None:
    table = WorkingDays(
        (
            YearDays(2027, YearStatus.PROVISIONAL, frozenset(), frozenset()),
            YearDays(2028, YearStatus.PUBLISHED, frozenset(), frozenset()),
        )
    )
    assert Term(date(2027, 12, 30), 2).due(table) == Due(date(2028, 1, 3), provisional=True)  # Fri 31, Mon 3
    assert Term(date(2027, 12, 31), 1).due(table) == Due(date(2028, 1, 3))
    stopped = (Pause(date(2027, 12, 31), date(2027, 12, 31)),)  # whatever that day will be
    assert Term(date(2027, 12, 30), 1, pauses=stopped).due(table) == Due(date(2028, 1, 3))


def test_beyond_the_table_nothing_is_guessed() -> None:
    last = max(year.year for year in TABLE.years)
    term = Term(date(last, 12, 25), 20)
    assert term.due(TABLE) == Due(None, beyond=last + 1)
    with pytest.raises(YearNotPublished):
        term.used(TABLE, date(last + 1, 1, 5))
    longer = TABLE.with_years(YearDays(last + 1, YearStatus.PROVISIONAL, frozenset(), frozenset()))
    assert term.due(longer).provisional


@pytest.mark.parametrize(
    "pauses",
    [
        [Pause(day("09-21"), day("09-23"))],
        [Pause(day("09-24"), day("09-23"))],
        [Pause(day("09-24"), day("09-26")), Pause(day("09-25"), day("09-28"))],
        [Pause(day("09-24")), Pause(day("09-26"), day("09-28"))],
    ],
)
def test_pauses_that_contradict_one_another_are_refused(pauses: list[Pause]) -> None:
    with pytest.raises(TermProblem):
        Term(day("09-22"), 5, pauses=tuple(pauses))


def test_a_term_has_a_day_at_least() -> None:
    with pytest.raises(ValueError, match="at least 1 working day"):
        Term(day("09-22"), 0)


@given(st.integers(0, 300), st.integers(1, 40), st.integers(0, 20), st.integers(0, 20))
def test_a_pause_never_brings_the_end_nearer(offset: int, days: int, after: int, length: int) -> None:
    start = date(2024, 1, 1) + timedelta(days=offset)
    stopped = start + timedelta(days=after)
    plain = Term(start, days).due(TABLE).day
    paused = Term(start, days, pauses=(Pause(stopped, stopped + timedelta(days=length)),)).due(TABLE).day
    assert plain is not None
    assert paused is not None
    assert plain <= paused
    assert paused == TABLE.add_working_days(start, days) or stopped <= plain
