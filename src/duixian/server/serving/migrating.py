"""Brings the database to the newest tables, in a process of its own: the only one that knows the owner's password."""

from __future__ import annotations

import os
import sys

import django

from duixian.server.serving import logs
from duixian.server.serving.parent import end_with_parent

PENDING = 10
"""The exit status where tables are there that have to be changed, and nothing was done: a backup comes first."""


def main() -> int:
    """Migrates and sets the grants; changes what is there only with `--change`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duixian.server.settings")
    from duixian.server.settings import CONFIG

    logs.set_up(CONFIG.log, "tables")
    end_with_parent()
    django.setup()
    from duixian.server.database import migrate, would_change

    if would_change() and "--change" not in sys.argv:
        return PENDING
    migrate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
