"""The people who keep the registry in these tests, and applicants that do not exist."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import count

from stdnum.cn import uscc

from duixian.register.applicant import Facts
from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.registry.models import Applicant, Provenance
from duixian.server.registry.services.applicants import register
from duixian.server.registry.writing import Given

WUCHANG, HONGSHAN = "420106", "420111"
RESIDENT = "11010519491231002X"
"""The example of GB 11643 itself."""
DAY = dt.date(2024, 3, 1)
_numbers = count(1)


@cache
def _name(role: Role, other: bool) -> str:
    return f"{role.value.replace('_', '-')}{'-2' if other else ''}"


def actor(role: Role, district: str | None = None, *, other: bool = False, code: str | None = None) -> Actor:
    """Somebody in a role; `other` is another person in the same one."""
    person, _ = Person.objects.get_or_create(
        sign_in=_name(role, other), defaults={"name": role.names.zh, "password": "!"}
    )
    return Actor(role, person.pk, None, district, uscc=code)


def officer(district: str | None = None) -> Actor:
    return actor(Role.CITY_OFFICER if district is None else Role.DISTRICT_OFFICER, district)


def code(number: int | None = None, division: str = WUCHANG) -> str:
    """A credit code whose check sign is right; authority 91, so it looks like a firm's."""
    start = f"91{division}{number or next(_numbers):09d}"
    return start + str(uscc.calc_check_digit(start))


def given(
    kind: Provenance.Kind = Provenance.Kind.AUTHORITY, source: str = "市经信局", verified: bool = False
) -> Given:
    return Given(kind, source, DAY, "a" * 64 if verified else "", verified)


def firm(name: str = "虚舟软件", division: str = WUCHANG, **facts: object) -> Applicant:
    """An enterprise with a credit code of its own."""
    own: Facts = {"kind": "enterprise", "name": name, "division": division, "uscc": code(), **facts}  # type: ignore[dict-item]
    return register(officer(), facts=own, given=given())


def person(name: str = "张三", division: str = WUCHANG) -> Applicant:
    facts: Facts = {"kind": "person", "name": name, "division": division}
    return register(officer(), facts=facts, given=given())
