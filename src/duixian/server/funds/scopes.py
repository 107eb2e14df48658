"""Which funds an actor may see."""

from __future__ import annotations

from django.db.models import Q

from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scope
from duixian.server.funds.models import Fund


@scope(Fund)
def funds(by: Actor) -> Q | None:
    """That a fund exists is public; a role bound to one fund sees that one."""
    return Q() if by.fund is None else Q(code=by.fund)
