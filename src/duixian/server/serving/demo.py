"""Fills a demonstration: a fictional city's people, one fund with money, and a register of made-up firms.

Everything is done by the services that a real server uses, two people for each role and each sum, so that a
demonstration also shows what such a system's event log and ledger look like from their first day.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import django
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from duixian.server.serving import logs
from duixian.server.serving.parent import end_with_parent

FUND = "demo-fund"
_DISTRICT = "420111"  # 洪山区, one of Wuhan's: the divisions are real, everybody in them is made up
_APPLICANTS = 300
_FILLED = "demo-is-filled"


class Somebody(NamedTuple):
    """One of the demonstration's people: sign-in name, name, role, and whether for the fund and the district."""

    sign_in: str
    name: str
    role: str
    fund: bool = False
    district: bool = False


FOUNDERS = ("anquan1", "anquan2")
PEOPLE = (
    Somebody("guanli", "管小理", "operator"),
    Somebody("shenji", "沈计", "auditor"),
    Somebody("shiban", "石办", "city_officer", fund=True),
    Somebody("shipi", "石批", "city_approver", fund=True),
    Somebody("caiban", "蔡办", "finance_clerk", fund=True),
    Somebody("caipi", "蔡批", "finance_approver", fund=True),
    Somebody("quban", "曲办", "district_officer", fund=True, district=True),
    Somebody("qupi", "曲批", "district_approver", fund=True, district=True),
)
"""Who is there besides the two security administrators."""


def code(secret: str, at: float) -> str:
    """The second factor's six digits at a moment (RFC 6238); `secret` is in base 32, as authenticators take it."""
    from base64 import b32decode

    made = TOTP(b32decode(secret), 6, SHA1(), 30, enforce_key_length=False)  # noqa: S303 - the standard's own hash
    return made.generate(int(at)).decode()


def welcome(home: Path) -> str:
    """What is told when a demonstration is ready: who is there, and how to sign in as one of them."""
    password, second_factor = secrets(home)
    everybody = ", ".join([*FOUNDERS, *(one.sign_in for one in PEOPLE)])
    return (
        f"演示：全部数据均为虚构。登录名 everything is fictional; sign in as one of: {everybody}\n"
        f"密码 password: {password}\n"
        f"验证器密钥 authenticator secret: {second_factor}（或运行 or run: duixian serve --demo --code）"
    )


def is_filled(home: Path) -> bool:
    """Whether `main` has filled this home's database."""
    return (home / _FILLED).exists()


def fill(password: str, second_factor: str) -> None:
    """Fills the database unless somebody is in it already."""
    from django.db import transaction

    from duixian.server.accounts.models import Person

    if Person.objects.exists():
        return
    with transaction.atomic():
        people = _people(password, second_factor)
        _money(people)
    _register(people["shiban"])


def _people(password: str, second_factor: str) -> Mapping[str, int]:
    from stdnum.cn import uscc

    from duixian.server.accounts import roles
    from duixian.server.accounts.models import Organisation, Person
    from duixian.server.accounts.selectors import actor_for, self_actor
    from duixian.server.accounts.services import founding, holdings, people, sign_in
    from duixian.server.common.acting import Actor
    from duixian.server.funds.models import Fund

    numbers = [body + uscc.calc_check_digit(body) for body in ("11420100MB0000001", "11420111MB0000002")]
    Fund.objects.create(code=FUND, name="演示产业发展专项资金（虚构）", policy="wuhan-digital-economy-2022")
    first, second = (founding.Founder(name, f"安全员{number}") for number, name in enumerate(FOUNDERS, 1))
    founding.found(
        Actor.system("demo"), bureau="演示市经济和信息化局（虚构）", uscc=numbers[0], founders=(first, second)
    )
    proposer, confirmer = (
        actor_for(Person.objects.get(sign_in=name), roles.Role.SECURITY) for name in FOUNDERS
    )
    bureau = Organisation.objects.get(uscc=numbers[0])
    office = people.add_organisation(
        proposer,
        kind=Organisation.Kind.DISTRICT,
        name="演示区经信局（虚构）",
        uscc=numbers[1],
        district=_DISTRICT,
    )
    for one in PEOPLE:
        employer = office if one.district else bureau
        person = people.add_person(proposer, sign_in=one.sign_in, name=one.name, organisation=employer.pk)
        proposed = holdings.propose_role(
            proposer, person=person.pk, role=roles.Role(one.role), since=date.today(),
            fund=FUND if one.fund else None, district=_DISTRICT if one.district else "",
            organisation=employer.pk if one.fund else None,
        )  # fmt: skip
        holdings.confirm_role(confirmer, holding=proposed.pk)
    for person in Person.objects.all():
        sign_in.set_password(self_actor(person), person=person.pk, password=password)
        _second_factor(person, second_factor)
    return dict(Person.objects.values_list("sign_in", "pk"))


def _second_factor(person: object, secret: str) -> None:
    from allauth.mfa.totp.internal import auth

    auth.TOTP.activate(person, secret)


def _money(people: Mapping[str, int]) -> None:
    from duixian.server.accounts import roles
    from duixian.server.accounts.models import Person
    from duixian.server.accounts.selectors import actor_for
    from duixian.server.ledger.services.confirming import confirm
    from duixian.server.ledger.services.proposing import Asked, propose
    from duixian.server.ledger.services.years import open_year

    clerk = actor_for(Person.objects.get(pk=people["caiban"]), roles.Role.FINANCE_CLERK)
    approver = actor_for(Person.objects.get(pk=people["caipi"]), roles.Role.FINANCE_APPROVER)
    year = open_year(clerk, fund=FUND, year=date.today().year)
    asked = Asked(move="appropriate", envelope=year.pk, amount_fen=50_000_000_00, source="city")
    proposal = propose(clerk, key="demo-appropriation", asked=asked, why="年初预算（虚构）")
    confirm(approver, proposal=proposal.pk)


def _register(officer: int) -> None:
    """A synthetic register, imported as an officer would import a file; the worker applies it."""
    from duixian.lab.population.firms import Society
    from duixian.lab.synth import write_synthetic
    from duixian.language.vocabulary import shared_vocabulary
    from duixian.server.accounts import roles
    from duixian.server.accounts.models import Person
    from duixian.server.accounts.selectors import actor_for
    from duixian.server.registry.models import Provenance
    from duixian.server.registry.services.importing import confirm_import, upload

    by = actor_for(Person.objects.get(pk=officer), roles.Role.CITY_OFFICER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "合成登记表.parquet"
        write_synthetic(path, Society(_APPLICANTS, seed=1), shared_vocabulary())
        batch = upload(
            by, path=path, kind=Provenance.Kind.SHARED, source="合成登记表（虚构）", stated_on=date.today()
        )
    confirm_import(by, batch=batch.pk)


def main() -> None:
    """Fills the demonstration's database, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duixian.server.settings")
    from duixian.server.settings import CONFIG

    logs.set_up(CONFIG.log, "demo")
    end_with_parent()
    django.setup()
    fill(*secrets(CONFIG.home))
    (CONFIG.home / _FILLED).touch()


def secrets(home: Path) -> tuple[str, str]:
    """The password and the second factor's secret of everybody in the demonstration; made once."""
    import base64
    import secrets as random

    paths = home / "secrets" / "demo-password", home / "secrets" / "demo-second-factor"
    made = random.token_urlsafe(12), base64.b32encode(random.token_bytes(20)).decode()
    for path, value in zip(paths, made, strict=True):
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(value, encoding="ascii")
    password, second_factor = (path.read_text(encoding="ascii") for path in paths)
    return password, second_factor


if __name__ == "__main__":
    main()
