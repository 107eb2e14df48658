"""The people of the tests, the same everywhere, and how they come by roles without the two-person rule."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.test import Client

from duixian.server.accounts.models import Holding, Mandate, Opening, Organisation, Person
from duixian.server.accounts.roles import NEEDS_DISTRICT, NEEDS_END, Role
from duixian.server.accounts.selectors import actor_for, today
from duixian.server.accounts.services.holdings import propose_role
from duixian.server.common.acting import Actor

PASSWORD = "长江东流入海 2026"  # noqa: S105 - of nobody
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
PERIOD = 59_000_000
"""The half minute in which every test of accounts takes place."""

WUCHANG, QINGSHAN = "420106", "420107"
BUREAU, OFFICE, OTHER_OFFICE, FIRM, OTHER_FIRM, INSTITUTE = (
    "11420100MB12345671", "11420106MB1234567P", "11420107MB12345676",
    "91420106MA4KXYT12K", "91420107MA4KXYT122", "12420100MB1234567X",
)  # fmt: skip


def organisation(uscc: str = BUREAU) -> Organisation:
    """One of the six bodies of the tests."""
    kind, name, district = {
        BUREAU: ("city", "市经信局", ""),
        OFFICE: ("district", "武昌区科经局", WUCHANG),
        OTHER_OFFICE: ("district", "青山区科经局", QINGSHAN),
        FIRM: ("applicant", "武昌某软件公司", WUCHANG),
        OTHER_FIRM: ("applicant", "青山某钢铁公司", QINGSHAN),
        INSTITUTE: ("other", "某研究院", WUCHANG),
    }[uscc]
    row, _ = Organisation.objects.get_or_create(
        uscc=uscc, defaults={"kind": kind, "name": name, "district": district}
    )
    return row


@cache
def _hashed(password: str) -> str:
    return make_password(password)


def person(sign_in: str, uscc: str = BUREAU, *, factor: bool = False, **more: object) -> Person:
    """Somebody with a password, with `factor` also with a second factor whose secret is `SECRET`."""
    row = Person(sign_in=sign_in, name=f"{sign_in}的姓名", organisation=organisation(uscc), **more)
    row.password = _hashed(PASSWORD)
    row.save()
    if factor:
        TOTP.activate(row, SECRET)
    return row


def giver(number: int = 1) -> Person:
    """One of those who gave roles before the test began."""
    found = Person.objects.filter(sign_in=f"giver{number}").first()
    return found or person(f"giver{number}")


def hold(who: Person, role: Role, **bounds: object) -> Holding:
    """Gives a role at once, as two others would have done; where it needs bounds they are Wuchang's."""
    given: dict[str, object] = {"since": date(2026, 1, 1)}
    if role in NEEDS_END:
        given["until"] = today() + timedelta(days=30)
    if role in NEEDS_DISTRICT:
        given |= {"district": WUCHANG, "organisation": organisation(OFFICE)}
    if role is Role.AGENT:
        given["organisation"] = firm = bounds.get("organisation") or organisation(FIRM)
        given["mandate"] = Mandate.objects.create(
            person=who, organisation=firm, reference="授权书〔2026〕1号", since=date(2026, 1, 1),
            until=today() + timedelta(days=60), recorded_by=giver(),
        )  # fmt: skip
    row = Holding(
        person=who,
        role=role,
        state="confirmed",
        proposed_by=giver(1),
        decided_by=giver(2),
        **(given | bounds),
    )
    row.save()
    return row


def propose(by: Actor, who: Person, role: Role = Role.DRAFTER, **more: object) -> Holding:
    """Proposes a role as its service does, from today on unless said otherwise."""
    return propose_role(by, person=who.pk, role=role, **({"since": today()} | more))  # type: ignore[arg-type]


def acting(role: Role, sign_in: str = "", **bounds: object) -> Actor:
    """Somebody new who acts in a role."""
    who = person(sign_in or f"one-{role.value.replace('_', '-')}-{Person.objects.count()}")
    row = hold(who, role, **bounds)
    if role is Role.BREAK_GLASS:
        opened(row)
    return actor_for(who, role)


def opened(row: Holding) -> Opening:
    """A use of a break-glass role that goes on for an hour."""
    from django.utils import timezone

    now = timezone.now()
    return Opening.objects.create(
        holding=row, reason="两位安全管理员均无法登录", opened_at=now, until=now + timedelta(hours=1)
    )


def code(period: int = PERIOD, secret: str = SECRET) -> str:
    """The code that the authenticator app shows in a period of half a minute."""
    return format_hotp_value(hotp_value(secret, period))


def signed_in(who: Person) -> Client:
    """A browser in which a person has signed in, with the second factor if they have one."""
    client = Client()
    client.post("/account/sign-in/", {"login": who.sign_in, "password": PASSWORD})
    if Authenticator.objects.filter(user=who).exists():
        client.post("/account/sign-in/code/", {"code": code()})
    return client
