"""Which role may do what in the registry. On which applicant is the scopes' question, and for whom each service's."""

from __future__ import annotations

from typing import Final

from duixian.calendar.days import Both
from duixian.server.accounts.roles import CITY, DISTRICT, Role
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused

PEOPLE: Final = frozenset({"person", "team"})
"""Kinds of applicants whose data are somebody's own."""
_OFFICERS: Final = frozenset({Role.DISTRICT_OFFICER, Role.CITY_OFFICER})
MAY: Final[dict[str, frozenset[Role]]] = {
    "registry.register": _OFFICERS,
    "registry.identify": _OFFICERS,
    "registry.represent": _OFFICERS,
    "registry.state": _OFFICERS | {Role.AGENT},
    "registry.verify": DISTRICT | CITY,
    "registry.withdraw": _OFFICERS,
    "registry.flag": _OFFICERS,
    "registry.lift": frozenset({Role.CITY_OFFICER, Role.DISTRICT_APPROVER, Role.CITY_APPROVER}),
    "registry.propose_payee": _OFFICERS | {Role.AGENT, Role.FINANCE_CLERK},
    "registry.confirm_payee": frozenset({Role.DISTRICT_APPROVER, Role.CITY_APPROVER, Role.FINANCE_APPROVER}),
    "registry.decline_payee": frozenset({Role.DISTRICT_APPROVER, Role.CITY_APPROVER, Role.FINANCE_APPROVER}),
    "registry.close_payee": frozenset({Role.DISTRICT_APPROVER, Role.CITY_APPROVER, Role.FINANCE_APPROVER}),
    "registry.reveal": frozenset({Role.FINANCE_CLERK, Role.FINANCE_APPROVER, Role.CITY_OFFICER}),
    "registry.succeed": _OFFICERS,
    "registry.merge": frozenset({Role.CITY_OFFICER}),
    "registry.undo_merge": frozenset({Role.CITY_OFFICER}),
    "registry.form_consortium": _OFFICERS,
    "registry.open_import": _OFFICERS,
    "registry.confirm_import": _OFFICERS,
    "registry.abandon_import": _OFFICERS,
    "registry.export": frozenset({Role.CITY_OFFICER, Role.AUDITOR}),
    "registry.set_retention": frozenset({Role.CITY_APPROVER}),
    "registry.erase": frozenset({Role.CITY_APPROVER}),
}
"""The roles that may give each command; the system may give those that its jobs need (`SYSTEM`)."""
SYSTEM: Final = frozenset({"registry.register", "registry.state", "registry.open_import", "registry.export"})


def require(by: Actor, action: str) -> None:
    """Refuse an action that the actor's role may not do.

    Raises:
        Refused: `registry.role`.
    """
    if by.role in MAY[action] or (by.is_system and action in SYSTEM):
        return
    roles = sorted(MAY[action])
    raise Refused(
        "registry.role",
        Both(
            f"您的角色不能办理此事；可由{'、'.join(role.names.zh for role in roles)}办理",
            f"your role may not do this; it is done by: {', '.join(role.names.en for role in roles)}",
        ),
    )
