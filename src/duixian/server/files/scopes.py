"""Who sees which files."""

from __future__ import annotations

from django.db.models import Q

from duixian.server.accounts.roles import CITY, DISTRICT, FINANCE, WATCH, Role
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scope
from duixian.server.files.models import Content, Upload


def _files(by: Actor, at: str) -> Q | None:
    if by.is_system or by.role in WATCH:
        return Q()
    if by.role == Role.AGENT:
        return Q(**{f"{at}organisation": by.organisation}) if by.organisation else None
    if by.role not in CITY | DISTRICT | FINANCE:
        return None
    seen = Q(**{f"{at}fund__isnull": False})
    if by.fund is not None:
        seen &= Q(**{f"{at}fund": by.fund})
    if by.district is not None:
        seen &= Q(**{f"{at}district__startswith": by.district})
    return seen | Q(**{f"{at}by": by.person, f"{at}organisation": None})


@scope(Upload)
def uploads(by: Actor) -> Q | None:
    """An applicant its own; a fund's officers those of their fund and district, and what they uploaded themselves."""
    return _files(by, "")


@scope(Content)
def contents(by: Actor) -> Q | None:
    """Whoever sees one of its uploads."""
    seen = _files(by, "")
    return None if seen is None else Q(digest__in=Upload.objects.filter(seen).values("content"))
