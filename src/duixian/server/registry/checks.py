"""What a statement about an applicant must not do, whoever makes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from duixian.calendar.days import Both
from duixian.language.vocabulary import Entity, shared_vocabulary
from duixian.server.accounts.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry.forms import Held, entries
from duixian.server.registry.models import Applicant, Identifier
from duixian.server.registry.models.records import OWN
from duixian.server.registry.naturals import ONE_OF, twin_of
from duixian.server.registry.rights import PEOPLE
from duixian.server.registry.versions import When
from duixian.server.registry.wire import complete_payload


def check_times(valid_from: dt.date | None, valid_until: dt.date | None, *, own: bool) -> None:
    """Refuse days that begin after today, end before they begin, or of an applicant itself end ahead.

    Raises:
        Refused: `registry.times`.
    """
    today = timezone.localdate()
    if (valid_from and valid_from > today) or (valid_from and valid_until and valid_until < valid_from):
        raise Refused("registry.times", Both(
            f"有效期 {valid_from} 至 {valid_until} 不成立：不能晚于今天开始，也不能先止后起",
            f"true from {valid_from} to {valid_until}: it cannot begin after today, nor end before it begins",
        ))  # fmt: skip
    if own and valid_until and valid_until >= today:
        # Who sees an applicant hangs on what is true of it today.
        raise Refused("registry.times", Both(
            "主体本身的信息不预先设定终止日，到期后再登记",
            "facts of an applicant do not end ahead: record the change then",
        ))  # fmt: skip


def whole_lists(type: str, complete: Sequence[str]) -> dict[str, object]:
    """What says that lists of records are whole.

    Raises:
        Refused: `registry.type`.
    """
    if complete and (type != OWN or not set(complete) <= set(shared_vocabulary().records)):
        raise Refused("registry.type", Both(
            "清单是否完整只在主体本身上说明，且须为记录类别",
            "which lists are whole is stated of the applicant itself, by record type",
        ))  # fmt: skip
    return complete_payload(complete)


def keep_code(type: str, before: Held | None, patch: dict[str, object], unknown: Sequence[str]) -> None:
    """A credit code is an identifier: it comes by `identify`, and never changes silently.

    Raises:
        Refused: `registry.uscc`.
    """
    if type != OWN:
        return
    old = before.payload.get("uscc") if before else None
    if "uscc" in unknown or ("uscc" in patch and patch["uscc"] != old):
        raise Refused("registry.uscc", Both(
            "统一社会信用代码请用「登记证照号码」办理；主体更换代码的，请办理主体沿革",
            "record a credit code as an identifier; a body that changed its code is a succession",
        ))  # fmt: skip


def keep_who(
    by: Actor,
    row: Applicant,
    slot: tuple[str, str],
    old: dict[str, object],
    patch: dict[str, object],
    unknown: Sequence[str],
) -> None:
    """A person or team never becomes a body, nor the other way round; an agent changes nobody's name or place.

    What is a person can be erased, whose name it is can be paid, where it is decides who sees it.

    Raises:
        Refused: `registry.kind`, `.agent`.
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


def check_required(entity: Entity, payload: dict[str, object]) -> None:
    """Refuse a record without a field that it needs.

    Raises:
        Refused: `registry.required`.
    """
    for name, field in entity.fields.items():
        if field.required and name not in payload:
            raise Refused("registry.required", Both(
                f"{entity.label.zh}须有「{field.label.zh}」", f"{entity.label.en} needs `{name}`"
            ))  # fmt: skip


def refuse_twin(applicant: int, slot: tuple[str, str], payload: dict[str, object]) -> None:
    """Refuse a second record where there is one by nature.

    Raises:
        Refused: `registry.twin_record`.
    """
    if slot[0] not in ONE_OF:
        return
    held = entries([applicant], When.now())[applicant].items()
    twin = twin_of(*slot, payload, ((kind, key, each.payload) for (kind, key), each in held))
    if twin is not None:
        raise Refused("registry.twin_record", Both(
            f"该年度已登记，编号为「{twin}」，请改用此编号", f"that year is recorded already: use its id '{twin}'"
        ))  # fmt: skip


def refuse_referenced(applicant: int, type: str, key: str) -> None:
    """Refuse to take away a record to which another refers.

    Raises:
        Refused: `registry.referenced`.
    """
    for (kind, other), held in entries([applicant], When.now())[applicant].items():
        entity = shared_vocabulary().entities.get(kind)
        for name, cell in held.payload.items():
            field = entity.fields.get(name) if entity else None
            if field and field.type.kind == "record" and field.type.of == type and cell == key:
                raise Refused("registry.referenced", Both(
                    f"记录「{kind} {other}」引用了它，请先改正该记录",
                    f"the record {kind} '{other}' refers to it: correct that one first",
                ))  # fmt: skip
