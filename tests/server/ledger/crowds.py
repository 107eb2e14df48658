"""Many at once on one envelope, with and without what keeps them apart; also for the benchmark."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count

from django.db import connection, connections, transaction
from tests.server.ledger.books import Books

from duixian.server.accounts.roles import Role
from duixian.server.common.refusals import Refused
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Account, Entry, Proposal
from duixian.server.ledger.services import confirm

UNLOCKED = """
CREATE OR REPLACE FUNCTION ledger_hold(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION ledger_post() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF (SELECT kind FROM ledger_account WHERE id = NEW.account_id) <> 'appropriation'
        AND (SELECT sum(debit_fen - credit_fen) FROM ledger_line WHERE account_id = NEW.account_id) < 0
    THEN
        PERFORM ledger_refuse('ledger_balance_not_below_zero', 'the lines seen from here do not hold that much');
    END IF;
    RETURN NULL;
END $$;
"""
"""The control: the same commands over guards that add up before they agree, but lock nothing."""

_keys = count(1)

KEYLESS = "ALTER TABLE ledger_proposal DROP CONSTRAINT ledger_proposal_key_key"
"""The control of the idempotency keys: the same commands without the unique key."""


def at_once(crowd: int, work: Callable[[int], object]) -> list[object]:
    """What each of a crowd of threads returns or raises, all let go together."""
    ready, found = threading.Barrier(crowd), [object()] * crowd

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait(60)
            found[number] = work(number)
        except Exception as error:  # told to whoever asked, with the rest
            found[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def spend_at_once(books: Books, crowd: int, attempts: int, amount_fen: int) -> tuple[int, int]:
    """Everybody reserves again and again, each for an award of their own; (entries, fen reserved above the budget).

    Raises:
        AssertionError: an attempt ended otherwise than with an entry or for lack of money.
    """
    budget = books.statement().budget
    awards = [books.award(f"crowd-{number}") for number in range(crowd)]
    officer, approver = books.actors[Role.CITY_OFFICER], books.actors[Role.CITY_APPROVER]

    def work(number: int) -> int:
        done = 0
        for _ in range(attempts):
            key = f"{books.fund} crowd {next(_keys)}"
            asked = books.propose("reserve", amount_fen, awards[number], key=key, by=officer)
            try:
                confirm(approver, proposal=asked.id)
            except Refused as refused:
                assert refused.code == "ledger.over_ceiling"
            else:
                done += 1
        return done

    done = at_once(crowd, work)
    assert all(isinstance(number, int) for number in done), done
    reserved = sum(
        entry.amount_fen for entry in Entry.objects.filter(envelope=books.envelope, move="reserve")
    )
    return sum(number for number in done if isinstance(number, int)), max(0, reserved - budget)


def ask_at_once(books: Books, crowd: int) -> tuple[int, int, list[object]]:
    """The same command with the same key from everybody, each then confirmed: (proposals, entries, answers)."""
    key = f"{books.fund} twenty"
    award = books.award("twenty")

    def work(number: int) -> Entry:
        asked = books.propose("reserve", 5, award, key=key)
        return confirm(books.confirmer("reserve"), proposal=asked.id)

    answers = at_once(crowd, work)
    made = Proposal.objects.filter(key=key)
    return made.count(), Entry.objects.filter(decision__proposal__in=made).count(), answers


def replace_guards(sql: str) -> None:
    """As the owner: what the controls run over."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(sql)
    connections["owner"].close()


def reserved_accounts(books: Books) -> int:
    """How many accounts of reserved money the books have."""
    return Account.objects.filter(envelope=books.envelope, kind=Kind.RESERVED).count()
