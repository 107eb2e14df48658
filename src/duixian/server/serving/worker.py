"""The worker: does queued jobs, and what has to be done regularly."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import django

from duixian.server.serving import logs
from duixian.server.serving.parent import end_with_parent

if TYPE_CHECKING:
    from procrastinate import App

_log = logging.getLogger(__name__)


def main() -> None:
    """Works until it is asked to stop; a running job is given its time to end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duixian.server.settings")
    from duixian.server.settings import CONFIG

    logs.set_up(CONFIG.log, "worker")
    end_with_parent()
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from duixian.server.jobs import regular

    ending = threading.Event()
    threads = regular.start(ending)
    try:
        with app.replace_connector(DjangoConnector().get_worker_connector()) as working:
            asyncio.run(_work(working))
    finally:
        ending.set()
        for thread in threads:
            thread.join()


async def _work(working: App) -> None:
    asyncio.get_running_loop().set_exception_handler(_give_up)
    async with working.open_async():
        await working.run_worker_async(
            concurrency=2,
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=20.0,
            update_heartbeat_interval=3.0,
            stalled_worker_timeout=60.0,
        )


def _give_up(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Ends a worker that could not tell the queue how a job ended, so that the job is not taken to be at work.

    The server starts another, and the jobs of one that has gone are given on. A worker that went on would hold
    such a job for as long as it lives.
    """
    _log.error("a job's end could not be noted; the worker starts anew: %s", context.get("exception"))
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
