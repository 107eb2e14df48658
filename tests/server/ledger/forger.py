"""Entries forged in plain SQL as the application, and commits whose guards are met inside a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection, transaction
from tests.server.ledger.books import HERE, Books, person

from duixian.server.ledger.models import Account, Award


@contextmanager
def committing() -> Iterator[None]:
    """A transaction whose deferred guards are met at its end, though the test's own is rolled back."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Forger:
    """Writes what the commands would write, in plain SQL as the application, with one thing wrong."""

    old: int
    """An entry that stands already, for what is done to it."""

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
