"""How far the chain is behind, and a day's root."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from duixian.server.audit import roots
from duixian.server.audit.models import Waiting
from duixian.server.audit.roots import Root


@dataclass(frozen=True)
class Lag:
    """How many events wait for the chain, and since when the oldest does, in seconds (0 if none)."""

    waiting: int
    seconds: float


def lag() -> Lag:
    """How far the chain is behind; for health pages, in one query. More than a minute means that no worker runs."""
    found = Waiting.objects.aggregate(count=Count("event"), oldest=Min("event__at"))
    oldest: datetime | None = found["oldest"]
    return Lag(found["count"], max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0)


def day_root(day: date) -> Root | None:
    """The chain's head at the end of a day in Beijing (today: so far); None if there was no link yet."""
    with connection.cursor() as cursor:
        return roots.day_root(cursor, day)
