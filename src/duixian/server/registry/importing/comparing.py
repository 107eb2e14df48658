"""Compares a chunk with the registry, set by set in the database: who is meant, what is new, what may not be.

The chunk is copied into temporary tables, gone at the end of the transaction. A blank says nothing: facts and
records that the file does not name stay as they are. A record that is known gets the facts of the file laid over it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.utils import timezone

from duixian.language.vocabulary import Vocabulary
from duixian.server.registry.divisions import prefix
from duixian.server.registry.forms import entries
from duixian.server.registry.importing.chunks import entry_lines, record_lines
from duixian.server.registry.models import Batch
from duixian.server.registry.versions import When

if TYPE_CHECKING:
    import pyarrow as pa

_TABLES: Final = """
    SET LOCAL work_mem = '64MB';
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_entry (
        row int PRIMARY KEY, own text NOT NULL, uscc text, kind text, division text,
        scheme text NOT NULL, issuer text NOT NULL, lookup text NOT NULL, sealed text,
        by_code bigint, by_own bigint, applicant bigint, linked bool, refused text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_record (
        row int NOT NULL, type text NOT NULL, key text NOT NULL, payload jsonb NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_current (
        row int NOT NULL, type text NOT NULL, key text NOT NULL, number int NOT NULL,
        payload jsonb, base jsonb, valid_from date, valid_until date, PRIMARY KEY (row, type, key)
    ) ON COMMIT DELETE ROWS;
    CREATE OR REPLACE TEMPORARY VIEW incoming_change AS
    SELECT r.row, e.applicant, r.type, r.key, coalesce(c.number, 0) + 1 AS number,
           c.payload AS before, r.payload AS given,
           coalesce(c.base, '{}') || r.payload AS payload, c.valid_from, c.valid_until
    FROM incoming_record r
    JOIN incoming_entry e USING (row)
    LEFT JOIN incoming_current c USING (row, type, key)
    WHERE e.refused IS NULL AND (c.payload IS NULL OR c.payload || r.payload <> c.payload);
    TRUNCATE incoming_entry, incoming_record, incoming_current
"""
"""What stands in `incoming_change` is what the chunk would change: a row for each record that would get a version.
`before` is what counts now, null for a new record; `given` is what the file says; `payload` what would be kept."""
_WHO: Final = """
    UPDATE incoming_entry e SET by_code = c.applicant_id, by_own = o.applicant_id, linked = o.applicant_id IS NOT NULL
    FROM incoming_entry i
    LEFT JOIN registry_identifier c ON c.scheme = 'uscc' AND c.issuer = '' AND c.lookup = i.uscc
    LEFT JOIN registry_identifier o ON (o.scheme, o.issuer, o.lookup) = (i.scheme, i.issuer, i.lookup)
    WHERE i.row = e.row
"""
_KEPT: Final = """
    UPDATE incoming_entry e SET {column} = a.merged_into_id FROM registry_applicant a
    WHERE a.id = e.{column} AND a.merged_into_id IS NOT NULL
"""
_REFUSE: Final = """
    UPDATE incoming_entry e SET applicant = coalesce(e.by_code, e.by_own), refused = CASE
        WHEN e.by_code <> e.by_own THEN 'two-applicants'
        WHEN e.by_code IS NULL AND e.uscc IS NOT NULL AND EXISTS (
            SELECT FROM registry_identifier i WHERE i.applicant_id = e.by_own AND i.scheme = 'uscc') THEN 'other-code'
        WHEN a.kind <> '' AND e.kind IS NOT NULL
             AND (a.kind IN ('person', 'team') OR e.kind IN ('person', 'team')) AND a.kind <> e.kind THEN 'other-kind'
        WHEN e.scheme <> 'own' AND coalesce(nullif(a.kind, ''), e.kind, '') <> 'person' THEN 'identity-of-nobody'
        WHEN coalesce(e.kind, a.kind) IN ('person', 'team') AND (e.uscc IS NOT NULL OR EXISTS (
            SELECT FROM registry_identifier i WHERE i.applicant_id = a.id AND i.scheme = 'uscc')) THEN 'person-code'
        WHEN NOT starts_with(coalesce(a.division, e.division, ''), %(district)s) THEN 'outside'
        END
    FROM incoming_entry i LEFT JOIN registry_applicant a ON a.id = coalesce(i.by_code, i.by_own)
    WHERE i.row = e.row
"""
_TWINS: Final = """
    UPDATE incoming_entry e SET refused = 'twin-applicant'
    WHERE refused IS NULL AND applicant IN (
        SELECT applicant FROM incoming_entry WHERE applicant IS NOT NULL GROUP BY applicant HAVING count(*) > 1)
"""
_TWIN_RECORDS: Final = """
    UPDATE incoming_entry e SET refused = 'twin-record' WHERE refused IS NULL AND EXISTS (
        SELECT FROM incoming_record r JOIN incoming_current c
            ON c.row = r.row AND c.type = r.type AND c.key <> r.key AND c.payload -> 'year' = r.payload -> 'year'
        WHERE r.row = e.row AND r.type = 'year')
"""  # the types and fields of `naturals.ONE_OF`
_LOCK: Final = """
    SELECT id FROM registry_applicant WHERE id IN (SELECT applicant FROM incoming_entry WHERE refused IS NULL)
    ORDER BY id FOR NO KEY UPDATE
"""
_CURRENT: Final = """
    INSERT INTO incoming_current
    SELECT row, type, key, last, payload, payload, valid_from, valid_until FROM (
        SELECT DISTINCT ON (e.row, v.type, v.key) e.row, v.type, v.key,
               max(v.number) OVER (PARTITION BY e.row, v.type, v.key) AS last,
               CASE WHEN t.true THEN v.payload END AS payload, v.valid_from, v.valid_until
        FROM incoming_entry e
        JOIN registry_recordversion v ON v.applicant_id = e.applicant
        CROSS JOIN LATERAL (SELECT coalesce(v.valid_from <= %(day)s, true)
                                   AND coalesce(v.valid_until >= %(day)s, true) AS true) t
        WHERE e.refused IS NULL
        ORDER BY e.row, v.type, v.key, t.true DESC, v.number DESC) counting
"""


@dataclass(frozen=True)
class Compared:
    """What a chunk would change; `digest` is that of every change, so that what was shown can be told from others."""

    counts: dict[str, int]
    digest: str


@dataclass(frozen=True)
class Change:
    """One field that would change: whose, of which record, from what to what; None is not known.

    `applicant` is the registry's number, None for one that would be new; `new` says that the record would be.
    """

    own: str
    applicant: int | None
    type: str
    key: str
    field: str
    old: object
    value: object
    new: bool


def load(batch: Batch, table: pa.Table, vocabulary: Vocabulary, *, lock: bool = False) -> None:
    """Put a chunk into the temporary tables and find out whom it means and what is known of them.

    With `lock` those applicants cannot be changed by others until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        with cursor.copy(
            "COPY incoming_entry (row, own, uscc, kind, division, scheme, issuer, lookup, sealed) FROM STDIN"
        ) as copy:
            copy.write("".join(entry_lines(table, batch.source)))
        with cursor.copy("COPY incoming_record FROM STDIN") as copy:
            for block in _blocks(record_lines(table, vocabulary)):
                copy.write(block)
        cursor.execute("ANALYZE incoming_entry, incoming_record (row, type, key)")
        cursor.execute(_WHO)
        for column in ("by_code", "by_own"):
            while True:
                cursor.execute(_KEPT.format(column=column))
                if not cursor.rowcount:
                    break
        cursor.execute(_REFUSE, {"district": prefix(batch.district)})
        cursor.execute(_TWINS)
        if lock:
            cursor.execute(_LOCK)
        cursor.execute(_CURRENT, {"day": timezone.localdate()})
        _merged(cursor)
        cursor.execute("ANALYZE incoming_current (row, type, key)")
        cursor.execute(_TWIN_RECORDS)


def compare() -> Compared:
    """Count what the loaded chunk would change, and take the digest of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH change AS MATERIALIZED (SELECT * FROM incoming_change), entry AS (
                SELECT e.*, EXISTS (SELECT FROM change c WHERE c.row = e.row) AS changes FROM incoming_entry e)
            SELECT count(*) FILTER (WHERE refused IS NULL AND applicant IS NULL),
                   count(*) FILTER (WHERE refused IS NULL AND applicant IS NOT NULL AND changes),
                   count(*) FILTER (WHERE refused IS NULL AND applicant IS NOT NULL AND NOT changes),
                   count(*) FILTER (WHERE refused IS NOT NULL),
                   (SELECT count(*) FILTER (WHERE before IS NULL) FROM change WHERE type <> 'applicant'),
                   (SELECT count(*) FILTER (WHERE before IS NOT NULL) FROM change WHERE type <> 'applicant'),
                   (SELECT count(*) FROM incoming_record JOIN incoming_entry USING (row)
                    WHERE refused IS NULL AND type <> 'applicant'),
                   encode(sha256(convert_to(
                       (SELECT coalesce(string_agg(concat_ws('/', row, type, key, number, payload), ','
                                                   ORDER BY row, type, key), '') FROM change)
                       || string_agg(concat_ws('/', row, applicant, linked, refused), ',' ORDER BY row),
                       'UTF8')), 'hex'),
                   (SELECT count(*) FROM change WHERE type = 'sanction' AND before IS NOT NULL)
            FROM entry
            """
        )
        found = cursor.fetchone()
    names = ("added", "changed", "unchanged", "refused", "records_added", "records_changed")
    counts = dict(zip(names, found, strict=False))
    counts["records_unchanged"] = found[6] - counts["records_added"] - counts["records_changed"]
    if found[8]:
        counts["sanctions_changed"] = found[8]
    return Compared(counts, found[7] or "")


def changes() -> Iterator[Change]:
    """Every change of the loaded chunk, field by field, in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.own, c.applicant, c.type, c.key, c.before::text, c.given::text "
            "FROM incoming_change c JOIN incoming_entry e USING (row) "
            "ORDER BY c.row, c.type <> 'applicant', c.type, c.key"
        )
        for own, applicant, kind, key, before, given in cursor.fetchall():
            old, new = json.loads(before) if before else {}, json.loads(given)
            for name, value in new.items():
                if before is None or name not in old or old[name] != value:
                    shown = "none" if name in old and old[name] is None else old.get(name)
                    yield Change(
                        own, applicant, kind, key, name, shown, "none" if value is None else value, before is None
                    )  # fmt: skip
            if not new and before is None:
                yield Change(own, applicant, kind, key, "", None, None, True)


def _merged(cursor: Any) -> None:
    """Of an applicant into which entries were merged, what counts is put together as everywhere else.

    A new version of a merged entry's record is based on that record; own facts are based on the applicant's own,
    since what a merged entry fills in stays that entry's.
    """
    cursor.execute(
        "SELECT row, applicant FROM incoming_entry WHERE refused IS NULL AND applicant IN "
        "(SELECT kept_id FROM registry_merger WHERE undone_at IS NULL)"
    )
    rows = {applicant: row for row, applicant in cursor.fetchall()}
    if not rows:
        return
    for applicant, entry in entries(list(rows), When.now()).items():
        for (kind, key), held in entry.items():
            base = {name: cell for name, cell in held.payload.items() if name not in held.filled}
            cursor.execute(
                """
                INSERT INTO incoming_current (row, type, key, number, payload, base, valid_from, valid_until)
                VALUES (%s, %s, %s, 0, %s, %s, %s, %s)
                ON CONFLICT (row, type, key) DO UPDATE SET payload = excluded.payload, base = excluded.base,
                    valid_from = excluded.valid_from, valid_until = excluded.valid_until
                """,
                [rows[applicant], kind, key, json.dumps(held.payload), json.dumps(base), *held.valid],
            )


def _blocks(lines: Iterator[str], size: int = 2_000) -> Iterator[str]:
    """The lines some thousand at a time."""
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == size:
            yield "".join(block)
            block.clear()
    yield "".join(block)
