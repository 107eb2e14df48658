"""What every command on accounts asks first: may this role do it, and is there a second person."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model

from duixian.calendar.days import Both
from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import scoped

_M = TypeVar("_M", bound=Model)

ADMINISTRATORS = frozenset({Role.SECURITY, Role.BREAK_GLASS})
"""Who looks after accounts: the security administrators, and in an emergency the break-glass administrator."""


def refused(code: str, zh: str, en: str) -> Refused:
    """A refusal of this app; the code is `accounts.` and what stands in `code`."""
    return Refused(f"accounts.{code}", Both(zh, en))


def require(by: Actor, roles: Collection[Role]) -> int:
    """The person behind an actor, who must act in one of the roles.

    Raises:
        Refused: another role, or no person at all: the system gives nobody power.
    """
    if by.person is None or by.role not in roles:
        ordered = sorted(roles, key=list(Role).index)
        zh = "、".join(role.names.zh for role in ordered)
        en = ", ".join(role.names.en for role in ordered)
        raise refused("role", f"此操作只能由{zh}办理", f"only these may do it: {en}")
    return by.person


def locked(model: type[_M], by: Actor, **keys: object) -> _M:
    """One row within the actor's scope, locked until the transaction ends.

    Raises:
        NotFound: there is none, or it lies outside the scope.
    """
    row = scoped(model, by).select_for_update(of=("self",)).filter(**keys).first()
    if row is None:
        raise NotFound
    return row


def another(by: Actor, person: Person) -> None:
    """Nobody administers their own account.

    Raises:
        Refused: the actor is the person.
    """
    if by.person == person.pk:
        raise refused(
            "oneself", "不能办理本人的账号；请另一位管理员办理", "not for oneself; ask another administrator"
        )


def given(text: str, zh: str, en: str) -> str:
    """A text that must not be empty, such as a reason.

    Raises:
        Refused: nothing but blanks; `zh` and `en` name what is missing.
    """
    if not text.strip():
        raise refused("missing", f"请填写{zh}", f"give {en}")
    return text.strip()
