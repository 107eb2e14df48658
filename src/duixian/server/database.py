"""A server's database brought to the newest tables and the right grants."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from duixian.server.common.grants import grant

OWNER = "owner"
"""The alias of the connection that may change tables; there only in a process that migrates."""


def would_change() -> bool:
    """Whether `migrate` would change tables that are there; making them in an empty database changes none."""
    executor = MigrationExecutor(connections[OWNER])
    return bool(executor.loader.applied_migrations) and _is_behind(executor)


def _is_behind(executor: MigrationExecutor) -> bool:
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Runs every migration as the owner, then sets the rights of the other two roles.

    Raises:
        django.db.Error: what PostgreSQL refused; each migration is a transaction, so what was done stays whole.
    """
    if _is_behind(MigrationExecutor(connections[OWNER])):
        call_command("migrate", database=OWNER, interactive=False, verbosity=0)
        call_command("createcachetable", database=OWNER, verbosity=0)
    grant(connections[OWNER])
