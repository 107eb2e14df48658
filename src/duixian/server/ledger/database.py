"""The ledger's own functions in the database."""

from __future__ import annotations

from django.db import connection

from duixian.server.ledger.models import Envelope


def hold(*envelopes: Envelope) -> None:
    """Takes the locks of envelopes until the transaction ends, the earlier year first, as every entry does.

    Taking all of them before anything else is read or made keeps what was read true, and keeps two commands from
    waiting for each other.
    """
    with connection.cursor() as cursor:
        for envelope in sorted(envelopes, key=lambda one: one.year):
            cursor.execute("SELECT ledger_hold(%s)", [envelope.id])


def check_now() -> None:
    """Has the guards look at the entries now instead of at the transaction's end, where no command could answer."""
    guards = "ledger_entry_is_whole, ledger_line_is_whole, ledger_decision_is_whole"
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {guards} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {guards} DEFERRED")


def reservation_ended(envelope: int, award: int) -> bool:
    """Whether all that is reserved for an award had an end, and the last one has passed in Beijing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_reservation_ended(%s, %s)", [envelope, award])
        return bool(cursor.fetchone()[0])
