"""Agents of persons and teams, who have no credit code: under the registry's own number, and no further."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from tests.server.accounts.people import acting
from tests.server.registry.office import WUCHANG, firm, given, officer, person

from duixian.server.accounts.models import Organisation
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import actor_for, today
from duixian.server.accounts.services import holdings, mandates, people
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import find, scoped
from duixian.server.registry.models import Applicant, Identifier, Provenance
from duixian.server.registry.selectors import known
from duixian.server.registry.services.applicants import identify, register
from duixian.server.registry.services.records import state

KINDS = Organisation.Kind


def agent_of(row: Applicant) -> Actor:
    """Entered, empowered and given the role by the commands that the office uses."""
    first, second = acting(Role.SECURITY), acting(Role.SECURITY)
    body = people.add_organisation(
        first, kind=KINDS.APPLICANT, name=row.name, uscc=row.number, district=WUCHANG
    )
    who = people.add_person(first, sign_in=f"agent-{row.pk}", name="经办", organisation=body.pk)
    days = {"since": today(), "until": today() + timedelta(days=30)}
    paper = mandates.record_mandate(first, person=who.pk, organisation=body.pk, reference="委托书1号", **days)
    role = holdings.propose_role(
        first, person=who.pk, role=Role.AGENT, organisation=body.pk, mandate=paper.pk, **days
    )
    holdings.confirm_role(second, holding=role.pk)
    return actor_for(who, Role.AGENT)


@pytest.mark.parametrize("kind", ["person", "team"])
def test_an_agent_acts_for_a_person_or_team_and_for_nobody_else(kind: str) -> None:
    row = register(officer(), facts={"kind": kind, "name": "张三", "division": WUCHANG}, given=given())
    other, body = person(), firm()
    by = agent_of(row)
    assert list(scoped(Applicant, by)) == [row]
    own = given(Provenance.Kind.STATEMENT, "张三")
    state(by, applicant=row.pk, type="home", key="h", facts={"division": WUCHANG}, given=own)
    assert known(by, applicant=row.pk).records["home"]
    for stranger in (other, body):
        with pytest.raises(NotFound):
            find(Applicant, by, pk=stranger.pk)
    identify(officer(), applicant=other.pk, scheme=Identifier.Scheme.OWN, number=row.number, issuer="某局")
    assert not scoped(Identifier, by).exists()


def test_only_an_applicant_stands_under_a_registry_number() -> None:
    by, number = acting(Role.SECURITY), "R0000000007"
    for kind in (KINDS.CITY, KINDS.DISTRICT, KINDS.OTHER):
        with pytest.raises(Refused, match=r"accounts\.uscc"):
            people.add_organisation(by, kind=kind, name="某", uscc=number, district=WUCHANG)
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.create(kind=kind, name="某", uscc=number, district=WUCHANG)
    for wrong in ("R7", "r0000000007", "R00000000071", "R000000000７"):
        with pytest.raises(Refused, match=r"accounts\.uscc"):
            people.add_organisation(by, kind=KINDS.APPLICANT, name="某", uscc=wrong, district=WUCHANG)


@pytest.mark.parametrize("code", [None, "", "R0000000000"])
def test_an_agent_of_nobody_sees_nobody(code: str | None) -> None:
    person()
    assert not scoped(Applicant, Actor(Role.AGENT, 1, uscc=code)).exists()
