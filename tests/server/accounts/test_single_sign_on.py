"""The city's single sign-on against a real OpenID provider, which runs in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
import requests
from django.test import Client
from tests.server.accounts.people import code, hold, person

from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.config import ConfigProblem, load

CALLBACK = "http://testserver/account/sign-in/city/callback/"


@contextmanager
def _running() -> Iterator[str]:
    """A provider; clients must be registered there, and every request needs a nonce."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port),
         "--require-registration", "true", "--require-nonce", "true"],
        env=os.environ | {"NO_COLOR": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the provider did not start"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The city's provider."""
    with _running() as address:
        yield address


@pytest.fixture(scope="module")
def impostor() -> Iterator[str]:
    """Another provider, with a key of its own."""
    with _running() as address:
        yield address


@pytest.fixture(scope="module")
def registered(provider: str) -> dict[str, Any]:
    """This server as a client of the provider."""
    answer = requests.post(
        f"{provider}/oauth2/clients",
        json={"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post"},
        timeout=5,
    ).json()
    return {
        "provider_id": "city", "name": "统一身份认证", "client_id": answer["client_id"],
        "secret": answer["client_secret"],
        "settings": {"server_url": provider, "token_auth_method": "client_secret_post"},
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _configured(settings: Any, registered: dict[str, Any]) -> None:
    settings.CITY_SIGN_ON = registered


def known(subject: str = "u-1001", **more: object) -> Person:
    who = person("li.wei", subject=subject, **more)
    hold(who, Role.AGENT)
    return who


def to_provider(client: Client, following: str = "") -> str:
    """Presses the button; the address at the provider to which the browser is sent."""
    answer = client.post("/account/sign-in/city/", {"next": following} if following else {})
    assert answer.status_code == 302
    return answer.headers["Location"]


def consent(address: str, subject: str = "u-1001", **claims: object) -> str:
    """The person agrees at the provider; the address to which it sends the browser back."""
    parts = urlsplit(address)
    if claims:
        requests.put(
            f"{parts.scheme}://{parts.netloc}/users/{subject}", json=claims, timeout=5
        ).raise_for_status()
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def back(client: Client, address: str, **changed: str) -> Any:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return client.get(urlunsplit(("", "", parts.path, urlencode(query), "")))


def inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def refusals() -> list[str]:
    return list(Event.objects.exclude(refusal="").values_list("refusal", flat=True))


def test_a_known_person_comes_in() -> None:
    known()
    client = Client()
    address = to_provider(client)
    query = parse_qs(urlsplit(address).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["openid"]
    assert len(query["nonce"][0]) >= 40
    assert back(client, consent(address)).headers["Location"] == "/account/"
    assert inside(client)
    assert refusals() == []


def test_it_goes_on_where_the_person_wanted_to_but_never_elsewhere() -> None:
    known()
    client = Client()
    assert (
        back(client, consent(to_provider(client, "/account/password/"))).headers["Location"]
        == "/account/password/"
    )
    client = Client()
    assert (
        back(client, consent(to_provider(client, "https://evil.example/"))).headers["Location"] == "/account/"
    )


def test_the_second_factor_is_asked_for_here_as_well() -> None:
    who = person("wang.fang", subject="u-1001", factor=True)
    hold(who, Role.FINANCE_CLERK)
    client = Client()
    assert back(client, consent(to_provider(client))).headers["Location"] == "/account/sign-in/code/"
    assert not inside(client)
    client.post("/account/sign-in/code/", {"code": code()})
    assert inside(client)


def test_staff_without_a_second_factor_must_set_one_up() -> None:
    who = person("wang.fang", subject="u-1001")
    hold(who, Role.FINANCE_CLERK)
    client = Client()
    back(client, consent(to_provider(client)))
    assert client.get("/account/").headers["Location"] == "/account/second-factor/set-up/"


def test_nobody_is_made() -> None:
    known()
    before = Person.objects.count()
    client = Client()
    answer = back(client, consent(to_provider(client), "u-stranger"))
    assert answer.status_code == 403
    assert "尚未在本系统登记" in answer.content.decode()
    assert not inside(client)
    assert Person.objects.count() == before
    assert refusals() == ["accounts.single_sign_on_unknown"]


def test_a_closed_account_stays_closed() -> None:
    known(is_active=False)
    client = Client()
    assert back(client, consent(to_provider(client))).status_code == 403
    assert not inside(client)
    assert refusals() == ["accounts.single_sign_on_inactive"]


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"nonce": "another"}, "wrong nonce"),
        ({"aud": "another-client"}, "InvalidAudienceError"),
        ({"iss": "https://another.example"}, "InvalidIssuerError"),
        ({"exp": 1_600_000_000}, "ExpiredSignatureError"),
        ({"aud": None}, "MissingRequiredClaimError"),
        ({"nonce": None}, "MissingRequiredClaimError"),
        ({"azp": "another-client"}, "for another client"),
    ],
)
def test_a_token_that_is_not_for_us_is_refused(
    claims: dict[str, Any], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    known("u-2002")
    client = Client()
    answer = back(client, consent(to_provider(client), "u-2002", **claims))
    assert answer.status_code == 403
    assert not inside(client)
    assert refusals() == ["accounts.single_sign_on_failed"]
    assert fault in caplog.text


def test_a_nonce_that_was_exchanged_on_the_way_is_refused() -> None:
    known()
    client = Client()
    parts = urlsplit(to_provider(client))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | {
        "nonce": "of-somebody-else"
    }
    answer = back(client, consent(urlunsplit(parts._replace(query=urlencode(query)))))
    assert answer.status_code == 403
    assert not inside(client)


def test_a_token_signed_with_another_key_is_refused(
    settings: Any, impostor: str, caplog: pytest.LogCaptureFixture
) -> None:
    known()
    client = Client()
    address = consent(to_provider(client))
    settings.CITY_SIGN_ON = settings.CITY_SIGN_ON | {
        "settings": settings.CITY_SIGN_ON["settings"]
        | {"openid_configuration_overrides": {"jwks_uri": f"{impostor}/jwks"}}
    }
    assert back(client, address).status_code == 403
    assert not inside(client)
    assert "InvalidSignatureError" in caplog.text


def test_another_issuer_than_the_one_that_is_set_is_refused(settings: Any) -> None:
    known()
    client = Client()
    address = consent(to_provider(client))
    settings.CITY_SIGN_ON = settings.CITY_SIGN_ON | {
        "settings": settings.CITY_SIGN_ON["settings"]
        | {"openid_configuration_overrides": {"issuer": "https://another.example"}}
    }
    assert back(client, address).status_code == 403


@pytest.mark.parametrize("state", ["", "guessed"])
def test_a_wrong_state_is_refused(state: str) -> None:
    known()
    client = Client()
    assert back(client, consent(to_provider(client)), state=state).status_code == 403
    assert not inside(client)


def test_the_answer_belongs_to_the_browser_that_asked() -> None:
    known()
    address = consent(to_provider(Client()))
    other = Client()
    to_provider(other)
    assert back(other, address).status_code == 403
    assert not inside(other)


def test_an_answer_works_once() -> None:
    known()
    client = Client()
    address = consent(to_provider(client))
    assert back(client, address).status_code == 302
    client.post("/account/sign-out/")
    assert back(client, address).status_code == 403
    assert not inside(client)


def test_a_wrong_client_secret_and_a_refusal_at_the_provider_end_on_our_page(settings: Any) -> None:
    known()
    client = Client()
    address = consent(to_provider(client))
    settings.CITY_SIGN_ON = settings.CITY_SIGN_ON | {"secret": "wrong"}
    assert back(client, address).status_code == 403
    denied = requests.post(to_provider(client), data={"action": "deny"}, allow_redirects=False, timeout=5)
    page = back(client, denied.headers["Location"])
    assert page.status_code == 403
    assert "请重新登录" in page.content.decode()


def test_without_a_provider_there_is_no_button_and_no_route(settings: Any) -> None:
    assert "统一身份认证登录" in Client().get("/account/sign-in/").content.decode()
    settings.CITY_SIGN_ON = {}
    assert "统一身份认证登录" not in Client().get("/account/sign-in/").content.decode()
    assert Client().post("/account/sign-in/city/").status_code == 404
    assert Client().get("/account/sign-in/city/callback/?code=x&state=y").status_code == 404


def test_it_begins_with_a_post_only() -> None:
    assert Client().get("/account/sign-in/city/").status_code == 405


def test_a_provider_without_tls_stops_the_start() -> None:
    given = {"DUIXIAN_OIDC_CLIENT": "c", "DUIXIAN_OIDC_SECRET": "s"}
    with pytest.raises(ConfigProblem, match="must begin with https"):
        load(given | {"DUIXIAN_OIDC_ISSUER": "http://sso.example"})
    assert load(given | {"DUIXIAN_OIDC_ISSUER": "https://sso.example"}).oidc_client == "c"
