"""What the ledger does by itself."""

from __future__ import annotations

from duixian.server.common.acting import Actor
from duixian.server.jobs.regular import regular
from duixian.server.ledger.services import expire_reservations


@regular(seconds=600)
def end_reservations() -> None:
    """Gives back what is held for awards whose last day has passed."""
    expire_reservations(Actor.system("ledger.expire"))
