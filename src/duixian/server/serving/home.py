"""The folder of one server: whose it is, its keys, and that only one server works in it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duixian.server.cluster.binaries import programs
from duixian.server.cluster.problems import ClusterProblem
from duixian.server.cluster.roles import password
from duixian.server.cluster.users import User, current, ordinary
from duixian.server.config import Config


def settle(config: Config) -> User:
    """Makes the home and gives it to the ordinary user, who is returned; root becomes that user for good.

    A demonstration may stay root where that user cannot read the Python installation (one below /root, say);
    the database never runs as root.

    Raises:
        ClusterProblem: a folder that the user cannot use, or an installation that it cannot read.
    """
    user = ordinary()
    user.folder(config.home)
    if not user.switches:
        return user
    user.own(config.home)
    if config.embedded:
        programs(config.postgres, user, user.folder(config.home / "postgres"))
    if not _can_run(user):
        if config.demo:
            return user
        raise ClusterProblem(
            f"started as root, and user {user.name} cannot run Python from {sys.prefix} (or the Python below it). "
            "Install both where everybody can read them (/opt/duixian, say), or start as an ordinary user"
        )
    os.chdir("/")
    os.setgroups([])
    os.setgid(user.gid)
    os.setuid(user.uid)
    os.environ["HOME"] = str(config.home)
    return current()


def _can_run(user: User) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", "import duixian.server, django, encodings.ascii"],
            check=False, capture_output=True, cwd="/", **user.process(),
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 0


def keys(config: Config, user: User) -> dict[str, str]:
    """The two keys as environment variables: what was given, else what this home made at its first start."""
    folder = user.folder(config.home / "secrets")
    return {
        "DUIXIAN_SECRET_KEY": config.secret_key or password(folder, "secret-key", user),
        "DUIXIAN_FIELD_KEY": config.field_key or password(folder, "field-key", user),
    }


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Holds the home for this process; the system lets go of it whichever way the process ends.

    Raises:
        ClusterProblem: another server works in it.
    """
    with (home / "serve.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ClusterProblem(
                f"another `duixian serve` (process {lock.read().strip() or 'unknown'}) works in {home}; "
                "stop it, or set DUIXIAN_HOME to another folder"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
