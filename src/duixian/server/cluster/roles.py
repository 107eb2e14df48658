"""The three database roles of a server, and how each reaches the database.

owner        migrates; owns every table; used by nothing that answers a request
application  what the web server and the workers use: reads and writes rows, never changes a table or a
             trigger, and never changes or deletes a row of what is append-only
auditor      reads everything, writes nothing
"""

from __future__ import annotations

import secrets
from enum import StrEnum
from pathlib import Path

from duixian.server.cluster.users import User


class Role(StrEnum):
    """A database role; the value is its name in PostgreSQL."""

    OWNER = "duixian_owner"
    APPLICATION = "duixian_application"
    AUDITOR = "duixian_auditor"


SUPERUSER = "postgres"
"""Only for the cluster itself: making the roles and the database, backup and restore."""


def password(folder: Path, name: str, user: User) -> str:
    """The password of one role of an embedded cluster: made once, kept in a file that only `user` can read."""
    path = folder / f"{name}.password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="ascii")
        user.own(path)
    return path.read_text(encoding="ascii")
