"""The chain's worker: takes up what was committed, link by link, one worker at a time."""

from __future__ import annotations

import struct
from datetime import datetime

from django.db import connection, transaction

from duixian.server.audit.content import COLUMNS, GENESIS, chained, of_link, rows, selected

BATCH = 10_000
"""How many events one transaction takes up."""
_LOCK = 0x4455_4958_4941_4E01
"""The advisory lock of the one worker, held until its transaction ends, however that ends."""

_WAITING = f"""
    COPY (
        SELECT {selected("e")} FROM audit_waiting w JOIN audit_event e ON e.id = w.event_id
        ORDER BY e.id LIMIT {BATCH}
    ) TO STDOUT (FORMAT binary)
"""  # noqa: S608 - nothing in it comes from outside


def extend() -> int:
    """Takes up to `BATCH` waiting events into the chain and returns how many; 0 also while another worker does.

    Dies it in the midst, nothing of the batch is there, and the next worker takes it up.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT number, hash, at FROM audit_link ORDER BY number DESC LIMIT 1")
        number, head, last = cursor.fetchone() or (0, GENESIS, None)
        head = bytes(head)
        cursor.execute(
            "SELECT greatest(clock_timestamp(), %s::timestamptz)", [last]
        )  # a clock may be set back
        at: datetime = cursor.fetchone()[0]
        links: list[tuple[int, int, datetime, bytes]] = []
        with cursor.copy(_WAITING) as copied:
            for row in rows(copied, len(COLUMNS)):
                number += 1
                head = chained(head, of_link(number, at), row)
                (event,) = struct.unpack_from(">q", row, 4)
                links.append((number, event, at, head))
        if links:
            with cursor.copy(
                "COPY audit_link (number, event_id, at, hash) FROM STDIN (FORMAT binary)"
            ) as into:
                into.set_types(["int8", "int8", "timestamptz", "bytea"])
                for link in links:
                    into.write_row(link)
            cursor.execute(
                "DELETE FROM audit_waiting WHERE event_id = ANY(%s)", [[event for _, event, _, _ in links]]
            )
        return len(links)
