"""A server's database for benchmarks: an embedded cluster as in production (with fsync), thrown away afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def cluster(options: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Run a cluster with all tables made; yields the environment with which a process reaches it."""
    from duixian.server.cluster.cluster import Cluster
    from duixian.server.cluster.roles import Role
    from duixian.server.cluster.users import ordinary

    folder = Path(tempfile.mkdtemp(prefix="duixian-bench-"))
    folder.chmod(0o711)
    running = Cluster(folder / "pg", user=ordinary("nobody"), options=dict(options or {}))
    running.start()
    try:
        environment = {
            "DATABASE_URL": running.url(Role.APPLICATION),
            "DATABASE_OWNER_URL": running.url(Role.OWNER),
            "DATABASE_AUDITOR_URL": running.url(Role.AUDITOR),
            "DUIXIAN_SECRET_KEY": secrets.token_urlsafe(48),
            "DUIXIAN_FIELD_KEY": secrets.token_urlsafe(48),
            "DUIXIAN_HOME": str(folder),
        }
        connect(environment)
        from duixian.server.database import migrate

        migrate()
        yield environment
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def connect(environment: Mapping[str, str]) -> None:
    """Make this process one of the server, on that database."""
    import django

    os.environ.update(environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "duixian.server.settings"
    django.setup()
