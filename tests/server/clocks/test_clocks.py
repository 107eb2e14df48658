"""Clocks on the calendar of autumn 2025: 1 to 8 October off, 28 September and 11 October worked."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from duixian.calendar.terms import Due, Term
from duixian.calendar.working_days import YearStatus, published_table
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.clocks import selectors, services
from duixian.server.clocks.models import Clock, Stop, WorkingYear
from duixian.server.clocks.table import table
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.funds.models import Fund

OFFICER = Actor(Role.CITY_OFFICER, person=1)
DISTRICT = Actor(Role.DISTRICT_OFFICER, person=2, district="420111")
OPERATOR = Actor(Role.OPERATOR, person=3)


def day(text: str) -> date:
    return date.fromisoformat(f"2025-{text}")


@pytest.fixture
def fund() -> Fund:
    return Fund.objects.create(code="f", name="测试资金", policy="p")


@pytest.fixture
def clock(fund: Fund) -> Clock:
    return services.start(
        OFFICER, what="notice", on=fund, limit=Term(day("09-26"), 5), fund=fund, district="420111"
    )


def test_the_table_begins_as_the_published_years() -> None:
    assert table() == published_table()


def test_a_notice_of_five_working_days_over_the_holiday(clock: Clock) -> None:
    assert selectors.due(clock) == Due(
        day("10-10")
    )  # Sun 28, Mon 29, Tue 30 September, Thu 9, Fri 10 October


def test_a_return_for_correction_stops_it_and_its_end_moves(clock: Clock) -> None:
    services.pause(OFFICER, clock=clock, day=day("09-29"), why="退回补正")
    assert selectors.due(clock) == Due(None)
    services.resume(OFFICER, clock=clock, day=day("10-09"))
    assert selectors.due(clock) == Due(
        day("10-14")
    )  # Sun 28 September; Fri 10, Sat 11, Mon 13, Tue 14 October
    assert [event.action for event in Event.objects.order_by("id")] == [
        "clocks.start",
        "clocks.pause",
        "clocks.resume",
    ]


def test_which_ones_are_late(clock: Clock, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):
        assert selectors.late(OFFICER, day("10-10")) == []
    assert selectors.late(OFFICER, day("10-11")) == [clock]
    services.finish(OFFICER, clock=clock, day=day("10-11"))
    assert selectors.late(OFFICER, day("12-31")) == []


def test_a_district_sees_its_own(clock: Clock) -> None:
    assert [found for found, _ in selectors.running(DISTRICT)] == [clock]
    other = Actor(Role.DISTRICT_OFFICER, person=2, district="420112")
    assert list(selectors.running(other)) == []
    with pytest.raises(Refused, match="outside your scope"):
        services.pause(other, clock=clock, day=day("09-29"), why="x")
    with pytest.raises(NotFound):
        services.start(other, what="correction", on=clock, limit=Term(day("09-26"), 5), district="420111")
    assert Clock.objects.count() == 1


def test_what_is_refused_changes_nothing(clock: Clock, fund: Fund) -> None:
    with pytest.raises(Refused, match=r"clocks\.running"):
        services.start(OFFICER, what="notice", on=fund, limit=Term(day("09-26"), 5), fund=fund)
    with pytest.raises(Refused, match=r"clocks\.no_reason"):
        services.pause(OFFICER, clock=clock, day=day("09-29"), why=" ")
    with pytest.raises(Refused, match=r"clocks\.overlap"):
        services.pause(OFFICER, clock=clock, day=day("09-25"), why="早于起算")
    with pytest.raises(Refused, match=r"clocks\.not_paused"):
        services.resume(OFFICER, clock=clock, day=day("09-29"))
    with pytest.raises(Refused, match=r"clocks\.backwards"):
        services.finish(OFFICER, clock=clock, day=day("09-25"))
    assert not Stop.objects.exists()
    assert Clock.objects.get().finished is None


def test_the_database_keeps_one_open_pause(clock: Clock) -> None:
    services.pause(OFFICER, clock=clock, day=day("09-29"), why="退回补正")
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.create(clock=clock, start=day("09-30"), why="第二次")


def test_beyond_the_table_the_due_day_is_open_until_an_operator_adds_the_year(fund: Fund) -> None:
    last = max(WorkingYear.objects.values_list("year", flat=True))
    clock = services.start(OFFICER, what="notice", on=fund, limit=Term(date(last, 12, 28), 20), fund=fund)
    assert selectors.due(clock) == Due(None, beyond=last + 1)
    new_year = date(last + 1, 1, 1)
    services.set_year(
        OPERATOR,
        year=last + 1,
        status=YearStatus.PROVISIONAL,
        holidays=[new_year],
        make_up_days=[],
        source="预计",
    )
    found = selectors.due(clock)
    assert found.day is not None
    assert found.provisional


@pytest.mark.parametrize(
    ("by", "status", "holidays", "make_up", "source", "code"),
    [
        (OFFICER, YearStatus.PUBLISHED, [], [], "国办发明电", "clocks.not_operator"),
        (OPERATOR, YearStatus.PUBLISHED, [], [], " ", "clocks.no_source"),
        (OPERATOR, YearStatus.PROVISIONAL, [], [], "预计", "clocks.published"),
        (OPERATOR, YearStatus.PUBLISHED, [date(2024, 1, 1)], [], "国办发明电", "clocks.year_problem"),
        (OPERATOR, YearStatus.PUBLISHED, [], [date(2025, 1, 1)], "国办发明电", "clocks.year_problem"),
    ],
)
def test_a_year_that_cannot_be_is_refused(
    by: Actor, status: YearStatus, holidays: list[date], make_up: list[date], source: str, code: str
) -> None:
    before = table()
    with pytest.raises(Refused) as refused:
        services.set_year(
            by, year=2025, status=status, holidays=holidays, make_up_days=make_up, source=source
        )
    assert refused.value.code == code
    assert table() == before
