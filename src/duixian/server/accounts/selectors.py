"""Who may act as what today: the one place where an actor is made from a person."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.utils import timezone

from duixian.calendar.days import Both
from duixian.server.accounts.models import Holding, Opening, Person
from duixian.server.accounts.roles import SELF, STAFF, Incompatible, Role, clash
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused


def today() -> date:
    """The day in China: roles, mandates and their ends are counted in it."""
    return timezone.localdate()


def holdings(person: Person, day: date | None = None) -> list[Holding]:
    """The roles that a person really has on a day (today), each with what it rests on; one query."""
    day = day or today()
    rows = person.holdings.filter(state=Holding.State.CONFIRMED).select_related(
        "organisation", "mandate__principal__mandate"
    )
    return [row for row in rows.order_by("role", "fund", "district", "pk") if in_force(row, day)]


def in_force(holding: Holding, day: date) -> bool:
    """Whether a role is held on a day: confirmed, within its days, and its mandate and that one's principal too."""
    if holding.state != Holding.State.CONFIRMED or holding.since > day:
        return False
    if holding.until is not None and holding.until < day:
        return False
    mandate = holding.mandate
    if mandate is None:
        return True
    return mandate.valid(day) and (mandate.principal is None or in_force(mandate.principal, day))


def is_staff(person: Person) -> bool:
    """Whether a person holds any role today that is not an applicant's."""
    return any(Role(holding.role) in STAFF for holding in holdings(person))


def clashes(role: Role, fund: str | None, others: list[Holding]) -> list[Incompatible]:
    """Why a role for a fund may not be held beside others."""
    found = (clash(role, fund, Role(other.role), other.fund_id) for other in others)
    return [entry for entry in found if entry is not None]


def actor_for(
    person: Person,
    role: Role,
    *,
    fund: str | None = None,
    district: str | None = None,
    organisation: int | None = None,
    holding: int | None = None,
    request: UUID | None = None,
) -> Actor:
    """The person acting in a role that they hold today, for a fund, a district or an organisation.

    What is asked for may be narrower than what is held; the actor reaches the narrower. `holding` names one
    of several. Roles are looked at
    again here, at every use: one that has ended, or that must not be held beside another, gives no power.

    Raises:
        Refused: the account is closed; the role is not held, or for something else; it may not be held beside
            another; several holdings fit and none is named; the glass is not broken.
    """
    if not person.is_active:
        raise Refused(
            "accounts.inactive",
            Both("账号已停用；请联系安全管理员", "the account is closed; ask a security administrator"),
        )
    held = holdings(person)
    fitting = [
        row
        for row in held
        if row.role == role and holding in {None, row.pk} and _covers(row, fund, district, organisation)
    ]
    if not fitting:
        raise Refused(
            "accounts.role_not_held",
            Both(
                f"您今天不以「{role.names.zh}」身份负责此项；请在「我的账号」查看您的角色及其期限",
                f"you are not '{role.names.en}' for this today; 'My account' shows your roles and their ends",
            ),
        )
    if len(fitting) > 1:
        raise Refused(
            "accounts.which_holding",
            Both(
                f"您有{len(fitting)}项「{role.names.zh}」任职；请指明资金、区或单位",
                f"you are '{role.names.en}' {len(fitting)} times over; name the fund, district or organisation",
            ),
        )
    chosen = fitting[0]
    others = [row for row in held if row is not chosen]
    if broken := clashes(role, chosen.fund_id, others):
        raise Refused(
            "accounts.incompatible_roles",
            Both(
                f"不相容岗位：{broken[0].why.zh}；请安全管理员终止其中一项",
                f"incompatible roles: {broken[0].why.en}; a security administrator must end one of them",
            ),
        )
    if role is Role.BREAK_GLASS and opening(chosen) is None:
        raise Refused(
            "accounts.glass_closed",
            Both(
                "应急管理员未启用；请先启用并写明事由",
                "the break-glass administrator is not in use; open it first and give the reason",
            ),
        )
    return Actor(
        role=role.value,
        person=person.pk,
        fund=fund or chosen.fund_id,
        district=district or chosen.district or None,
        organisation=chosen.organisation_id if role is Role.AGENT else None,
        uscc=chosen.organisation.uscc if role is Role.AGENT and chosen.organisation else None,
        request=request or uuid4(),
    )


def self_actor(person: Person, request: UUID | None = None) -> Actor:
    """The person acting for themselves: their own password, second factor, and rows."""
    return Actor(role=SELF, person=person.pk, request=request or uuid4())


def opening(holding: Holding) -> Opening | None:
    """The use of a break-glass role that is going on now."""
    now = timezone.now()
    return holding.openings.filter(closed_at=None, opened_at__lte=now, until__gt=now).first()


def _covers(row: Holding, fund: str | None, district: str | None, organisation: int | None) -> bool:
    return (
        (fund is None or row.fund_id is None or row.fund_id == fund)
        and (district is None or district.startswith(row.district))
        and (organisation is None or row.organisation_id == organisation)
    )
