"""A backup holds all there is, is proven by restoring it, and is refused when anything about it is wrong."""

from __future__ import annotations

import resource
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from duixian.server.backup.making import count_rows, make
from duixian.server.backup.manifest import DUMP, BackupProblem, Manifest
from duixian.server.backup.proving import prove
from duixian.server.backup.restoring import read, restore
from duixian.server.cluster.binaries import MAJORS
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import SUPERUSER, Role
from duixian.server.cluster.users import ordinary
from duixian.server.funds.models import Fund

FIELD_KEY = "f" * 40
CONTENT = b"%PDF-1.7 evidence %%EOF"


def quiet(_: str) -> None:
    """Nobody is told."""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    import hashlib

    digest = hashlib.sha256(CONTENT).hexdigest()
    path = tmp_path / "files" / "accepted" / digest[:2] / digest[2:4] / digest
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    (tmp_path / "files" / "quarantine").mkdir()
    (tmp_path / "files" / "quarantine" / "x").write_bytes(b"unchecked")
    return tmp_path / "files"


@pytest.fixture
def made(cluster: Cluster, database: str, files: Path, tmp_path: Path) -> tuple[Path, Manifest]:
    Fund.objects.create(code="f", name="测试资金", policy="p")
    target = tmp_path / "backup.tar"
    url = cluster.url(Role.OWNER, database)
    return target, make(url, cluster.program("pg_dump"), files, FIELD_KEY, target, quiet)


@pytest.fixture(params=MAJORS)
def empty(request: pytest.FixtureRequest, folder: Path) -> Iterator[Cluster]:
    """A fresh cluster of each version."""
    with Cluster(folder / "pg", request.param, ordinary("nobody"), {"fsync": "off"}) as running:
        yield running


@pytest.fixture
def blank(cluster: Cluster) -> Iterator[str]:
    """The address of a database without tables."""
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as link:
        cluster.create_database("blank", link)
        yield cluster.url(Role.OWNER, "blank")
        link.execute("DROP DATABASE blank WITH (FORCE)")


def bring_back(source: Path, into: Cluster, files: Path) -> Manifest:
    return restore(source, into.url(Role.OWNER), into.program("pg_restore"), files, quiet)


def test_every_row_and_every_file_comes_back_into_the_same_version_or_a_later_one(
    made: tuple[Path, Manifest], empty: Cluster, cluster: Cluster, tmp_path: Path
) -> None:
    source, manifest = made
    if empty.major < cluster.major:
        with pytest.raises(
            BackupProblem, match=f"comes from PostgreSQL {cluster.major} and this is {empty.major}"
        ):
            bring_back(source, empty, tmp_path / "back")
        return
    assert bring_back(source, empty, tmp_path / "back") == manifest
    with psycopg.connect(empty.url(Role.OWNER)) as link:
        assert count_rows(link) == manifest.rows
        assert link.execute("SELECT name FROM funds_fund").fetchall() == [("测试资金",)]
        # A second restore would mix two servers.
        with pytest.raises(BackupProblem, match="has tables already"):
            bring_back(source, empty, tmp_path / "other")
    (path,) = (tmp_path / "back" / "accepted").glob("*/*/*")
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o777 == 0o400
    assert manifest.files == 1


def test_a_backup_is_private_and_holds_no_key(made: tuple[Path, Manifest]) -> None:
    source, manifest = made
    assert source.stat().st_mode & 0o777 == 0o600
    assert FIELD_KEY.encode() not in source.read_bytes()
    assert manifest.field_key not in FIELD_KEY
    assert read(source) == manifest


def test_the_counts_and_the_dump_are_of_one_moment(
    cluster: Cluster, database: str, blank: str, files: Path, tmp_path: Path
) -> None:
    """A row that is committed after the counting and before the dump is in neither."""
    url = cluster.url(Role.OWNER, database)
    write = "INSERT INTO funds_fund VALUES (gen_random_uuid()::text, 'x', 'p')"
    late = tmp_path / "late_pg_dump"
    late.write_text(
        f"#!{sys.executable}\n"
        "import os, sys, psycopg\n"
        f"with psycopg.connect({url!r}) as link:\n"
        f"    link.execute({write!r})\n"
        f"os.execv({str(cluster.program('pg_dump'))!r}, ['pg_dump', *sys.argv[1:]])\n",
        encoding="utf-8",
    )
    late.chmod(0o700)
    Fund.objects.create(code="f", name="测试资金", policy="p")
    target = tmp_path / "backup.tar"
    manifest = make(url, late, files, FIELD_KEY, target, quiet)
    assert (manifest.rows["funds_fund"], Fund.objects.count()) == (1, 2)
    restore(target, blank, cluster.program("pg_restore"), tmp_path / "back", quiet)
    with psycopg.connect(blank) as link:
        assert link.execute("SELECT code FROM funds_fund").fetchall() == [("f",)]


def test_a_backup_never_replaces_another(made: tuple[Path, Manifest], cluster: Cluster, files: Path) -> None:
    source, _ = made
    before = source.read_bytes()
    with pytest.raises(BackupProblem, match="a backup never replaces another"):
        make(cluster.url(Role.OWNER), cluster.program("pg_dump"), files, FIELD_KEY, source, quiet)
    assert source.read_bytes() == before


def test_a_full_disk_leaves_no_half_backup(
    cluster: Cluster, database: str, files: Path, tmp_path: Path
) -> None:
    target = tmp_path / "full" / "backup.tar"
    target.parent.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises((BackupProblem, OSError)):
            make(
                cluster.url(Role.OWNER, database), cluster.program("pg_dump"), files, FIELD_KEY, target, quiet
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("part", [DUMP, "files/"])
def test_one_changed_byte_is_found(
    made: tuple[Path, Manifest], part: str, cluster: Cluster, blank: str, tmp_path: Path
) -> None:
    source, _ = made
    with tarfile.open(source) as archive:
        entry = next(entry for entry in archive if entry.name.startswith(part))
    at = entry.offset_data + entry.size // 2
    content = bytearray(source.read_bytes())
    content[at] ^= 1
    source.write_bytes(content)
    with pytest.raises(BackupProblem, match="differs from what was backed up"):
        restore(source, blank, cluster.program("pg_restore"), tmp_path / "back", quiet)


@pytest.mark.parametrize("content", [b"", b"no backup", None])
def test_what_is_no_whole_backup_is_refused(made: tuple[Path, Manifest], content: bytes | None) -> None:
    source, _ = made
    source.write_bytes(source.read_bytes()[:-12_000] if content is None else content)
    with pytest.raises(BackupProblem, match="is no whole backup"):
        read(source)


def test_a_verifier_that_finds_something_stops_the_proof(made: tuple[Path, Manifest]) -> None:
    def find(url: str) -> None:
        with psycopg.connect(url) as link:
            (count,) = link.execute(sql.SQL("SELECT count(*) FROM funds_fund")).fetchone() or (0,)
        raise BackupProblem(f"{count} fund looked at")

    with pytest.raises(BackupProblem, match="1 fund looked at"):
        prove(made[0], ordinary("nobody"), quiet, find)
