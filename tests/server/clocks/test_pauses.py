"""Clocks that are stopped late, twice on one day, or finished against their own pauses; autumn 2025 again."""

from __future__ import annotations

import pytest
from tests.server.clocks.test_clocks import OFFICER, day

from duixian.calendar.terms import Due, Term
from duixian.server.clocks import selectors, services
from duixian.server.clocks.models import Clock
from duixian.server.common.refusals import Refused
from duixian.server.funds.models import Fund


@pytest.fixture
def clock() -> Clock:
    fund = Fund.objects.create(code="f", name="测试资金", policy="p")
    return services.start(OFFICER, what="notice", on=fund, limit=Term(day("09-22"), 5), fund=fund)


def test_a_clock_that_is_late_stays_late_though_it_is_paused(clock: Clock) -> None:
    services.pause(OFFICER, clock=clock, day=day("10-20"), why="退回补正")  # it was over on Sun 28 September
    assert selectors.due(clock) == Due(day("09-28"))
    assert selectors.late(OFFICER, day("10-21")) == [clock]
    services.resume(OFFICER, clock=clock, day=day("10-22"))
    assert selectors.late(OFFICER, day("10-22")) == [clock]


def test_it_is_stopped_again_on_the_day_it_went_on(clock: Clock) -> None:
    for _ in range(3):  # returned, brought back and returned again on Wed 24 September
        services.pause(OFFICER, clock=clock, day=day("09-24"), why="退回补正")
        services.resume(OFFICER, clock=clock, day=day("09-24"))
    services.pause(OFFICER, clock=clock, day=day("09-24"), why="退回补正")
    assert selectors.due(clock) == Due(None)
    services.resume(OFFICER, clock=clock, day=day("09-26"))
    assert selectors.due(clock) == Due(
        day("10-09")
    )  # Tue 23; Sun 28, Mon 29, Tue 30 September; Thu 9 October
    with pytest.raises(Refused, match=r"clocks\.overlap"):
        services.pause(OFFICER, clock=clock, day=day("09-25"), why="退回补正")


def test_it_does_not_end_before_it_went_on(clock: Clock) -> None:
    services.pause(OFFICER, clock=clock, day=day("09-24"), why="退回补正")
    services.resume(OFFICER, clock=clock, day=day("09-26"))
    with pytest.raises(Refused, match=r"clocks\.backwards"):
        services.finish(OFFICER, clock=clock, day=day("09-25"))
    services.finish(OFFICER, clock=clock, day=day("09-26"))
