"""Says literals, words, days, records and their facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from duixian.language import tree as t
from duixian.language.prose import literals
from duixian.language.prose.speaker import Bond, Said, Speaker

_BUILTINS = {
    "application_day": ("申报日", "the day of application"),
    "event_day": ("事项发生日", "the day of the event"),
    "issued": ("印发日", "the day of issue"),
    "starts": ("施行日", "the first day in force"),
    "ends": ("有效期最后一日", "the last day in force"),
    "city": ("本市", "the city"),
}


def beside(speaker: Speaker, node: t.AnyNode, other: t.AnyNode, bond: Bond = Bond.SUM) -> str:
    """Say a node that stands beside another: a count without a unit takes the other's, or becomes a year."""
    if isinstance(node, t.Constant) and node.type.kind == "count" and not node.type.of:
        kind = "year" if other.type.kind == "year" else "count"
        return literals.number(literals.exact(node), kind, other.type.of, speaker.lang)
    return speaker.text(node, bond)


def fact(speaker: Speaker, node: t.Get) -> str:
    """Say whose fact it is and what it is called."""
    field = speaker.field(node.record.entity, node.field)
    whose = _holder(speaker, node.record)
    if not whose:
        return field
    possessive = isinstance(node.record, t.Record)
    return speaker.pick(f"{whose}的{field}", f"{whose}'s {field}" if possessive else f"{field} of {whose}")


def flag(speaker: Speaker, node: t.Get, holds: bool) -> str:
    """Say that a yes/no fact holds, or that it does not."""
    whose = _holder(speaker, node.record)
    name = speaker.quote(speaker.field(node.record.entity, node.field))
    zh = f"{whose}{name}" + ("属实" if holds else "不属实")
    en = (f"{whose}: " if whose else "") + name + (" is true" if holds else " is not true")
    return speaker.pick(zh, en)


def same_record(first: t.RecordNode, second: t.RecordNode) -> bool:
    """Whether two nodes name the same record (their places in the file differ)."""
    if isinstance(first, t.Follow) and isinstance(second, t.Follow):
        return first.field == second.field and same_record(first.base, second.base)
    if isinstance(first, t.Record) and isinstance(second, t.Record):
        return first.of == second.of
    return False


def _holder(speaker: Speaker, record: t.RecordNode) -> str:
    """Say whose fact it is; empty where that goes without saying."""
    if isinstance(record, t.Record):
        if record.of == "previous":
            same = speaker.series([speaker.field(record.entity, name) for name in record.same])
            zh, en = (f"同一{same}", f" of the same {same}") if same else ("", "")
            return speaker.pick(f"{zh}上一年度", f"the previous year{en}")
        if record.of == "each" or (record.of == "claim" and not speaker.listed):
            return ""
        if record.of == "claim":
            return speaker.pick("本项", "this one")
    return speaker.text(record)


def _constant(speaker: Speaker, node: t.Constant) -> Said:
    return Said(literals.constant(node, speaker.lang))


def _word(speaker: Speaker, node: t.Word) -> Said:
    enum = node.type.of
    if not enum.startswith("reading."):
        return Said(speaker.words(enum, (node.name,))[0])
    reading = speaker.policy.reading(enum.removeprefix("reading.")) if speaker.policy else None
    labels = {choice.id: speaker.label(choice.label) for choice in reading.choices} if reading else {}
    return Said(speaker.quote(labels.get(node.name, node.name)))


def _builtin(speaker: Speaker, node: t.Builtin) -> Said:
    return Said(speaker.pick(*_BUILTINS[node.name]))


def _chosen(speaker: Speaker, node: t.Chosen) -> Said:
    return Said(speaker.pick(f"口径 {node.id} ", f"reading {node.id}"))


def _end_of(speaker: Speaker, node: t.EndOf) -> Said:
    known = speaker.policy.documents.get(node.id) if speaker.policy else None
    name = speaker.label(known.title) if known else node.id
    return Said(speaker.pick(f"《{name}》的有效期最后一日", f"the last day of “{name}”"))


def _record(speaker: Speaker, node: t.Record) -> Said:
    entity = speaker.entity(node.entity)
    match node.of:
        case "applicant":
            return Said(speaker.pick("申报主体", "the applicant"))
        case "previous":
            return Said(speaker.pick("上一年度的记录", "a record of the previous year"))
        case _:
            return Said(speaker.pick(f"本项{entity}", f"this {entity}"))


def _follow(speaker: Speaker, node: t.Follow) -> Said:
    field = speaker.field(node.base.entity, node.field)
    if isinstance(node.base, t.Record) and node.base.of in ("claim", "each"):
        return Said(speaker.pick(field, f"the {field.removeprefix('the ')}"))
    base = speaker.text(node.base)
    return Said(speaker.pick(f"{base}的{field}", f"{field} of {base}"))


def _get(speaker: Speaker, node: t.Get) -> Said:
    if node.type.kind == "flag":
        return Said(flag(speaker, node, True), Bond.TEST)
    return Said(fact(speaker, node))


def _has(speaker: Speaker, node: t.Has) -> Said:
    name = fact(speaker, node.fact)
    return Said(speaker.pick(f"有{name}", f"{speaker.quote(name)} is given"), Bond.TEST)


def _exists(speaker: Speaker, node: t.Exists) -> Said:
    return Said(speaker.pick("有", "there is ") + speaker.text(node.record), Bond.TEST)


def _year_of(speaker: Speaker, node: t.YearOf) -> Said:
    day = speaker.text(node.day, Bond.WORD)
    return Said(speaker.pick(f"{day}所在年度", f"the year of {day}"))


def _year_end(speaker: Speaker, node: t.YearEnd) -> Said:
    year = speaker.text(node.year, Bond.WORD)
    return Said(speaker.pick(f"{year}的最后一日", f"the last day of {year}"))


SAYS: Mapping[type, Callable[[Speaker, Any], Said]] = {
    t.Constant: _constant,
    t.Word: _word,
    t.Builtin: _builtin,
    t.Chosen: _chosen,
    t.EndOf: _end_of,
    t.Record: _record,
    t.Follow: _follow,
    t.Get: _get,
    t.Has: _has,
    t.Exists: _exists,
    t.YearOf: _year_of,
    t.YearEnd: _year_end,
}
