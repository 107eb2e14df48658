"""Signing in with a name, a password and a second factor, as a browser without JavaScript does it."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import identify_hasher
from django.core import mail
from django.test import Client
from tests.server.accounts.people import PASSWORD, PERIOD, SECRET, acting, code, hold, person, signed_in

from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import self_actor
from duixian.server.accounts.services import people, sign_in
from duixian.server.audit.models import Event


def enter(client: Client, name: str, password: str = PASSWORD, **more: str) -> int:
    return client.post("/account/sign-in/", {"login": name, "password": password}, **more).status_code


def inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_an_agent_signs_in_with_a_password() -> None:
    hold(person("li.wei"), Role.AGENT)
    client = Client()
    assert not inside(client)
    assert enter(client, "li.wei") == 302
    assert inside(client)
    assert Event.objects.filter(action="accounts.signed_in", refusal="").count() == 1


@pytest.mark.parametrize("spelt", ["LI.WEI", " li.wei ", "ｌｉ.ｗｅｉ"])
def test_a_name_is_the_same_however_it_is_typed(spelt: str) -> None:
    hold(person("li.wei"), Role.AGENT)
    client = Client()
    enter(client, spelt)
    assert inside(client)


def test_a_wrong_password_and_an_unknown_name_look_alike() -> None:
    hold(person("li.wei"), Role.AGENT)
    pages = [
        Client().post("/account/sign-in/", {"login": name, "password": "wrong wrong wrong"}).content.decode()
        for name in ("li.wei", "nobody.here")
    ]
    stripped = [re.sub(r'value="[^"]*"|csrfmiddlewaretoken[^>]*', "", page) for page in pages]
    assert stripped[0] == stripped[1]
    assert "登录名或密码不正确" in pages[0]
    failures = Event.objects.filter(refusal="accounts.wrong_password")
    assert failures.count() == 2
    assert "li.wei" not in str(failures.values_list())


def test_staff_must_set_up_a_second_factor_before_anything_else() -> None:
    clerk = person("wang.fang")
    hold(clerk, Role.FINANCE_CLERK)
    client = signed_in(clerk)
    for page in ("/account/", "/account/password/", "/account/second-factor/"):
        assert client.get(page).headers["Location"] == "/account/second-factor/set-up/", page
    shown = client.get("/account/second-factor/set-up/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", shown)
    assert secret
    wrong = client.post("/account/second-factor/set-up/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not Authenticator.objects.exists()
    done = client.post("/account/second-factor/set-up/", {"code": code(secret=secret[1])})
    assert done.headers["Location"] == "/account/second-factor/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get(done.headers["Location"]).content.decode())
    assert len(codes) == 10
    assert inside(client)
    assert not re.findall(r"<code>\d", client.get(done.headers["Location"]).content.decode())
    assert Event.objects.filter(action="accounts.second_factor_set").count() == 1
    # The next sign-in asks for it, and a recovery code works instead, once.
    for expected in (True, False):
        later = Client()
        assert enter(later, "wang.fang") == 302
        assert not inside(later)
        later.post("/account/sign-in/code/", {"code": codes[0]})
        assert inside(later) is expected


def test_secrets_are_not_readable_in_the_database() -> None:
    person("wang.fang", factor=True)
    stored = Authenticator.objects.get().data["secret"]
    assert SECRET not in stored
    assert Authenticator.objects.get().wrap().validate_code(code())


def test_a_code_works_once() -> None:
    hold(person("wang.fang", factor=True), Role.FINANCE_CLERK)
    shown = code()
    results = []
    for _ in range(2):
        client = Client()
        enter(client, "wang.fang")
        client.post("/account/sign-in/code/", {"code": shown})
        results.append(inside(client))
    assert results == [True, False]


def test_a_code_of_the_half_minute_before_or_after_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    hold(person("wang.fang", factor=True), Role.FINANCE_CLERK)
    monkeypatch.undo()
    now = PERIOD * 30 + 15
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: now)
    validate = Authenticator.objects.get().wrap().validate_code
    assert [validate(code(period)) for period in (PERIOD - 1, PERIOD + 1, PERIOD)] == [False, False, True]


def test_the_password_alone_opens_nothing_for_who_has_a_second_factor() -> None:
    clerk = person("wang.fang", factor=True)
    hold(clerk, Role.FINANCE_CLERK)
    client = Client()
    enter(client, "wang.fang")
    for page in ("/account/", "/account/second-factor/set-up/", "/account/password/", "/admin/"):
        assert client.get(page).headers["Location"].startswith("/account/sign-in/"), page


def test_a_second_factor_cannot_be_set_up_twice_or_taken_away() -> None:
    clerk = person("wang.fang", factor=True)
    hold(clerk, Role.FINANCE_CLERK)
    client = signed_in(clerk)
    assert client.get("/account/second-factor/set-up/").headers["Location"] == "/account/second-factor/"
    assert client.post("/account/second-factor/deactivate/").status_code == 404


def test_the_idle_and_the_absolute_limit_end_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    hold(person("li.wei"), Role.AGENT)
    start = time.time()
    client = signed_in(Person.objects.get(sign_in="li.wei"))
    now = start
    monkeypatch.setattr("duixian.server.accounts.sessions.time.time", lambda: now)
    # Somebody who does something every 29 minutes stays, until the eighth hour is over.
    for minutes in range(29, 480, 29):
        now = start + minutes * 60
        assert inside(client), minutes
    now = start + 480 * 60 + 30
    assert not inside(client)
    client = signed_in(Person.objects.get(sign_in="li.wei"))
    assert inside(client)
    now += 31 * 60
    page = client.get("/account/", follow=True).content.decode()
    assert "登录已超时" in page


@pytest.mark.parametrize("what", ["role", "password", "closed", "ended", "mandate"])
def test_a_session_ends_when_what_it_rests_on_changes(what: str) -> None:
    who = person("li.wei")
    row = hold(who, Role.AGENT)
    security = acting(Role.SECURITY)
    client = signed_in(who)
    assert inside(client)
    if what == "role":
        from duixian.server.accounts.services.holdings import end_role

        end_role(security, holding=row.pk, why="调离")
    elif what == "mandate":
        from duixian.server.accounts.services.mandates import end_mandate

        assert row.mandate
        end_mandate(security, mandate=row.mandate.pk, why="单位来函撤销")
    elif what == "password":
        sign_in.set_password(self_actor(who), person=who.pk, password=PASSWORD + "二")
    elif what == "closed":
        people.close_account(security, person=who.pk, why="离职")
    else:
        sign_in.end_sessions(security, person=who.pk)
    assert not inside(client)


def test_changing_the_password_keeps_this_session_and_ends_the_others() -> None:
    who = person("li.wei")
    hold(who, Role.AGENT)
    here, there = signed_in(who), signed_in(who)
    answer = here.post(
        "/account/password/",
        {
            "oldpassword": PASSWORD,
            "password1": "一个全新的很长的口令 99",
            "password2": "一个全新的很长的口令 99",
        },
    )
    assert answer.status_code == 302
    assert inside(here)
    assert not inside(there)


def test_an_activation_link_sets_a_password_once() -> None:
    who = person("li.wei")
    hold(who, Role.AGENT)
    administrator = acting(Role.SECURITY)
    old = sign_in.issue_activation(administrator, person=who.pk)
    link = f"/account/activate/{sign_in.issue_activation(administrator, person=who.pk)}/"
    assert Client().get(f"/account/activate/{old}/").status_code == 404
    client = Client()
    for weak in ("short", "123456789012", "li.wei的姓名li.wei"):
        page = client.post(link, {"password": weak, "again": weak})
        assert page.status_code == 200
    assert client.post(link, {"password": PASSWORD + "一", "again": PASSWORD}).status_code == 200
    done = client.post(link, {"password": PASSWORD + "一", "again": PASSWORD + "一"})
    assert done.headers["Location"] == "/account/sign-in/"
    assert client.get(link).status_code == 404
    assert enter(client, "li.wei", PASSWORD + "一") == 302
    assert inside(client)


@pytest.mark.parametrize("token", ["", "x", "1-abc", "zzzzzzzzzzzzzz-abc-def", "-", "1-c1k3z-0000"])
def test_a_false_activation_link_says_so(token: str) -> None:
    assert Client().get(f"/account/activate/{token}/").status_code == 404


def test_a_closed_account_is_told_only_with_the_right_password() -> None:
    who = person("li.wei", is_active=False)
    hold(who, Role.AGENT)
    client = Client()
    wrong = client.post("/account/sign-in/", {"login": "li.wei", "password": "wrong wrong wrong"})
    assert "停用" not in wrong.content.decode()
    right = client.post("/account/sign-in/", {"login": "li.wei", "password": PASSWORD}, follow=True)
    assert "账号已停用" in right.content.decode()
    assert not inside(client)


def test_signing_out_takes_a_post_and_is_noted() -> None:
    who = person("li.wei")
    hold(who, Role.AGENT)
    client = signed_in(who)
    client.get("/account/sign-out/")
    assert inside(client)
    client.post("/account/sign-out/")
    assert not inside(client)
    assert Event.objects.filter(action="accounts.signed_out", person=who.pk).count() == 1


def test_pages_of_an_account_are_never_stored_and_send_no_mail() -> None:
    who = person("li.wei")
    hold(who, Role.AGENT)
    client = signed_in(who)
    for page in ("/account/", "/account/password/", "/account/second-factor/set-up/"):
        assert "no-store" in client.get(page).headers["Cache-Control"], page
    assert mail.outbox == []


def test_the_real_hasher_is_scrypt(settings: pytest.FixtureRequest) -> None:
    from duixian.server import settings as ours

    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS  # type: ignore[attr-defined]
    who = Person.objects.create_user("zhao.min", "赵敏", PASSWORD)
    assert identify_hasher(who.password).algorithm == "scrypt"
    hold(who, Role.AGENT)
    client = Client()
    assert enter(client, "zhao.min") == 302
    assert inside(client)
