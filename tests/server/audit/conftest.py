"""A log whose events are in the chain, and somebody with every right to change it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from tests.server.audit.logs import note

from duixian.server.audit.chain import extend
from duixian.server.audit.models import Event
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import SUPERUSER


@pytest.fixture
def log(database: str) -> Iterator[list[Event]]:
    """Ten events, all in the chain."""
    events = [note(f"a.{number}") for number in range(10)]
    assert extend() == 10
    yield events


@pytest.fixture
def tamper(cluster: Cluster, database: str) -> Iterator[psycopg.Connection]:
    """The superuser with every trigger off: who could do anything, and does."""
    with psycopg.connect(cluster.url(SUPERUSER, database), autocommit=True) as link:
        link.execute("SET session_replication_role = replica")
        yield link
