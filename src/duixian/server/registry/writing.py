"""Writes versions: the only way in which anything about an applicant gets into the registry, imports aside."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec
from django.db.models import Max
from django.utils import timezone

from duixian.calendar.days import Both, Refusal
from duixian.language.vocabulary import Entity, Vocabulary
from duixian.register.applicant import Facts
from duixian.register.identity import check_uscc
from duixian.register.names import Lexicon
from duixian.register.values import check_value, read_id
from duixian.server.audit.services import Personal, record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import find, scoped
from duixian.server.registry.forms import Held, Span, entries, mergers
from duixian.server.registry.models import Applicant, Provenance, RecordVersion
from duixian.server.registry.models.records import OWN
from duixian.server.registry.versions import When
from duixian.server.registry.wire import Payload, to_payload

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Given:
    """Where facts come from: what kind of source, who, on which day they stated it, the hash of the evidence.

    `verified` says that the person who records them has verified them against the evidence.
    """

    kind: Provenance.Kind
    source: str
    stated_on: dt.date
    evidence: str = ""
    verified: bool = False

    def keep(self, by: Actor) -> Provenance:
        """Its row.

        Raises:
            Refused: `registry.future`, `registry.evidence`.
        """
        if self.stated_on > timezone.localdate():
            raise Refused("registry.future", Both(
                f"填报日期 {self.stated_on} 晚于今天，请核对", f"stated on {self.stated_on}, after today: check it"
            ))  # fmt: skip
        if self.evidence and not re.fullmatch("[0-9a-f]{64}", self.evidence):
            raise Refused("registry.evidence", Both(
                "证明材料应为文件的摘要（64位十六进制），请先上传文件",
                "evidence is the hash of a file (64 hexadecimal digits): upload the file first",
            ))  # fmt: skip
        if self.verified and by.is_system:
            raise Refused("registry.evidence", Both("系统不能核实材料", "the system cannot verify evidence"))
        return Provenance.objects.create(
            kind=self.kind,
            source=self.source,
            stated_on=self.stated_on,
            evidence=self.evidence,
            recorded_by_id=by.person,
            verified_by_id=by.person if self.verified else None,
        )


def locked(by: Actor, applicant: int) -> Applicant:
    """The applicant, within the actor's scope and locked for a change.

    Raises:
        NotFound: there is none within the scope.
        Refused: `registry.merged`, `registry.erased`.
    """
    find(Applicant, by, pk=applicant)
    row = Applicant.objects.select_for_update(no_key=True).get(pk=applicant)
    if row.merged_into_id is not None:
        kept = f"R{row.merged_into_id:010d}"
        raise Refused("registry.merged", Both(
            f"该条目已并入 {kept}，请在 {kept} 上办理，或先撤销合并",
            f"this entry was merged into {kept}: work on that one, or undo the merger first",
        ))  # fmt: skip
    if row.erased_at is not None:
        raise Refused("registry.erased", Both(
            "该主体的个人信息已删除，不能再登记", "this person's data were erased; nothing can be recorded"
        ))  # fmt: skip
    return row


def visible(by: Actor, applicant: int) -> bool:
    """Whether the applicant is within the actor's scope."""
    return scoped(Applicant, by).filter(pk=applicant).exists()


def checked(entity: Entity, facts: Facts, vocabulary: Vocabulary) -> Payload:
    """The facts in the form in which they are kept, each checked as every input is.

    Raises:
        Refused: `registry.fact`, with every fault.
    """
    lexicon, bad = Lexicon(vocabulary), []
    for name, value in facts.items():
        field = entity.fields.get(name)
        if field is None:
            near = lexicon.record(entity).nearest(name)
            bad.append(Both(f"没有字段「{name}」{near.zh}", f"there is no field `{name}`; {near.en}"))
            continue
        try:
            check_value(field, value, lexicon)
        except Refusal as refusal:
            bad.append(Both(f"{field.label.zh}：{refusal.text('zh')}", f"{name}: {refusal.text('en')}"))
        except (TypeError, ValueError):
            bad.append(Both(f"{field.label.zh}：类型不符", f"{name}: of another type"))
    if bad:
        raise Refused("registry.fact", Both("；".join(b.zh for b in bad), "; ".join(b.en for b in bad)))
    payload = to_payload(entity, facts)
    if entity.name == OWN and "uscc" in payload:
        payload["uscc"] = check_uscc(payload["uscc"])  # as capitals without spaces, like its identifier
    return payload


