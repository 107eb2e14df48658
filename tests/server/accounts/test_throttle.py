"""Failed attempts lock a name, or an address, for a quarter of an hour; the page says how long."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.server.accounts.people import PASSWORD, acting, code, hold, person, signed_in

from duixian.server.accounts import throttle
from duixian.server.accounts.jobs import forget_old_sign_ins
from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.services import sign_in
from duixian.server.common.refusals import Refused


def wrong(name: str = "li.wei", times: int = 1, address: str = "10.0.0.1", **more: str) -> int:
    """How the last of so many wrong attempts was answered."""
    status = 0
    for _ in range(times):
        status = Client(REMOTE_ADDR=address, **more).post(
            "/account/sign-in/", {"login": name, "password": "wrong wrong wrong"}
        ).status_code  # fmt: skip
    return status


def comes_in(who: Person, address: str = "10.0.0.9") -> bool:
    client = Client(REMOTE_ADDR=address)
    client.post("/account/sign-in/", {"login": who.sign_in, "password": PASSWORD})
    return client.get("/account/").status_code == 200


@pytest.fixture
def agent() -> Person:
    who = person("li.wei")
    hold(who, Role.AGENT)
    return who


def test_the_fifth_failure_locks_the_name_wherever_it_is_tried(agent: Person) -> None:
    assert wrong(times=4) == 200
    assert comes_in(agent)
    assert wrong(times=4) == 200
    assert wrong(address="10.0.0.2") == 429
    assert not comes_in(agent)


@pytest.mark.parametrize("spelt", ["LI.WEI", "ｌｉ.wei", " li.wei"])
def test_each_spelling_counts_as_one_name(agent: Person, spelt: str) -> None:
    wrong(times=4)
    assert wrong(spelt) == 429
    assert not comes_in(agent)


def test_an_unknown_name_is_locked_in_the_same_way() -> None:
    assert [wrong("no.body") for _ in range(5)] == [200] * 4 + [429]


def test_the_page_says_how_long_in_both_languages(agent: Person) -> None:
    wrong(times=4)
    client = Client(REMOTE_ADDR="10.0.0.1")
    page = client.post("/account/sign-in/", {"login": "li.wei", "password": "wrong wrong wrong"})
    assert page.status_code == 429
    assert "请在 15 分钟后再试" in page.content.decode()
    assert page.headers["Retry-After"] == "900"
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=11, seconds=30)
    )
    client.cookies["django_language"] = "en"
    page = client.post("/account/sign-in/", {"login": "li.wei", "password": PASSWORD})
    assert re.search(r"Try again in 4 minutes", page.content.decode())


def test_it_opens_by_itself_after_a_quarter_of_an_hour(agent: Person) -> None:
    wrong(times=5)
    assert not comes_in(agent)
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=15, seconds=1)
    )
    assert comes_in(agent)


def test_tries_while_it_is_locked_do_not_lengthen_it(agent: Person) -> None:
    wrong(times=5)
    before = AccessAttempt.objects.get().attempt_time
    assert wrong(times=3) == 429
    assert AccessAttempt.objects.get().attempt_time == before


def test_an_address_is_locked_at_fifty_and_an_own_account_does_not_free_it(agent: Person) -> None:
    for number in range(49):
        assert wrong(f"name.{number}") == 200
    assert comes_in(agent, "10.0.0.1")
    assert wrong("name.49") == 429
    assert not comes_in(agent, "10.0.0.1")
    assert comes_in(agent, "10.0.0.2")


def test_the_second_factor_counts_as_well() -> None:
    clerk = person("wang.fang", factor=True)
    hold(clerk, Role.FINANCE_CLERK)
    client = Client()
    statuses = []
    for _ in range(5):
        client.post("/account/sign-in/", {"login": "wang.fang", "password": PASSWORD})
        statuses.append(client.post("/account/sign-in/code/", {"code": "000000"}).status_code)
    assert statuses == [200] * 4 + [429]
    # Neither the right password nor the right code helps now.
    assert client.post("/account/sign-in/code/", {"code": code()}).status_code == 429
    assert Client().post("/account/sign-in/", {"login": "wang.fang", "password": PASSWORD}).status_code == 429


def test_what_is_kept_of_an_attempt_holds_no_password(agent: Person) -> None:
    wrong()
    row = AccessAttempt.objects.get()
    assert "wrong" not in row.post_data
    assert row.username == "li.wei"


@pytest.mark.parametrize("role", [Role.SECURITY, Role.OPERATOR, Role.BREAK_GLASS])
def test_an_administrator_unlocks_a_name(agent: Person, role: Role) -> None:
    wrong(times=5)
    assert sign_in.unlock(acting(role), sign_in="li.wei") == 1
    assert comes_in(agent)


def test_an_administrator_unlocks_an_address(agent: Person) -> None:
    for number in range(50):
        wrong(f"name.{number}")
    assert not comes_in(agent, "10.0.0.1")
    assert sign_in.unlock(acting(Role.OPERATOR), address="10.0.0.1") == 50
    assert comes_in(agent, "10.0.0.1")


def test_nobody_unlocks_themselves() -> None:
    operator = acting(Role.OPERATOR, "ops.one")
    wrong("ops.one", times=5)
    with pytest.raises(Refused, match=r"accounts\.oneself"):
        sign_in.unlock(operator, sign_in="ops.one")
    assert AccessAttempt.objects.exists()


def test_behind_a_proxy_the_address_is_what_the_proxy_appended(settings: pytest.FixtureRequest) -> None:
    forged = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, 10.9.9.9", "REMOTE_ADDR": "127.0.0.1"}
    request = Client(**forged).get("/account/sign-in/").wsgi_request
    assert throttle.address_of(request) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # type: ignore[attr-defined]
    assert throttle.address_of(request) == "10.9.9.9"


def test_a_lock_ends_no_session_that_is_there(agent: Person) -> None:
    client = signed_in(agent)
    wrong(times=5)
    assert client.get("/account/").status_code == 200


def test_what_is_old_is_tidied_away_and_a_year_is_kept(agent: Person) -> None:
    wrong()
    signed_in(agent)
    now = timezone.now()
    for days, expected in ((2, (0, 1, 1)), (364, (0, 1, 1)), (366, (0, 0, 0))):
        for model in (AccessAttempt, AccessFailureLog, AccessLog):
            model.objects.update(attempt_time=now - timedelta(days=days))
        forget_old_sign_ins()
        assert (
            tuple(model.objects.count() for model in (AccessAttempt, AccessFailureLog, AccessLog)) == expected
        )
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=now - timedelta(seconds=1))
    forget_old_sign_ins()
    assert not Session.objects.exists()
