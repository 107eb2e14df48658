"""The ledger where things cross: years that are closed, two years at once, ends that were set anew, odd input."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from fractions import Fraction

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from tests.server.ledger.books import HERE, YESTERDAY, Books

from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import SUPERUSER
from duixian.server.common.acting import Actor
from duixian.server.common.money import LARGEST, FenField
from duixian.server.common.refusals import Refused
from duixian.server.ledger import database as ledger_database
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Account, Award, Entry
from duixian.server.ledger.services import (
    close_year,
    confirm,
    expire_reservations,
    propose,
    propose_reversal,
    reopen_year,
)
from duixian.server.ledger.services.proposing import Asked

PAST, LATER = YESTERDAY, date(2099, 1, 1)


@pytest.fixture
def books() -> Books:
    books = Books()
    books.do("appropriate", 1000)
    return books


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def close(books: Books) -> None:
    """The year closed with 100 fen come back after it, which may be given up but not promised anew."""
    books.do("surrender", books.kinds().get("available", 0))
    close_year(books.actors[Role.FINANCE_APPROVER], envelope=books.envelope.id)
    books.reverse(Entry.objects.filter(envelope=books.envelope, move="surrender").latest("id"))


# What is undone in a closed year

UNDONE: dict[str, Callable[[Books], Entry]] = {
    "an appropriation": lambda b: Entry.objects.get(envelope=b.envelope, move="appropriate"),
    "a cut": lambda b: b.do("cut", 10),
    "a recalled quota": lambda b: (b.do("allot", 10, district=HERE), b.do("recall", 10, district=HERE))[1],
    "a void": lambda b: (b.do("reserve", 10, b.award()), b.do("void", 10, b.award()))[1],
    "a decision": lambda b: (b.do("reserve", 10, b.award()), b.do("commit", 10, b.award()))[1],
}


@pytest.mark.parametrize("what", UNDONE)
def test_a_closed_year_takes_no_promise_back_to_life(books: Books, what: str) -> None:
    entry = UNDONE[what](books)
    close(books)
    before = books.kinds()
    with refused("ledger.year_closed"):
        books.reverse(entry)
    assert books.kinds() == before == books.replayed()
    reopen_year(books.actors[Role.FINANCE_APPROVER], envelope=books.envelope.id, why="测试")
    books.reverse(entry)


def test_what_leads_to_no_promise_is_undone_in_a_closed_year(books: Books) -> None:
    award = books.award()
    books.do("reserve", 10, award)
    books.do("commit", 10, award)
    paid = books.do("pay_directly", 10, award)
    cancelled = books.do("return", 4, award)
    close(books)
    books.reverse(cancelled)
    books.reverse(paid)
    assert books.kinds() == {"appropriation": 1000, "available": 990, "committed": 10}


def test_what_was_carried_over_is_not_taken_back_out_of_a_closed_year(books: Books) -> None:
    following, award = books.year(2027), books.award()
    books.do("reserve", 10, award)
    books.do("commit", 10, award)
    entry = books.do("carry_over_committed", 10, award, onward=following)
    approver = books.actors[Role.FINANCE_APPROVER]
    close_year(approver, envelope=following.id)
    with refused("ledger.year_closed"):
        books.reverse(entry)
    assert books.kinds(following) == {"appropriation": 10, "committed": 10}
    reopen_year(approver, envelope=following.id, why="测试")
    books.reverse(entry)
    assert books.kinds(following) == {}
    assert books.kinds() == books.replayed() == {"appropriation": 1000, "available": 990, "committed": 10}


def test_what_was_carried_over_and_spent_is_not_taken_back(books: Books) -> None:
    following = books.year(2027)
    entry = books.do("carry_over", 600, onward=following)
    again = books.do("carry_over", 400, onward=following)
    books.do("reserve", 601, books.award(), envelope=following)
    with refused("ledger.over_ceiling"):
        books.reverse(entry)  # 399 of 1,000 are left there
    with refused("ledger.over_ceiling"):
        books.reverse(again)
    with refused("ledger.over_ceiling"):
        books.do("carry_over", 1, onward=following)
    assert books.kinds(following) == {"appropriation": 1000, "available": 399, "reserved": 601}
    assert books.statement().budget == 0


# Two years at once


def test_a_carry_over_makes_nothing_in_a_year_that_another_command_holds(
    cluster: Cluster, database: str
) -> None:
    """Else each would wait for the other: one for the year's lock, one for the account that is being made in it."""
    books = Books()
    books.do("appropriate", 1000)
    following = books.year(2027)
    asked = books.propose("carry_over", 10, onward=following)
    answers: list[object] = []

    def carry() -> None:
        try:
            answers.append(confirm(books.confirmer("carry_over"), proposal=asked.id))
        except Exception as error:
            answers.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=carry)
    with transaction.atomic():
        ledger_database.hold(following)
        other.start()
        _wait_for_a_lock(cluster, database)
        Account.objects.get_or_create(
            envelope=following, kind=Kind.AVAILABLE, source="", district="", award=None
        )
    other.join()
    assert [type(answer) for answer in answers] == [Entry], answers
    assert books.kinds(following) == {"appropriation": 10, "available": 10}


