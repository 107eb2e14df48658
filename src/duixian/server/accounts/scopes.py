"""Which people, organisations, mandates, roles and openings an actor may see."""

from __future__ import annotations

from django.db.models import Q

from duixian.server.accounts.models import Attempt, Holding, Mandate, Opening, Organisation, Person
from duixian.server.accounts.roles import ADMINISTRATION, CITY, DISTRICT, WATCH, Role
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scope

_ALL = WATCH | ADMINISTRATION
_OUTSIDE = [Organisation.Kind.APPLICANT, Organisation.Kind.OTHER]


def _sees_all(by: Actor) -> bool:
    return by.role in _ALL or by.is_system


def _outside(by: Actor, prefix: str) -> Q | None:
    """The organisations outside the administration that an officer deals with: those of the district."""
    if by.role not in DISTRICT | CITY:
        return None
    return Q(**{f"{prefix}kind__in": _OUTSIDE, f"{prefix}district__startswith": by.district or ""})


@scope(Organisation)
def organisations(by: Actor) -> Q | None:
    """Officers see their district's applicants and every department; others see departments and their own."""
    if _sees_all(by):
        return Q()
    departments = Q(kind__in=[Organisation.Kind.CITY, Organisation.Kind.DISTRICT])
    own = (
        Q(pk=by.organisation)
        if by.organisation
        else Q(pk__in=Person.objects.filter(pk=by.person or 0).values("organisation"))
    )
    if by.role == Role.AGENT:
        return own
    return departments | own | (_outside(by, "") or Q(pk=None))


@scope(Person)
def people(by: Actor) -> Q | None:
    """Everybody sees themselves; officers the people of the organisations that they deal with."""
    if _sees_all(by):
        return Q()
    return Q(pk=by.person) | (_outside(by, "organisation__") or Q(pk=None))


@scope(Holding)
def holdings(by: Actor) -> Q | None:
    """Everybody sees their own roles; officers those of agents, and of their fund's experts, with whom they deal."""
    if _sees_all(by):
        return Q()
    theirs = _outside(by, "organisation__")
    own = Q(person=by.person)
    if theirs is None:
        return own
    experts = Q(role=Role.EXPERT) if by.fund is None else Q(role=Role.EXPERT, fund=by.fund)
    return own | theirs & (Q(role=Role.AGENT) | experts)


@scope(Mandate)
def mandates(by: Actor) -> Q | None:
    """Everybody sees the mandates that they hold or gave; officers those of their district's applicants."""
    if _sees_all(by):
        return Q()
    return (
        Q(person=by.person) | Q(principal__person=by.person) | (_outside(by, "organisation__") or Q(pk=None))
    )


@scope(Opening)
def openings(by: Actor) -> Q | None:
    """Who watches and who administers sees every use of the break-glass role; others their own."""
    return Q() if _sees_all(by) else Q(holding__person=by.person)


@scope(Attempt)
def attempts(by: Actor) -> Q | None:
    """Who administers sees which names and addresses are locked."""
    return Q() if by.role in ADMINISTRATION else None
