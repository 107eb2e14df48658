"""States, corrects, verifies and withdraws what is known of an applicant. Each adds a version; none overwrites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from duixian.calendar.days import Both
from duixian.language.vocabulary import Entity, shared_vocabulary
from duixian.register.applicant import Facts
from duixian.server.accounts.roles import Role
from duixian.server.audit.commands import command
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry.checks import (
    check_required,
    check_times,
    keep_code,
    keep_who,
    refuse_referenced,
    refuse_twin,
    whole_lists,
)
from duixian.server.registry.forms import Held, Span
from duixian.server.registry.models import Applicant, Provenance, RecordVersion
from duixian.server.registry.models.records import OWN, SANCTION
from duixian.server.registry.rights import require
from duixian.server.registry.wire import Payload
from duixian.server.registry.writing import (
    Given,
    append,
    check_authority,
    check_references,
    checked,
    current,
    key_of,
    locked,
    stretches,
)


@command("registry.state")
def state(  # noqa: PLR0913 - a statement has so many parts
    by: Actor,
    *,
    applicant: int,
    type: str = OWN,
    key: str = "",
    facts: Facts,
    given: Given,
    unknown: Sequence[str] = (),
    complete: Sequence[str] = (),
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    why: str = "",
) -> RecordVersion | None:
    """State facts of one record, or of the applicant itself; what is not named stays as it is.

    `unknown` names facts to take back: they are not known any more. `complete` names (for the applicant itself) the
    record types of which the list is whole. With `valid_from` they are true from that day on, and the days before
    keep what they had; without, they correct what was. Days on which something else was known of other facts get
    a version each. Returns the last version, None if nothing is new.

    Raises:
        NotFound: the applicant is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.type`, `.fact`, `.authority`, `.required`, `.reference`,
            `.twin_record`, `.sanction`, `.kind`, `.agent`, `.uscc`, `.future`, `.evidence`, `.times`.
    """
    require(by, "registry.state")
    if type == SANCTION:  # two people stand behind its end
        raise Refused("registry.sanction", Both(
            "失信和禁申报请用「登记」和「解除」办理", "flags and bars are put and lifted by their own commands"
        ))  # fmt: skip
    return stated(
        by, applicant=applicant, type=type, key=key, facts=facts, given=given, unknown=unknown,
        complete=complete, valid_from=valid_from, valid_until=valid_until, why=why,
    )  # fmt: skip


def stated(  # noqa: PLR0913 - as `state`
    by: Actor,
    *,
    applicant: int,
    type: str,
    key: str,
    facts: Facts,
    given: Given,
    unknown: Sequence[str] = (),
    complete: Sequence[str] = (),
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    why: str = "",
) -> RecordVersion | None:
    """What `state` does, for a command that has checked who may."""
    entity, vocabulary = entity_of(type), shared_vocabulary()
    if by.role == Role.AGENT and (given.kind != Provenance.Kind.STATEMENT or given.verified):
        raise Refused("registry.agent", Both(
            "经办人填报的内容只能作为主体自行填报，不能自行核实",
            "what an agent states is the applicant's own statement, and is not verified by it",
        ))  # fmt: skip
    row = locked(by, applicant)
    slot = (type, "" if type == OWN else key_of(key))
    patch = checked(entity, facts, vocabulary)
    check_authority(entity, [*facts, *unknown], given.kind)
    check_times(valid_from, valid_until, own=type == OWN)
    patch |= whole_lists(type, complete)
    before = current(row, *slot)
    keep_code(type, before, patch, unknown)
    keep_who(by, row, slot, before.payload if before else {}, patch, unknown)
    check_references(row, entity, patch)
    span: Span = (valid_from, valid_until)
    dated = span != (None, None)
    found: list[tuple[Span, Payload, set[str] | None]] = []
    for part in stretches(row, slot, span) if dated else [before.valid if before else span]:
        held = current(row, *slot, day=part[0] or dt.date.min) if dated else before
        base = held.payload if held else {}
        payload = {name: cell for name, cell in (base | patch).items() if name not in unknown}
        check_required(entity, payload)
        changed = {name for name in {*patch, *unknown} if payload.get(name, ...) != base.get(name, ...)}
        if held is not None and not changed and not dated:
            return None
        names = None if held is None else changed or {*patch}
        first = part[0]
        if found and found[-1][1] == payload:
            (first, _), _, others = found.pop()
            names = None if names is None or others is None else names | others
        found.append(((first, part[1]), payload, names))
    source, made = given.keep(by), None
    for part, payload, names in found:
        refuse_twin(row.pk, slot, payload)
        made = append(by, "registry.state", row, slot, payload, source, stated=names, valid=part, why=why)
    return made


@command("registry.verify")
def verify(
    by: Actor, *, applicant: int, type: str, key: str = "", fields: Sequence[str], given: Given, why: str = ""
) -> RecordVersion:
    """Record that values were verified against evidence, as they stand; they get a version with that source.

    Raises:
        NotFound: the applicant is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.type`, `.no_record`, `.no_value`, `.evidence`.
    """
    require(by, "registry.verify")
    entity_of(type)
    row = locked(by, applicant)
    before = _existing(current(row, type, key))
    missing = [name for name in fields if name not in before.payload]
    if missing or not fields:
        raise Refused("registry.no_value", Both(
            f"没有可核实的值：{'、'.join(missing) or '未指明字段'}",
            f"there is no value to verify: {', '.join(missing) or 'no field is named'}",
        ))  # fmt: skip
    if not (given.verified and given.evidence):
        raise Refused("registry.evidence", Both(
            "核实须有证明材料", "to verify needs the hash of the evidence"
        ))  # fmt: skip
    valid = before.valid
    return append(
        by, "registry.verify", row, (type, key), before.payload, given.keep(by), stated=fields, valid=valid, why=why
    )  # fmt: skip


@command("registry.withdraw")
def withdraw(by: Actor, *, applicant: int, type: str, key: str, given: Given, why: str) -> RecordVersion:
    """Take back a record that was entered in error: from now on there is none, the earlier versions stay.

    Raises:
        NotFound: the applicant is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.type`, `.no_record`, `.referenced`, `.why`; of a flag or
            bar `.same_person`.
    """
    require(by, "registry.withdraw")
    row = locked(by, applicant)
    if entity_of(type).name == OWN or not why:
        raise Refused("registry.why", Both(
            "只能撤回记录，并须写明原因", "only a record can be withdrawn, and the reason is needed"
        ))  # fmt: skip
    before = _existing(current(row, type, key))
    if type == SANCTION:
        require(by, "registry.lift")
        refuse_recorder(by, {row.pk, before.origin}, type, key)
    refuse_referenced(row.pk, type, key)
    valid = before.valid
    return append(by, "registry.withdraw", row, (type, key), None, given.keep(by), valid=valid, why=why)


def change(
    by: Actor, row: Applicant, slot: tuple[str, str], facts: Facts, given: Given, why: str
) -> RecordVersion:
    """Change facts of a record of a locked applicant, for a command that has checked who may."""
    entity = entity_of(slot[0])
    patch = checked(entity, facts, shared_vocabulary())
    check_authority(entity, facts, given.kind)
    before = _existing(current(row, *slot))
    payload = before.payload | patch
    valid = before.valid
    return append(
        by, "registry.state", row, slot, payload, given.keep(by), stated=patch, valid=valid, why=why
    )


def refuse_recorder(by: Actor, applicants: Collection[int], type: str, key: str) -> None:
    """Refuse who recorded any version of a record, and so cannot take it back alone.

    Raises:
        Refused: `registry.same_person`.
    """
    versions = RecordVersion.objects.filter(applicant__in=applicants, type=type, key=key)
    if versions.filter(provenance__recorded_by=by.person).exists():
        raise Refused("registry.same_person", Both(
            "登记的人不能自行解除，请由他人办理", "who put it there cannot lift it: let somebody else"
        ))  # fmt: skip


def entity_of(type: str) -> Entity:
    """The vocabulary's entity. Raises Refused: `registry.type`."""
    entity = shared_vocabulary().entities.get(type)
    if entity is None:
        known = "、".join(shared_vocabulary().entities)
        raise Refused(
            "registry.type", Both(f"没有记录类别「{type}」，可用：{known}", f"no type `{type}`: {known}")
        )
    return entity


def _existing(held: Held | None) -> Held:
    if held is None:
        raise Refused("registry.no_record", Both(
            "该主体没有这条记录", "the applicant has no such record"
        ))  # fmt: skip
    return held
