"""States, corrects, verifies and withdraws what is known of an applicant. Each adds a version; none overwrites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.utils import timezone

from duixian.calendar.days import Both
from duixian.language.vocabulary import Entity, shared_vocabulary
from duixian.register.applicant import Facts
from duixian.server.accounts.roles import Role
from duixian.server.audit.commands import command
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry.forms import Held, entries
from duixian.server.registry.models import Applicant, Identifier, Provenance, RecordVersion
from duixian.server.registry.models.records import OWN, SANCTION
from duixian.server.registry.naturals import ONE_OF, twin_of
from duixian.server.registry.rights import PEOPLE, require
from duixian.server.registry.versions import When
from duixian.server.registry.wire import complete_payload
from duixian.server.registry.writing import (
    Given,
    append,
    check_authority,
    check_references,
    checked,
    current,
    key_of,
    locked,
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
    keep what they had; without, they correct what was. Returns None if nothing is new.

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
    _check_times(valid_from, valid_until)
    patch |= _whole_lists(type, complete)
    before = current(row, *slot)
    _keep_code(type, before, patch, unknown)
    _keep_who(by, row, slot, before.payload if before else {}, patch, unknown)
    base = before.payload if before else {}
    payload = {name: cell for name, cell in (base | patch).items() if name not in unknown}
    _check_required(entity, payload)
    _refuse_twin(row.pk, slot, payload)
    check_references(row, entity, patch)
    changed = {name for name in {*patch, *unknown} if payload.get(name, ...) != base.get(name, ...)}
    span = (valid_from, valid_until)
    if before is not None and not changed and span == (None, None):
        return None
    if before is not None and span == (None, None):
        span = before.valid
    stated = None if before is None else changed or {*patch}
    return append(
        by, "registry.state", row, slot, payload, given.keep(by), stated=stated, valid=span, why=why
    )


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
    _refuse_referenced(row.pk, type, key)
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


def _check_times(valid_from: dt.date | None, valid_until: dt.date | None) -> None:
    today = timezone.localdate()
    if (valid_from and valid_from > today) or (valid_from and valid_until and valid_until < valid_from):
        raise Refused("registry.times", Both(
            f"有效期 {valid_from} 至 {valid_until} 不成立：不能晚于今天开始，也不能先止后起",
            f"true from {valid_from} to {valid_until}: it cannot begin after today, nor end before it begins",
        ))  # fmt: skip


def _whole_lists(type: str, complete: Sequence[str]) -> dict[str, object]:
    if complete and (type != OWN or not set(complete) <= set(shared_vocabulary().records)):
        raise Refused("registry.type", Both(
            "清单是否完整只在主体本身上说明，且须为记录类别",
            "which lists are whole is stated of the applicant itself, by record type",
        ))  # fmt: skip
    return complete_payload(complete)


def _keep_code(type: str, before: Held | None, patch: dict[str, object], unknown: Sequence[str]) -> None:
    """A credit code is an identifier: it comes by `identify`, and never changes silently."""
    if type != OWN:
        return
    old = before.payload.get("uscc") if before else None
    if "uscc" in unknown or ("uscc" in patch and patch["uscc"] != old):
        raise Refused("registry.uscc", Both(
            "统一社会信用代码请用「登记证照号码」办理；主体更换代码的，请办理主体沿革",
            "record a credit code as an identifier; a body that changed its code is a succession",
        ))  # fmt: skip


def _keep_who(
    by: Actor,
    row: Applicant,
    slot: tuple[str, str],
    old: dict[str, object],
    patch: dict[str, object],
    unknown: Sequence[str],
) -> None:
    """A person or team never becomes a body, nor the other way round; an agent changes nobody's name or place.

    What is a person can be erased, whose name it is can be paid, where it is decides who sees it.
    """
    if slot[0] != OWN:
        return
    kind = patch.get("kind", row.kind)
    human, was_human = kind in PEOPLE, row.kind in PEOPLE
    codes = row.identifiers.filter(scheme=Identifier.Scheme.USCC)
    if "kind" in unknown or (row.kind and human != was_human) or (human and not was_human and codes.exists()):
        raise Refused("registry.kind", Both(
            "个人、团队与单位不能互变，主体类型也不能改为未知；登记错误的请重新登记",
            "a person or team cannot become a body, or the other way round, nor its kind unknown: enter it anew",
        ))  # fmt: skip
    identity = ("kind", "name", "division")
    had = [name for name in identity if name in old]
    touched = [name for name in had if name in unknown or patch.get(name, old[name]) != old[name]]
    if by.role == Role.AGENT and touched:
        raise Refused("registry.agent", Both(
            "主体类型、名称和注册地的变更请由主管部门办理",
            f"an agent does not change {', '.join(touched)}: ask the office",
        ))  # fmt: skip


def _check_required(entity: Entity, payload: dict[str, object]) -> None:
    for name, field in entity.fields.items():
        if field.required and name not in payload:
            raise Refused("registry.required", Both(
                f"{entity.label.zh}须有「{field.label.zh}」", f"{entity.label.en} needs `{name}`"
            ))  # fmt: skip


def _refuse_twin(applicant: int, slot: tuple[str, str], payload: dict[str, object]) -> None:
    if slot[0] not in ONE_OF:
        return
    held = entries([applicant], When.now())[applicant].items()
    twin = twin_of(*slot, payload, ((kind, key, each.payload) for (kind, key), each in held))
    if twin is not None:
        raise Refused("registry.twin_record", Both(
            f"该年度已登记，编号为「{twin}」，请改用此编号", f"that year is recorded already: use its id '{twin}'"
        ))  # fmt: skip


def _refuse_referenced(applicant: int, type: str, key: str) -> None:
    for (kind, other), held in entries([applicant], When.now())[applicant].items():
        entity = shared_vocabulary().entities.get(kind)
        for name, cell in held.payload.items():
            field = entity.fields.get(name) if entity else None
            if field and field.type.kind == "record" and field.type.of == type and cell == key:
                raise Refused("registry.referenced", Both(
                    f"记录「{kind} {other}」引用了它，请先改正该记录",
                    f"the record {kind} '{other}' refers to it: correct that one first",
                ))  # fmt: skip
