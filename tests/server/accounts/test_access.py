"""Every route stands in one group, and each group lets in whom it should; pages are safe and plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from tests.server.accounts.people import BUREAU, PASSWORD, hold, opened, organisation, person, signed_in

from duixian.server.access import NAMESPACES, ROUTES, group_of
from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import STAFF, Role
from duixian.server.common.admin import LookOnly

UNWANTED = [
    "account_signup", "account_email", "account_confirm_email", "account_email_verification_sent",
    "account_set_password", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_login_code",
    "account_request_login_code", "mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_trust",
    "mfa_add_webauthn", "socialaccount_login_cancelled", "socialaccount_signup", "socialaccount_connections",
    "openid_connect_login", "openid_connect_callback", "admin:login", "admin:logout", "admin:password_change",
    "admin:password_change_done", "admin:view_on_site", "admin:autocomplete",
]  # fmt: skip


def routes(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The name of every route, with its namespaces; a route without one by its pattern."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, (*spaces, one.namespace) if one.namespace else spaces)
        elif isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or str(one.pattern)))


def test_every_route_stands_in_exactly_one_group() -> None:
    found = list(routes())
    assert len(found) > 20
    assert [name for name in found if group_of(name) is None] == []
    named = {name for name in found if ":" not in name}
    assert set(ROUTES) - named == set(), "groups of routes that do not exist"
    assert not set(NAMESPACES) & set(ROUTES)


@pytest.mark.parametrize("name", UNWANTED)
def test_what_is_not_wanted_is_not_there(name: str) -> None:
    assert name not in set(routes())
    arguments = {"key": "x"} if "confirm_email" in name else {}
    with pytest.raises(NoReverseMatch):
        reverse(name, kwargs=arguments)


@pytest.mark.parametrize(
    "page", ["/accounts/signup/", "/account/signup/", "/account/password/reset/", "/account/email/"]
)
def test_the_usual_addresses_of_such_pages_answer_404(page: str) -> None:
    assert Client().get(page).status_code == 404


def test_a_route_in_no_group_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ROUTES, "account_login")
    page = Client().get("/account/sign-in/")
    assert page.status_code == 403
    assert "account_login" in page.content.decode()


def visitor(role: Role | None) -> Client:
    """A browser of somebody in a role, signed in with a second factor where it is staff."""
    if role is None:
        return Client()
    who = person("visitor.one", factor=role in STAFF)
    bounds: dict[str, object] = {}
    if role in {
        Role.CITY_OFFICER,
        Role.CITY_APPROVER,
        Role.FINANCE_CLERK,
        Role.FINANCE_APPROVER,
        Role.EXPERT,
    }:
        bounds["organisation"] = organisation(BUREAU)
    row = hold(who, role, **bounds)
    if role is Role.BREAK_GLASS:
        opened(row)
    return signed_in(who)


def admin_pages() -> list[str]:
    """The index, each app, each list, and one row of each."""
    pages = ["/admin/"]
    for model in admin.site._registry:
        label, name = model._meta.app_label, model._meta.model_name
        pages += [f"/admin/{label}/", f"/admin/{label}/{name}/"]
    return sorted(set(pages))


@pytest.mark.parametrize("role", [None, *Role])
def test_every_admin_page_as_every_role(role: Role | None) -> None:
    client = visitor(role)
    expected = 302 if role is None else 200 if role in {Role.OPERATOR, Role.BREAK_GLASS} else 403
    for page in admin_pages():
        assert client.get(page).status_code == expected, page
    subject = Person.objects.first() or person("somebody.else")
    for page in (
        f"/admin/accounts/person/{subject.pk}/change/",
        f"/admin/accounts/person/{subject.pk}/history/",
    ):
        assert client.get(page).status_code == expected, page


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=str)
def test_nothing_is_added_changed_or_deleted_in_the_admin(model: type) -> None:
    client = visitor(Role.OPERATOR)
    shown = admin.site._registry[model]
    assert isinstance(shown, LookOnly)
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"  # type: ignore[attr-defined]
    assert client.post(f"{base}add/", {}).status_code == 403
    row = model.objects.first()  # type: ignore[attr-defined]
    if row is not None:
        assert client.post(f"{base}{row.pk}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    deleting = client.post(base, {"action": "delete_selected", "_selected_action": ["1"]})
    assert deleting.status_code in {200, 302}
    assert "delete_selected" not in client.get(base).content.decode()


def test_only_what_looks_is_registered() -> None:
    labels = {model._meta.app_label for model in admin.site._registry}
    assert not labels & {"auth", "account", "mfa", "socialaccount", "procrastinate", "audit", "ledger"}


def test_what_is_personal_is_starred_in_the_admin() -> None:
    client = visitor(Role.OPERATOR)
    other = person("zhang.wei2", subject="u-123456789")
    Person.objects.filter(pk=other.pk).update(name="欧阳修远")
    hold(other, Role.AGENT)
    for page in ("/admin/accounts/person/", f"/admin/accounts/person/{other.pk}/change/", "/admin/accounts/holding/",
                 "/admin/accounts/mandate/"):  # fmt: skip
        shown = client.get(page).content.decode()
        for secret in ("欧阳修远", "zhang.wei2", "u-123456789", other.password):
            assert secret not in shown, (page, secret)
    assert "欧＊＊＊" in client.get("/admin/accounts/person/").content.decode()


def test_a_list_takes_the_same_queries_however_long_it_is(django_assert_max_num_queries: object) -> None:
    client = visitor(Role.OPERATOR)
    for number in range(30):
        hold(person(f"agent.{number}"), Role.AGENT)
    for page in ("/admin/accounts/holding/", "/admin/accounts/person/", "/admin/accounts/mandate/"):
        with django_assert_max_num_queries(9):  # type: ignore[operator]
            assert client.get(page).status_code == 200


def test_the_sign_in_page_takes_no_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert Client().get("/account/sign-in/").status_code == 200


def test_my_account_takes_few_queries(django_assert_num_queries: object) -> None:
    client = visitor(Role.FINANCE_CLERK)
    # Session, person, roles twice (access, page), second factor.
    with django_assert_num_queries(5):  # type: ignore[operator]
        assert client.get("/account/").status_code == 200


def test_operators_end_sessions_and_unlock_from_the_lists() -> None:
    from axes.models import AccessAttempt

    client, other = visitor(Role.OPERATOR), person("li.wei")
    hold(other, Role.AGENT)
    theirs = signed_in(other)
    client.post("/admin/accounts/person/", {"action": "end_sessions", "_selected_action": [other.pk]})
    assert theirs.get("/account/").status_code == 302
    for _ in range(5):
        Client().post("/account/sign-in/", {"login": "li.wei", "password": "wrong wrong wrong"})
    row = AccessAttempt.objects.get()
    client.post("/admin/accounts/attempt/", {"action": "unlock", "_selected_action": [row.pk]})
    assert not AccessAttempt.objects.exists()


# Safe and plain


class Page(HTMLParser):
    """What a page holds that it should not, and its fields without a label."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.fields: set[str] = set()
        self.labels: set[str] = set()
        self.headings = 0
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.faults += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.faults.append(tag)
        if tag == "img" and not found.get("alt"):
            self.faults.append("img without alt")
        if tag == "input" and found.get("type") not in {"hidden", "submit"}:
            self.fields.add(found.get("id") or "")
        if tag == "label":
            self.labels.add(found.get("for") or "")
        if tag == "html":
            self.language = found.get("lang") or ""
        self.headings += tag == "h1"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("role", "page"),
    [
        (None, "/account/sign-in/"),
        (None, "/account/closed/"),
        (None, "/account/activate/wrong-token/"),
        (Role.AGENT, "/account/"),
        (Role.AGENT, "/account/sign-out/"),
        (Role.AGENT, "/account/password/"),
        (Role.AGENT, "/account/again/"),
        (Role.AGENT, "/account/second-factor/"),
        (Role.AGENT, "/account/second-factor/set-up/"),
        (Role.AGENT, "/admin/"),
        (Role.FINANCE_CLERK, "/account/second-factor/"),
        (Role.FINANCE_CLERK, "/account/again/code/"),
        (Role.FINANCE_CLERK, "/account/second-factor/recovery-codes/new/"),
    ],
)
def test_pages_are_plain_accessible_and_in_one_language(role: Role | None, page: str, language: str) -> None:
    client = visitor(role)
    client.cookies["django_language"] = language
    answer = client.get(page)
    text = answer.content.decode()
    found = Page(text)
    assert found.faults == []
    assert found.fields <= found.labels
    assert found.headings == 1
    assert found.language == ("zh-CN" if language == "zh-hans" else "en")
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    if language == "en":
        # What people entered, and the name of the other language, stay as they are.
        without = re.sub(r'<button name="language".*?</button>|的姓名|市经信局|武昌某软件公司', "", text)
        assert re.findall(r"[\u4e00-\u9fff]+", without) == []


def test_a_browser_that_prefers_english_gets_it_and_any_other_gets_chinese() -> None:
    for wanted, word in (("en-GB,en", "Sign in"), ("zh-CN", "登录"), ("fr", "登录"), ("", "登录")):
        page = Client(HTTP_ACCEPT_LANGUAGE=wanted).get("/account/sign-in/").content.decode()
        assert f"<h1>{word}</h1>" in page, wanted


def test_the_language_is_changed_without_javascript() -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/account/sign-in/"})
    assert "Sign in" in client.get("/account/sign-in/").content.decode()


def test_after_signing_in_one_comes_to_the_page_that_one_wanted() -> None:
    hold(person("li.wei"), Role.AGENT)
    client = Client()
    asked = client.get("/account/password/").headers["Location"]
    assert asked == "/account/sign-in/?next=/account/password/"
    done = client.post(asked, {"login": "li.wei", "password": PASSWORD, "next": "/account/password/"})
    assert done.headers["Location"] == "/account/password/"
    away = Client().post(
        "/account/sign-in/", {"login": "li.wei", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert away.headers["Location"] == "/account/"
