"""Who sees which clocks."""

from __future__ import annotations

from django.db.models import Q

from duixian.server.accounts.roles import EVERYWHERE, NEEDS_ORGANISATION, Role
from duixian.server.clocks.models import Clock, Stop, WorkingYear
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scope

_WORKING = (NEEDS_ORGANISATION | EVERYWHERE) - {Role.AGENT, Role.EXPERT}


@scope(WorkingYear)
def years(by: Actor) -> Q:
    """Working days are public."""
    return Q()


def _clocks(by: Actor, at: str) -> Q | None:
    if by.is_system:
        return Q()
    if by.role not in _WORKING:
        return None
    seen = Q()
    if by.fund is not None:
        seen &= Q(**{f"{at}fund": by.fund})
    if by.district is not None:
        seen &= Q(**{f"{at}district__startswith": by.district})
    return seen


@scope(Clock)
def clocks(by: Actor) -> Q | None:
    """Those of the actor's fund and district; an applicant sees the due day on its own pages, not the clock."""
    return _clocks(by, "")


@scope(Stop)
def stops(by: Actor) -> Q | None:
    """As the clock that it stops."""
    return _clocks(by, "clock__")
