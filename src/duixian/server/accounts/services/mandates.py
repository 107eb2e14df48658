"""Mandates: the recorded power of an agent or a deputy, with its file and its end."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from duixian.server.accounts.models import Holding, Mandate, Organisation, Person
from duixian.server.accounts.roles import CITY, DISTRICT, SELF
from duixian.server.accounts.rules import ADMINISTRATORS, another, given, locked, refused, require
from duixian.server.accounts.selectors import today
from duixian.server.accounts.services.people import end_sessions_of
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import find


@command("accounts.record_mandate")
def record_mandate(
    by: Actor,
    *,
    person: int,
    reference: str,
    since: date,
    until: date,
    organisation: int | None = None,
    principal: int | None = None,
) -> Mandate:
    """Notes that a person is empowered by an organisation (as its agent) or by the holder of a role (as deputy).

    `reference` names the paper (授权委托书's number). It gives no role by itself. Who was empowered does not
    empower a third person.

    Raises:
        Refused: another role, oneself, no paper, bad days; both principals or none; a deputy's own role.
    """
    recorder = require(by, ADMINISTRATORS | DISTRICT | CITY)
    target = find(Person, by, pk=person)
    another(by, target)
    if (organisation is None) == (principal is None):
        raise refused("mandate", "请填写委托单位或被代理的角色，二者只填一项",
                      "give either the organisation or the role that is deputised")  # fmt: skip
    if not since <= until >= today():
        raise refused(
            "days", f"终止日{until}早于起始日或今天", f"the end {until} is before the start or today"
        )
    if principal is not None:
        require(by, ADMINISTRATORS)
    held = find(Holding, by, pk=principal) if principal is not None else None
    if held is not None and (held.mandate_id or held.person_id == target.pk or not held.open):
        raise refused("mandate", "代理人不得转委托，也不得代理本人或已终止的角色",
                      "no deputy of a deputy, of oneself, or of a role that has ended")  # fmt: skip
    row = Mandate(
        person=target,
        organisation=find(Organisation, by, pk=organisation) if organisation is not None else None,
        principal=held,
        reference=given(reference, "授权文件", "the paper"),
        since=since,
        until=until,
        recorded_by_id=recorder,
    )
    row.save(force_insert=True)
    record(by, "accounts.record_mandate", on=row,
           after={"person": target.pk, "organisation": organisation, "principal": principal,
                  "since": since.isoformat(), "until": until.isoformat()})  # fmt: skip
    return row


@command("accounts.end_mandate")
def end_mandate(by: Actor, *, mandate: int, why: str) -> Mandate:
    """Withdraws a mandate: every role that rests on it has ended with it. The principal may do so themselves.

    Raises:
        Refused: another role, no reason, or it has ended already.
    """
    row = locked(Mandate, by, pk=mandate)
    concerned = {row.person_id} | ({row.principal.person_id} if row.principal else set())
    if not (by.role == SELF and by.person in concerned):
        require(by, ADMINISTRATORS if row.principal else ADMINISTRATORS | DISTRICT | CITY)
    if row.ended_at is not None:
        raise refused("state", "该授权已撤销", "the mandate has ended already")
    row.ended_at = timezone.now()
    row.save()
    end_sessions_of(Person.objects.select_for_update().get(pk=row.person_id))
    record(by, "accounts.end_mandate", on=row, before={"ended": False}, after={"ended": True},
           why=given(why, "事由", "the reason"))  # fmt: skip
    return row
