"""People and organisations: entering them, closing and opening their accounts."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from duixian.register.amounts import ValueProblem
from duixian.register.identity import check_uscc
from duixian.server.accounts.models import Organisation, Person
from duixian.server.accounts.roles import CITY, DISTRICT
from duixian.server.accounts.rules import ADMINISTRATORS, another, given, locked, refused, require
from duixian.server.audit.commands import command
from duixian.server.audit.services import Personal, record
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import find

_SIGN_IN = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_DISTRICT = re.compile(r"[0-9]{6}")
_NUMBER = re.compile(r"R[0-9]{10}")


@command("accounts.add_organisation")
def add_organisation(
    by: Actor, *, kind: Organisation.Kind, name: str, uscc: str, district: str
) -> Organisation:
    """A department or an applicant, so that people can act for it.

    `uscc` is checked against GB 32100; a person or team that applies has the registry's number instead, so that an
    agent can act for it. `district` is a GB/T 2260 code of six digits, which a city department
    may leave empty. Officers enter applicants of their own district; everything else is the administrators'.

    Raises:
        Refused: another role or district, a bad code, or one that is there already.
    """
    outside = kind in {Organisation.Kind.APPLICANT, Organisation.Kind.OTHER}
    require(by, ADMINISTRATORS | DISTRICT | CITY if outside else ADMINISTRATORS)
    if district and not _DISTRICT.fullmatch(district):
        raise refused(
            "district", f"「{district}」不是六位行政区划代码", f"'{district}' is no six-digit GB/T 2260 code"
        )
    if not district and kind != Organisation.Kind.CITY:
        raise refused("district", "请填写行政区划代码", "give the district's GB/T 2260 code")
    if by.district and not district.startswith(by.district):
        raise refused(
            "district", f"您只能办理{by.district}的单位", f"you enter organisations of {by.district} only"
        )
    code = uscc if kind == Organisation.Kind.APPLICANT and _NUMBER.fullmatch(uscc) else checked_uscc(uscc)
    row = Organisation(kind=kind, name=given(name, "单位名称", "the name"), uscc=code, district=district)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise refused("uscc", f"{code}已登记", f"{code} is there already; use that entry") from None
    record(by, "accounts.add_organisation", on=row,
           after={"kind": kind.value, "name": row.name, "uscc": code, "district": district})  # fmt: skip
    return row


def checked_uscc(text: str) -> str:
    """A unified social credit code in its one spelling.

    Raises:
        Refused: what is wrong with it.
    """
    try:
        return check_uscc(text)
    except ValueProblem as problem:
        raise refused("uscc", problem.text("zh"), problem.text("en")) from None


def checked_sign_in(text: str) -> str:
    """A sign-in name that can be one.

    Raises:
        Refused: it has other signs, or too few or many.
    """
    if not _SIGN_IN.fullmatch(text):
        raise refused(
            "sign_in",
            f"登录名「{text}」应为3至64位小写字母、数字、点、横线或下划线",
            f"sign-in name {text!r}: 3 to 64 of a-z, 0-9, dot, dash or underscore",
        )
    return text


@command("accounts.add_person")
def add_person(by: Actor, *, sign_in: str, name: str, organisation: int) -> Person:
    """A person with an account, who can do nothing yet: no way in, no role.

    `sign_in` is 3 to 64 of a-z, 0-9, dot, dash, underscore. Officers enter people of the applicants and
    institutions that they deal with; everybody else is entered by the administrators.

    Raises:
        Refused: another role, an organisation outside the scope, or a bad or taken sign-in name.
    """
    require(by, ADMINISTRATORS | DISTRICT | CITY)
    employer = find(Organisation, by, pk=organisation)
    if by.role not in ADMINISTRATORS and employer.kind in {
        Organisation.Kind.CITY,
        Organisation.Kind.DISTRICT,
    }:
        raise refused(
            "role", "本部门人员由安全管理员登记", "a security administrator enters a department's people"
        )
    sign_in = checked_sign_in(sign_in)
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                sign_in, given(name, "姓名", "the name"), organisation=employer
            )
    except IntegrityError:
        raise refused(
            "sign_in", "登录名已被使用；请另选一个", "the sign-in name is taken; choose another"
        ) from None
    record(by, "accounts.add_person", on=person,
           after={"sign_in": Personal(sign_in), "name": Personal(name), "organisation": employer.pk})  # fmt: skip
    return person


@command("accounts.close_account")
def close_account(by: Actor, *, person: int, why: str) -> Person:
    """Shuts a person out at once: no sign-in, and every session of theirs has ended.

    Raises:
        Refused: another role, oneself, no reason, or closed already.
    """
    return _standing(by, person, why, active=False)


@command("accounts.reopen_account")
def reopen_account(by: Actor, *, person: int, why: str) -> Person:
    """Lets a person in again, with the roles that they still hold.

    Raises:
        Refused: another role, oneself, no reason, or open already.
    """
    return _standing(by, person, why, active=True)


def _standing(by: Actor, person: int, why: str, *, active: bool) -> Person:
    require(by, ADMINISTRATORS)
    row = locked(Person, by, pk=person)
    another(by, row)
    why = given(why, "事由", "the reason")
    if row.is_active == active:
        raise refused("standing", "账号已是此状态", "the account stands so already")
    row.is_active = active
    end_sessions_of(row)
    record(by, "accounts.reopen_account" if active else "accounts.close_account", on=row,
           before={"is_active": not active}, after={"is_active": active}, why=why)  # fmt: skip
    return row


def end_sessions_of(person: Person) -> None:
    """Ends every session of a person, whose row is locked; part of each service that changes what they may do."""
    person.epoch += 1
    person.save()
