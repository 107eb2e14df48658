"""Dead letters: jobs that have been tried often enough, for an operator to try again or to give up."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from duixian.calendar.days import Both
from duixian.server.accounts.roles import Role
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused


def dead(by: Actor) -> QuerySet[ProcrastinateJob]:
    """The dead letters, for an operator; nobody else sees any."""
    rows = ProcrastinateJob.objects.filter(status="failed").order_by("id")
    return rows if by.role == Role.OPERATOR else rows.none()


@command("jobs.try_again")
def try_again(by: Actor, *, number: int) -> None:
    """Puts a dead letter back into the queue, for one more try."""
    found = _dead_letter(by, number)
    app.job_manager.retry_job_by_id(number, retry_at=timezone.now())
    record(by, "jobs.try_again", on=found, before={"status": "failed"}, after={"status": "todo"})


@command("jobs.give_up")
def give_up(by: Actor, *, number: int, why: str) -> None:
    """Takes a job out of the dead letters for good; the job's row stays.

    Raises:
        Refused: no reason is given.
    """
    if not why.strip():
        raise Refused("jobs.no_reason", Both("请写明放弃的原因", "say why it is given up"))
    found = _dead_letter(by, number)
    ProcrastinateJob.objects.filter(id=number).update(status="cancelled")
    record(by, "jobs.give_up", on=found, before={"status": "failed"}, after={"status": "cancelled"}, why=why)


def _dead_letter(by: Actor, number: int) -> ProcrastinateJob:
    found = dead(by).filter(id=number).select_for_update().first()
    if found is None:
        raise NotFound
    return found
