"""Jobs that are refused, that fail after a refusal, or whose end was never told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.server.jobs.test_queue import make_fund, status, work

from duixian.server.accounts.roles import Role
from duixian.server.audit.commands import command, whole
from duixian.server.audit.models import Event
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.funds.models import Fund
from duixian.server.jobs import letters
from duixian.server.jobs.jobs import KEPT, forget_old_jobs
from duixian.server.jobs.models import Finished
from duixian.server.jobs.queue import job

SYSTEM, OPERATOR = Actor.system("test"), Actor(Role.OPERATOR, person=1)


@command("test.allow")
def allow(by: Actor, *, code: str) -> None:
    record(by, "test.allow", on=Fund.objects.create(code=code, name="测试", policy="p"))


@command("test.forbid")
def forbid(by: Actor, *, number: int) -> None:
    record(by, "test.forbid", on=None)
    raise NotFound


@job("test.be_refused")
def be_refused() -> None:
    allow(SYSTEM, code="gone")
    forbid(SYSTEM, number=7)


@job("test.go_on")
def go_on() -> None:
    try:
        forbid(SYSTEM, number=7)
    except Refused:
        allow(SYSTEM, code="kept")


@job("test.go_on_and_fail")
def go_on_and_fail() -> None:
    try:
        forbid(SYSTEM, number=7)
    except Refused:
        allow(SYSTEM, code="gone")
    raise OSError("the disk is full")


def told() -> list[tuple[str, str]]:
    return list(Event.objects.order_by("id").values_list("action", "refusal"))


def test_a_refused_jobs_refusal_is_remembered_and_nothing_else(database: str) -> None:
    with transaction.atomic():
        number = be_refused.enqueue()
    work()
    assert status(number) == "todo"  # to be tried again
    assert told() == [("test.forbid", "not_found")]
    assert Event.objects.get().after == '{"number":7}'
    assert not Fund.objects.exists()
    assert not Finished.objects.exists()


def test_a_job_that_goes_on_after_a_refusal_tells_of_it_once(database: str) -> None:
    with transaction.atomic():
        go_on.enqueue()
    work()
    assert told() == [("test.forbid", "not_found"), ("test.allow", "")]
    assert Fund.objects.get().code == "kept"


def test_a_job_that_fails_later_still_tells_of_the_refusal(database: str) -> None:
    with transaction.atomic():
        go_on_and_fail.enqueue()
    work()
    assert told() == [("test.forbid", "not_found")]
    assert not Fund.objects.exists()


def test_what_was_refused_in_one_whole_is_not_told_in_the_next(database: str) -> None:
    with pytest.raises(OSError, match="full"), whole():
        raise OSError("the disk is full")
    with pytest.raises(NotFound):
        forbid(SYSTEM, number=1)
    assert told() == [("test.forbid", "not_found")]


def test_a_letter_is_tried_again_once_however_often_it_is_asked_for(database: str) -> None:
    with transaction.atomic():
        number = make_fund.enqueue(code="one")
    ProcrastinateJob.objects.filter(id=number).update(status="failed")
    letters.try_again(OPERATOR, number=number)
    for again in (letters.try_again, lambda by, number: letters.give_up(by, number=number, why="w")):
        with pytest.raises(NotFound):
            again(OPERATOR, number=number)
    work()
    assert status(number) == "succeeded"
    with pytest.raises(NotFound):
        letters.try_again(OPERATOR, number=number)
    assert Fund.objects.count() == 1


def test_an_old_letter_whose_work_was_done_does_it_no_second_time(database: str) -> None:
    with transaction.atomic():
        dead, _ = make_fund.enqueue(code="one"), make_fund.enqueue(code="two")
    work()
    Fund.objects.all().delete()  # so that a second run would be seen
    ProcrastinateJob.objects.filter(id=dead).update(
        status="failed"
    )  # its workers died before they could tell
    Finished.objects.update(at=timezone.now() - KEPT - timedelta(days=1))
    forget_old_jobs()
    assert [found.id for found in ProcrastinateJob.objects.all()] == [dead]
    assert [found.job for found in Finished.objects.all()] == [dead]
    letters.try_again(OPERATOR, number=dead)
    work()
    assert status(dead) == "succeeded"
    assert not Fund.objects.exists()
