"""The server's tests run on a real PostgreSQL, as the application's own role, over tables that the owner made.

One cluster a test process; `DUIXIAN_TEST_POSTGRES` chooses its major version. A test marked `django_db` runs in
a transaction that is rolled back. What needs real commits or several connections takes `database`: a fresh copy.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.mfa.totp.internal import auth
from django.db import connections
from psycopg import sql
from tests.server.accounts.people import PERIOD

from duixian.server import database as server_database
from duixian.server.cluster.cluster import DATABASE, NEWEST, Cluster
from duixian.server.cluster.roles import SUPERUSER, Role
from duixian.server.cluster.users import ordinary
from duixian.server.settings import database as described

MAJOR = int(os.environ.get("DUIXIAN_TEST_POSTGRES", NEWEST))
TEMPLATE = "template_of_tests"
_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here may use the database, but for those of `serving`, which have servers of their own."""
    here = Path(__file__).parent
    for item in items:
        own = here / "serving" in item.path.parents or "database" in getattr(item, "fixturenames", ())
        if here in item.path.parents and not own:
            item.add_marker(pytest.mark.django_db)


@contextmanager
def passable() -> Iterator[Path]:
    """A folder that PostgreSQL's user can pass through, as it cannot through pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="duixian-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    with passable() as made:
        yield made


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster of this test process; it loses its last second in a crash, which no test here minds."""
    hasty = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
    with passable() as made:
        running = Cluster(made / "pg", MAJOR, ordinary("nobody"), hasty)
        running.start()
        yield running
        running.stop()


def _point(cluster: Cluster, name: str) -> None:
    """Makes Django's connections those of one database of the cluster."""
    for alias, role in (("default", Role.APPLICATION), ("owner", Role.OWNER), ("auditor", Role.AUDITOR)):
        settings = described(cluster.url(role, name)) | {"CONN_MAX_AGE": 0}
        if alias in connections.settings:
            connections[alias].close()
            connections[alias].settings_dict.update(settings)
        else:
            connections.settings[alias] = connections.configure_settings({"default": {}, alias: settings})[
                alias
            ]


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, django_db_blocker: pytest.FixtureRequest) -> None:
    """pytest-django's hook: the tables are made once, by the owner, and kept as a template."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _point(cluster, DATABASE)
        server_database.migrate()
        connections.close_all()
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as link:
        cluster.create_database(TEMPLATE, link, DATABASE)


@pytest.fixture
def database(
    cluster: Cluster, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """The name of a fresh copy of the database, to which Django's connections point during the test."""
    name = f"fresh_{next(_numbers)}"
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as link:
        cluster.create_database(name, link, TEMPLATE)
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            _point(cluster, name)
            yield name
            connections.close_all()
            _point(cluster, DATABASE)
        link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(autouse=True)
def _quick_hasher(settings: Any) -> None:
    """Scrypt takes a tenth of a second by design; one test alone uses it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _one_period(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authenticator's half minute does not end in the middle of a test."""
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([PERIOD]))
