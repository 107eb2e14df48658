"""Checks the event log against its chain, reading every row once; needs no more than a role that may read.

It asks the database for rows only: no function, view or trigger of the database that it checks is relied on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg

from duixian.calendar.days import Both
from duixian.server.audit.content import COLUMNS, GENESIS, chained, fields, rows, selected
from duixian.server.audit.faults import Fault, Progress
from duixian.server.audit.roots import Root

_STEP = 20_000
"""Rows between two reports of progress."""
_ALL = f"""
    COPY (
        SELECT l.hash, l.number, l.at, {selected("e")} FROM audit_link l LEFT JOIN audit_event e ON e.id = l.event_id
        ORDER BY l.number
    ) TO STDOUT (FORMAT binary)
"""  # noqa: S608 - nothing in it comes from outside
_HASH = slice(4, 36)
_CONTENT = 36  # where the hashed part of a row begins
_NUMBER = slice(40, 48)
_EVENT = slice(64, 72)
_EVENT_LENGTH = slice(60, 64)
_NULL = b"\xff\xff\xff\xff"
_WHOLE = (b"\x00\x00\x00\x20", b"\x00\x00\x00\x08")  # the lengths of a hash and of a number
_LOOK = Both("检查事件链", "event log: chain")


@dataclass
class Chain:
    """What was found: how many links are right from the first on, the last right one's hash, and what is wrong."""

    links: int = 0
    head: bytes = GENESIS
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify_chain(link: psycopg.Connection, root: Root | None, progress: Progress) -> Chain:
    """Works every link's hash out anew, from the first to the first wrong one, and looks for events without a link.

    `link` is in one read-only transaction, so that what is written meanwhile is not seen half. `root` is one that
    somebody outside has kept.
    """
    found = Chain()
    with link.cursor() as cursor:
        cursor.execute("SELECT max(number) FROM audit_link")
        total = (cursor.fetchone() or (0,))[0] or 0
        # Two indexes in step give the rows in order as they come; a sort would first collect them all.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_hashjoin = off")
        with cursor.copy(_ALL) as copied:
            _walk(rows(copied, 3 + len(COLUMNS)), total, root, found, progress)
            for _ in copied:  # what follows a wrong link proves nothing; a COPY has to be read to its end
                pass
    if root is not None and not found.faults and found.links < root.links:
        found.faults.append(
            Fault("audit_link", str(found.links + 1), Both(
                f"链尾缺失：{root.day}的根有{root.links}节，库中只有{found.links}节",
                f"the end is missing: the root of {root.day} has {root.links} links, the database {found.links}",
            ))
        )  # fmt: skip
    found.faults.extend(_unchained(link, found))
    return found


def _walk(
    copied: Iterator[memoryview], total: int, root: Root | None, found: Chain, progress: Progress
) -> None:
    expected, head = 0, GENESIS
    rooted = root.links if root else 0
    for row in copied:
        expected += 1
        digest = chained(head, row[_CONTENT:])
        if digest != row[_HASH] or row[_NUMBER] != expected.to_bytes(8, "big"):
            found.faults.append(_wrong(row, expected))
            return
        head = digest
        found.links, found.head = expected, head
        if expected == rooted and root is not None and head.hex() != root.head:
            found.faults.append(
                Fault("audit_link", str(expected), Both(
                    f"与{root.day}的根不符：此节或之前的事件被改写，且链已重算",
                    f"not the root of {root.day}: this link or an earlier one was rewritten with all that follow",
                ))
            )  # fmt: skip
            return
        if not expected % _STEP:
            progress(_LOOK, expected, total)
    progress(_LOOK, expected, total)


def _wrong(row: memoryview, expected: int) -> Fault:
    """What is wrong with the first link that does not fit."""
    if (bytes(row[:4]), bytes(row[36:40])) != _WHOLE:
        hash_length = len(fields(row)[0] or b"")
        return Fault("audit_link", str(expected), Both(
            f"杂凑值长度为{hash_length}字节，应为32", f"its hash has {hash_length} bytes instead of 32"
        ))  # fmt: skip
    number = int.from_bytes(row[_NUMBER], "big", signed=True)
    if number != expected:
        return Fault("audit_link", str(expected), Both(
            f"缺少第{expected}节（下一节为第{number}节）", f"the link is missing; the next one is {number}"
        ))  # fmt: skip
    if row[_EVENT_LENGTH] == _NULL:
        return Fault("audit_link", str(number), Both("该节的事件已不存在", "its event is missing"))
    event = int.from_bytes(row[_EVENT], "big", signed=True)
    return Fault("audit_event", str(event), Both(
        f"第{number}节：事件内容、时间或杂凑值被改动", f"link {number}: event, time or hash was changed"
    ))  # fmt: skip


def _unchained(link: psycopg.Connection, found: Chain) -> Iterator[Fault]:
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT count(w.event_id), min(e.id) FILTER (WHERE w.event_id IS NULL) "
            "FROM audit_event e LEFT JOIN audit_waiting w ON w.event_id = e.id "
            "WHERE NOT EXISTS (SELECT FROM audit_link l WHERE l.event_id = e.id)"
        )
        found.waiting, lost = cursor.fetchone() or (0, None)
    if lost is not None:
        yield Fault("audit_event", str(lost), Both(
            "事件不在链上，也未在等待入链", "the event is in no link and does not wait for one"
        ))  # fmt: skip
