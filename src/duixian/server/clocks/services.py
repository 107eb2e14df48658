"""Starts, stops and ends clocks, and keeps the working-day table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Model

from duixian.calendar.days import Both, Refusal
from duixian.calendar.terms import Term
from duixian.calendar.working_days import YearDays, YearProblem, YearStatus
from duixian.server.accounts.roles import CITY, DISTRICT, FINANCE, Role
from duixian.server.audit import canonical
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.clocks.models import Clock, Stop, WorkingYear
from duixian.server.clocks.selectors import term
from duixian.server.clocks.table import columns
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import scoped
from duixian.server.funds.models import Fund


@command("clocks.set_year")
def set_year(
    by: Actor,
    *,
    year: int,
    status: YearStatus,
    holidays: Collection[date],
    make_up_days: Collection[date],
    source: str,
) -> WorkingYear:
    """Adds a year to the working-day table, or corrects it; clocks that run count by it from now on.

    Raises:
        Refused: not an operator; no source; days that contradict one another; a published year made provisional.
    """
    if by.role != Role.OPERATOR:
        raise Refused(
            "clocks.not_operator", Both("工作日表由系统管理员维护", "operators keep the working-day table")
        )
    if not source.strip():
        raise Refused("clocks.no_source", Both("请写明依据的通知", "name the notice that it rests on"))
    try:
        days = YearDays(year, status, frozenset(holidays), frozenset(make_up_days), source.strip())
    except YearProblem as problem:
        raise Refused("clocks.year_problem", Both(problem.text("zh"), problem.text("en"))) from None
    known = WorkingYear.objects.select_for_update().filter(year=year).first()
    if known and known.status == YearStatus.PUBLISHED.value and status is YearStatus.PROVISIONAL:
        raise Refused(
            "clocks.published",
            Both("已公布的年份不能改为暂定", "a published year cannot become provisional again"),
        )
    found, _ = WorkingYear.objects.update_or_create(year=year, defaults=columns(days))
    record(
        by, "clocks.set_year", on=found,
        before={name: getattr(known, name) for name in columns(days)} if known else None, after=columns(days),
    )  # fmt: skip
    return found


@command("clocks.start")
def start(
    by: Actor, *, what: str, on: Model, limit: Term, fund: Fund | None = None, district: str = ""
) -> Clock:
    """Starts a clock on an object, with the term that it has from the beginning (no pauses).

    Raises:
        Refused: a role that times nothing, a place outside its scope, or such a clock runs on the object already.
    """
    _may(by)
    kind, key = canonical.on(on)
    if Clock.objects.select_for_update().filter(what=what, on_kind=kind, on_key=key, finished=None).exists():
        raise Refused(
            "clocks.running", Both("该事项的时限已在计算", "such a clock runs already on this object")
        )
    clock = Clock.objects.create(
        what=what, on_kind=kind, on_key=key, start=limit.start, working_days=limit.working_days,
        count_first=limit.count_first, fund=fund, district=district,
    )  # fmt: skip
    if not scoped(Clock, by).filter(pk=clock.pk).exists():
        raise NotFound
    after = {"what": what, "on": f"{kind}:{key}", "start": limit.start, "working_days": limit.working_days}
    record(by, "clocks.start", on=clock, after={**after, "count_first": limit.count_first})
    return clock


@command("clocks.pause")
def pause(by: Actor, *, clock: Clock, day: date, why: str) -> Stop:
    """Stops a running clock on a day: neither that day counts nor any until it goes on.

    Raises:
        Refused: it is finished or paused already, no reason, or a day that contradicts its earlier pauses.
    """
    locked = _running(by, clock)
    if not why.strip():
        raise Refused("clocks.no_reason", Both("请写明中止的原因", "say why it is paused"))
    if locked.stops.filter(end=None).exists():
        raise Refused("clocks.paused", Both("时限已经中止", "it is paused already"))
    stop = Stop.objects.create(clock=locked, start=day, why=why.strip())
    _consistent(locked)
    record(by, "clocks.pause", on=locked, after={"start": day}, why=why.strip())
    return stop


@command("clocks.resume")
def resume(by: Actor, *, clock: Clock, day: date) -> Stop:
    """Lets a paused clock go on; the day itself does not count yet.

    Raises:
        Refused: it is finished or not paused, or the day lies before the pause.
    """
    locked = _running(by, clock)
    stop = locked.stops.filter(end=None).first()
    if stop is None:
        raise Refused("clocks.not_paused", Both("时限没有中止", "it is not paused"))
    if day < stop.start:
        raise Refused(
            "clocks.backwards", Both("恢复日不能早于中止日", "it cannot go on before the day it was paused")
        )
    stop.end = day
    stop.save(update_fields=["end"])
    _consistent(locked)
    record(
        by, "clocks.resume", on=locked, before={"start": stop.start}, after={"start": stop.start, "end": day}
    )
    return stop


@command("clocks.finish")
def finish(by: Actor, *, clock: Clock, day: date) -> Clock:
    """Ends a clock: what it timed is done. A pause that is still open ends with it.

    Raises:
        Refused: it is finished already, or the day lies before its start or before it was last stopped or went on.
    """
    locked = _running(by, clock)
    earliest = max([locked.start, *(stop.end or stop.start for stop in locked.stops.all())])
    if day < earliest:
        raise Refused(
            "clocks.backwards", Both(f"办结日不能早于{earliest}", f"it cannot end before {earliest}")
        )
    for stop in locked.stops.filter(end=None):
        stop.end = day
        stop.save(update_fields=["end"])
    locked.finished = day
    locked.save(update_fields=["finished"])
    record(by, "clocks.finish", on=locked, before={"finished": None}, after={"finished": day})
    return locked


def _may(by: Actor) -> None:
    """Clocks are stopped and started by those who work on cases; who watches or administers only sees them."""
    if by.role not in DISTRICT | CITY | FINANCE and not by.is_system:
        raise Refused(
            "clocks.role", Both("时限由经办、审批和财务人员办理", "officers, approvers and finance do this")
        )


def _running(by: Actor, clock: Clock) -> Clock:
    _may(by)
    locked = scoped(Clock, by).select_for_update().filter(pk=clock.pk, finished=None).first()
    if locked is None:
        raise Refused(
            "clocks.finished", Both("时限已办结或不在权限范围内", "it is finished, or outside your scope")
        )
    return locked


def _consistent(clock: Clock) -> None:
    try:
        term(clock)
    except Refusal as problem:
        raise Refused("clocks.overlap", Both(problem.text("zh"), problem.text("en"))) from None
