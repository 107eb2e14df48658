"""The jobs of `script/bench faults`: import it when Django is set up."""

from __future__ import annotations

import time
from collections import Counter

from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from duixian.server.audit.models import Event
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.jobs.queue import job

_BY = Actor.system("bench")


@job("bench.work")
def work(number: int) -> None:
    """Writes one event in the transaction of the job, taking its time."""
    record(_BY, "bench.worked", on=None, after={"number": number})
    time.sleep(0.01)


@job("bench.control", whole=False)
def control(number: int) -> None:
    """The same in a transaction of its own, so that nobody knows of it if the worker dies before the queue does."""
    with transaction.atomic():
        record(_BY, "bench.controlled", on=None, after={"number": number})
        time.sleep(0.01)


def ask(number: int) -> None:
    """What a request does: an event and two jobs in one transaction."""
    with transaction.atomic():
        record(_BY, "bench.asked", on=None, after={"number": number})
        work.enqueue(number=number)
        control.enqueue(number=number)


def left() -> int:
    """Jobs that are not done yet."""
    connection.close()
    return ProcrastinateJob.objects.exclude(status="succeeded").count()


def left_as() -> dict[str, int]:
    """How those that are left stand in the queue."""
    return dict(
        Counter(ProcrastinateJob.objects.exclude(status="succeeded").values_list("status", flat=True))
    )


def counts() -> dict[str, int]:
    """What was asked for and done: doubled and lost must be 0, doubled_control shows what the note prevents."""
    found = {
        action: Counter(Event.objects.filter(action=f"bench.{action}").values_list("after", flat=True))
        for action in ("asked", "worked", "controlled")
    }
    asked = found["asked"]
    return {
        "asked": len(asked),
        "doubled": sum(found["worked"].values()) - len(found["worked"]),
        "lost": len(asked.keys() - found["worked"].keys()),
        "unasked": len(found["worked"].keys() - asked.keys()),
        "doubled_control": sum(found["controlled"].values()) - len(found["controlled"]),
    }
