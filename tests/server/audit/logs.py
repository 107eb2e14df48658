"""Events written as the application writes them, and what the verifier says of them."""

from __future__ import annotations

import psycopg
from django.db import transaction

from duixian.server.audit.models import Event
from duixian.server.audit.roots import Root
from duixian.server.audit.services import record
from duixian.server.audit.verifying import Verified, look, verify
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import Role
from duixian.server.common.acting import Actor

WHO = Actor(role="city_officer", person=1)


def note(action: str = "a") -> Event:
    with transaction.atomic():
        return record(WHO, action, on=None, after={"n": 1})


def found(cluster: Cluster, database: str, root: Root | None = None) -> Verified:
    """What the verifier says as the auditor, who can only read."""
    return verify(cluster.url(Role.AUDITOR, database), root=root)


def after(tamper: psycopg.Connection, sql: str) -> Verified:
    """What the verifier says after a change, which is then taken back."""
    with tamper.transaction(force_rollback=True):
        tamper.execute(sql)
        return look(tamper, progress=lambda what, done, total: None)


def told(verified: Verified) -> list[tuple[str, str]]:
    return [(fault.table, fault.row) for fault in verified.faults]
