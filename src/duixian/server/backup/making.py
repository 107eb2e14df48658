"""Makes a backup while the server runs: one snapshot of the database, and every accepted file."""

from __future__ import annotations

import os
import subprocess
import tarfile
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


def make(
    database: str, pg_dump: Path, files: Path, field_key: str, target: Path, say: Callable[[str], None]
) -> Manifest:
    """Writes a backup to `target`, whole or not at all.

    `database` is its address as the owner role; `files` the folder of the file store. The database goes first:
    contents are never changed or deleted, so the files that it names are all there afterwards.

    Raises:
        BackupProblem: the target exists, or PostgreSQL refuses.
        OSError: the disk is full; nothing is left.
    """
    if target.exists():
        raise BackupProblem(f"{target} exists already; a backup never replaces another. Name a new file")
    half, dump = target.with_name(target.name + ".part"), target.with_name(target.name + ".dump.part")
    try:
        say("导出数据库 dumping the database")
        rows, major = _dump(database, pg_dump, dump)
        with tarfile.open(half, "w") as archive:
            archive.add(dump, DUMP)
            say("复制文件 copying the files")
            count, size = _copy(files / "accepted", archive)
            manifest = Manifest(
                format=FORMAT, made=datetime.now(UTC), duixian=version("duixian"), postgres=major, rows=rows,
                dump_sha256=sha256(dump), dump_bytes=dump.stat().st_size, files=count, file_bytes=size,
                field_key=fingerprint(field_key),
            )  # fmt: skip
            text = msgspec.json.format(msgspec.json.encode(manifest))
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mtime, entry.mode = len(text), int(manifest.made.timestamp()), 0o600
            archive.addfile(entry, BytesIO(text))
        with half.open("rb+") as written:
            os.fsync(written.fileno())
        half.chmod(0o600)
        half.rename(target)
    finally:
        dump.unlink(missing_ok=True)
        half.unlink(missing_ok=True)
    return manifest


def _dump(database: str, pg_dump: Path, target: Path) -> tuple[dict[str, int], int]:
    """Dumps the database and counts its rows, both in one snapshot."""
    with psycopg.connect(database) as link:
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows = count_rows(link)
        (snapshot,) = link.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        target.touch(mode=0o600)
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
        return rows, link.info.server_version // 10000


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


def _copy(folder: Path, archive: tarfile.TarFile) -> tuple[int, int]:
    count = size = 0
    for path in sorted(folder.glob("*/*/*")):
        archive.add(path, f"{FILES}/{path.name}")
        count, size = count + 1, size + path.stat().st_size
    return count, size
