"""The chain over the event log: complete however transactions commit, and telling of every change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from tests.server.ledger.books import YESTERDAY, Books

from duixian.cli import main
from duixian.server.audit import chain, content
from duixian.server.audit.chain import extend
from duixian.server.audit.models import Event, Link, Waiting
from duixian.server.audit.roots import Root, RootProblem
from duixian.server.audit.selectors import day_root, lag
from duixian.server.audit.services import record
from duixian.server.audit.verifying import TRIGGERS, Verified, look, verify
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import SUPERUSER, Role
from duixian.server.common.acting import Actor
from duixian.server.ledger.services import expire_reservations

WHO = Actor(role="city_officer", person=1)


def note(action: str = "a") -> Event:
    with transaction.atomic():
        return record(WHO, action, on=None, after={"n": 1})


@pytest.fixture
def log(database: str) -> Iterator[list[Event]]:
    """Ten events, all in the chain."""
    events = [note(f"a.{number}") for number in range(10)]
    assert extend() == 10
    yield events


@pytest.fixture
def tamper(cluster: Cluster, database: str) -> Iterator[psycopg.Connection]:
    """The superuser with every trigger off: who could do anything, and does."""
    with psycopg.connect(cluster.url(SUPERUSER, database), autocommit=True) as link:
        link.execute("SET session_replication_role = replica")
        yield link


def found(cluster: Cluster, database: str, root: Root | None = None) -> Verified:
    """What the verifier says as the auditor, who can only read."""
    return verify(cluster.url(Role.AUDITOR, database), root=root)


def after(tamper: psycopg.Connection, sql: str) -> Verified:
    """What the verifier says after a change, which is then taken back."""
    with tamper.transaction(force_rollback=True):
        tamper.execute(sql)
        return look(tamper, progress=lambda what, done, total: None)


def told(verified: Verified) -> list[tuple[str, str]]:
    return [(fault.table, fault.row) for fault in verified.faults]


def test_the_content_has_every_column_in_its_order() -> None:
    assert tuple(field.column for field in Event._meta.concrete_fields) == content.COLUMNS


def test_a_links_hash_worked_out_by_hand(database: str) -> None:
    """From the documentation alone: lengths and values, one after the other."""
    event = note()
    extend()
    event.refresh_from_db()
    link = Link.objects.get()

    def whole(number: int) -> bytes:
        return b"\x00\x00\x00\x08" + number.to_bytes(8, "big")

    def micros(at: datetime) -> bytes:
        passed = at - datetime(2000, 1, 1, tzinfo=UTC)
        return whole((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds)

    def text(value: str) -> bytes:
        return len(value.encode()).to_bytes(4, "big") + value.encode()

    null = b"\xff\xff\xff\xff"
    wanted = hashes.Hash(hashes.SM3())
    wanted.update(
        bytes(32) + whole(1) + micros(link.at)
        + whole(event.id) + micros(event.at) + b"\x00\x00\x00\x10" + WHO.request.bytes + whole(1)
        + text("city_officer") + text("") + text("") + null + text("a") + text("") + text("") + text("")
        + null + text('{"n":1}') + text("")
    )  # fmt: skip
    assert bytes(link.hash) == wanted.finalize()


def test_a_right_log_is_found_right(log: list[Event], cluster: Cluster, database: str) -> None:
    verified = found(cluster, database)
    assert (verified.faults, verified.chain.links, verified.chain.waiting) == ((), 10, 0)
    assert verified.chain.head == bytes(Link.objects.get(number=10).hash)


def test_what_commits_late_is_not_lost(log: list[Event], cluster: Cluster, database: str) -> None:
    """An event with a smaller number commits after a greater one is in the chain."""
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record(WHO, "slow", on=None)
            begun.set()
            go_on.wait(20)
        connections.close_all()

    other = threading.Thread(target=slow)
    other.start()
    begun.wait(20)
    quick = note("quick")
    assert extend() == 1
    go_on.set()
    other.join()
    assert lag().waiting == 1
    assert extend() == 1
    late = Event.objects.get(action="slow")
    assert late.id < quick.id
    assert late.link.number == quick.link.number + 1
    assert found(cluster, database).faults == ()


def test_only_one_worker_extends_the_chain(log: list[Event], cluster: Cluster, database: str) -> None:
    for number in range(200):
        note(f"b.{number}")
    done: list[int] = []

    def work() -> None:
        done.append(extend())
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) + extend() == 200
    assert list(Link.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 211))
    assert found(cluster, database).faults == ()


def test_a_worker_that_dies_leaves_its_batch_waiting(
    log: list[Event], cluster: Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note()
    note()
    calls = iter([None])

    def chained(previous: bytes, *parts: bytes | memoryview) -> bytes:
        next(calls)  # the second call finds nothing more, in the middle of the batch
        return content.chained(previous, *parts)

    monkeypatch.setattr(chain, "chained", chained)
    with pytest.raises(StopIteration):
        extend()
    monkeypatch.undo()
    assert (Link.objects.count(), Waiting.objects.count()) == (10, 2)
    assert extend() == 2
    assert found(cluster, database).faults == ()


def test_long_logs_are_taken_up_in_batches(log: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        note()
    monkeypatch.setattr(chain, "_WAITING", chain._WAITING.replace("LIMIT 10000", "LIMIT 3"))
    assert [extend(), extend(), extend()] == [3, 2, 0]


def test_the_lag_is_seen(database: str) -> None:
    assert lag().waiting == 0 == lag().seconds
    note()
    assert lag().waiting == 1
    assert 0 <= lag().seconds < 60


CHANGES = {
    "who": "UPDATE audit_event SET person = 2 WHERE id = {event}",
    "nobody": "UPDATE audit_event SET person = NULL WHERE id = {event}",
    "when": "UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = {event}",
    "what": "UPDATE audit_event SET action = 'b' || substr(action, 2) WHERE id = {event}",
    "refused": "UPDATE audit_event SET refusal = 'x' WHERE id = {event}",
    "on what": "UPDATE audit_event SET key = '1' WHERE id = {event}",
    "moved": "UPDATE audit_event SET kind = role, role = kind WHERE id = {event}",
    "before": "UPDATE audit_event SET before = '{{}}' WHERE id = {event}",
    "after": "UPDATE audit_event SET after = '{{\"n\":2}}' WHERE id = {event}",
    "why": "UPDATE audit_event SET why = ' ' WHERE id = {event}",
    "request": "UPDATE audit_event SET request = gen_random_uuid() WHERE id = {event}",
    "scope": "UPDATE audit_event SET fund = 'x', district = '4201', organisation = 1 WHERE id = {event}",
}


def test_one_byte_changed_is_named(log: list[Event], tamper: psycopg.Connection) -> None:
    """Every column, in the first, a middle and the last link."""
    for changed, number in product(CHANGES, (1, 5, 10)):
        event = log[number - 1].id
        verified = after(tamper, CHANGES[changed].format(event=event))
        assert told(verified) == [("audit_event", str(event))], changed
        assert f"第{number}节" in verified.faults[0].what.zh
        assert verified.chain.links == number - 1


def test_a_link_changed_or_taken_out_is_named(log: list[Event], tamper: psycopg.Connection) -> None:
    fourth = log[3].id
    cases = [
        ("UPDATE audit_link SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE number = 4",
         [("audit_event", str(fourth))]),
        ("UPDATE audit_link SET at = at + interval '1 second' WHERE number = 4", [("audit_event", str(fourth))]),
        ("ALTER TABLE audit_link DROP CONSTRAINT audit_link_hash;"
         "UPDATE audit_link SET hash = substr(hash, 1, 31) WHERE number = 4", [("audit_link", "4")]),
        ("DELETE FROM audit_link WHERE number = 4", [("audit_link", "4"), ("audit_event", str(fourth))]),
        ("DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_link WHERE number = 4)",
         [("audit_link", "4")]),
        ("DELETE FROM audit_link WHERE number = 10", [("audit_event", str(log[9].id))]),
    ]  # fmt: skip
    for sql, expected in cases:
        assert told(after(tamper, sql)) == expected, sql


def test_an_event_kept_from_the_chain_is_named(
    log: list[Event], tamper: psycopg.Connection, cluster: Cluster, database: str
) -> None:
    hidden = note()
    tamper.execute("DELETE FROM audit_waiting")
    assert told(found(cluster, database)) == [("audit_event", str(hidden.id))]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_waiting",
        "UPDATE audit_waiting SET event_id = 1",
        "TRUNCATE audit_waiting",
        "INSERT INTO audit_link SELECT 12, id, now(), decode(repeat('00', 32), 'hex') FROM audit_event WHERE id={id}",
        "INSERT INTO audit_link SELECT 11, id, now(), decode('00', 'hex') FROM audit_event WHERE id={id}",
        "INSERT INTO audit_link SELECT 0, id, now(), decode(repeat('00', 32), 'hex') FROM audit_event WHERE id={id}",
    ],
)
def test_the_application_keeps_no_event_from_the_chain_and_tears_no_gap(log: list[Event], sql: str) -> None:
    hidden = note()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(id=hidden.id))
    assert extend() == 1


def _rewrite(link: psycopg.Connection) -> None:
    """The whole chain written anew over what now stands there, as somebody with every right could."""
    head = content.GENESIS
    copy = f"COPY (SELECT l.number, l.at, {content.selected('e')} FROM audit_link l JOIN audit_event e "  # noqa: S608
    with link.cursor() as cursor:
        with cursor.copy(
            copy + "ON e.id = l.event_id ORDER BY l.number) TO STDOUT (FORMAT binary)"
        ) as copied:
            contents = [bytes(row) for row in content.rows(copied, len(content.COLUMNS) + 2)]
        for number, row in enumerate(contents, 1):
            head = content.chained(head, row)
            cursor.execute("UPDATE audit_link SET hash = %s WHERE number = %s", [head, number])


def test_only_a_root_outside_tells_of_a_chain_written_anew(
    log: list[Event], tamper: psycopg.Connection, cluster: Cluster, database: str
) -> None:
    today = timezone.localdate()
    root = day_root(today)
    assert root is not None
    assert found(cluster, database, root).faults == ()
    note()
    extend()
    assert found(cluster, database, root).faults == ()  # what came later does not matter
    tamper.execute("UPDATE audit_event SET why = 'x' WHERE id = %s", [log[2].id])
    _rewrite(tamper)
    assert found(cluster, database).faults == ()  # by itself it looks right
    assert told(found(cluster, database, root)) == [("audit_link", "10")]


def test_a_root_tells_of_an_end_cut_off(
    log: list[Event], tamper: psycopg.Connection, cluster: Cluster, database: str
) -> None:
    root = day_root(timezone.localdate())
    tamper.execute("DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_link WHERE number > 7)")
    tamper.execute("DELETE FROM audit_link WHERE number > 7")
    assert found(cluster, database).faults == ()
    assert told(found(cluster, database, root)) == [("audit_link", "8")]


def test_a_days_root_is_the_head_at_its_end_in_beijing(log: list[Event], tamper: psycopg.Connection) -> None:
    tamper.execute("UPDATE audit_link SET at = '2026-01-01 15:59:59+00' WHERE number <= 3")
    tamper.execute("UPDATE audit_link SET at = '2026-01-01 16:00:00+00' WHERE number BETWEEN 4 AND 6")
    first, second = day_root(date(2026, 1, 1)), day_root(date(2026, 1, 5))
    assert first is not None
    assert second is not None
    assert (first.links, second.links) == (3, 6)
    assert first.head == bytes(Link.objects.get(number=3).hash).hex()
    assert day_root(date(2025, 12, 31)) is None


ROOT = Root(date(2026, 1, 1), 3, "ab" * 32, datetime(2026, 1, 1, 3, 4, 5, 6, tzinfo=UTC))


def test_a_root_goes_through_its_file() -> None:
    assert Root.read(ROOT.text()) == ROOT


@pytest.mark.parametrize(
    "text",
    [
        ROOT.text().replace('"links": 3', '"links": 2'),
        ROOT.text().replace("abab", "abac", 1),
        ROOT.text().replace("event log", "something"),
        ROOT.text().replace("2026-01-01", "2026-01-02", 1),
        "{}",
        "[]",
        "",
        "no JSON",
    ],
)
def test_a_root_that_was_changed_is_refused(text: str) -> None:
    with pytest.raises(RootProblem):
        Root.read(text)


def test_the_guards_are_all_of_them(cluster: Cluster, database: str, tamper: psycopg.Connection) -> None:
    there = tamper.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND (c.relname LIKE 'audit%' OR c.relname LIKE 'ledger%')"
    ).fetchall()
    assert set(there) == TRIGGERS
    tamper.execute("ALTER TABLE ledger_line DISABLE TRIGGER ledger_line_posts")
    tamper.execute("DROP TRIGGER audit_event_waits ON audit_event")
    assert told(found(cluster, database)) == [
        ("audit_event", "audit_event_waits"),
        ("ledger_line", "ledger_line_posts"),
    ]


# The ledger


LEDGER_CHANGES = {
    "a stored total": ("UPDATE ledger_balance SET debit_fen = debit_fen + 1 WHERE account_id = {available}",
                       [("ledger_balance", "{available}")]),
    "a total without its account's lines": ("DELETE FROM ledger_balance WHERE account_id = {available}",
                                            [("ledger_balance", "{available}")]),
    "a line": ("UPDATE ledger_line SET debit_fen = debit_fen + 1 WHERE id = {debit}",
               [("ledger_entry", "{entry}"), ("ledger_balance", "{reserved}"), ("ledger_entry", "{entry}"),
                ("ledger_envelope", "{envelope}")]),
    "a line taken out": ("DELETE FROM ledger_line WHERE id = {debit}",
                         [("ledger_entry", "{entry}"), ("ledger_balance", "{reserved}"), ("ledger_entry", "{entry}"),
                          ("ledger_envelope", "{envelope}")]),
    "a whole entry, consistently": (
        "UPDATE ledger_line SET debit_fen = debit_fen * 2, credit_fen = credit_fen * 2 WHERE entry_id = {entry};"
        "UPDATE ledger_entry SET amount_fen = amount_fen * 2 WHERE id = {entry};"
        "UPDATE ledger_proposal SET amount_fen = amount_fen * 2 WHERE id = {proposal};"
        "UPDATE ledger_balance SET debit_fen = debit_fen + 30 WHERE account_id = {reserved};"
        "UPDATE ledger_balance SET credit_fen = credit_fen + 30 WHERE account_id = {available}",
        [("ledger_entry", "{entry}"), ("ledger_proposal", "{proposal}")]),
    "an entry taken out with all that is its own": (
        "DELETE FROM ledger_line WHERE entry_id = {entry}; DELETE FROM ledger_entry WHERE id = {entry};"
        "UPDATE ledger_balance SET debit_fen = debit_fen - 30 WHERE account_id = {reserved};"
        "UPDATE ledger_balance SET credit_fen = credit_fen - 30 WHERE account_id = {available}",
        [("ledger_entry", "{entry}"), ("ledger_decision", "{decision}")]),
    "the second person": ("UPDATE ledger_decision SET decided_by_id = proposed_by_id WHERE id = {decision}",
                          [("ledger_entry", "{entry}"), ("ledger_decision", "{decision}")]),
    "the reason": ("UPDATE ledger_proposal SET why = 'x' WHERE id = {proposal}",
                   [("ledger_proposal", "{proposal}")]),
    "an account's kind": ("UPDATE ledger_account SET kind = 'paid' WHERE id = {reserved}",
                          [("ledger_entry", "{entry}")]),
    "whose account it is": ("UPDATE ledger_account SET award_id = award_id + 100 WHERE id = {reserved}",
                            [("ledger_entry", "{entry}")]),
    "an award's district": ("UPDATE ledger_award SET district = '420112' WHERE id = {award}",
                            [("ledger_award", "{award}")]),
    "an envelope's year": ("UPDATE ledger_envelope SET year = 2025 WHERE id = {envelope}",
                           [("ledger_envelope", "{envelope}")]),
    "a proposal taken out that nobody answered": ("DELETE FROM ledger_proposal WHERE id = {open}",
                                                  [("ledger_proposal", "{open}")]),
    "the table of moves": ("UPDATE ledger_move SET to_kind = 'paid' WHERE code = 'commit'",
                           [("ledger_move", "commit")]),
}  # fmt: skip


def test_a_ledger_that_was_changed_is_named(
    cluster: Cluster, database: str, tamper: psycopg.Connection
) -> None:
    books = Books()
    books.do("appropriate", 100)
    entry = books.do("reserve", 30, books.award())
    books.do("reserve", 7, books.award("A-2"), expires_on=YESTERDAY)
    books.reverse(books.do("surrender", 5))
    books.do("carry_over", 3, onward=books.year(2027))
    waiting = books.propose("surrender", 1)
    expire_reservations(Actor.system("expire"))
    assert found(cluster, database).faults == ()
    assert entry.decision is not None
    credit, debit = entry.lines.order_by("credit_fen").reverse()
    names = {
        "entry": entry.id, "available": credit.account_id, "reserved": debit.account_id, "debit": debit.id,
        "decision": entry.decision_id, "proposal": entry.decision.proposal_id, "envelope": books.envelope.id,
        "award": entry.award_id, "open": waiting.id,
    }  # fmt: skip
    tamper.execute("ALTER TABLE ledger_decision DROP CONSTRAINT ledger_two_people")
    for changed, (sql, expected) in LEDGER_CHANGES.items():
        wanted = [(table, row.format(**names)) for table, row in expected]
        assert told(after(tamper, sql.format(**names))) == wanted, changed


# The command


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["audit", *arguments])
    return done.exit_code, done.output


def test_the_command_names_the_first_wrong_row(
    log: list[Event], tamper: psycopg.Connection, cluster: Cluster, database: str, tmp_path: Path
) -> None:
    url, file = cluster.url(Role.AUDITOR, database), tmp_path / "root.json"
    code, said = run("root", "--database", url, "-o", str(file))
    assert code == 0, said
    code, said = run("verify", "--database", url, "--root", str(file))
    assert code == 0, said
    assert "10" in said
    tamper.execute(CHANGES["why"].format(event=log[4].id))
    code, said = run("verify", "--database", url, "--lang", "en")
    assert code == 1
    assert f"audit_event {log[4].id}: link 5" in said


def test_the_command_says_what_it_cannot_do(database: str, tmp_path: Path) -> None:
    url = "postgresql:///none?host=" + str(tmp_path)
    code, said = run("verify", "--database", url)
    assert code == 2
    assert "--database" in said
    (tmp_path / "root.json").write_text("{}", encoding="utf-8")
    code, said = run("verify", "--database", url, "--root", str(tmp_path / "root.json"))
    assert code == 2
    assert "duixian audit root" in said


def test_nothing_is_left_open(log: list[Event]) -> None:
    assert timedelta(0) <= timezone.now() - log[0].link.at < timedelta(minutes=5)
    assert not connection.in_atomic_block
