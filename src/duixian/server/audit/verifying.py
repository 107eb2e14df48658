"""What `duixian audit verify` looks at: the chain, the ledger, and that the database's own guards are still there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from duixian.calendar.days import Both
from duixian.server.audit.faults import Fault, Progress
from duixian.server.audit.roots import Root
from duixian.server.audit.verification import Chain, verify_chain
from duixian.server.ledger.verification import TABLES, verify_ledger

APPEND_ONLY = ("audit_event", "audit_link", *(f"ledger_{table}" for table in TABLES))
"""The tables of the event log and the ledger whose rows are never changed."""
TRIGGERS = {
    *((table, f"{table}_{suffix}") for table in APPEND_ONLY for suffix in ("rows", "all")),
    *((table, f"{table}_time") for table in ("audit_event", "ledger_decision", "ledger_entry", "ledger_proposal",
                                             "ledger_yearstate")),
    ("audit_event", "audit_event_waits"),
    ("audit_link", "audit_link_follows"),
    ("audit_waiting", "audit_waiting_leaves"),
    ("ledger_account", "ledger_account_fits"),
    ("ledger_account", "ledger_account_opens"),
    ("ledger_decision", "ledger_decision_is_whole"),
    ("ledger_entry", "ledger_entry_holds"),
    ("ledger_entry", "ledger_entry_is_whole"),
    ("ledger_line", "ledger_line_is_whole"),
    ("ledger_line", "ledger_line_posts"),
    ("ledger_yearstate", "ledger_yearstate_holds"),
}  # fmt: skip
"""Every trigger of the two, by table; a test holds the list to the database."""


@dataclass(frozen=True)
class Verified:
    """The chain as it was found, and the first wrong row of everything that was looked at."""

    chain: Chain
    faults: tuple[Fault, ...]


def verify(
    url: str, *, root: Root | None = None, progress: Progress = lambda what, done, total: None
) -> Verified:
    """Looks at a server's database or a restored copy of it, as it is at one moment, while it may be in use.

    `url` is its address for any role that may read all of it: the auditor's, the owner's.

    Raises:
        psycopg.Error: it cannot be reached or read.
        ValueError: between here and it something breaks rows up.
    """
    with psycopg.connect(url, autocommit=True) as link, link.transaction():
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        link.execute("SET LOCAL search_path = pg_catalog, public")
        link.execute("SET LOCAL statement_timeout = 0")
        return look(link, root=root, progress=progress)


def look(link: psycopg.Connection, *, root: Root | None = None, progress: Progress) -> Verified:
    """The same in a transaction of the caller's."""
    chain = verify_chain(link, root, progress)
    return Verified(chain, (*chain.faults, *verify_ledger(link, progress), *verify_guards(link)))


def verify_guards(link: psycopg.Connection) -> Iterator[Fault]:
    """The triggers that are missing or switched off."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
        )
        there = set(cursor.fetchall())
    for table, trigger in sorted(TRIGGERS - there):
        yield Fault(table, trigger, Both("触发器缺失或被停用", "the trigger is missing or switched off"))
