"""Consortia: a lead and members who share a record's id, each with its own part in it."""

from __future__ import annotations

from collections.abc import Sequence

from duixian.calendar.days import Both
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry.models import Consortium, ConsortiumMember
from duixian.server.registry.rights import require
from duixian.server.registry.services.records import entity_of
from duixian.server.registry.writing import Given, append, current, locked


@command("registry.form_consortium")
def form_consortium(  # noqa: PLR0913 - a consortium has so many parts
    by: Actor,
    *,
    name: str,
    lead: int,
    members: Sequence[int],
    key: str,
    document: str,
    given: Given,
    type: str = "project",
) -> Consortium:
    """Form a consortium for a record of the lead. Members without the record get it under the same id.

    What they get is what the project is (its programme, fields, place and days), not the lead's money: sums and
    what only an authority states are left unknown, for each to state its own. The lead's role becomes `lead`, the
    others' `member`.

    Raises:
        NotFound: one of them is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.members`, `.no_record`, `.type`, `.document`.
    """
    require(by, "registry.form_consortium")
    entity = entity_of(type)
    if "role" not in entity.fields:
        raise Refused("registry.type", Both(
            f"「{entity.label.zh}」没有承担角色，不能由联合体共有", f"`{type}` has no role, so it cannot be shared"
        ))  # fmt: skip
    if not members or lead in members or len({*members}) != len(members) or not document:
        raise Refused("registry.members", Both(
            "须有一家牵头、至少一家参与，不重复，并有联合体协议",
            "one lead, at least one other member, each once, and an agreement are needed",
        ))  # fmt: skip
    rows = {each: locked(by, each) for each in sorted({lead, *members})}
    leads = current(rows[lead], type, key)
    if leads is None:
        raise Refused("registry.no_record", Both(
            f"牵头单位没有编号「{key}」的{entity.label.zh}，请先登记",
            f"the lead has no {type} '{key}': record it first",
        ))  # fmt: skip
    made = Consortium.objects.create(
        name=name, type=type, key=key, document=document, recorded_by_id=by.person
    )
    provenance = given.keep(by)
    common = {
        field: cell for field, cell in leads.payload.items()
        if entity.fields[field].type.kind not in ("money", "record", "flag") and not entity.fields[field].authority
    }  # fmt: skip
    for each in (lead, *members):
        role = "lead" if each == lead else "member"
        ConsortiumMember.objects.create(consortium=made, applicant=rows[each], role=role)
        had = current(rows[each], type, key)
        payload = (had.payload if had else common) | {"role": role}
        if had is None or had.payload != payload:
            valid = had.valid if had else (None, None)
            append(
                by, "registry.state", rows[each], (type, key), payload, provenance,
                stated=["role"] if had else None, valid=valid,
            )  # fmt: skip
    after = {"lead": rows[lead], "members": [rows[each] for each in members], "type": type}
    record(by, "registry.form_consortium", on=made, before=None, after=after)
    return made
