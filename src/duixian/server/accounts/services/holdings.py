"""Roles given by two people, ended by one; every clash is looked at under a lock on the person."""

from __future__ import annotations

import re
from datetime import date

from django.utils import timezone

from duixian.server.accounts.models import Holding, Mandate, Organisation, Person
from duixian.server.accounts.roles import (
    EVERYWHERE,
    GIVEN_BY,
    NEEDS_DISTRICT,
    NEEDS_END,
    NEEDS_ORGANISATION,
    SELF,
    Role,
)
from duixian.server.accounts.rules import another, given, locked, refused, require
from duixian.server.accounts.selectors import clashes, today
from duixian.server.accounts.services.people import end_sessions_of
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import find
from duixian.server.funds.models import Fund

_KINDS = {
    Role.AGENT: Organisation.Kind.APPLICANT,
    Role.DISTRICT_OFFICER: Organisation.Kind.DISTRICT,
    Role.DISTRICT_APPROVER: Organisation.Kind.DISTRICT,
    Role.CITY_OFFICER: Organisation.Kind.CITY,
    Role.CITY_APPROVER: Organisation.Kind.CITY,
}
"""What kind of organisation a role needs, where it needs one of a kind."""


@command("accounts.propose_role")
def propose_role(  # noqa: PLR0913 - a role has that many bounds
    by: Actor,
    *,
    person: int,
    role: Role,
    since: date,
    until: date | None = None,
    fund: str | None = None,
    district: str = "",
    organisation: int | None = None,
    mandate: int | None = None,
) -> Holding:
    """Proposes a role for somebody; it gives no power before a second person confirms it.

    `fund` None is all funds, `district` empty the whole city. An agent and a deputy need a `mandate`, which
    bounds the days.

    Raises:
        Refused: who proposes may not give this role, or to themselves; the bounds do not fit the role; the
            person holds, or is about to hold, a role that clashes.
    """
    require(by, GIVEN_BY[role][0])
    target = locked(Person, by, pk=person)
    another(by, target)
    row = Holding(
        person=target,
        role=role.value,
        fund_id=fund,
        district=district,
        organisation=find(Organisation, by, pk=organisation) if organisation else None,
        mandate=find(Mandate, by, pk=mandate) if mandate else None,
        since=since,
        until=until,
        proposed_by_id=by.person,
    )
    _within(by, row)
    _bounds(row, role)
    _days(row, role)
    _mandate(row, role)
    _no_clash(row)
    row.save(force_insert=True)
    record(by, "accounts.propose_role", on=row, after=_told(row))
    return row


@command("accounts.confirm_role")
def confirm_role(by: Actor, *, holding: int) -> Holding:
    """The second person gives the role; the holder's sessions end, so that the next one begins with it.

    Raises:
        Refused: the proposer or the holder confirms; it is not proposed any more; its days are over; a clash
            has come up since.
    """
    row = _waiting(by, holding)
    _within(by, row)
    if row.until is not None and row.until < today():
        raise refused(
            "days", f"任期已于{row.until}届满；请重新提出", f"it ended on {row.until}; propose it anew"
        )
    _no_clash(row)
    return _decide(by, row, Holding.State.CONFIRMED, "accounts.confirm_role", "")


@command("accounts.decline_role")
def decline_role(by: Actor, *, holding: int, why: str) -> Holding:
    """The second person does not give the role.

    Raises:
        Refused: the proposer or the holder declines, no reason, or it is not proposed any more.
    """
    row = _waiting(by, holding)
    return _decide(by, row, Holding.State.DECLINED, "accounts.decline_role", given(why, "事由", "the reason"))


@command("accounts.end_role")
def end_role(by: Actor, *, holding: int, why: str) -> Holding:
    """Takes a role away at once, or withdraws its proposal; one person suffices, and anybody may give up their own.

    Raises:
        Refused: another role, no reason, or it has ended already.
    """
    row = find(Holding, by, pk=holding)
    if not (by.role == SELF and row.person_id == by.person):
        require(by, GIVEN_BY[Role(row.role)][0] | GIVEN_BY[Role(row.role)][1])
    person = Person.objects.select_for_update().get(pk=row.person_id)
    row.refresh_from_db()
    if not row.open:
        raise refused("state", "该角色已终止", "the role has ended already")
    before = row.state
    row.state, row.ended_at = Holding.State.ENDED, timezone.now()
    row.save()
    end_sessions_of(person)
    record(by, "accounts.end_role", on=row, before={"state": before}, after={"state": row.state},
           why=given(why, "事由", "the reason"))  # fmt: skip
    return row


def _waiting(by: Actor, holding: int) -> Holding:
    row = find(Holding, by, pk=holding)
    require(by, GIVEN_BY[Role(row.role)][1])
    person = Person.objects.select_for_update().get(pk=row.person_id)
    row.refresh_from_db()
    row.person = person
    another(by, person)
    if by.person == row.proposed_by_id:
        raise refused(
            "second_person", "提出人不能确认；请另一人确认", "who proposed cannot decide; ask a second person"
        )
    if row.state != Holding.State.PROPOSED:
        raise refused("state", "该提议已处理", "the proposal has been decided already")
    return row


