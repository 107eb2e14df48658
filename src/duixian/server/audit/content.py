"""The bytes of an event that its link's hash covers, exactly as PostgreSQL sends them; docs/event-log.md.

For the link's number and time and then for each column in `COLUMNS`: the length of the value in four bytes,
big-endian (-1 for NULL, and then nothing), and the value: integers in eight bytes big-endian, times in eight bytes
as microseconds since 2000-01-01 UTC, the request's UUID in its sixteen bytes, texts in UTF-8. Lengths before values
leave only one way to read them; the worker and the verifier hash what `COPY … (FORMAT binary)` sends as it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import hashes

COLUMNS = (
    "id",
    "at",
    "request",
    "person",
    "role",
    "fund",
    "district",
    "organisation",
    "action",
    "refusal",
    "kind",
    "key",
    "before",
    "after",
    "why",
)
"""Every column of `audit_event`."""
GENESIS = bytes(32)
"""What stands before the first link."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_HEADER = 19  # of a binary COPY without options: its signature, flags, and the length of no extension
_COUNT = 2  # of a row's columns


def selected(table: str) -> str:
    """The columns for a SELECT, in their order; `table` is the event's alias."""
    return ", ".join(f"{table}.{column}" for column in COLUMNS)


def of_link(number: int, at: datetime) -> bytes:
    """The first two values: the link's number and time."""
    return struct.pack(">iqiq", 8, number, 8, (at - _EPOCH) // timedelta(microseconds=1))


def chained(previous: bytes, *content: bytes | memoryview) -> bytes:
    """A link's hash: SM3 over the previous link's hash and its own content."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(previous)
    for part in content:
        digest.update(part)
    return digest.finalize()


def rows(copied: Iterable[bytes | bytearray | memoryview], columns: int) -> Iterator[memoryview]:
    """The rows of a binary COPY, each without its count of columns.

    PostgreSQL sends a row a message, the first one after the header.

    Raises:
        ValueError: what comes is not a binary COPY of so many columns.
    """
    count, begin = struct.pack(">h", columns), _HEADER
    for message in copied:
        row = memoryview(message)[begin:]
        begin = 0
        head = bytes(row[:_COUNT])
        if head == b"\xff\xff":
            continue  # the end; the message after it closes the COPY
        if head != count:
            raise ValueError("the database did not send one row a message; connect to it without a proxy")
        yield row[_COUNT:]


def fields(row: bytes | memoryview) -> list[bytes | None]:
    """The values of a row; only to look closer at one that is wrong.

    Raises:
        ValueError: it is cut short, or goes on after its last value.
    """
    found: list[bytes | None] = []
    place = 0
    while place < len(row):
        if place + 4 > len(row):
            raise ValueError("a row is cut short")
        (length,) = struct.unpack_from(">i", row, place)
        place += 4
        if place + max(length, 0) > len(row):
            raise ValueError("a row is cut short")
        found.append(None if length < 0 else bytes(row[place : place + length]))
        place += max(length, 0)
    return found
