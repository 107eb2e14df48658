"""What somebody who means ill would try with accounts, and what stops them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from tests.server.accounts.people import (
    BUREAU,
    FIRM,
    INSTITUTE,
    PASSWORD,
    QINGSHAN,
    WUCHANG,
    acting,
    code,
    hold,
    opened,
    organisation,
    person,
    signed_in,
)

from duixian.server.accounts import throttle
from duixian.server.accounts.models import Holding, Mandate, Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import actor_for, today
from duixian.server.accounts.services import break_glass, holdings, people, sign_in
from duixian.server.audit.models import Event
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.funds.models import Fund

SET_UP = "/account/second-factor/set-up/"
CODES = "/account/second-factor/recovery-codes/"


def inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def enrolled(client: Client) -> Any:
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(SET_UP).content.decode())
    assert secret
    return client.post(SET_UP, {"code": code(secret=secret[1])})


def test_a_session_from_before_the_second_factor_ends_when_it_is_set_up() -> None:
    """Who knew the password first must not wait for the owner's recovery codes."""
    clerk = person("wang.fang")
    hold(clerk, Role.FINANCE_CLERK)
    thief, owner = signed_in(clerk), signed_in(clerk)
    assert enrolled(owner).headers["Location"] == CODES
    assert thief.get(CODES).headers["Location"].startswith("/account/sign-in/")
    assert not inside(thief)
    assert inside(owner)
    assert len(re.findall(r"<code>\d{8}</code>", owner.get(CODES).content.decode())) == 10


def test_the_number_of_a_session_changes_when_somebody_signs_in() -> None:
    hold(person("li.wei"), Role.AGENT)
    client = Client()
    client.get("/account/sign-in/")
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post("/account/sign-in/", {"login": "li.wei", "password": PASSWORD})
    assert client.cookies["sessionid"].value != session.session_key
    assert inside(client)
    thief = Client()
    thief.cookies["sessionid"] = session.session_key
    assert not inside(thief)


@pytest.mark.parametrize(
    ("page", "field"),
    [("/account/password/", "oldpassword"), ("/account/again/", "password")],
)
def test_a_stolen_session_does_not_try_passwords_without_end(page: str, field: str) -> None:
    who = person("li.wei")
    hold(who, Role.AGENT)
    client = signed_in(who)
    new = {"password1": "一个全新的很长的口令 99", "password2": "一个全新的很长的口令 99"}
    for number in range(5):
        client.post(page, {field: f"猜测的口令 {number}"} | new)
    answer = client.post(page, {field: PASSWORD} | new)
    assert answer.status_code in {200, 429}
    who.refresh_from_db()
    assert who.check_password(PASSWORD)
    assert Event.objects.filter(refusal="accounts.wrong_password").exists()


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("198.51.100.7, 我不是地址", "10.0.0.1"),
        ("203.0.113.9:4711", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_what_is_no_address_counts_for_the_proxy(forwarded: str, counted: str, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = RequestFactory().post(
        "/account/sign-in/", {"login": "li.wei"}, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded
    )
    assert throttle.address_of(request) == counted


def test_a_forged_address_is_an_answer_and_no_fault(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = Client(headers={"X-Forwarded-For": "我不是地址", "X-Forwarded-Proto": "https"}).post(
        "/account/sign-in/", {"login": "li.wei", "password": "x"}, headers={"Referer": "https://testserver/"}
    )
    assert answer.status_code == 200


def test_nobody_reviews_their_own_emergency() -> None:
    who = person("keeper.one")
    row = hold(who, Role.BREAK_GLASS)
    use = opened(row)
    Holding.objects.filter(pk=row.pk).update(state="ended")
    hold(who, Role.AUDITOR)
    auditor = actor_for(who, Role.AUDITOR)
    break_glass.close_glass(auditor, opening=use.pk)
    with pytest.raises(Refused, match=r"accounts\.oneself"):
        break_glass.review_glass(auditor, opening=use.pk, review="一切正常")
    break_glass.review_glass(acting(Role.AUDITOR), opening=use.pk, review="核查属实")


@pytest.fixture
def funds() -> tuple[str, str]:
    for name in ("industrial-internet", "software"):
        Fund.objects.create(code=name, name=name, policy=name)
    return "industrial-internet", "software"


def expert(fund: str, **bounds: object) -> Holding:
    who = person(f"expert-{Person.objects.count()}", INSTITUTE)
    return hold(who, Role.EXPERT, fund_id=fund, organisation=organisation(INSTITUTE), **bounds)


def test_an_officer_of_one_fund_does_not_touch_the_experts_of_another(funds: tuple[str, str]) -> None:
    mine, theirs = expert(funds[0]), expert(funds[1])
    by = acting(Role.CITY_OFFICER, organisation=organisation(BUREAU), fund_id=funds[0])
    with pytest.raises(NotFound):
        holdings.end_role(by, holding=theirs.pk, why="清场")
    theirs.refresh_from_db()
    assert theirs.state == "confirmed"
    holdings.end_role(by, holding=mine.pk, why="评审结束")


def proposed(by: Any, **bounds: Any) -> Holding:
    who = person(f"one-{Person.objects.count()}", INSTITUTE)
    given = {
        "since": today(),
        "until": today() + timedelta(days=9),
        "organisation": organisation(INSTITUTE).pk,
    }
    return holdings.propose_role(by, person=who.pk, role=Role.EXPERT, **given | bounds)


def test_who_is_bound_to_a_district_gives_no_role_beyond_it() -> None:
    by = acting(Role.CITY_OFFICER, organisation=organisation(BUREAU), district=WUCHANG)
    for district in ("", "4201", QINGSHAN):
        with pytest.raises(Refused, match=r"accounts\.bounds"):
            proposed(by, district=district)
    assert proposed(by, district=WUCHANG).state == "proposed"


@pytest.mark.parametrize(
    ("bounds", "why"),
    [
        ({"fund": "no-such-fund"}, "fund"),
        ({"district": "武昌"}, "district"),
        ({"district": "42010"}, "district"),
    ],
)
def test_bounds_that_do_not_exist_are_told(bounds: dict[str, str], why: str) -> None:
    with pytest.raises(Refused, match=rf"accounts\.{why}"):
        proposed(acting(Role.SECURITY), **bounds)


def test_a_principal_who_lost_the_role_takes_the_deputy_with_them_at_once() -> None:
    """The deputy's own session goes on, and every command in it is refused."""
    principal, deputy = person("chief.one"), person("deputy.one")
    role = hold(principal, Role.CITY_APPROVER, organisation=organisation(BUREAU))
    paper = Mandate.objects.create(
        person=deputy, principal=role, reference="代理〔2026〕1号", since=today(), until=today() + timedelta(days=9),
        recorded_by=person("recorder"),
    )  # fmt: skip
    hold(deputy, Role.CITY_APPROVER, organisation=organisation(BUREAU), mandate=paper, until=paper.until)
    assert actor_for(deputy, Role.CITY_APPROVER).person == deputy.pk
    holdings.end_role(acting(Role.SECURITY), holding=role.pk, why="调离")
    with pytest.raises(Refused, match=r"accounts\.role_not_held"):
        actor_for(deputy, Role.CITY_APPROVER)


def test_a_closed_account_does_not_come_in_by_an_old_link() -> None:
    who, by = person("li.wei", FIRM), acting(Role.SECURITY)
    token = sign_in.issue_activation(by, person=who.pk)
    people.close_account(by, person=who.pk, why="离职")
    people.reopen_account(by, person=who.pk, why="误关")
    with pytest.raises(NotFound):
        sign_in.invited(token)
