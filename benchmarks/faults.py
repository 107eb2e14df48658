"""Workers and the database are killed at random in the middle of jobs; in the end nothing was done twice or lost.

Requests ask for jobs all the while (an event and a job in one transaction), and each job writes one event.
Afterwards every request that was committed has exactly one event of its job, and no job did anything without a
request. The same jobs without the note that they are finished are the control: they show how often a kill falls
between a job's commit and the queue's knowledge of it.

    script/bench faults [--kills N] [--seed S] [--postgres 16|18]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from duixian.server.cluster.cluster import NEWEST, Cluster
from duixian.server.cluster.roles import Role
from duixian.server.cluster.users import ordinary

_WORKERS = 2
_WAIT_FOR_END = 180


class Trial:
    """A database, two workers, and somebody who keeps asking for jobs."""

    def __init__(self, folder: Path, major: int, seed: int) -> None:
        self.cluster = Cluster(folder / "pg", major, ordinary("nobody"))
        self.draw = random.Random(seed)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.asked = 0
        self.ending = threading.Event()

    def environment(self) -> dict[str, str]:
        """What the processes of the trial know."""
        return {
            **os.environ,
            "DUIXIAN_DEMO": "true",
            "DATABASE_URL": self.cluster.url(Role.APPLICATION),
            "DATABASE_OWNER_URL": self.cluster.url(Role.OWNER),
        }

    def work(self) -> None:
        """Starts the workers that are not there."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < _WORKERS:
            command = [sys.executable, "-m", "benchmarks.faults", "--worker"]
            # A worker tells of every crash of the database that it meets; the figures are what counts here.
            self.workers.append(subprocess.Popen(command, env=self.environment(), stderr=subprocess.DEVNULL))

    def ask(self) -> None:
        """Asks for a job every few milliseconds; what the database does not answer was perhaps committed."""
        from django.db import DatabaseError, connection
        from procrastinate.exceptions import ConnectorException

        from benchmarks.faults_jobs import ask

        while not self.ending.is_set():
            try:
                ask(self.asked)
            except (DatabaseError, ConnectorException):
                connection.close()
            self.asked += 1
            time.sleep(self.draw.uniform(0.002, 0.03))
        connection.close()

    def kill(self) -> str:
        """Kills a worker, or the database, or both."""
        victim = self.draw.choice(["worker", "worker", "database", "both"])
        if victim != "worker":
            self.cluster.kill()
        if victim != "database" and self.workers:
            self.draw.choice(self.workers).send_signal(signal.SIGKILL)
        if victim != "worker":
            self.cluster.start()
        return victim


def run(kills: int, seed: int, major: int = NEWEST) -> dict[str, object]:
    """Kills so many times; gives what was asked for, done, doubled and lost."""
    folder = Path(tempfile.mkdtemp(prefix="duixian-faults-"))
    folder.chmod(0o711)
    trial = Trial(folder, major, seed)
    trial.cluster.start()
    try:
        os.environ.update(trial.environment(), DJANGO_SETTINGS_MODULE="duixian.server.settings")
        return _killed(trial, kills)
    finally:
        for worker in trial.workers:
            worker.kill()
            worker.wait()
        trial.cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _killed(trial: Trial, kills: int) -> dict[str, object]:
    import django

    django.setup()
    from benchmarks.faults_jobs import counts, left, left_as
    from duixian.server.database import migrate

    migrate()
    trial.work()
    asking = threading.Thread(target=trial.ask)
    asking.start()
    time.sleep(5)  # the workers are up
    victims: Counter[str] = Counter()
    for number in range(kills):
        time.sleep(trial.draw.uniform(0.1, 1.5))
        victims[trial.kill()] += 1
        trial.work()
        if sys.stderr.isatty():
            print(f"\rkill {number + 1} of {kills}", end="", file=sys.stderr)
    trial.ending.set()
    asking.join()
    end = time.monotonic() + _WAIT_FOR_END
    while left() and time.monotonic() < end:
        trial.work()
        time.sleep(0.5)
    return {
        "postgres": trial.cluster.major,
        "kills": kills,
        **victims,
        **counts(),
        "left": left(),
        "left_as": left_as(),
    }


def _work() -> None:
    import django

    django.setup()
    from benchmarks import faults_jobs  # noqa: F401 - the worker has to know them
    from duixian.server.serving import worker

    worker.main()


def main() -> None:
    """Runs it and prints one line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", type=int, choices=(16, 18), default=NEWEST)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        return _work()
    print(json.dumps(run(given.kills, given.seed, given.postgres)))


if __name__ == "__main__":
    main()
