"""The verifier on what is empty, on years closed and proposals turned down behind the log's back, and on cut ends."""

# ruff: noqa: S608 - the numbers in these statements are those of rows made here

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, transaction
from tests.server.audit.logs import after, found, told
from tests.server.ledger.books import Books, person

from duixian.server.accounts.roles import Role as OfPeople
from duixian.server.audit.chain import extend
from duixian.server.audit.models import Event
from duixian.server.audit.verifying import look, verify
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import Role
from duixian.server.ledger.models import YearState
from duixian.server.ledger.services import close_year, decline, reopen_year


def names(tamper: psycopg.Connection, sql: str) -> list[tuple[str, str]]:
    """What the verifier names after a change, which is then taken back."""
    return told(after(tamper, sql))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OWNER, Role.APPLICATION])
def test_an_empty_log_and_ledger_are_right(cluster: Cluster, database: str, role: Role) -> None:
    verified = verify(cluster.url(role, database))
    assert verified.faults == ()
    assert (verified.chain.links, verified.chain.waiting, verified.chain.head) == (0, 0, bytes(32))


def test_a_year_closed_or_opened_behind_the_logs_back_is_named(
    cluster: Cluster, database: str, tamper: psycopg.Connection
) -> None:
    books = Books()
    approver, envelope = books.actors[OfPeople.FINANCE_APPROVER], books.envelope.id
    for _ in range(2):
        close_year(approver, envelope=envelope, why="年终")
        reopen_year(approver, envelope=envelope, why="更正")
    assert found(cluster, database).faults == ()
    state = YearState.objects.latest("id")
    changes = (
        f"UPDATE ledger_yearstate SET closed = true WHERE id = {state.id}",
        f"UPDATE ledger_yearstate SET why = '' WHERE id = {state.id}",
        f"UPDATE ledger_yearstate SET by_id = {person('other').id} WHERE id = {state.id}",
        f"DELETE FROM ledger_yearstate WHERE id = {state.id}",
        "DELETE FROM ledger_yearstate",
        "INSERT INTO ledger_yearstate (envelope_id, closed, by_id, why, at) "
        f"VALUES ({envelope}, true, {approver.person}, '年终', now())",
    )
    for sql in changes:
        assert names(tamper, sql) == [("ledger_envelope", str(envelope))], sql


def test_a_proposal_turned_down_behind_the_logs_back_is_named(
    cluster: Cluster, database: str, tamper: psycopg.Connection
) -> None:
    books = Books()
    first, second = (books.propose("appropriate", fen) for fen in (1, 2))
    decision = decline(books.confirmer("appropriate"), proposal=first.id, why="有误")
    assert found(cluster, database).faults == ()
    forged = (
        "INSERT INTO ledger_decision (proposal_id, proposed_by_id, decided_by_id, confirmed, why, at) VALUES "
        f"({second.id}, {second.proposed_by_id}, {decision.decided_by_id}, false, '有误', now()) RETURNING id"
    )
    with tamper.transaction(force_rollback=True):
        (number,) = tamper.execute(forged).fetchone() or (0,)
        verified = look(tamper, progress=lambda what, done, total: None)
        assert told(verified) == [("ledger_decision", str(number))]
    for change in ("why = '无误'", f"decided_by_id = {person('other').id}"):
        sql = f"UPDATE ledger_decision SET {change} WHERE id = {decision.id}"
        assert names(tamper, sql) == [("ledger_decision", str(decision.id))]


def test_the_second_persons_words_are_those_of_the_log(database: str, tamper: psycopg.Connection) -> None:
    entry = Books().do("appropriate", 1)
    sql = f"UPDATE ledger_decision SET why = '批准' WHERE id = {entry.decision_id}"
    assert names(tamper, sql) == [("ledger_entry", str(entry.id))]


CUT: dict[str, tuple[Callable[[int], str], bool]] = {
    "its links, and the events back in the queue": (
        lambda n: f"DELETE FROM audit_link WHERE number > {n};"
        "INSERT INTO audit_waiting SELECT id FROM audit_event WHERE id NOT IN (SELECT event_id FROM audit_link)",
        False,
    ),
    "its links": (lambda n: f"DELETE FROM audit_link WHERE number > {n}", True),
    "its events": (
        lambda n: f"DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_link WHERE number > {n})", True),
}  # fmt: skip


@pytest.mark.parametrize("what", CUT)
def test_an_end_cut_off_is_found_if_anything_of_it_is_left(
    database: str, tamper: psycopg.Connection, what: str
) -> None:
    books = Books()
    books.do("appropriate", 1)
    extend()
    last = Event.objects.count()
    books.do("cut", 1)
    extend()
    sql, found = CUT[what]
    assert bool(names(tamper, sql(last))) == found


def test_an_end_cut_off_whole_is_missed_by_the_ledger(database: str, tamper: psycopg.Connection) -> None:
    """Without a root the chain cannot tell; but the entries stand there that no event tells of any more."""
    books = Books()
    extend()
    last = Event.objects.count()
    entry = books.do("appropriate", 1)
    extend()
    assert entry.decision is not None
    assert names(
        tamper,
        f"DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_link WHERE number > {last});"
        f"DELETE FROM audit_link WHERE number > {last}",
    ) == [("ledger_entry", str(entry.id)), ("ledger_proposal", str(entry.decision.proposal_id))]


def test_a_restored_server_goes_on_with_its_chain(
    cluster: Cluster, database: str, tamper: psycopg.Connection
) -> None:
    """As after a restore: an older state, and other events under the numbers of those that are gone."""
    books = Books()
    extend()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT max(number) FROM audit_link")
        (links,) = cursor.fetchone()
    books.do("appropriate", 5)
    assert extend() > 0
    verified = found(cluster, database)
    assert (verified.faults, verified.chain.waiting) == ((), 0)
    assert verified.chain.links > links


@pytest.mark.parametrize("said", ["no JSON", '{"a":"\\u0000"}', '{"a":1e999999}', None])
def test_an_event_that_cannot_be_read_stops_no_verification(
    cluster: Cluster, database: str, said: str | None
) -> None:
    """The application's own password is enough to write one."""
    entry = Books().do("appropriate", 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, request, role, fund, district, action, refusal, kind, key, after, why) "
            "VALUES (now(), gen_random_uuid(), 'r', '', '', 'ledger.appropriate', '', 'ledger.entry', %s, %s, '')",
            [str(entry.id), said],
        )
    assert told(found(cluster, database)) == [("ledger_entry", str(entry.id))]
