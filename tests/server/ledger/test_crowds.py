"""Concurrency in pairs: first a control that shows the fault without the lock or key, then the real thing."""

from __future__ import annotations

from tests.server.ledger.books import YESTERDAY, Books
from tests.server.ledger.crowds import KEYLESS, UNLOCKED, ask_at_once, at_once, replace_guards, spend_at_once

from duixian.server.common.acting import Actor
from duixian.server.ledger.models import Entry
from duixian.server.ledger.services import expire_reservations


def funded(amount_fen: int = 1000) -> Books:
    books = Books()
    books.do("appropriate", amount_fen)
    return books


def test_without_the_lock_a_crowd_overspends(database: str) -> None:
    replace_guards(UNLOCKED)
    _, overspent = spend_at_once(funded(), 8, 4, 100)
    assert overspent > 0


def test_with_it_a_crowd_spends_the_last_fen_and_no_more(database: str) -> None:
    books = funded(1050)
    entries, overspent = spend_at_once(books, 8, 4, 100)
    assert (entries, overspent) == (10, 0)
    assert books.kinds() == books.replayed() == {"appropriation": 1050, "available": 50, "reserved": 1000}


def test_without_the_unique_key_equal_commands_double(database: str) -> None:
    replace_guards(KEYLESS)
    proposals, _, _ = ask_at_once(funded(), 20)
    assert proposals > 1


def test_twenty_equal_commands_at_once_are_one(database: str) -> None:
    books = funded()
    proposals, entries, answers = ask_at_once(books, 20)
    assert (proposals, entries) == (1, 1)
    assert len(set(answers)) == 1
    assert isinstance(answers[0], Entry)
    assert books.kinds() == {"appropriation": 1000, "available": 995, "reserved": 5}


def test_many_jobs_at_once_let_a_reservation_expire_once(database: str) -> None:
    books = funded()
    books.do("reserve", 30, books.award(), expires_on=YESTERDAY)
    answers = at_once(8, lambda number: len(expire_reservations(Actor.system("expire"))))
    assert sorted(answers) == [0, 0, 0, 0, 0, 0, 0, 1]  # type: ignore[type-var]
    assert books.kinds() == {"appropriation": 1000, "available": 1000}


def test_moves_in_opposite_directions_do_not_wait_for_each_other(database: str) -> None:
    """Reserve and void on the same accounts, carry over between the same years: no deadlock."""
    books = funded(10_000)
    following, award = books.year(2027), books.award()
    books.do("reserve", 1000, award)

    def work(number: int) -> int:
        for _ in range(4):
            if number % 3 == 0:
                books.do("reserve", 1, award)
            elif number % 3 == 1:
                books.do("void", 1, award)
            else:
                books.do("carry_over", 1, onward=following)
        return 4

    assert at_once(6, work) == [4] * 6
    assert books.kinds() == {
        "appropriation": 10_000, "available": 8992, "reserved": 1000, "carried_over": 8
    }  # fmt: skip
    assert books.replayed(following) == {"appropriation": 8, "available": 8}