def _wait_for_a_lock(cluster: Cluster, name: str) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
    with closing(psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True)) as link:
        for _ in range(1000):
            if link.execute(waiting, [name]).fetchone() == (1,):
                return
            link.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nothing waits")


# When reservations end

RESERVATIONS: dict[str, tuple[Callable[[Books, Award], object], int | None]] = {
    "an endless one that was given up does not keep the next": (
        lambda b, a: (b.do("reserve", 10, a), b.do("void", 10, a), b.do("reserve", 20, a, expires_on=PAST)), 20),
    "nor one that was decided": (
        lambda b, a: (b.do("reserve", 10, a), b.do("commit", 10, a), b.do("reserve", 20, a, expires_on=PAST)), 20),
    "one given up in part keeps all": (
        lambda b, a: (b.do("reserve", 10, a), b.do("void", 9, a), b.do("reserve", 20, a, expires_on=PAST)), None),
    "a decision undone brings its end back": (
        lambda b, a: (b.do("reserve", 10, a, expires_on=PAST), b.reverse(b.do("commit", 10, a))), 10),
    "and its endlessness": (
        lambda b, a: (b.do("reserve", 10, a), d := b.do("commit", 10, a),
                      b.do("reserve", 20, a, expires_on=PAST), b.reverse(d)), None),
    "an old end does not end a newer one": (
        lambda b, a: (b.do("reserve", 10, a, expires_on=PAST), b.do("commit", 10, a),
                      b.do("reserve", 20, a, expires_on=LATER)), None),
    "a mistaken end does not count": (
        lambda b, a: (b.do("reserve", 5, a, expires_on=LATER), b.reverse(b.do("reserve", 9, a, expires_on=PAST))),
        None),
}  # fmt: skip


@pytest.mark.parametrize("what", RESERVATIONS)
def test_the_end_is_that_of_what_is_still_held(books: Books, what: str) -> None:
    done, expired = RESERVATIONS[what]
    done(books, books.award())
    entries = expire_reservations(Actor.system("expire"))
    assert [entry.amount_fen for entry in entries] == ([] if expired is None else [expired])
    assert books.replayed() == books.kinds()


# Odd input


@pytest.mark.parametrize("district", ["4" * 13, "４２０１１１", "42", "江岸区", "420111 "])
def test_a_quota_is_some_districts(books: Books, district: str) -> None:
    with refused("ledger.district"):
        books.propose("allot", 5, district=district)
    with refused("ledger.district"):
        books.award("A-1", district)


@pytest.mark.parametrize("reference", ["", "x" * 65])
def test_an_award_has_a_reference(books: Books, reference: str) -> None:
    with refused("ledger.reference"):
        books.award(reference)


IDENTITY = "110101199003070011"
"""A number whose check digit is right, of nobody."""


def test_an_identity_number_typed_as_a_sum_is_refused_and_not_remembered(books: Books) -> None:
    with refused("ledger.sum"):
        books.propose("surrender", int(IDENTITY))
    event = Event.objects.latest("id")
    assert (event.action, event.refusal) == ("ledger.propose", "ledger.sum")
    assert IDENTITY not in str(vars(event))


def test_an_identity_number_in_a_reason_is_refused_to_the_person(books: Books) -> None:
    asked = Asked(move="surrender", envelope=books.envelope.id, amount_fen=1)
    with refused("audit.identity_number"):
        propose(books.proposer("surrender"), key="k", asked=asked, why=f"见{IDENTITY}号")
    proposal = books.propose("surrender", 1)
    with refused("audit.identity_number"):
        confirm(books.confirmer("surrender"), proposal=proposal.id, why=IDENTITY)
    assert books.kinds() == {"appropriation": 1000, "available": 1000}
    assert IDENTITY not in str(list(Event.objects.values()))


@pytest.mark.parametrize(
    "value", [1.0, True, Decimal("1.99"), Fraction(3, 2), "5", LARGEST + 1, -LARGEST - 1]
)
def test_nothing_but_whole_fen_goes_into_the_database(value: object) -> None:
    with pytest.raises(ValidationError, match="no sum in fen"):
        FenField(name="amount_fen").get_prep_value(value)


def test_the_largest_sums_can_be_added_up_for_a_long_time(books: Books) -> None:
    for _ in range(3):
        books.do("appropriate", LARGEST)
        books.do("cut", LARGEST)
    assert 90_000 * LARGEST < 2**63
    assert books.kinds() == {"appropriation": 1000, "available": 1000}


def test_a_reversal_asked_for_twice_at_once_is_posted_once(books: Books) -> None:
    entry = books.do("surrender", 10)
    asked = [
        propose_reversal(books.proposer("surrender"), key=f"{books.fund} {n}", entry=entry.id, why="测试")
        for n in range(2)
    ]
    confirm(books.confirmer("surrender"), proposal=asked[0].id)
    with refused("ledger.reversed"):
        confirm(books.confirmer("surrender"), proposal=asked[1].id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE reverses_id = %s", [entry.id])
        assert cursor.fetchone() == (1,)
