"""Which rows of the registry an actor may see: by district and, for an agent, by the applicant it acts for.

| who | sees |
|---|---|
| an applicant's agent | the applicant with the agent's code (or registry number), and what hangs on it |
| district, city and finance officers | applicants registered in their district (all, without one) |
| auditor, discipline | everything |
| experts, drafters, administrators of the system | no applicant; divisions and retention periods only |
| the system itself | everything |

An applicant whose division is not known belongs to no district: it is seen by those who are bound to none.
"""

from __future__ import annotations

from django.db.models import Q

from duixian.server.accounts.roles import CITY, DISTRICT, FINANCE, WATCH, Role
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scope
from duixian.server.registry import models
from duixian.server.registry.divisions import prefix

_OFFICERS = DISTRICT | CITY | FINANCE


def applicants_within(by: Actor, path: str = "") -> Q | None:
    """The condition on rows whose applicant is at `path` (`applicant__`); None if the actor sees none."""
    if by.is_system or by.role in WATCH:
        return Q()
    if by.role == Role.AGENT:
        if not by.uscc:
            return None
        if by.uscc.startswith("R"):  # no credit code does: a person or team, by the registry's own number
            return Q(**{f"{path}pk": int(by.uscc[1:])})
        return Q(**{f"{path}identifiers__scheme": "uscc", f"{path}identifiers__lookup": by.uscc})
    if by.role in _OFFICERS:
        return Q(**{f"{path}division__startswith": prefix(by.district)}) if by.district else Q()
    return None


def _officers_only(by: Actor) -> Q | None:
    return Q() if by.is_system or by.role in WATCH | _OFFICERS else None


@scope(models.Division)
def divisions(by: Actor) -> Q | None:
    """A standard is public."""
    return Q()


@scope(models.RetentionPeriod)
def retention_periods(by: Actor) -> Q | None:
    """How long data are kept is public."""
    return Q()


@scope(models.Applicant)
def applicants(by: Actor) -> Q | None:
    """As the table above says."""
    return applicants_within(by)


@scope(models.Identifier)
def identifiers(by: Actor) -> Q | None:
    """With their applicant."""
    return applicants_within(by, "applicant__")


@scope(models.Representative)
def representatives(by: Actor) -> Q | None:
    """With the applicant for which they stand."""
    return applicants_within(by, "applicant__")


@scope(models.RecordVersion)
def versions(by: Actor) -> Q | None:
    """With their applicant."""
    return applicants_within(by, "applicant__")


@scope(models.PayeeAccount)
def payee_accounts(by: Actor) -> Q | None:
    """With their applicant."""
    return applicants_within(by, "applicant__")


@scope(models.Provenance)
def provenances(by: Actor) -> Q | None:
    """Sources name no applicant, but files and officers: for those who work with them."""
    return _officers_only(by)


@scope(models.Succession)
def successions(by: Actor) -> Q | None:
    """Where one of the parties is within."""
    return _through(by, models.SuccessionParty, "succession")


@scope(models.SuccessionParty)
def succession_parties(by: Actor) -> Q | None:
    """With the applicant."""
    return applicants_within(by, "applicant__")


@scope(models.Merger)
def mergers(by: Actor) -> Q | None:
    """Where the entry that was kept is within, for those who keep the registry."""
    return None if by.role == Role.AGENT else applicants_within(by, "kept__")


@scope(models.Consortium)
def consortia(by: Actor) -> Q | None:
    """Where one of the members is within."""
    return _through(by, models.ConsortiumMember, "consortium")


@scope(models.ConsortiumMember)
def consortium_members(by: Actor) -> Q | None:
    """With the applicant."""
    return applicants_within(by, "applicant__")


@scope(models.Erasure)
def erasures(by: Actor) -> Q | None:
    """An erased person has no district any more: for those who are bound to none."""
    return _officers_only(by) if by.district is None else None


@scope(models.Batch)
def batches(by: Actor) -> Q | None:
    """An office sees its own imports, a city those of its districts."""
    return _batches(by, "")


@scope(models.Chunk)
def chunks(by: Actor) -> Q | None:
    """With their batch."""
    return _batches(by, "batch__")


@scope(models.RefusedRow)
def refused_rows(by: Actor) -> Q | None:
    """With their batch."""
    return _batches(by, "batch__")


def _batches(by: Actor, path: str) -> Q | None:
    whole = _officers_only(by)
    if whole is None or not by.district:
        return whole
    return Q(**{f"{path}district__startswith": prefix(by.district)})


def _through(
    by: Actor, link: type[models.SuccessionParty] | type[models.ConsortiumMember], name: str
) -> Q | None:
    """Rows that an applicant within is linked to; a subquery, so that no row comes twice."""
    within = applicants_within(by, "applicant__")
    return None if within is None else Q(pk__in=link._default_manager.filter(within).values(name))
