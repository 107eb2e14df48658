"""Backups where something is against them: an older server, a damaged store, a folder not to be written in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from duixian.server.audit.verifying import verify
from duixian.server.backup.making import major_for, make
from duixian.server.backup.manifest import BackupProblem
from duixian.server.backup.proving import prove
from duixian.server.backup.restoring import read, restore
from duixian.server.cluster.binaries import MAJORS, programs
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import SUPERUSER, Role
from duixian.server.cluster.users import ordinary
from duixian.server.files.models import Content

FIELD_KEY = "f" * 40


def quiet(_: str) -> None:
    """Nobody is told."""


@pytest.fixture
def blank(cluster: Cluster) -> Iterator[str]:
    """The name of a database without tables."""
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as link:
        cluster.create_database("blank", link)
        yield "blank"
        link.execute("DROP DATABASE blank WITH (FORCE)")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A store with one whole file and one that has rotted; a third is lost."""
    root = tmp_path / "files"
    for content, kept in ((b"whole", b"whole"), (b"rotten", b"r0tten"), (b"lost", None)):
        digest = hashlib.sha256(content).hexdigest()
        path = root / "accepted" / digest[:2] / digest[2:4] / digest
        if kept is not None:
            path.parent.mkdir(parents=True)
            path.write_bytes(kept)
    return root


@pytest.mark.parametrize("major", MAJORS)
def test_a_bureaus_own_server_is_backed_up_proven_and_restored_whatever_its_version(
    major: int, folder: Path, tmp_path: Path
) -> None:
    """Later programs than the server's wrote what could neither be proven nor restored."""
    with Cluster(folder / "pg", major, ordinary("nobody"), {"fsync": "off"}) as bureau:
        url = bureau.url(Role.OWNER)
        with psycopg.connect(url) as link:
            link.execute("CREATE TABLE t AS SELECT 1 AS x")
        assert major_for(url) == major
        tools = programs(major_for(url), bureau.user, folder / "programs")
        kept = tmp_path / "kept.tar"
        manifest = make(url, tools / "pg_dump", tmp_path / "files", FIELD_KEY, kept, quiet)
        prove(kept, ordinary("nobody"), quiet, lambda _: None)
        with psycopg.connect(url) as link:
            link.execute("DROP TABLE t")
        assert restore(kept, url, tools / "pg_restore", tmp_path / "back", quiet) == manifest


def test_a_server_newer_than_all_programs_is_told(
    cluster: Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duixian.server.backup.making.MAJORS", (15,))
    with pytest.raises(BackupProblem, match=f"the server is PostgreSQL {cluster.major} .* those of 15"):
        major_for(cluster.url(Role.OWNER, database))


def test_a_file_that_is_lost_or_has_rotted_is_told_and_the_rest_comes_back(
    cluster: Cluster, database: str, blank: str, files: Path, tmp_path: Path
) -> None:
    digests = [hashlib.sha256(content).hexdigest() for content in (b"whole", b"rotten", b"lost")]
    for digest in digests:
        Content.objects.create(digest=digest, size=1, state="accepted", media_type="application/pdf")
    said: list[str] = []
    kept = tmp_path / "kept.tar"
    make(cluster.url(Role.OWNER, database), cluster.program("pg_dump"), files, FIELD_KEY, kept, said.append)
    manifest = read(kept)
    assert (manifest.files, manifest.lost) == (1, tuple(sorted(digests[1:])))
    assert all(any(digest in line for line in said) for digest in manifest.lost)
    back = tmp_path / "back"
    restore(kept, cluster.url(Role.OWNER, blank), cluster.program("pg_restore"), back, quiet)
    assert [path.read_bytes() for path in (back / "accepted").glob("*/*/*")] == [b"whole"]


def test_nobody_else_can_read_what_is_half_written(
    cluster: Cluster, database: str, files: Path, tmp_path: Path
) -> None:
    target = tmp_path / "to" / "kept.tar"
    target.parent.mkdir()
    seen: set[tuple[str, int]] = set()

    def look(_: str) -> None:
        seen.update((path.suffix, path.stat().st_mode & 0o777) for path in target.parent.iterdir())

    make(cluster.url(Role.OWNER, database), cluster.program("pg_dump"), files, FIELD_KEY, target, look)
    assert seen == {(".part", 0o600)}
    assert [path.name for path in target.parent.iterdir()] == ["kept.tar"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_an_idle_sessions_end_does_not_end_the_backup(
    cluster: Cluster, database: str, files: Path, tmp_path: Path
) -> None:
    """A bureau's server may end sessions that wait in a transaction, as this one does for pg_dump."""
    with psycopg.connect(cluster.url(SUPERUSER, database), autocommit=True) as link:
        link.execute(f"ALTER DATABASE {database} SET idle_in_transaction_session_timeout = '20ms'")
    url = cluster.url(Role.OWNER, database)
    made = make(url, cluster.program("pg_dump"), files, FIELD_KEY, tmp_path / "kept.tar", quiet)
    assert read(tmp_path / "kept.tar") == made


def test_a_backup_is_restored_from_where_nothing_can_be_written_and_the_auditor_verifies_at_once(
    cluster: Cluster, database: str, blank: str, tmp_path: Path
) -> None:
    (tmp_path / "medium").mkdir()
    kept = tmp_path / "medium" / "kept.tar"
    url = cluster.url(Role.OWNER, database)
    make(url, cluster.program("pg_dump"), tmp_path / "files", FIELD_KEY, kept, quiet)
    beside: set[str] = set()
    restore(
        kept, cluster.url(Role.OWNER, blank), cluster.program("pg_restore"), tmp_path / "back",
        lambda _: beside.update(path.name for path in kept.parent.iterdir()),
    )  # fmt: skip
    assert beside == {"kept.tar"}
    assert verify(cluster.url(Role.AUDITOR, blank)).faults == ()
    with psycopg.connect(cluster.url(Role.AUDITOR, blank)) as link, pytest.raises(psycopg.Error):
        link.execute("SELECT 1 FROM accounts_person")
