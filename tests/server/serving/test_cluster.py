"""The embedded database: private, recovered, never of another version."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from duixian.server.cluster.binaries import MAJORS
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.problems import ClusterProblem
from duixian.server.cluster.roles import SUPERUSER, Role
from duixian.server.cluster.users import ordinary


@pytest.fixture(params=MAJORS)
def fresh(request: pytest.FixtureRequest, folder: Path) -> Iterator[Cluster]:
    """A cluster of each version. A killed server loses nothing even without fsync: the system lives on."""
    cluster = Cluster(folder / "pg", request.param, ordinary("nobody"), {"fsync": "off"})
    yield cluster
    cluster.stop()


def test_only_its_user_can_enter_and_every_role_needs_its_password(fresh: Cluster) -> None:
    fresh.start()
    for folder in (fresh.home, fresh.data, fresh.home / "secrets", fresh.home / "socket"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == fresh.user.uid
    for role in (*Role, SUPERUSER):
        good = fresh.url(role, "postgres" if role == SUPERUSER else "duixian")
        psycopg.connect(good).close()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(good.replace("@/", "x@/"))
    with psycopg.connect(fresh.url(SUPERUSER, "postgres")) as link:
        assert link.execute("SHOW listen_addresses").fetchone() == ("",)
        assert link.execute(
            "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"
        ).fetchone() == (0,)


def test_what_was_committed_outlives_a_crash(fresh: Cluster) -> None:
    fresh.start()
    with psycopg.connect(fresh.url(Role.OWNER)) as link:
        link.execute("CREATE TABLE kept (n int)")
        link.execute("INSERT INTO kept SELECT generate_series(1, 10000)")
    fresh.kill()
    fresh.start()
    with psycopg.connect(fresh.url(Role.OWNER)) as link:
        assert link.execute("SELECT count(*) FROM kept").fetchone() == (10000,)


def test_a_server_whose_parent_was_killed_is_stopped_first(fresh: Cluster) -> None:
    fresh.start()
    orphan = fresh._server
    assert orphan is not None
    other = Cluster(fresh.home, fresh.major, fresh.user)
    other.start()
    try:
        assert orphan.wait(10) == 0
        psycopg.connect(other.url(Role.APPLICATION)).close()
    finally:
        other.stop()


def test_data_of_another_version_is_left_alone(fresh: Cluster) -> None:
    fresh.start()
    fresh.stop()
    (other,) = set(MAJORS) - {fresh.major}
    before = sorted(path.name for path in fresh.data.iterdir())
    with pytest.raises(ClusterProblem, match=f"holds data of PostgreSQL {fresh.major}, and this is {other}"):
        Cluster(fresh.home, other, fresh.user).start()
    assert sorted(path.name for path in fresh.data.iterdir()) == before


def test_a_server_that_does_not_start_shows_its_log(fresh: Cluster) -> None:
    fresh.options = {"fsync": "off", "shared_buffers": "nonsense"}
    with pytest.raises(ClusterProblem, match=r"did not start(?s:.*)shared_buffers"):
        fresh.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(ClusterProblem, match="belongs to another user"):
        ordinary("nobody").own_folder(tmp_path)
