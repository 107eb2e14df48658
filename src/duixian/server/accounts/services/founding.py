"""The first people of a new system, who have nobody before them."""

from __future__ import annotations

from typing import NamedTuple

from duixian.server.accounts.models import Holding, Organisation, Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.rules import given, refused
from duixian.server.accounts.selectors import today
from duixian.server.accounts.services.people import checked_sign_in, checked_uscc
from duixian.server.accounts.services.sign_in import activation_token
from duixian.server.audit.commands import command
from duixian.server.audit.services import Personal, record
from duixian.server.common.acting import Actor


class Founder(NamedTuple):
    """One of the first two security administrators."""

    sign_in: str
    name: str


@command("accounts.found")
def found(by: Actor, *, bureau: str, uscc: str, founders: tuple[Founder, Founder]) -> tuple[str, str]:
    """Two security administrators for a system that has none, done by who runs the machine; their activation tokens.

    From then on every role takes two people.

    Raises:
        Refused: a person asks, the two are one, there was a security administrator already, or a bad code, sign-in
            name or name.
    """
    if not by.is_system:
        raise refused("role", "只能在服务器上办理", "this is done on the machine only")
    if Holding.objects.filter(role=Role.SECURITY).exists():
        raise refused(
            "state", "系统已有安全管理员；请由其办理", "there are security administrators; ask them"
        )
    if founders[0].sign_in == founders[1].sign_in:
        raise refused("second_person", "须为两人", "they must be two people")
    organisation = Organisation.objects.create(
        kind=Organisation.Kind.CITY, name=bureau, uscc=checked_uscc(uscc)
    )
    tokens = []
    for founder in founders:
        sign_in, name = checked_sign_in(founder.sign_in), given(founder.name, "姓名", "the name")
        person = Person.objects.create_user(sign_in, name, organisation=organisation)
        holding = Holding.objects.create(
            person=person, role=Role.SECURITY, since=today(), state=Holding.State.CONFIRMED
        )
        record(
            by,
            "accounts.found",
            on=holding,
            after={"person": person.pk, "sign_in": Personal(founder.sign_in)},
        )
        tokens.append(activation_token(person))
    return tokens[0], tokens[1]
