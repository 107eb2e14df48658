"""What a backup says of itself: what it holds, with which counts and digests it must come out again."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from pathlib import Path

import msgspec

FORMAT = 1
"""The number of this form of backup; one that a later version cannot read gets another."""
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
"""The parts of the archive: PostgreSQL's own dump, this manifest (last), and the accepted files by digest."""


class BackupProblem(Exception):  # noqa: N818 - told to a person, as what it is
    """A backup that cannot be made, read or trusted; the message says what to do."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The last part of a backup, so that one cut off has none."""

    format: int
    made: datetime
    duixian: str
    postgres: int
    """Major version of the server that it was taken from; it can be restored into that or a later one."""
    rows: dict[str, int]
    """Rows of every table, counted in the same snapshot as the dump."""
    dump_sha256: str
    dump_bytes: int
    files: int
    file_bytes: int
    field_key: str
    """Fingerprint of the key without which the encrypted fields cannot be read; the key itself is not here."""
    lost: tuple[str, ...] = ()
    """Accepted files that the database names and the store no longer had whole; they are not in the backup."""


def fingerprint(field_key: str) -> str:
    """By which two keys can be told to be the same, and by which neither can be found."""
    return hmac.new(field_key.encode(), b"duixian: which field key", hashlib.sha256).hexdigest()[:32]


def sha256(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
