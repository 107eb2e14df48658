"""A fund's books with the people who keep them; also for the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from django.db import connection

from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.funds.models import Fund
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Award, Entry, Envelope, Proposal
from duixian.server.ledger.moves import MOVES
from duixian.server.ledger.selectors import Statement, statement
from duixian.server.ledger.services import confirm, name_award, open_year, propose, propose_reversal
from duixian.server.ledger.services.proposing import Asked

HERE, THERE = "420111", "420112"
"""Two districts of Wuhan."""
_numbers = count(1)


def person(name: str) -> Person:
    """Somebody who can be named in the books; nobody signs in here, and a password would cost its hashing."""
    sign_in = "".join(part for part in name if part.isalpha()).ljust(8, "x")
    return Person.objects.get_or_create(sign_in=sign_in, defaults={"name": name, "password": "!"})[0]


@dataclass
class Books:
    """The books of one fund of its own and their year 2026; everybody acts for that fund only."""

    fund: str = field(default_factory=lambda: f"fund-{next(_numbers)}")
    actors: dict[Role, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Fund.objects.get_or_create(code=self.fund, defaults={"name": "测试资金", "policy": "p"})
        districts = {Role.DISTRICT_OFFICER: HERE, Role.DISTRICT_APPROVER: HERE}
        for role in (
            Role.FINANCE_CLERK,
            Role.FINANCE_APPROVER,
            Role.CITY_OFFICER,
            Role.CITY_APPROVER,
            *districts,
        ):
            self.actors[role] = Actor(role, person(role).id, self.fund, districts.get(role))
        self.envelope = self.year(2026)

    def year(self, year: int) -> Envelope:
        return open_year(self.actors[Role.FINANCE_CLERK], fund=self.fund, year=year)

    def award(self, reference: str = "A-1", district: str = HERE, *, from_quota: bool = False) -> Award:
        officer = self.actors[Role.CITY_OFFICER]
        return name_award(
            officer, fund=self.fund, reference=reference, district=district, from_quota=from_quota
        )

    def proposer(self, move: str) -> Actor:
        return next(actor for role, actor in self.actors.items() if role in MOVES[move].proposed_by)

    def confirmer(self, move: str) -> Actor:
        return next(actor for role, actor in self.actors.items() if role in MOVES[move].confirmed_by)

    def propose(self, move: str, amount_fen: int, award: Award | None = None, **details: Any) -> Proposal:
        """Asks for a move by whoever may; `by`, `key`, `envelope` say otherwise."""
        by = details.pop("by", None) or self.proposer(move)
        key = details.pop("key", None) or f"{self.fund} {next(_numbers)}"
        envelope = details.pop("envelope", self.envelope)
        if "appropriation" in (MOVES[move].out_of, MOVES[move].into):
            details.setdefault("source", "city")
        onward = details.pop("onward", None)
        asked = Asked(
            move=move,
            envelope=envelope.id,
            amount_fen=amount_fen,
            award=award.id if award else None,
            onward=onward.id if onward else None,
            **details,
        )
        return propose(by, key=key, asked=asked, why="测试")

    def do(self, move: str, amount_fen: int, award: Award | None = None, **details: Any) -> Entry:
        """A move, proposed and confirmed."""
        return confirm(self.confirmer(move), proposal=self.propose(move, amount_fen, award, **details).id)

    def reverse(self, entry: Entry) -> Entry:
        """An entry's reversal, proposed and confirmed."""
        key = f"{self.fund} {next(_numbers)}"
        asked = propose_reversal(self.proposer(entry.move_id), key=key, entry=entry.id, why="测试")
        return confirm(self.confirmer(entry.move_id), proposal=asked.id)

    def statement(self, envelope: Envelope | None = None) -> Statement:
        watcher = Actor(Role.AUDITOR, person("auditor").id)
        return statement(watcher, envelope=(envelope or self.envelope).id)

    def kinds(self, envelope: Envelope | None = None) -> dict[str, int]:
        """What is not zero, by kind."""
        return {kind.value: fen for kind, fen in self.statement(envelope).kinds.items() if fen}

    def replayed(self, envelope: Envelope | None = None) -> dict[str, int]:
        """The same from the lines alone, in plain SQL: every kind's balance as its entries make it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a.kind, sum(l.debit_fen - l.credit_fen)::bigint FROM ledger_line l "
                "JOIN ledger_account a ON a.id = l.account_id WHERE a.envelope_id = %s GROUP BY a.kind",
                [(envelope or self.envelope).id],
            )
            found = {Kind(kind): fen for kind, fen in cursor.fetchall() if fen}
        return {kind.value: -fen if kind is Kind.APPROPRIATION else fen for kind, fen in found.items()}


YESTERDAY = date(2026, 1, 1)
"""A day that has passed."""
