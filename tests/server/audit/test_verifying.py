"""Every change of the log and of the ledger is told, row by row, also by the command."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import psycopg
from click.testing import CliRunner
from tests.server.audit.logs import after, found, note, told
from tests.server.ledger.books import YESTERDAY, Books

from duixian.cli import main
from duixian.server.audit.models import Event
from duixian.server.audit.verifying import TRIGGERS
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.ledger.services import expire_reservations

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
