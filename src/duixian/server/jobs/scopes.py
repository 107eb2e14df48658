"""Who sees which jobs are done."""

from __future__ import annotations

from django.db.models import Q

from duixian.server.accounts.roles import ADMINISTRATION
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scope
from duixian.server.jobs.models import Finished


@scope(Finished)
def finished(by: Actor) -> Q | None:
    """Who keeps the server running."""
    return Q() if by.role in ADMINISTRATION or by.is_system else None
