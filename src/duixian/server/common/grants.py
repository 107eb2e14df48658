"""What each database role may do, set anew after every migration."""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from duixian.server.cluster.roles import Role
from duixian.server.common.append_only import AppendOnly, WrittenByDatabase

_SECRET = ("account_", "django_session", "django_cache", "mfa_", "socialaccount_", "axes_")
"""Tables of how people sign in, which an auditor has no business with."""
_SECRET_COLUMNS = {"accounts_person": {"password"}}
"""Columns that an auditor does not read in tables that they do."""


def grant(owner: BaseDatabaseWrapper) -> None:
    """Gives the application and the auditor their rights on every table; `owner` is the owner's connection.

    The application reads and writes rows, only adds to what is append-only, and only reads what the database keeps
    by itself. It owns nothing, so that it cannot alter a table, disable a trigger or truncate.
    """
    kept = _tables(AppendOnly)
    read = _tables(WrittenByDatabase) | {"django_migrations"}
    application, auditor = (owner.ops.quote_name(role.value) for role in (Role.APPLICATION, Role.AUDITOR))
    with owner.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {application}, {auditor}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {application}")
        cursor.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC")  # some take locks
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {application}")
        for function in _trigger_functions(
            cursor
        ):  # a trigger runs without it; it must not be hung elsewhere
            cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM {application}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {application}, {auditor}")
        for table in owner.introspection.table_names(cursor):
            name = owner.ops.quote_name(table)
            rights = "SELECT, INSERT" if table in kept else "SELECT, INSERT, UPDATE, DELETE"
            if table in read:
                rights = "SELECT"
            cursor.execute(f"GRANT {rights} ON {name} TO {application}")
            if not table.startswith(_SECRET):
                columns = ""
                if hidden := _SECRET_COLUMNS.get(table):
                    found = (
                        column.name for column in owner.introspection.get_table_description(cursor, table)
                    )
                    columns = (
                        f"({', '.join(owner.ops.quote_name(one) for one in found if one not in hidden)})"
                    )
                cursor.execute(f"GRANT SELECT {columns} ON {name} TO {auditor}")


def _trigger_functions(cursor: CursorWrapper) -> list[str]:
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc "
        "WHERE prorettype = 'trigger'::regtype AND pronamespace = 'public'::regnamespace"
    )
    return [name for (name,) in cursor.fetchall()]


def _tables(kind: type[Model]) -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, kind)}
