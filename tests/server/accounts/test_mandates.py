"""Mandates: an agent acts for a firm and a deputy for a principal, on paper and for as long as it is valid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.server.accounts.people import (
    FIRM,
    OTHER_FIRM,
    acting,
    hold,
    organisation,
    person,
    propose,
)

from duixian.server.accounts.models import Mandate, Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import actor_for, holdings, in_force, self_actor, today
from duixian.server.accounts.services import holdings as service
from duixian.server.accounts.services import mandates
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused

TOMORROW = timedelta(days=1)


def mandate(by: Actor, who: Person, **more: object) -> Mandate:
    given = {"reference": "授权书〔2026〕7号", "since": today(), "until": today() + timedelta(days=10)} | more
    return mandates.record_mandate(by, person=who.pk, **given)  # type: ignore[arg-type]


def test_an_agent_acts_under_a_mandate_and_within_its_days() -> None:
    officer, approver = acting(Role.DISTRICT_OFFICER), acting(Role.DISTRICT_APPROVER)
    firm, who = organisation(FIRM), person("li.wei", FIRM)
    paper = mandate(officer, who, organisation=firm.pk)
    given = {"organisation": firm.pk, "mandate": paper.pk}
    with pytest.raises(Refused, match=r"accounts\.mandate"):
        propose(officer, who, Role.AGENT, until=paper.until + TOMORROW, **given)
    row = propose(officer, who, Role.AGENT, until=paper.until, **given)
    service.confirm_role(approver, holding=row.pk)
    by = actor_for(who, Role.AGENT)
    assert (by.organisation, by.uscc) == (firm.pk, FIRM)
    assert not in_force(row, paper.until + TOMORROW)
    mandates.end_mandate(officer, mandate=paper.pk, why="单位来函撤销")
    with pytest.raises(Refused, match=r"accounts\.role_not_held"):
        actor_for(who, Role.AGENT)


def test_an_officer_deals_with_their_own_district_only() -> None:
    officer = acting(Role.DISTRICT_OFFICER)
    with pytest.raises(NotFound):
        mandate(officer, person("zhou.qi", OTHER_FIRM), organisation=organisation(OTHER_FIRM).pk)
    with pytest.raises(NotFound):
        mandate(officer, person("li.wei", FIRM), organisation=organisation(OTHER_FIRM).pk)


def test_a_mandate_of_one_firm_is_none_for_another() -> None:
    by, who = acting(Role.SECURITY), person("li.wei", FIRM)
    paper = mandate(by, who, organisation=organisation(FIRM).pk)
    with pytest.raises(Refused, match=r"accounts\.mandate"):
        propose(
            by, who, Role.AGENT, organisation=organisation(OTHER_FIRM).pk, mandate=paper.pk, until=paper.until
        )
    with pytest.raises(Refused, match=r"accounts\.mandate"):
        propose(by, person("other.one", FIRM), Role.AGENT, organisation=organisation(FIRM).pk, mandate=paper.pk,
                until=paper.until)  # fmt: skip


def test_a_deputy_has_the_role_while_the_principal_has_it() -> None:
    first, second = acting(Role.SECURITY), acting(Role.SECURITY)
    principal, deputy = person("director.one"), person("deputy.one")
    original = hold(principal, Role.CITY_APPROVER, organisation=organisation())
    paper = mandate(first, deputy, principal=original.pk)
    given = {"organisation": organisation().pk, "mandate": paper.pk, "until": paper.until}
    with pytest.raises(Refused, match=r"accounts\.mandate"):
        propose(first, deputy, Role.CITY_OFFICER, **given)
    service.confirm_role(second, holding=propose(first, deputy, Role.CITY_APPROVER, **given).pk)
    assert actor_for(deputy, Role.CITY_APPROVER).person == deputy.pk
    # No deputy of a deputy.
    held = holdings(deputy)[0]
    with pytest.raises(Refused, match=r"accounts\.mandate"):
        mandate(first, person("third.one"), principal=held.pk)
    service.end_role(second, holding=original.pk, why="免职")
    with pytest.raises(Refused, match=r"accounts\.role_not_held"):
        actor_for(deputy, Role.CITY_APPROVER)


def test_a_principal_withdraws_a_mandate_themselves() -> None:
    principal, deputy = person("director.one"), person("deputy.one")
    original = hold(principal, Role.CITY_APPROVER, organisation=organisation())
    paper = mandate(acting(Role.SECURITY), deputy, principal=original.pk)
    mandates.end_mandate(self_actor(principal), mandate=paper.pk, why="已返岗")
    paper.refresh_from_db()
    assert not paper.valid(today())
