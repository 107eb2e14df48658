"""Roles: given by two people, ended by one, looked at again at every use; which may not be held together."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from itertools import combinations

import pytest
from django.db import IntegrityError, connection, transaction
from tests.server.accounts.people import (
    BUREAU,
    FIRM,
    OFFICE,
    OTHER_OFFICE,
    QINGSHAN,
    WUCHANG,
    acting,
    giver,
    hold,
    organisation,
    person,
    propose,
)

from duixian.server.accounts.models import Holding, Person
from duixian.server.accounts.roles import GIVEN_BY, INCOMPATIBLE, STAFF, Role, clash
from duixian.server.accounts.selectors import actor_for, holdings, in_force, self_actor, today
from duixian.server.accounts.services import holdings as service
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.funds.models import Fund

TOMORROW = timedelta(days=1)


@pytest.fixture
def funds() -> tuple[str, str]:
    for code in ("industrial-internet", "software"):
        Fund.objects.create(code=code, name=code, policy=code)
    return "industrial-internet", "software"


def test_a_role_takes_two_people() -> None:
    first, second, who = acting(Role.SECURITY), acting(Role.SECURITY), person("chen.jie")
    row = propose(first, who)
    assert holdings(who) == []
    with pytest.raises(Refused, match=r"accounts\.role_not_held"):
        actor_for(who, Role.DRAFTER)
    with pytest.raises(Refused, match=r"accounts\.second_person"):
        service.confirm_role(first, holding=row.pk)
    service.confirm_role(second, holding=row.pk)
    assert actor_for(who, Role.DRAFTER).role == "drafter"
    assert list(Event.objects.order_by("id").values_list("action", "refusal")) == [
        ("accounts.propose_role", ""),
        ("accounts.confirm_role", "accounts.second_person"),
        ("accounts.confirm_role", ""),
    ]


def test_nobody_gives_themselves_a_role() -> None:
    first, second = acting(Role.SECURITY), acting(Role.SECURITY)
    assert first.person
    me = Person.objects.get(pk=first.person)
    with pytest.raises(Refused, match=r"accounts\.oneself"):
        propose(first, me)
    row = propose(second, me, Role.BREAK_GLASS, until=today() + TOMORROW)
    with pytest.raises(Refused, match=r"accounts\.oneself"):
        service.confirm_role(first, holding=row.pk)


def test_the_database_itself_refuses_one_pair_of_hands() -> None:
    who, one = person("chen.jie"), person("he.yu")
    for proposed, decided in ((who, one), (one, who), (one, one)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Holding.objects.create(
                person=who, role="drafter", since=today(), state="confirmed", proposed_by=proposed, decided_by=decided
            )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(person=who, role="drafter", since=today(), state="confirmed", proposed_by=one)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(person=who, role="drafter", since=today(), state="confirmed", decided_by=one)


@pytest.mark.parametrize("role", Role)
def test_only_the_roles_that_may_give_a_role_do(role: Role) -> None:
    for giving in Role:
        if giving in GIVEN_BY[role][0]:
            continue
        by = acting(giving)
        with pytest.raises(Refused, match=r"accounts\.role|not_found"):
            propose(by, giver(), role)
    assert not Holding.objects.filter(person=giver(), role=role).exists()


def test_the_system_gives_nobody_power() -> None:
    with pytest.raises(Refused, match=r"accounts\.role"):
        propose(Actor.system("anything"), person("chen.jie"))


def test_a_declined_role_gives_no_power_and_can_be_proposed_again() -> None:
    first, second, who = acting(Role.SECURITY), acting(Role.SECURITY), person("chen.jie")
    row = propose(first, who)
    service.decline_role(second, holding=row.pk, why="岗位有变")
    with pytest.raises(Refused, match=r"accounts\.state"):
        service.confirm_role(second, holding=row.pk)
    assert holdings(who) == []
    service.confirm_role(second, holding=propose(first, who).pk)
    assert len(holdings(who)) == 1


def test_the_same_role_is_not_given_twice() -> None:
    first, who = acting(Role.SECURITY), person("chen.jie")
    propose(first, who)
    with pytest.raises(Refused, match=r"accounts\.twice"):
        propose(first, who)


def test_a_role_ends_by_one_person_or_by_giving_it_up() -> None:
    who = person("chen.jie")
    row = hold(who, Role.DRAFTER)
    with pytest.raises(Refused, match=r"accounts\.missing"):
        service.end_role(acting(Role.SECURITY), holding=row.pk, why=" ")
    service.end_role(acting(Role.SECURITY), holding=row.pk, why="调离")
    assert holdings(who) == []
    again = hold(who, Role.EXPERT, organisation=organisation())
    with pytest.raises(NotFound):
        service.end_role(self_actor(person("other.one")), holding=again.pk, why="不想要了")
    service.end_role(self_actor(who), holding=again.pk, why="不再担任")
    assert holdings(who) == []


# The days: 2026-03-01 to 2026-03-31, looked at on the days around them.
@pytest.mark.parametrize(
    ("day", "held"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-03-31", True), ("2026-04-01", False)],
)
def test_both_days_count(day: str, held: bool) -> None:
    row = hold(person("chen.jie"), Role.DRAFTER, since=date(2026, 3, 1), until=date(2026, 3, 31))
    assert in_force(row, date.fromisoformat(day)) is held


@pytest.mark.parametrize(
    ("role", "bounds", "code"),
    [
        (Role.DISTRICT_OFFICER, {"organisation": OFFICE}, "district"),
        (Role.DISTRICT_OFFICER, {"district": WUCHANG}, "organisation"),
        (Role.DISTRICT_OFFICER, {"district": WUCHANG, "organisation": OTHER_OFFICE}, "district"),
        (Role.DISTRICT_OFFICER, {"district": WUCHANG, "organisation": BUREAU}, "organisation"),
        (Role.CITY_OFFICER, {"organisation": OFFICE}, "organisation"),
        (Role.AUDITOR, {"district": WUCHANG}, "bounds"),
        (Role.EXPERT, {"organisation": BUREAU}, "days"),
        (Role.AGENT, {"organisation": FIRM, "until": today() + TOMORROW}, "mandate"),
        (Role.DRAFTER, {"until": today() - TOMORROW}, "days"),
    ],
)
def test_a_role_has_the_bounds_that_it_needs(role: Role, bounds: dict[str, object], code: str) -> None:
    given = {
        name: organisation(str(value)).pk if name == "organisation" else value
        for name, value in bounds.items()
    }
    with pytest.raises(Refused, match=rf"accounts\.{code}:"):
        propose(acting(Role.SECURITY), person("chen.jie"), role, **given)


def test_who_is_bound_to_a_fund_gives_no_role_beyond_it(funds: tuple[str, str]) -> None:
    ours, theirs = funds
    officer = acting(Role.CITY_OFFICER, fund_id=ours, organisation=organisation())
    expert = person("expert.one", "12420100MB1234567X")
    more = {"until": today() + TOMORROW, "organisation": organisation("12420100MB1234567X").pk}
    for fund in (theirs, None):
        with pytest.raises(Refused, match=r"accounts\.bounds"):
            propose(officer, expert, Role.EXPERT, fund=fund, **more)
    assert propose(officer, expert, Role.EXPERT, fund=ours, **more).fund_id == ours


def test_the_table_of_roles_that_exclude_each_other() -> None:
    # Worked out by hand from the three rules of thumb: who watches does nothing else, who applies does nothing
    # else, who administers decides no case.
    everywhere = {frozenset(pair) for pair, entry in INCOMPATIBLE.items() if entry.everywhere}
    for watcher in (Role.AUDITOR, Role.DISCIPLINE):
        for other in STAFF - {Role.AUDITOR, Role.DISCIPLINE}:
            assert frozenset({watcher, other}) in everywhere
    for other in STAFF:
        assert frozenset({Role.AGENT, other}) in everywhere
    assert frozenset({Role.OPERATOR, Role.SECURITY}) in everywhere
    assert frozenset({Role.AUDITOR, Role.DISCIPLINE}) not in INCOMPATIBLE
    # 2 × 11 for those who watch, 13 for agents, 1 + 3 × 8 for administration, and in one fund 3 pairs of hands,
    # 4 of district and city, 8 of finance and casework, 6 of experts.
    assert len(INCOMPATIBLE) == 22 + 13 + 25 + 3 + 4 + 8 + 6
    for entry in INCOMPATIBLE.values():
        assert entry.why.zh
        assert entry.why.en


def test_officer_and_approver_exclude_each_other_in_one_fund_only() -> None:
    pair = (Role.CITY_OFFICER, Role.CITY_APPROVER)
    assert clash(pair[0], "a", pair[1], "a")
    assert clash(pair[0], None, pair[1], "a")
    assert clash(pair[0], "a", pair[1], None)
    assert clash(pair[0], "a", pair[1], "b") is None
    assert clash(Role.AUDITOR, None, Role.CITY_OFFICER, "b")


def _bounds(role: Role) -> dict[str, object]:
    bounds: dict[str, object] = {}
    if role in {Role.DISTRICT_OFFICER, Role.DISTRICT_APPROVER}:
        bounds = {"district": WUCHANG, "organisation": organisation(OFFICE)}
    elif role not in {Role.AGENT, Role.AUDITOR, Role.DISCIPLINE, Role.DRAFTER, Role.OPERATOR}:
        bounds = {"organisation": organisation()}
    return bounds


@pytest.mark.parametrize("pair", list(combinations(Role, 2)), ids="-".join)
def test_every_pair_is_checked_when_used(pair: tuple[Role, Role]) -> None:
    """Both were given somehow, such as before the table knew of the pair: neither can be used."""
    who = person("chen.jie")
    for role in pair:
        hold(who, role, **_bounds(role))
    if frozenset(pair) in INCOMPATIBLE:
        for role in pair:
            with pytest.raises(Refused, match=r"accounts\.incompatible_roles"):
                actor_for(who, role)
    else:
        for role in set(pair) - {Role.BREAK_GLASS}:  # which has to be opened first
            assert actor_for(who, role).role == role


def test_a_clash_is_refused_when_proposed_and_when_confirmed(funds: tuple[str, str]) -> None:
    first, second, who = acting(Role.SECURITY), acting(Role.SECURITY), person("chen.jie")
    bureau = organisation().pk
    officer = propose(first, who, Role.CITY_OFFICER, fund=funds[0], organisation=bureau)
    with pytest.raises(Refused, match=r"accounts\.incompatible_roles"):
        propose(first, who, Role.CITY_APPROVER, fund=funds[0], organisation=bureau)
    with pytest.raises(Refused, match=r"accounts\.incompatible_roles"):
        propose(first, who, Role.AUDITOR)
    # Another fund, or days that do not meet, are no clash.
    propose(first, who, Role.CITY_APPROVER, fund=funds[1], organisation=bureau)
    hold(who, Role.FINANCE_CLERK, fund_id=funds[0], organisation=organisation())  # came in between
    with pytest.raises(Refused, match=r"accounts\.incompatible_roles"):
        service.confirm_role(second, holding=officer.pk)


def test_days_that_do_not_meet_are_no_clash() -> None:
    who, end = person("chen.jie"), today() + timedelta(days=9)
    hold(who, Role.CITY_OFFICER, organisation=organisation(), until=end)
    by, bureau = acting(Role.SECURITY), organisation().pk
    with pytest.raises(Refused, match=r"accounts\.incompatible_roles"):
        propose(by, who, Role.CITY_APPROVER, organisation=bureau, since=end)
    propose(by, who, Role.CITY_APPROVER, organisation=bureau, since=end + TOMORROW)


def test_an_actor_reaches_no_further_than_the_role(funds: tuple[str, str]) -> None:
    who = person("chen.jie")
    hold(who, Role.DISTRICT_OFFICER, fund_id=funds[0])
    by = actor_for(who, Role.DISTRICT_OFFICER)
    assert (by.fund, by.district, by.organisation, by.uscc) == (funds[0], WUCHANG, None, None)
    for narrower in ({"fund": funds[1]}, {"district": QINGSHAN}, {"district": "4201"}):
        with pytest.raises(Refused, match=r"accounts\.role_not_held"):
            actor_for(who, Role.DISTRICT_OFFICER, **narrower)  # type: ignore[arg-type]
    wide = acting(Role.CITY_OFFICER, organisation=organisation())
    assert (wide.fund, wide.district) == (None, None)
    narrowed = actor_for(
        Person.objects.get(pk=wide.person), Role.CITY_OFFICER, fund=funds[1], district=QINGSHAN
    )
    assert (narrowed.fund, narrowed.district) == (funds[1], QINGSHAN)


def test_one_of_several_must_be_named(funds: tuple[str, str]) -> None:
    who = person("chen.jie")
    rows = [hold(who, Role.DRAFTER, fund_id=fund) for fund in funds]
    with pytest.raises(Refused, match=r"accounts\.which_holding"):
        actor_for(who, Role.DRAFTER)
    assert actor_for(who, Role.DRAFTER, fund=funds[1]).fund == funds[1]
    assert actor_for(who, Role.DRAFTER, holding=rows[0].pk).fund == funds[0]


def test_a_closed_account_acts_in_no_role() -> None:
    who = person("chen.jie", is_active=False)
    hold(who, Role.DRAFTER)
    with pytest.raises(Refused, match=r"accounts\.inactive"):
        actor_for(who, Role.DRAFTER)


def test_an_actor_takes_one_query(django_assert_num_queries: object) -> None:
    who = person("li.wei")
    hold(who, Role.AGENT)
    with django_assert_num_queries(1):  # type: ignore[operator]
        by = actor_for(who, Role.AGENT)
    assert by.uscc == FIRM


@pytest.mark.parametrize("locked", [False, True], ids=["control", "real"])
def test_two_proposals_at_once(database: str, locked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officer and approver for one person in the same moment: one at most. Without the lock both go through."""
    who, bureau = person("chen.jie"), organisation()
    proposers = [acting(Role.SECURITY), acting(Role.SECURITY)]
    if not locked:
        checked = threading.Barrier(2)
        real = service._no_clash
        monkeypatch.setattr(service, "locked", lambda model, by, **keys: model.objects.get(**keys))
        monkeypatch.setattr(service, "_no_clash", lambda row: (real(row), checked.wait(10)))
    outcomes: list[str] = []

    def run(by: Actor, role: Role) -> None:
        try:
            propose(by, who, role, organisation=bureau.pk)
            outcomes.append("proposed")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=pair)
        for pair in zip(proposers, (Role.CITY_OFFICER, Role.CITY_APPROVER), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == (["accounts.incompatible_roles", "proposed"] if locked else ["proposed"] * 2)
    assert Holding.objects.filter(person=who).count() == (1 if locked else 2)
