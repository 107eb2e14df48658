"""Jobs: with the transaction, once, again after a failure, and to the dead letters in the end."""

from __future__ import annotations

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.funds.models import Fund
from duixian.server.jobs import letters
from duixian.server.jobs.jobs import give_on_the_jobs_of_the_dead
from duixian.server.jobs.models import Finished
from duixian.server.jobs.queue import ATTEMPTS, job

OPERATOR = Actor(Role.OPERATOR, person=1)


@job("test.make_fund")
def make_fund(code: str) -> None:
    Fund.objects.create(code=code, name="测试", policy="p")


@job("test.fail")
def fail(code: str) -> None:
    Fund.objects.create(code=code, name="测试", policy="p")
    raise OSError("the disk is full")


def work() -> None:
    """A worker that ends when the queue is empty."""
    with app.replace_connector(DjangoConnector().get_worker_connector()) as working:
        working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def status(number: int) -> str:
    return ProcrastinateJob.objects.get(id=number).status


def test_a_job_is_there_only_if_its_transaction_commits(database: str) -> None:
    with pytest.raises(Refused), transaction.atomic():
        make_fund.enqueue(code="lost")
        raise NotFound
    with transaction.atomic():
        number = make_fund.enqueue(code="kept")
    work()
    assert [fund.code for fund in Fund.objects.all()] == ["kept"]
    assert status(number) == "succeeded"


def test_outside_a_transaction_nothing_can_be_enqueued(database: str) -> None:
    with pytest.raises(RuntimeError, match=r"test.make_fund must be enqueued inside the transaction"):
        make_fund.enqueue(code="x")


def test_a_job_given_to_a_second_worker_after_its_work_was_committed_does_nothing_twice(
    database: str,
) -> None:
    with transaction.atomic():
        number = make_fund.enqueue(code="one")
    work()
    Fund.objects.all().delete()  # so that a second run would be seen
    ProcrastinateJob.objects.filter(id=number).update(
        status="doing", worker_id=None
    )  # as if never acknowledged
    give_on_the_jobs_of_the_dead()
    assert status(number) == "todo"
    work()
    assert status(number) == "succeeded"
    assert not Fund.objects.exists()
    assert Finished.objects.get().job == number


def test_a_job_that_fails_leaves_nothing_and_is_tried_again_later(database: str) -> None:
    with transaction.atomic():
        number = fail.enqueue(code="x")
    work()
    found = ProcrastinateJob.objects.get(id=number)
    assert (found.status, found.attempts) == ("todo", 1)
    assert found.scheduled_at is not None
    assert not Fund.objects.exists()
    assert not Finished.objects.exists()


def _dead(database: str) -> int:
    with transaction.atomic():
        number = fail.enqueue(code="x")
    ProcrastinateJob.objects.filter(id=number).update(attempts=ATTEMPTS - 1)
    work()
    return number


def test_after_the_last_attempt_it_is_a_dead_letter_which_an_operator_can_try_again(database: str) -> None:
    number = _dead(database)
    assert [found.id for found in letters.dead(OPERATOR)] == [number]
    assert not letters.dead(Actor(Role.CITY_OFFICER, person=1)).exists()
    letters.try_again(OPERATOR, number=number)
    assert status(number) == "todo"
    assert Event.objects.get().action == "jobs.try_again"


def test_giving_up_needs_a_reason_and_the_role(database: str) -> None:
    number = _dead(database)
    with pytest.raises(Refused, match="say why"):
        letters.give_up(OPERATOR, number=number, why=" ")
    with pytest.raises(NotFound):
        letters.give_up(Actor(Role.CITY_OFFICER, person=1), number=number, why="过期")
    letters.give_up(OPERATOR, number=number, why="过期")
    assert status(number) == "cancelled"
    assert [event.refusal for event in Event.objects.order_by("id")] == ["jobs.no_reason", "not_found", ""]


def test_a_job_that_kills_its_workers_ends_among_the_dead_letters(database: str) -> None:
    with transaction.atomic():
        number = make_fund.enqueue(code="x")
    ProcrastinateJob.objects.filter(id=number).update(status="doing", worker_id=None, attempts=ATTEMPTS - 1)
    give_on_the_jobs_of_the_dead()
    assert status(number) == Status.FAILED.value
