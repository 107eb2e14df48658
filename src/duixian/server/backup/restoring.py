"""Restores a backup into an empty database and an empty store, and proves that all of it is there."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from duixian.server.backup.making import count_rows, environment
from duixian.server.backup.manifest import DUMP, FILES, FORMAT, MANIFEST, BackupProblem, Manifest, sha256
from duixian.server.cluster.roles import Role


def read(source: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        BackupProblem: no backup, one cut off, or of a form that this version does not know.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            content = archive.extractfile(MANIFEST)
            assert content is not None
            manifest = msgspec.json.decode(content.read(), type=Manifest)
    except (tarfile.TarError, KeyError, EOFError, msgspec.DecodeError) as error:
        raise BackupProblem(f"{source} is no whole backup ({error}); take another") from None
    except OSError as error:
        raise BackupProblem(f"{source} cannot be read: {error.strerror}") from None
    if manifest.format != FORMAT:
        raise BackupProblem(f"{source} has form {manifest.format}; this version of Duixian reads {FORMAT}")
    return manifest


def restore(
    source: Path, database: str, pg_restore: Path, files: Path, say: Callable[[str], None]
) -> Manifest:
    """Restores a backup: every row into an empty database, every file into an empty store.

    `database` is the address as the owner role. The database comes in one transaction.

    Raises:
        BackupProblem: something is there already; a part differs from what the manifest says; an older server.
    """
    manifest = read(source)
    with psycopg.connect(database) as link:
        _fits(manifest, link, files)
        # Where it goes, not where it comes from: a backup may lie where nothing can be written.
        with tempfile.TemporaryDirectory(prefix="duixian-restore-", dir=files.parent) as scratch:
            dump = Path(scratch) / DUMP
            with tarfile.open(source, "r:") as archive:
                archive.extract(DUMP, scratch, filter="data")
            if sha256(dump) != manifest.dump_sha256:
                raise BackupProblem(
                    f"the database in {source} differs from what was backed up; take another backup"
                )
            say("恢复数据库 restoring the database")
            _load(dump, link, pg_restore)
    with psycopg.connect(database) as link:
        found = count_rows(link)
        _let_the_auditor_in(link)
    if found != manifest.rows:
        wrong = sorted(name for name in found | manifest.rows if found.get(name) != manifest.rows.get(name))
        raise BackupProblem(f"after restoring, these tables have other numbers of rows: {', '.join(wrong)}")
    say("恢复文件 restoring the files")
    _unpack(source, files, manifest)
    return manifest


def _fits(manifest: Manifest, link: psycopg.Connection, files: Path) -> None:
    if link.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone():
        raise BackupProblem("the database has tables already; a backup is restored into an empty one only")
    if any((files / "accepted").glob("*/*/*")):
        raise BackupProblem(f"{files} has files already; a backup is restored into an empty store only")
    major = link.info.server_version // 10000
    if major < manifest.postgres:
        raise BackupProblem(
            f"the backup comes from PostgreSQL {manifest.postgres} and this is {major}; restore it into "
            f"{manifest.postgres} or later (DUIXIAN_POSTGRES)"
        )


def _load(dump: Path, link: psycopg.Connection, pg_restore: Path) -> None:
    link.rollback()  # what was looked at above is locked no longer
    with dump.open("rb") as given:
        done = subprocess.run(
            [
                pg_restore, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
                "--dbname", link.info.dsn,
            ],
            stdin=given, capture_output=True, text=True, check=False, env=environment(link),
        )  # fmt: skip
    if done.returncode:
        raise BackupProblem(
            f"pg_restore failed, and nothing of it stands in the database: {done.stderr.strip()}"
        )


def _let_the_auditor_in(link: psycopg.Connection) -> None:
    """Lets the auditor verify before the server's first start, which sets all rights."""
    role = Role.AUDITOR.value
    if not link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return  # a bureau's own database, whose auditor has another name
    kept = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(audit|ledger)_'"
    for (table,) in link.execute(kept).fetchall():
        link.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), sql.Identifier(role)))


def _unpack(source: Path, files: Path, manifest: Manifest) -> None:
    count = 0
    with tarfile.open(source, "r:") as archive:
        for entry in archive:
            folder, _, digest = entry.name.partition("/")
            if folder != FILES:
                continue
            content = archive.extractfile(entry)
            assert content is not None
            data = content.read()
            if hashlib.sha256(data).hexdigest() != digest:
                raise BackupProblem(
                    f"file {digest} in {source} differs from what was backed up; take another backup"
                )
            target = files / "accepted" / digest[:2] / digest[2:4] / digest
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.touch(mode=0o400)
            target.chmod(0o600)
            target.write_bytes(data)
            target.chmod(0o400)
            count += 1
    if count != manifest.files:
        raise BackupProblem(f"{source} holds {count} files and says {manifest.files}; take another backup")
