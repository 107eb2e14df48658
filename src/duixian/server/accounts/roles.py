"""The roles, their names, and which of them one person may not hold together.

Separation of duties stands here as data: what the internal-control rules for public bodies call 不相容岗位相互分离,
and the three administrators (三员分立) that GB/T 22239-2019 asks for from level 2 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import combinations, product
from typing import NamedTuple

from duixian.calendar.days import Both


class Role(StrEnum):
    """What a person may be in the procedure of a fund, or around it."""

    AGENT = "agent"
    DISTRICT_OFFICER = "district_officer"
    DISTRICT_APPROVER = "district_approver"
    CITY_OFFICER = "city_officer"
    CITY_APPROVER = "city_approver"
    EXPERT = "expert"
    FINANCE_CLERK = "finance_clerk"
    FINANCE_APPROVER = "finance_approver"
    AUDITOR = "auditor"
    DISCIPLINE = "discipline"
    DRAFTER = "drafter"
    OPERATOR = "operator"
    SECURITY = "security"
    BREAK_GLASS = "break_glass"

    @property
    def names(self) -> Both:
        """What people call it."""
        return _NAMES[self]


_NAMES = {
    Role.AGENT: Both("申报单位经办人", "applicant's agent"),
    Role.DISTRICT_OFFICER: Both("区级经办人", "district officer"),
    Role.DISTRICT_APPROVER: Both("区级审批人", "district approver"),
    Role.CITY_OFFICER: Both("市级经办人", "city officer"),
    Role.CITY_APPROVER: Both("市级审批人", "city approver"),
    Role.EXPERT: Both("评审专家", "expert reviewer"),
    Role.FINANCE_CLERK: Both("财务经办人", "finance clerk"),
    Role.FINANCE_APPROVER: Both("财务审批人", "finance approver"),
    Role.AUDITOR: Both("审计员", "auditor"),
    Role.DISCIPLINE: Both("纪检监察人员", "discipline inspection"),
    Role.DRAFTER: Both("政策起草人", "policy drafter"),
    Role.OPERATOR: Both("系统管理员", "operator"),
    Role.SECURITY: Both("安全管理员", "security administrator"),
    Role.BREAK_GLASS: Both("应急管理员", "break-glass administrator"),
}

DISTRICT = frozenset({Role.DISTRICT_OFFICER, Role.DISTRICT_APPROVER})
CITY = frozenset({Role.CITY_OFFICER, Role.CITY_APPROVER})
FINANCE = frozenset({Role.FINANCE_CLERK, Role.FINANCE_APPROVER})
CASEWORK = DISTRICT | CITY | FINANCE | {Role.EXPERT}
WATCH = frozenset({Role.AUDITOR, Role.DISCIPLINE})
ADMINISTRATION = frozenset({Role.OPERATOR, Role.SECURITY, Role.BREAK_GLASS})
STAFF = frozenset(Role) - {Role.AGENT}
"""Roles for which a second factor is compulsory."""

SELF = "self"
"""The role of everybody towards what is their own: a password, a second factor, their own rows."""

NOBODY = "nobody"
"""Who has not signed in: only ever refused."""

EVERYWHERE = frozenset({Role.AUDITOR, Role.DISCIPLINE, Role.OPERATOR, Role.SECURITY, Role.BREAK_GLASS})
"""Roles that are never bound to a fund or a district: they keep the whole system."""

NEEDS_DISTRICT = DISTRICT
NEEDS_ORGANISATION = CASEWORK | {Role.AGENT}
NEEDS_END = frozenset({Role.AGENT, Role.EXPERT, Role.BREAK_GLASS})
"""Roles that are never given without an end."""


class Incompatible(NamedTuple):
    """Two roles that one person may not hold together, and why."""

    roles: frozenset[Role]
    everywhere: bool
    """Whether also for different funds; otherwise only where their funds overlap."""
    why: Both


def _pairs() -> Iterator[Incompatible]:
    def across(left: frozenset[Role], right: frozenset[Role], everywhere: bool, zh: str, en: str) -> None:
        for pair in product(left, right):
            if len(set(pair)) == 2:
                table.setdefault(frozenset(pair), Incompatible(frozenset(pair), everywhere, Both(zh, en)))

    def within(group: frozenset[Role], everywhere: bool, zh: str, en: str) -> None:
        for pair in combinations(sorted(group), 2):
            table.setdefault(frozenset(pair), Incompatible(frozenset(pair), everywhere, Both(zh, en)))

    table: dict[frozenset[Role], Incompatible] = {}
    agent, expert = frozenset({Role.AGENT}), frozenset({Role.EXPERT})
    across(WATCH, STAFF - WATCH, True,
           "监督人员不得参与被监督的工作", "who watches takes no part in what is watched")  # fmt: skip
    across(agent, STAFF, True,
           "申报一方不得同时在审批一方任职", "an applicant's side is not the deciding side")  # fmt: skip
    within(frozenset({Role.OPERATOR, Role.SECURITY}), True,
           "系统管理、安全管理、审计管理三员分立", "the three administrators are three people")  # fmt: skip
    across(ADMINISTRATION, CASEWORK | {Role.DRAFTER}, True,
           "管理系统的人不得办理业务", "who administers the system decides no case")  # fmt: skip
    within(DISTRICT, False,
           "经办与审批不得为同一人", "who prepares does not approve")  # fmt: skip
    within(CITY, False,
           "经办与审批不得为同一人", "who prepares does not approve")  # fmt: skip
    within(FINANCE, False,
           "财务经办与财务审批不得为同一人", "who prepares a payment does not approve it")  # fmt: skip
    across(DISTRICT, CITY, False,
           "推荐与决定不得为同一人", "who recommends does not decide")  # fmt: skip
    across(FINANCE, DISTRICT | CITY, False,
           "业务与财务岗位分离", "casework and finance are separate posts")  # fmt: skip
    across(expert, DISTRICT | CITY | FINANCE, False,
           "评审专家不得参与同一资金的审批", "an expert does not decide on the fund that they review")  # fmt: skip
    yield from table.values()


INCOMPATIBLE: dict[frozenset[Role], Incompatible] = {entry.roles: entry for entry in _pairs()}


def clash(one: Role, its_fund: str | None, other: Role, other_fund: str | None) -> Incompatible | None:
    """Why two roles (each for a fund, or None for all funds) may not be one person's; None if they may."""
    entry = INCOMPATIBLE.get(frozenset({one, other}))
    if entry is None:
        return None
    overlap = its_fund is None or other_fund is None or its_fund == other_fund
    return entry if entry.everywhere or overlap else None


GIVEN_BY: dict[Role, tuple[frozenset[Role], frozenset[Role]]] = {
    role: (frozenset({Role.SECURITY, Role.BREAK_GLASS}),) * 2 for role in Role
} | {
    Role.AGENT: (
        frozenset({Role.SECURITY, Role.BREAK_GLASS, Role.DISTRICT_OFFICER, Role.CITY_OFFICER}),
        frozenset({Role.SECURITY, Role.BREAK_GLASS, Role.DISTRICT_APPROVER, Role.CITY_APPROVER}),
    ),
    Role.EXPERT: (
        frozenset({Role.SECURITY, Role.BREAK_GLASS, Role.CITY_OFFICER}),
        frozenset({Role.SECURITY, Role.BREAK_GLASS, Role.CITY_APPROVER}),
    ),
    Role.BREAK_GLASS: (frozenset({Role.SECURITY}),) * 2,
}
"""Who may propose each role for somebody, and who may confirm it; never the same person, never for oneself."""
