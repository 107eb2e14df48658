"""Jobs: enqueued by the transaction that wants them, retried, and done once even when a worker dies."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, transaction
from procrastinate import BaseRetryStrategy, JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.retry import RetryDecision
from procrastinate.utils import datetime_from_timedelta_params

from duixian.server.audit.commands import whole
from duixian.server.jobs.models import Finished

ATTEMPTS = 8
"""How often a job is tried before it goes to the dead letters: over about an hour."""


class _Backoff(BaseRetryStrategy):
    """Waits 1, 4, 16, … seconds, ten minutes at most."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again, or None when it has been tried often enough."""
        if job.attempts + 1 >= ATTEMPTS:
            return None
        return RetryDecision(retry_at=datetime_from_timedelta_params({"seconds": min(4**job.attempts, 600)}))


class Queued:
    """A function that workers call: `enqueue` asks for it."""

    def __init__(self, name: str, task: Any) -> None:
        self.name = name
        self._task = task

    def enqueue(self, *, lock: str | None = None, **arguments: int | str) -> int:
        """Asks for the job within the running transaction and returns its number: it is there if that commits.

        Arguments are ids and codes, never personal data or secrets: they are stored, and shown to operators.
        Jobs of one `lock` run one after the other.

        Raises:
            RuntimeError: no transaction is open, so that the job could be there without what it is about.
        """
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError(f"{self.name} must be enqueued inside the transaction that it belongs to")
        number: int = self._task.configure(lock=lock).defer(**arguments)
        return number


def job(name: str, *, whole: bool = True) -> Callable[[Callable[..., None]], Queued]:
    """Declares a job, in an app's `jobs.py`.

    `whole`: its work and the note that it is done are one transaction, so that a worker which dies between the
    two does nothing twice. A long job is not `whole`: it commits in steps and sees to it itself that a step
    done is not done again.
    """

    def declare(function: Callable[..., None]) -> Queued:
        def run(context: JobContext, /, **arguments: Any) -> None:
            close_old_connections()
            try:
                if whole:
                    _once(context.job, functools.partial(function, **arguments))
                else:
                    function(**arguments)
            finally:
                close_old_connections()

        return Queued(name, app.task(name=name, retry=_Backoff(), pass_context=True)(run))

    return declare


def _once(known: Job, work: Callable[[], None]) -> None:
    with whole():
        assert known.id is not None  # a job that a worker was given is in the queue
        _, new = Finished.objects.get_or_create(job=known.id)  # a second worker waits here for the first
        if new:
            work()
