"""The ledger against raw SQL in the application's own role: what a stolen password could and could not do.

Each attempt is whole and plausible but for one thing. `committing` has the guards look as a commit would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from psycopg.errors import CheckViolation
from tests.server.ledger.books import HERE, THERE, Books, person

from duixian.server.audit.models import Event, Link
from duixian.server.common.append_only import AppendOnly, WrittenByDatabase
from duixian.server.ledger import models as ledger_models
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Account, AllowedMove, Award, Balance, Entry, YearState
from duixian.server.ledger.moves import rows

KEPT = sorted(
    model._meta.db_table
    for model in (*vars(ledger_models).values(), Event, Link)
    if isinstance(model, type) and issubclass(model, AppendOnly | WrittenByDatabase)
)


@pytest.fixture
def books() -> Books:
    books = Books()
    books.do("appropriate", 100_000)
    return books


@contextmanager
def committing() -> Iterator[None]:
    """A transaction whose deferred guards are met at its end, though the test's own is rolled back."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


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


# Forged entries


class Forger:
    """Writes what the commands would write, in plain SQL as the application, with one thing wrong."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.one, self.other = person("forger").id, person("counterfeiter").id
        self.award = books.award()
        self.cursor = connection.cursor()

    def insert(self, table: str, **row: object) -> int:
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        self.cursor.execute(
            f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id",  # noqa: S608
            list(row.values()),
        )
        return int(self.cursor.fetchone()[0])

    def account(
        self, kind: str, *, books: Books | None = None, award: Award | None = None, source: str = ""
    ) -> int:
        of_award = kind in ("reserved", "committed", "paid")
        award = (award or self.award) if of_award else None
        found, _ = Account.objects.get_or_create(
            envelope=(books or self.books).envelope, kind=kind, source=source, award=award,
            district=award.district if award else "",
        )  # fmt: skip
        return found.id

    def decided(self, move: str = "reserve", amount: int = 10, **change: object) -> int:
        proposed_by = change.pop("decision_proposed_by", self.one)
        decided_by = change.pop("decided_by", self.other)
        people = {"one": self.one, "other": self.other}
        proposed_by, decided_by = (people.get(str(who), who) for who in (proposed_by, decided_by))
        confirmed = change.pop("confirmed", True)
        row: dict[str, object] = {
            "key": str(uuid4()), "envelope_id": self.books.envelope.id, "move_id": move, "award_id": self.award.id,
            "amount_fen": amount, "source": "", "district": HERE, "proposed_by_id": self.one, "why": "w",
        }  # fmt: skip
        proposal = self.insert("ledger_proposal", **(row | change))
        return self.insert(
            "ledger_decision", proposal_id=proposal, proposed_by_id=proposed_by, decided_by_id=decided_by,
            confirmed=confirmed, why="",
        )  # fmt: skip

    def entry(self, decision: int | None, move: str = "reserve", amount: int = 10, **change: object) -> int:
        row: dict[str, object] = {
            "envelope_id": self.books.envelope.id, "move_id": move, "award_id": self.award.id, "district": HERE,
            "amount_fen": amount, "decision_id": decision, "key": None if decision else str(uuid4()),
        }  # fmt: skip
        entry = self.insert("ledger_entry", **(row | change))
        event = {"request": str(uuid4()), "role": "r", "fund": "", "district": "", "refusal": "", "why": ""}
        self.insert("audit_event", action="a", kind="ledger.entry", key=str(entry), **event)
        return entry

    def lines(self, entry: int, out_of: int, into: int, amount: int = 10) -> None:
        self.insert("ledger_line", entry_id=entry, account_id=out_of, debit_fen=0, credit_fen=amount)
        self.insert("ledger_line", entry_id=entry, account_id=into, debit_fen=amount, credit_fen=0)

    def reserve(self, **change: object) -> int:
        entry = self.entry(self.decided(), **change)  # type: ignore[arg-type]
        self.lines(entry, self.account("available"), self.account("reserved"))
        return entry


def test_an_honest_forgery_would_stand(books: Books) -> None:
    """So that the refusals below are for what is wrong in each, and not for how they are written."""
    with committing():
        Forger(books).reserve()
    assert books.kinds() == {"appropriation": 100_000, "available": 99_990, "reserved": 10}


Attempt = Callable[[Forger], object]


def _a_line_more(forger: Forger) -> None:
    forger.lines(forger.old, forger.account("available"), forger.account("reserved"))  # type: ignore[attr-defined]


def _two_envelopes(forger: Forger) -> None:
    other = Books()
    entry = forger.entry(forger.decided())
    forger.lines(entry, forger.account("available"), forger.account("reserved"))
    forger.lines(
        entry,
        forger.account("appropriation", books=other, source="city"),
        forger.account("available", books=other),
    )


def _another_award(forger: Forger) -> None:
    other = forger.books.award("A-2")
    forger.lines(
        forger.entry(forger.decided()), forger.account("available"), forger.account("reserved", award=other)
    )


def _another_districts_award(forger: Forger) -> None:
    forger.insert(
        "ledger_account", envelope_id=forger.books.envelope.id, kind="paid", source="", district=THERE,
        award_id=forger.award.id,
    )  # fmt: skip


def _another_funds_award(forger: Forger) -> None:
    forger.insert(
        "ledger_account", envelope_id=Books().envelope.id, kind="paid", source="", district=HERE,
        award_id=forger.award.id,
    )  # fmt: skip


def _moves(move: str, out_of: str, into: str, **change: object) -> Attempt:
    def attempt(forger: Forger) -> None:
        source = "city" if "appropriation" in (out_of, into) else ""
        entry = forger.entry(forger.decided(move, **change), move)
        forger.lines(
            entry,
            forger.account(out_of, source=source if out_of == "appropriation" else ""),
            forger.account(into, source=source if into == "appropriation" else ""),
        )

    return attempt


def _entry(*, decided: dict[str, object] | None = None, **change: object) -> Attempt:
    def attempt(forger: Forger) -> None:
        entry = forger.entry(forger.decided(**(decided or {})), **change)  # type: ignore[arg-type]
        forger.lines(entry, forger.account("available"), forger.account("reserved"))

    return attempt


def _lines(*sides: tuple[str, int, int]) -> Attempt:
    def attempt(forger: Forger) -> None:
        entry = forger.entry(forger.decided())
        for kind, debit, credit in sides:
            forger.insert(
                "ledger_line",
                entry_id=entry,
                account_id=forger.account(kind),
                debit_fen=debit,
                credit_fen=credit,
            )

    return attempt


def _automatic(forger: Forger) -> None:
    entry = forger.entry(None, "expire", amount=5)
    forger.lines(entry, forger.account("reserved"), forger.account("available"), 5)


def _undecided(forger: Forger) -> None:
    forger.lines(forger.entry(None), forger.account("available"), forger.account("reserved"))


def _no_event(forger: Forger) -> None:
    row = {"envelope_id": forger.books.envelope.id, "move_id": "reserve", "award_id": forger.award.id}
    decision = forger.decided()
    entry = forger.insert("ledger_entry", district=HERE, amount_fen=10, decision_id=decision, **row)
    forger.lines(entry, forger.account("available"), forger.account("reserved"))


def _a_refusal_as_its_event(forger: Forger) -> None:
    _no_event(forger)
    event = {"request": str(uuid4()), "role": "r", "fund": "", "district": "", "why": ""}
    newest = Entry.objects.latest("id").id
    forger.insert("audit_event", action="a", refusal="x", kind="ledger.entry", key=str(newest), **event)


def _reversal(**change: object) -> Attempt:
    def attempt(forger: Forger) -> None:
        old = Entry.objects.get(id=forger.old)  # type: ignore[attr-defined]
        given: dict[str, object] = {"reverses_id": old.id}
        amount = int(str(change.get("amount", 10)))
        decision = forger.decided("reversal", amount, **given)
        entry = forger.entry(decision, "reversal", amount, **given)
        sides = ("available", "reserved") if change.get("same_way") else ("reserved", "available")
        forger.lines(entry, *(forger.account(kind) for kind in sides), amount)

    return attempt


def _reversed_twice(forger: Forger) -> None:
    _reversal()(forger)
    newest = Entry.objects.latest("id").id
    decision = forger.decided("reversal", reverses_id=newest)
    entry = forger.entry(decision, "reversal", reverses_id=newest)
    forger.lines(entry, forger.account("available"), forger.account("reserved"))


FORGERIES: dict[str, tuple[Attempt, str]] = {
    "a line added to an old entry": (_a_line_more, "ledger_one_line_an_account"),
    "no lines": (lambda f: f.entry(f.decided()), "ledger_entry_balances"),
    "one side": (_lines(("available", 0, 10)), "ledger_entry_balances"),
    "sides that differ": (_lines(("available", 0, 10), ("reserved", 11, 0)), "ledger_entry_balances"),
    "another sum": (_lines(("available", 0, 9), ("reserved", 9, 0)), "ledger_entry_balances"),
    "three lines": (_lines(("available", 0, 10), ("reserved", 4, 0), ("committed", 6, 0)), "ledger_entry_balances"),
    "a negative side": (_lines(("available", 0, 10), ("reserved", -10, 0)), "ledger_line_has_one_side"),
    "both sides in one line": (_lines(("available", 10, 10)), "ledger_line_has_one_side"),
    "two envelopes": (_two_envelopes, "ledger_carries_forward"),
    "another award's account": (_another_award, "ledger_entry_is_a_move"),
    "an award in another district": (_another_districts_award, "ledger_account_fits"),
    "an award of another fund": (_another_funds_award, "ledger_account_fits"),
    "the other way round": (_lines(("available", 10, 0), ("reserved", 0, 10)), "ledger_entry_is_a_move"),
    "a move's wrong target": (_moves("reserve", "available", "paid"), "ledger_entry_is_a_move"),
    "a move's wrong origin": (_moves("commit", "available", "committed"), "ledger_entry_is_a_move"),
    "money from nowhere": (_moves("reserve", "appropriation", "reserved"), "ledger_entry_is_a_move"),
    "an unknown move": (_moves("steal", "available", "paid"), "foreign key"),
    "one person": (_entry(decided={"decided_by": None}), "null value"),
    "the same person": (_moves("reserve", "available", "reserved", decided_by="one"), "ledger_two_people"),
    "another proposer than the proposal's": (
        _moves("reserve", "available", "reserved", decision_proposed_by="other", decided_by="one"),
        "ledger_entry_was_decided",
    ),
    "a declined proposal": (_entry(decided={"confirmed": False}), "ledger_entry_was_decided"),
    "more than was proposed": (_entry(decided={"amount": 9}), "ledger_entry_was_decided"),
    "another move than proposed": (_entry(decided={"move": "commit"}), "ledger_entry_was_decided"),
    "another end than proposed": (_entry(expires_on="2099-01-01"), "ledger_entry_was_decided"),
    "no decision": (_undecided, "ledger_entry_was_decided"),
    "a decision without its entry": (lambda f: f.decided(), "ledger_decision_has_entry"),
    "an expiry that is not due": (_automatic, "ledger_reservation_ended"),
    "an entry that no event tells": (_no_event, "ledger_entry_has_event"),
    "an entry whose event is a refusal": (_a_refusal_as_its_event, "ledger_entry_has_event"),
    "a reversal that does the same again": (_reversal(same_way=True), "ledger_reversal_mirrors"),
    "a part of a reversal": (_reversal(amount=4), "ledger_reversal_mirrors"),
    "a reversal of a reversal": (_reversed_twice, "ledger_reversal_mirrors"),
    "a sum of zero": (_entry(amount=0, decided={"amount": 1}), "ledger_entry_sum"),
    "more than the budget": (_entry(amount=100_001, decided={"amount": 100_001}), "ledger_entry_balances"),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_entry_is_refused_and_nothing_has_changed(books: Books, forgery: str) -> None:
    attempt, rule = FORGERIES[forgery]
    forger = Forger(books)
    with committing():
        forger.old = forger.reserve()  # type: ignore[attr-defined]
    before = books.kinds(), Entry.objects.count()
    with pytest.raises(DatabaseError, match=rule), committing():
        attempt(forger)
    assert (books.kinds(), Entry.objects.count()) == before
    assert books.replayed() == books.kinds()


def test_a_ceiling_holds_to_the_fen_in_raw_sql(books: Books) -> None:
    forger = Forger(books)
    for amount, stands in ((99_999, True), (2, False), (1, True), (1, False)):
        try:
            with committing():
                entry = forger.entry(forger.decided(amount=amount), amount=amount)
                forger.lines(entry, forger.account("available"), forger.account("reserved"), amount)
        except DatabaseError as error:
            assert isinstance(error.__cause__, CheckViolation)
            assert error.__cause__.diag.constraint_name == "ledger_balance_not_below_zero"
            assert not stands
        else:
            assert stands
    assert books.kinds() == {"appropriation": 100_000, "reserved": 100_000}


def test_a_session_that_dies_in_the_midst_leaves_nothing(database: str) -> None:
    books = Books()
    books.do("appropriate", 100_000)
    before = books.kinds(), Entry.objects.count()
    forger = Forger(books)
    connection.set_autocommit(False)
    forger.reserve()
    connection.connection.close()  # what a killed process does to its session
    connection.close()
    assert (books.kinds(), Entry.objects.count()) == before


def test_a_table_of_the_same_name_deceives_no_guard(books: Books) -> None:
    forger = Forger(books)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE ledger_move AS SELECT * FROM public.ledger_move")
        cursor.execute("UPDATE ledger_move SET to_kind = 'paid' WHERE code = 'reserve'")
        cursor.execute("CREATE TEMP TABLE ledger_balance AS SELECT * FROM public.ledger_balance")
    with pytest.raises(DatabaseError, match="ledger_entry_is_a_move"), committing():
        _moves("reserve", "available", "paid")(forger)


def test_the_databases_table_of_moves_is_the_codes() -> None:
    found = {
        row.code: {
            "from_kind": row.from_kind, "to_kind": row.to_kind, "onward_kind": row.onward_kind,
            "only_open": row.only_open, "automatic": row.automatic,
        }
        for row in AllowedMove.objects.all()
    }  # fmt: skip
    assert found == rows()


def test_appropriations_grow_on_the_credit_side(books: Books) -> None:
    balance = Balance.objects.get(account__kind=Kind.APPROPRIATION, account__envelope=books.envelope)
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
