"""Who sees what: each model through one rule, by district and by applicant."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.server.registry.office import DAY, HONGSHAN, WUCHANG, actor, firm, given, officer

from duixian.server.accounts.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scoped
from duixian.server.registry import models
from duixian.server.registry.divisions import PLACES, prefix
from duixian.server.registry.services.consortia import form_consortium
from duixian.server.registry.services.credit import flag
from duixian.server.registry.services.payees import propose_payee
from duixian.server.registry.services.records import state
from duixian.server.registry.services.succession import succeed

CHENGDU = "510104"


@pytest.fixture
def rows() -> dict[str, models.Applicant]:
    made = {place: firm(place, division=place) for place in (WUCHANG, HONGSHAN, CHENGDU)}
    for place, row in made.items():
        propose_payee(officer(), applicant=row.pk, holder=place, bank="行", number=f"99{place}", why="首次")
    return made


def seen(by: Actor) -> set[str]:
    found = {row.division for row in scoped(models.Applicant, by)}
    for model in (models.RecordVersion, models.Identifier, models.PayeeAccount):
        assert {row.applicant.division for row in scoped(model, by)} == found
    return found


@pytest.mark.parametrize(
    ("role", "district", "wanted"),
    [
        (Role.DISTRICT_OFFICER, WUCHANG, {WUCHANG}),
        (Role.DISTRICT_APPROVER, HONGSHAN, {HONGSHAN}),
        (Role.CITY_OFFICER, "420100", {WUCHANG, HONGSHAN}),
        (Role.CITY_OFFICER, "4201", {WUCHANG, HONGSHAN}),
        (Role.FINANCE_CLERK, "420000", {WUCHANG, HONGSHAN}),
        (Role.CITY_APPROVER, None, {WUCHANG, HONGSHAN, CHENGDU}),
        (Role.AUDITOR, None, {WUCHANG, HONGSHAN, CHENGDU}),
        (Role.EXPERT, None, set()),
        (Role.DRAFTER, None, set()),
        (Role.OPERATOR, None, set()),
        (Role.SECURITY, None, set()),
        (Role.AGENT, None, set()),
    ],
)
def test_by_district(
    role: Role, district: str | None, wanted: set[str], rows: dict[str, models.Applicant]
) -> None:
    assert seen(actor(role, district)) == wanted


def test_an_agent_sees_its_own_and_a_job_everything(rows: dict[str, models.Applicant]) -> None:
    code = rows[HONGSHAN].identifiers.get().lookup
    assert seen(actor(Role.AGENT, code=code)) == {HONGSHAN}
    assert len(seen(Actor.system("test"))) == 3


def test_what_links_applicants_is_seen_from_each_of_them(rows: dict[str, models.Applicant]) -> None:
    lead, member = rows[WUCHANG], rows[HONGSHAN]
    state(
        officer(), applicant=lead.pk, type="project", key="p", facts={"programme": "startup"}, given=given()
    )
    shared = {"name": "联合体", "lead": lead.pk, "members": [member.pk], "key": "p", "document": "协议"}
    form_consortium(officer(), **shared, given=given())
    change = {
        "before": [lead.pk, member.pk],
        "after": [member.pk],
        "document": "协议",
        "on": dt.date(2024, 1, 1),
    }
    succeed(officer(), kind=models.Succession.Kind.MERGED, **change, given=given())
    for by, count in ((officer(WUCHANG), 1), (officer(HONGSHAN), 1), (officer(), 1), (officer(CHENGDU), 0)):
        assert scoped(models.Consortium, by).count() == scoped(models.Succession, by).count() == count
    agent = actor(Role.AGENT, code=lead.identifiers.get().lookup)
    assert scoped(models.Consortium, agent).count() == 1
    assert {each.applicant for each in scoped(models.ConsortiumMember, agent)} == {lead}
    assert not scoped(models.Provenance, agent).exists()
    assert scoped(models.Division, agent).count() == len(PLACES)


def test_on_denial_nothing_has_changed(rows: dict[str, models.Applicant]) -> None:
    from duixian.server.common.refusals import NotFound

    before = models.RecordVersion.objects.count()
    bar = {"key": "s", "kind": "barred", "starts": DAY, "ends": None, "given": given(), "why": "因"}
    with pytest.raises(NotFound):
        flag(officer(HONGSHAN), applicant=rows[WUCHANG].pk, **bar)
    assert models.RecordVersion.objects.count() == before


@pytest.mark.parametrize(
    ("code", "start"),
    [("420000", "42"), ("420100", "4201"), ("420106", "420106"), ("4201", "4201"), ("42", "42")],
)
def test_a_scope_is_a_codes_beginning(code: str, start: str) -> None:
    assert prefix(code) == start
