"""The worker: does queued jobs, and what has to be done regularly."""

from __future__ import annotations

import os
import threading

import django

from duixian.server.serving import logs
from duixian.server.serving.parent import end_with_parent


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
            working.run_worker(
                concurrency=2,
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=20.0,
                update_heartbeat_interval=3.0,
                stalled_worker_timeout=60.0,
            )
    finally:
        ending.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
