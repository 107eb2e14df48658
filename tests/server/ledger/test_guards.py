"""What a stolen password of the application could not do to the ledger and the event log in raw SQL."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from tests.server.ledger.books import Books, person
from tests.server.ledger.forger import Forger

from duixian.server.audit.models import Event, Link
from duixian.server.common.append_only import AppendOnly, WrittenByDatabase
from duixian.server.ledger import models as ledger_models
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Account, AllowedMove, Balance, YearState
from duixian.server.ledger.moves import rows

KEPT = sorted(
    model._meta.db_table
    for model in (*vars(ledger_models).values(), Event, Link)
    if isinstance(model, type) and issubclass(model, AppendOnly | WrittenByDatabase)
)


def test_the_tables_are_all_of_them() -> None:
    assert len(KEPT) == 12
    assert {"ledger_entry", "ledger_line", "ledger_balance", "audit_event", "audit_link"} <= set(KEPT)


STATEMENTS = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    "alter": "ALTER TABLE {table} ADD spare int",
    "drop": "DROP TABLE {table} CASCADE",
    "disable": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "constraint": "ALTER TABLE {table} DROP CONSTRAINT {table}_pkey CASCADE",
    "policy": "ALTER TABLE {table} OWNER TO duixian_application",
}


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_application_cannot(table: str, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(_statement(statement, table))


@pytest.mark.parametrize(
    "sql",
    [
        "SET session_replication_role = replica",
        "INSERT INTO ledger_balance VALUES (1, 1, 5, 0)",
        "INSERT INTO ledger_move VALUES ('steal', 'available', 'paid', '', false, true)",
        "CREATE TABLE public.spare (x int)",
        "CREATE SCHEMA spare",
        "CREATE FUNCTION public.ledger_check(bigint) RETURNS void LANGUAGE sql AS 'SELECT'",
        "DROP TRIGGER ledger_line_posts ON ledger_line",
        "DROP FUNCTION ledger_post CASCADE",
        "SELECT setval('ledger_entry_id_seq', 1)",
        "SET ROLE duixian_owner",
        "LOCK TABLE ledger_entry IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_nor_go_around_the_guards(sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_nor_does_the_owner_by_mistake(database: str) -> None:
    books = Books()
    books.do("appropriate", 100_000)
    books.award()
    YearState.objects.create(envelope=books.envelope, closed=False, by=person("somebody"))
    Link.objects.create(number=1, event=Event.objects.earliest("id"), at=timezone.now(), hash=bytes(32))
    refused = set()
    tables = set(KEPT) - {"ledger_balance", "ledger_move"}
    for table, statement in product(tables, ("update", "delete", "truncate")):
        with connections["owner"].cursor() as cursor:
            try:
                cursor.execute(_statement(statement, table))
            except DatabaseError as error:
                if "append-only" in str(error):
                    refused.add((table, statement))
    assert refused == set(product(tables, ("update", "delete", "truncate")))


def _statement(name: str, table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
        )
        return STATEMENTS[name].format(table=table, column=cursor.fetchone()[0])


def test_the_databases_table_of_moves_is_the_codes() -> None:
    found = {
        row.code: {
            "from_kind": row.from_kind, "to_kind": row.to_kind, "onward_kind": row.onward_kind,
            "only_open": row.only_open, "automatic": row.automatic,
        }
        for row in AllowedMove.objects.all()
    }  # fmt: skip
    assert found == rows()


def test_appropriations_grow_on_the_credit_side(funded: Books) -> None:
    balance = Balance.objects.get(account__kind=Kind.APPROPRIATION, account__envelope=funded.envelope)
    assert (balance.sign, balance.debit_fen, balance.credit_fen, balance.fen) == (-1, 0, 100_000, 100_000)


def test_an_old_snapshot_posts_nothing(database: str) -> None:
    """In a longer snapshot a year closed meanwhile would still look open."""
    forger = Forger(Books())
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        with pytest.raises(DatabaseError, match="ledger_reads_committed"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            forger.entry(forger.decided())


def test_the_auditor_takes_no_locks(database: str) -> None:
    with connections["auditor"].cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute("SELECT ledger_hold(1)")


BORROWED = [
    ("(account_id bigint, debit_fen bigint, credit_fen bigint)", "ledger_post", "({available}, 5, 0)"),
    ("(id bigint, kind text)", "ledger_open_balance", "({available}, 'available')"),
]


@pytest.mark.parametrize(("columns", "function", "row"), BORROWED)
@pytest.mark.parametrize("allowed", [False, True])
def test_a_guard_that_writes_balances_hangs_on_no_other_table(
    database: str, columns: str, function: str, row: str, allowed: bool
) -> None:
    """It runs with its owner's rights: on a table of one's own it would write what one likes."""
    books = Books()
    books.do("appropriate", 100)
    available = Account.objects.get(kind=Kind.AVAILABLE).id
    if allowed:  # even where somebody has granted too much
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO duixian_application")
    with (
        pytest.raises(DatabaseError, match="ledger_own_trigger" if allowed else "permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"CREATE TEMP TABLE mine {columns}")
        cursor.execute(f"CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION {function}()")
        cursor.execute(f"INSERT INTO mine VALUES {row.format(available=available)}")  # noqa: S608
    assert books.kinds() == books.replayed() == {"appropriation": 100, "available": 100}
