"""May this role do it, on this object, and this person here: the ledger's three questions."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from duixian.calendar.days import Both
from duixian.server.accounts.roles import DISTRICT, Role
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.ledger.models import Entry, Proposal
from duixian.server.ledger.moves import MOVES, REVERSAL, Move

DISTRICT_CODE = re.compile("[0-9]{6,12}")
"""A GB/T 2260 code, or one of a place within it."""


def need_role(by: Actor, roles: AbstractSet[Role]) -> int:
    """The person who acts, in one of these roles.

    Raises:
        Refused: the actor has another role, or is no person.
    """
    if by.person is None or by.role not in roles:
        zh = "、".join(role.names.zh for role in Role if role in roles)
        en = ", ".join(role.names.en for role in Role if role in roles)
        raise Refused(
            "ledger.role",
            Both(f"此操作由以下角色办理：{zh or '系统'}", f"this is done by: {en or 'the system'}"),
        )
    return by.person


def need_reach(by: Actor, fund: str, district: str) -> None:
    """The actor's fund and district hold those of the money; central money is in no district.

    Raises:
        NotFound: they do not: the actor is told nothing about it.
    """
    if by.fund not in (None, fund):
        raise NotFound
    bound = by.district or ""
    if by.role in DISTRICT and not (bound and district.startswith(bound)):
        raise NotFound
    if district and not district.startswith(bound):
        raise NotFound


def need_district(code: str) -> None:
    """A GB/T 2260 code: six digits, or more of a place within it.

    Raises:
        Refused: it is none; money put there would be out of everybody's reach.
    """
    if not DISTRICT_CODE.fullmatch(code):
        raise Refused(
            "ledger.district",
            Both("区划应为6至12位数字的行政区划代码", "a district is named by its code of 6 to 12 digits"),
        )


def move_of(what: Proposal | Entry) -> Move:
    """The move that a proposal or an entry is about: of a reversal, the one that it undoes."""
    if what.move_id != REVERSAL:
        return MOVES[what.move_id]
    assert what.reverses is not None
    return MOVES[what.reverses.move_id]