def check_authority(entity: Entity, names: Iterable[str], kind: Provenance.Kind | str) -> None:
    """Refuse facts that only an authority can state, from the applicant itself.

    Raises:
        Refused: `registry.authority`.
    """
    if kind != Provenance.Kind.STATEMENT:
        return
    fields = [
        entity.fields[name] for name in names if name in entity.fields and entity.fields[name].authority
    ]
    if fields:
        raise Refused("registry.authority", Both(
            f"「{'」「'.join(field.label.zh for field in fields)}」由主管部门认定或提供，主体不自行填报",
            f"only an authority can state {', '.join(field.name for field in fields)}",
        ))  # fmt: skip


def key_of(raw: str) -> str:
    """A record's id, checked. Raises Refused: `registry.fact`."""
    try:
        return read_id(raw)
    except Refusal as refusal:
        raise Refused("registry.fact", Both(refusal.text("zh"), refusal.text("en"))) from refusal


def append(  # noqa: PLR0913 - a version has so many parts
    by: Actor,
    action: str,
    applicant: Applicant,
    slot: tuple[str, str],
    payload: Payload | None,
    provenance: Provenance,
    *,
    stated: Iterable[str] | None = None,
    valid: Span = (None, None),
    why: str = "",
) -> RecordVersion:
    """Add a version to a record of a locked applicant, and tell the event log; no payload withdraws the record.

    The log gets the names of the fields and a keyed hash of the content, since it may be about a person.
    """
    kind, key = slot
    mine = RecordVersion.objects.filter(applicant=applicant, type=kind, key=key)
    last = mine.aggregate(last=Max("number"))["last"] or 0
    version = RecordVersion.objects.create(
        applicant=applicant,
        type=kind,
        key=key,
        number=last + 1,
        payload=payload,
        stated=None if stated is None else sorted(stated),
        valid_from=valid[0],
        valid_until=valid[1],
        withdrawn=payload is None,
        provenance=provenance,
    )
    content = Personal(msgspec.json.encode(payload, order="deterministic").decode())
    after: dict[str, object] = {
        "type": kind, "key": Personal(key), "number": version.number, "content": content,
        "fields": version.stated if version.stated is not None else sorted(payload or {}),
    }  # fmt: skip
    record(by, action, on=applicant, before=None, after=after, why=why)
    return version


def current(applicant: Applicant, kind: str, key: str = "", day: dt.date | None = None) -> Held | None:
    """One record as it counts on a day (today), of the applicant or of an entry merged into it; None without one.

    Of the applicant's own facts those that it states itself: what a merged entry fills in stays that entry's.
    """
    found = entries([applicant.pk], When.at(day=day), (kind, key))[applicant.pk].get((kind, key))
    if found is None or not found.filled:
        return found
    mine = {name: cell for name, cell in found.payload.items() if name not in found.filled}
    return replace(found, payload=mine, filled={})


def stretches(applicant: Applicant, slot: tuple[str, str], span: Span) -> list[Span]:
    """The parts of a span of days in each of which one version of a record counts throughout."""
    first, last = span
    ids = [applicant.pk, *(link.absorbed for link in mergers([applicant.pk], When.now()))]
    known = RecordVersion.objects.filter(applicant__in=ids, type=slot[0], key=slot[1])
    edges = set[dt.date]()
    for start, end in known.values_list("valid_from", "valid_until"):
        edges |= {start} if start else set()
        edges |= {end + _DAY} if end and end < dt.date.max else set()
    cuts = sorted(
        edge for edge in edges if (first is None or edge > first) and (last is None or edge <= last)
    )
    return list(zip([first, *cuts], [*(cut - _DAY for cut in cuts), last], strict=True))


def check_references(applicant: Applicant, entity: Entity, payload: Mapping[str, object]) -> None:
    """Refuse references to records that the applicant does not have.

    Raises:
        Refused: `registry.reference`.
    """
    for name, field in entity.fields.items():
        wanted = payload.get(name)
        if field.type.kind != "record" or not isinstance(wanted, str):
            continue
        if current(applicant, field.type.of, wanted) is None:
            raise Refused("registry.reference", Both(
                f"「{field.label.zh}」所指的编号「{wanted}」不在该主体的记录中，请先登记该记录",
                f"`{name}`: the applicant has no {field.type.of} '{wanted}'; record that first",
            ))  # fmt: skip