def _decide(by: Actor, row: Holding, state: Holding.State, action: str, why: str) -> Holding:
    row.state, row.decided_by_id, row.decided_at = state, by.person, timezone.now()
    row.save()
    if state == Holding.State.CONFIRMED:
        end_sessions_of(row.person)
    record(
        by,
        action,
        on=row,
        before={"state": Holding.State.PROPOSED.value},
        after={"state": state.value},
        why=why,
    )
    return row


def _within(by: Actor, row: Holding) -> None:
    """Who is bound to a fund or district gives no role beyond it; an agent acts whatever the fund."""
    if row.role == Role.AGENT:
        return
    if by.fund is not None and row.fund_id != by.fund:
        raise refused(
            "bounds", f"您只能办理资金{by.fund}的角色", f"you give roles for the fund {by.fund} only"
        )
    if by.district is not None and not row.district.startswith(by.district):
        raise refused("bounds", f"您只能办理{by.district}的角色", f"you give roles for {by.district} only")


def _bounds(row: Holding, role: Role) -> None:
    """The fund, the district and the organisation must suit the role, and be there."""
    if row.fund_id is not None and not Fund.objects.filter(pk=row.fund_id).exists():
        raise refused("fund", f"没有资金「{row.fund_id}」", f"there is no fund '{row.fund_id}'")
    if not re.fullmatch("([0-9]{2}){0,3}", row.district):
        raise refused(
            "district", f"「{row.district}」不是行政区划代码", f"'{row.district}' is no GB/T 2260 code"
        )
    if role in EVERYWHERE and (row.fund_id or row.district):
        raise refused(
            "bounds", f"{role.names.zh}不限资金和区", f"'{role.names.en}' is not bound to a fund or district"
        )
    if role in NEEDS_DISTRICT and len(row.district) != 6:
        raise refused("district", "请填写六位行政区划代码", "give the district's six-digit GB/T 2260 code")
    if role in NEEDS_ORGANISATION and row.organisation is None:
        raise refused("organisation", "请填写任职或委托单位", "give the organisation")
    kind = _KINDS.get(role)
    if kind and row.organisation and row.organisation.kind != kind:
        raise refused(
            "organisation", f"此角色须属{kind.label}", f"the organisation must be of the kind '{kind.value}'"
        )
    if role in NEEDS_DISTRICT and row.organisation and row.organisation.district != row.district:
        raise refused("district", f"该单位属{row.organisation.district}",
                      f"the organisation belongs to {row.organisation.district}")  # fmt: skip


def _days(row: Holding, role: Role) -> None:
    if row.until is None and (role in NEEDS_END or row.mandate):
        raise refused("days", "此角色须有终止日", "this role is never given without an end")
    if row.until is not None and not row.since <= row.until >= today():
        raise refused(
            "days", f"终止日{row.until}早于起始日或今天", f"the end {row.until} is before the start or today"
        )


def _mandate(row: Holding, role: Role) -> None:
    """A mandate is the holder's own, says the same as the role, and covers its days."""
    mandate = row.mandate
    if mandate is None:
        if role is Role.AGENT:
            raise refused("mandate", "申报单位经办人须有授权委托书", "an agent needs a recorded mandate")
        return
    principal = mandate.principal
    same = (
        mandate.organisation_id == row.organisation_id and role is Role.AGENT
        if principal is None
        else (principal.role, principal.fund_id, principal.district, principal.organisation_id)
        == (row.role, row.fund_id, row.district, row.organisation_id)
    )
    if mandate.person_id != row.person_id or not same:
        raise refused(
            "mandate", "授权委托与此角色不符", "the mandate is another person's, or for something else"
        )
    if mandate.ended_at or not (row.until and mandate.since <= row.since <= row.until <= mandate.until):
        raise refused("mandate", f"授权期限为{mandate.since}至{mandate.until}",
                      f"the mandate runs from {mandate.since} to {mandate.until}")  # fmt: skip


def _no_clash(row: Holding) -> None:
    """No other open role of the person, whose row is locked, clashes with this one on any day."""
    others = [
        other
        for other in row.person.holdings.filter(state__in=[Holding.State.PROPOSED, Holding.State.CONFIRMED])
        if other.pk != row.pk and _overlap(row, other)
    ]
    if found := clashes(Role(row.role), row.fund_id, others):
        raise refused(
            "incompatible_roles", f"不相容岗位：{found[0].why.zh}", f"incompatible: {found[0].why.en}"
        )
    same = (row.role, row.fund_id, row.district, row.organisation_id)
    if any((other.role, other.fund_id, other.district, other.organisation_id) == same for other in others):
        raise refused(
            "twice", "此人已有或待确认同一角色", "the person has this very role, or it awaits confirmation"
        )


def _overlap(one: Holding, other: Holding) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def _told(row: Holding) -> dict[str, object]:
    return {
        "person": row.person_id,
        "role": row.role,
        "fund": row.fund_id,
        "district": row.district,
        "organisation": row.organisation_id,
        "mandate": row.mandate_id,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }
