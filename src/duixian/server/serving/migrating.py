"""Brings the database to the newest tables, in a process of its own: the only one that knows the owner's password."""

from __future__ import annotations

import os

import django

from duixian.server.serving import logs
from duixian.server.serving.parent import end_with_parent


def main() -> None:
    """Migrates and sets the grants."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duixian.server.settings")
    from duixian.server.settings import CONFIG

    logs.set_up(CONFIG.log, "tables")
    end_with_parent()
    django.setup()
    from duixian.server.database import migrate

    migrate()


if __name__ == "__main__":
    main()
