"""Who may read the event log: those who watch, and nobody who is watched."""

from __future__ import annotations

from django.db.models import Q

from duixian.server.accounts.roles import WATCH
from duixian.server.audit.models import Event, Link, Waiting
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scope


@scope(Event)
@scope(Link)
@scope(Waiting)
def log(by: Actor) -> Q | None:
    """Auditors and discipline inspection read all of it."""
    return Q() if by.role in WATCH else None
