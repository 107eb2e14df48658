"""Makes a backup while the server runs: one snapshot of the database, and every accepted file."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from duixian.server.backup.manifest import (
    DUMP,
    FILES,
    FORMAT,
    MANIFEST,
    BackupProblem,
    Manifest,
    fingerprint,
    sha256,
)
from duixian.server.cluster.binaries import MAJORS


def make(
    database: str, pg_dump: Path, files: Path, field_key: str, target: Path, say: Callable[[str], None]
) -> Manifest:
    """Writes a backup to `target`, whole or not at all.

    `database` is its address as the owner role; `files` the folder of the file store. The database goes first:
    contents are never changed or deleted, so the files that it names are all there afterwards. One that is not, or
    has rotted on the disk, stops no backup: it is told, and named in the manifest (`lost`).

    Raises:
        BackupProblem: the target exists, or PostgreSQL refuses.
        OSError: the disk is full; nothing is left.
    """
    if target.exists():
        raise BackupProblem(f"{target} exists already; a backup never replaces another. Name a new file")
    half, dump = _begun(target), _begun(target)
    try:
        say("导出数据库 dumping the database")
        rows, major, named = _dump(database, pg_dump, dump)
        with tarfile.open(half, "w") as archive:
            archive.add(dump, DUMP)
            say("复制文件 copying the files")
            copied, size = _copy(files / "accepted", archive)
            manifest = Manifest(
                format=FORMAT, made=datetime.now(UTC), duixian=version("duixian"), postgres=major, rows=rows,
                dump_sha256=sha256(dump), dump_bytes=dump.stat().st_size, files=len(copied), file_bytes=size,
                field_key=fingerprint(field_key), lost=tuple(sorted(named - copied)),
            )  # fmt: skip
            text = msgspec.json.format(msgspec.json.encode(manifest))
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mtime, entry.mode = len(text), int(manifest.made.timestamp()), 0o600
            archive.addfile(entry, BytesIO(text))
        with half.open("rb+") as written:
            os.fsync(written.fileno())
        half.rename(target)
    finally:
        dump.unlink(missing_ok=True)
        half.unlink(missing_ok=True)
    for digest in manifest.lost:
        say(
            f"注意：文件 {digest} 已丢失或损坏，不在备份中；请从较早的备份取回 "
            f"file {digest} is lost or damaged and not in the backup: bring it back from an earlier one"
        )
    return manifest


def major_for(database: str) -> int:
    """Whose programs back a database up and restore into it: its server's own, or the next that is carried.

    Later ones write what its own could not read again, and say things to it that it does not know.

    Raises:
        BackupProblem: the server is newer than every program that is carried.
    """
    with psycopg.connect(database) as link:
        major = link.info.server_version // 10000
    found = min((known for known in MAJORS if known >= major), default=None)
    if found is None:
        raise BackupProblem(
            f"the server is PostgreSQL {major} and the programs carried are those of {max(MAJORS)}; "
            "back it up with its own pg_dump, or install a newer version of Duixian"
        )
    return found


def _begun(target: Path) -> Path:
    """A file beside the target that is this backup's alone, and that nobody else can read while it is written."""
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    return Path(name)


def _dump(database: str, pg_dump: Path, target: Path) -> tuple[dict[str, int], int, set[str]]:
    """Dumps the database; its rows counted, its server's major version and its accepted files, in one snapshot."""
    with psycopg.connect(database) as link:
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        link.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits while pg_dump works
        rows = count_rows(link)
        accepted = "SELECT digest FROM files_content WHERE state = 'accepted'"
        named = {digest for (digest,) in link.execute(accepted)} if "files_content" in rows else set()
        (snapshot,) = link.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        with target.open("wb") as out:
            done = subprocess.run(
                [
                    pg_dump, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                    "--dbname", link.info.dsn,  # without the password, which everybody could read there
                ],
                stdout=out, stderr=subprocess.PIPE, text=True, check=False, env=environment(link),
            )  # fmt: skip
        if done.returncode:
            raise BackupProblem(f"pg_dump failed: {done.stderr.strip()}")
        return rows, link.info.server_version // 10000, named


def count_rows(link: psycopg.Connection) -> dict[str, int]:
    """The rows of every table of ours."""
    tables = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    counts = {}
    for (table,) in tables:
        row = link.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counts[table] = row[0] if row else 0
    return counts


def environment(link: psycopg.Connection) -> dict[str, str]:
    """What PostgreSQL's programs need to reach the database of a connection."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "PGPASSWORD": link.info.password}


def _copy(folder: Path, archive: tarfile.TarFile) -> tuple[set[str], int]:
    """Copies what is whole, and says which and how many bytes that was."""
    copied, size = set(), 0
    for path in sorted(folder.glob("*/*/*")):
        if sha256(path) == path.name:
            archive.add(path, f"{FILES}/{path.name}")
            copied.add(path.name)
            size += path.stat().st_size
    return copied, size
