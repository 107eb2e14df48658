"""Forged entries are refused: each is whole and plausible but for one thing, and the database finds it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from psycopg.errors import CheckViolation
from tests.server.ledger.books import HERE, THERE, Books
from tests.server.ledger.forger import Forger, committing

from duixian.server.ledger.models import Entry


def test_an_honest_forgery_would_stand(funded: Books) -> None:
    """So that the refusals below are for what is wrong in each, and not for how they are written."""
    with committing():
        Forger(funded).reserve()
    assert funded.kinds() == {"appropriation": 100_000, "available": 99_990, "reserved": 10}


Attempt = Callable[[Forger], object]


def _a_line_more(forger: Forger) -> None:
    forger.lines(forger.old, forger.account("available"), forger.account("reserved"))


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
        old = Entry.objects.get(id=forger.old)
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
def test_a_forged_entry_is_refused_and_nothing_has_changed(funded: Books, forgery: str) -> None:
    attempt, rule = FORGERIES[forgery]
    forger = Forger(funded)
    with committing():
        forger.old = forger.reserve()
    before = funded.kinds(), Entry.objects.count()
    with pytest.raises(DatabaseError, match=rule), committing():
        attempt(forger)
    assert (funded.kinds(), Entry.objects.count()) == before
    assert funded.replayed() == funded.kinds()


def test_a_ceiling_holds_to_the_fen_in_raw_sql(funded: Books) -> None:
    forger = Forger(funded)
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
    assert funded.kinds() == {"appropriation": 100_000, "reserved": 100_000}


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


def test_a_table_of_the_same_name_deceives_no_guard(funded: Books) -> None:
    forger = Forger(funded)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE ledger_move AS SELECT * FROM public.ledger_move")
        cursor.execute("UPDATE ledger_move SET to_kind = 'paid' WHERE code = 'reserve'")
        cursor.execute("CREATE TEMP TABLE ledger_balance AS SELECT * FROM public.ledger_balance")
    with pytest.raises(DatabaseError, match="ledger_entry_is_a_move"), committing():
        _moves("reserve", "available", "paid")(forger)
