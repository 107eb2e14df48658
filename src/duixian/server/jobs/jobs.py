"""The queue's own upkeep."""

from __future__ import annotations

from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from duixian.server.jobs.queue import ATTEMPTS
from duixian.server.jobs.regular import regular

DEAD_AFTER = 15
"""Seconds without a sign of life after which a worker is held to be dead and its jobs are given to another."""
KEPT = timedelta(days=90)
"""How long the note of a finished job is kept; no worker is given a job for that long."""


@regular(seconds=5)
def give_on_the_jobs_of_the_dead() -> None:
    """Puts the jobs of workers that have died back into the queue."""
    manager = JobManager(
        DjangoConnector()
    )  # not the worker's own, which lives in another thread's event loop

    async def give_on() -> None:
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
            if job.attempts + 1 >= ATTEMPTS:  # it may be what kills the workers
                await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(job)
        await manager.prune_stalled_workers(DEAD_AFTER)

    async_to_sync(give_on)()


@regular(seconds=3600)
def forget_old_jobs() -> None:
    """Deletes what succeeded long ago; dead letters stay until somebody deals with them.

    A note is kept for as long as its job: a letter whose work was done, and only that never told, does nothing twice.
    """
    old = timezone.now() - KEPT
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs j USING jobs_finished f "
            "WHERE f.job = j.id AND j.status = 'succeeded' AND f.at < %s",
            [old],
        )
        cursor.execute(
            "DELETE FROM jobs_finished f "
            "WHERE f.at < %s AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = f.job)",
            [old],
        )
