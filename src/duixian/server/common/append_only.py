"""Tables whose rows are never changed or deleted: by the application's rights, and by triggers against the owner."""

from __future__ import annotations

from django.db import models
from django.db.migrations import RunSQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class AppendOnly(models.Model):
    """A model whose rows are written once. Its migration adds `append_only(table)`."""

    class Meta:
        """No table of its own."""

        abstract = True


class WrittenByDatabase(models.Model):
    """A model whose rows only triggers and migrations write: the application reads them."""

    class Meta:
        """No table of its own."""

        abstract = True


def append_only(table: str) -> RunSQL:
    """The migration step that makes a table append-only, whoever writes to it."""
    return RunSQL(
        [
            _FUNCTION,
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ],
        [f"DROP TRIGGER {table}_rows ON {table}", f"DROP TRIGGER {table}_all ON {table}"],
    )


def stamped(table: str) -> RunSQL:
    """The migration step that sets a row's `at` from the database's clock, whatever the insert says."""
    return RunSQL(
        [
            """
            CREATE OR REPLACE FUNCTION stamp_time() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.at := pg_catalog.clock_timestamp();
                RETURN NEW;
            END $$
            """,
            f"CREATE TRIGGER {table}_time BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION stamp_time()",
        ],
        [f"DROP TRIGGER {table}_time ON {table}"],
    )
