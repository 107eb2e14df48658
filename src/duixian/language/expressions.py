"""Says an expression of a rule in Chinese or English, as a person would who explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from duixian.language import literals, tree as t
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary

# How tightly a phrase holds together; a looser one inside a tighter one goes into brackets.
_CHOICE, _LOGIC, _TEST, _SUM, _PRODUCT, _WORD = range(6)

_SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "==": "=", "!=": "≠"}
_WHEN_ZH = {">=": "不早于", ">": "晚于", "<=": "不晚于", "<": "早于", "==": "即", "!=": "不同于"}
_WHEN_EN = {
    ">=": "not earlier than",
    ">": "later than",
    "<=": "not later than",
    "<": "earlier than",
    "==": "the same as",
    "!=": "not the same as",
}
_BUILTINS = {
    "application_day": ("申报日", "the day of application"),
    "event_day": ("事项发生日", "the day of the event"),
    "issued": ("印发日", "the day of issue"),
    "starts": ("施行日", "the first day in force"),
    "ends": ("有效期最后一日", "the last day in force"),
    "city": ("本市", "the city"),
}
_TWO = {
    ("min", "days"): (("较早者", "最早者"), ("earlier", "earliest")),
    ("max", "days"): (("较晚者", "最晚者"), ("later", "latest")),
    ("min", ""): (("较低者", "最低者"), ("lower", "lowest")),
    ("max", ""): (("较高者", "最高者"), ("higher", "highest")),
}


class Said(NamedTuple):
    """A phrase and how tightly it holds together."""

    text: str
    strength: int = _WORD


def expression(node: t.AnyNode, vocabulary: Vocabulary, lang: str, policy: Policy | None = None) -> str:
    """Return an expression in words; with its policy, readings and documents are called by their names."""
    return Speaker(vocabulary, lang, policy).text(node)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says nodes in one language; `listed` while it says the condition on the items of a list."""

    vocabulary: Vocabulary
    lang: str
    policy: Policy | None = None
    listed: bool = False

    def text(self, node: t.AnyNode, strength: int = _CHOICE) -> str:
        """Return the words of a node, in brackets if they hold together less tightly than is needed."""
        said = _SAY[type(node)](self, node)
        return said.text if said.strength >= strength else self.pick(f"（{said.text}）", f"({said.text})")

    def pick(self, zh: str, en: str) -> str:
        """Return one of two phrases by the language."""
        return en if self.lang == "en" else zh

    def quote(self, text: str) -> str:
        """Return a phrase in quotation marks."""
        return self.pick(f"「{text}」", f"“{text}”")

    def series(self, texts: Sequence[str], last: tuple[str, str]) -> str:
        """Join phrases, the last one by a word (`或`, `or`)."""
        if len(texts) == 1:
            return texts[0]
        comma, word = self.pick("、", ", "), self.pick(last[0], f" {last[1]} ")
        return comma.join(texts[:-1]) + word + texts[-1]

    def entity(self, name: str) -> str:
        """Return what a record type is called."""
        return self.vocabulary.entities[name].label.text(self.lang)

    def field(self, entity: str, name: str) -> str:
        """Return what a fact is called, without the remark in brackets that some names end with."""
        text = self.vocabulary.entities[entity].fields[name].label.text(self.lang)
        return text.partition("（")[0] if text.endswith("）") and not text.startswith("（") else text

    def table(self, node: t.AnyNode) -> tuple[str, tuple[str, ...]] | None:
        """Return the heading and the rows of a node that is a table, None for any other."""
        return _TABLES[type(node)](self, node) if type(node) in _TABLES else None


def _constant(speaker: Speaker, node: t.Constant) -> Said:
    return Said(literals.constant(node, speaker.lang))


def _beside(speaker: Speaker, node: t.AnyNode, other: t.AnyNode, strength: int = _SUM) -> str:
    """Say a node that stands beside another: a plain count takes the other's unit, `0` the year's form."""
    if isinstance(node, t.Constant) and node.type.kind == "count" and not node.type.of:
        kind = "year" if other.type.kind == "year" else "count"
        return literals.number(node.numerator if node.denominator == 1 else node.value, kind, other.type.of, speaker.lang)  # type: ignore[arg-type]
    return speaker.text(node, strength)


def _word(speaker: Speaker, node: t.Word) -> Said:
    enum = node.type.of
    if not enum.startswith("reading."):
        return Said(speaker.vocabulary.enums[enum][node.name].text(speaker.lang))
    reading = speaker.policy.reading(enum.removeprefix("reading.")) if speaker.policy else None
    labels = {choice.id: choice.label.text(speaker.lang) for choice in reading.choices} if reading else {}
    return Said(speaker.quote(labels.get(node.name, node.name)))


def _builtin(speaker: Speaker, node: t.Builtin) -> Said:
    return Said(speaker.pick(*_BUILTINS[node.name]))


def _chosen(speaker: Speaker, node: t.Chosen) -> Said:
    return Said(speaker.pick(f"解读 {node.id}", f"reading {node.id}"))


def _end_of(speaker: Speaker, node: t.EndOf) -> Said:
    known = speaker.policy.documents.get(node.id) if speaker.policy else None
    name = known.title.text(speaker.lang) if known else node.id
    return Said(speaker.pick(f"《{name}》有效期最后一日", f"the last day of “{name}”"))


def _record(speaker: Speaker, node: t.Record) -> Said:
    entity = speaker.entity(node.entity)
    match node.of:
        case "applicant":
            return Said(speaker.pick("申报主体", "the applicant"))
        case "previous":
            return Said(speaker.pick("上一年度的记录", "the record of the year before"))
        case _:
            return Said(speaker.pick(f"本项{entity}", f"this {entity}"))


def _follow(speaker: Speaker, node: t.Follow) -> Said:
    field = speaker.field(node.base.entity, node.field)
    if isinstance(node.base, t.Record) and node.base.of in ("claim", "each"):
        return Said(speaker.pick(field, f"the {field}"))
    return Said(speaker.pick(f"{speaker.text(node.base)}的{field}", f"the {field} of {speaker.text(node.base)}"))


def _holder(speaker: Speaker, record: t.RecordNode) -> str:
    """Say whose fact it is; empty where that goes without saying."""
    if isinstance(record, t.Record):
        if record.of == "previous":
            return speaker.pick("上一年度", "the year before")
        if record.of == "each" or (record.of == "claim" and not speaker.listed):
            return ""
    return speaker.pick("本项", "this one") if _is_claim(record) else speaker.text(record)


def _is_claim(record: t.RecordNode) -> bool:
    return isinstance(record, t.Record) and record.of == "claim"


def _fact(speaker: Speaker, node: t.Get) -> str:
    field = speaker.field(node.record.entity, node.field)
    holder = _holder(speaker, node.record)
    return speaker.pick(f"{holder}的{field}", f"{field} of {holder}") if holder else field


def _get(speaker: Speaker, node: t.Get) -> Said:
    return Said(_flag(speaker, node, True), _TEST) if node.type.kind == "flag" else Said(_fact(speaker, node))


def _flag(speaker: Speaker, node: t.Get, holds: bool) -> str:
    holder = _holder(speaker, node.record)
    name = speaker.quote(speaker.field(node.record.entity, node.field))
    whose = speaker.pick(holder, f"{holder}: " if holder else "")
    return whose + name + speaker.pick("属实" if holds else "不属实", " is true" if holds else " is not true")


def _arithmetic(speaker: Speaker, node: t.Arithmetic) -> Said:
    if node.operator == "*":
        for part, whole in ((node.left, node.right), (node.right, node.left)):
            if isinstance(part, t.Constant) and part.type.kind == "ratio":
                share, base = speaker.text(part), speaker.text(whole, _WORD)
                return Said(speaker.pick(f"{base}的{share}", f"{share} of {base}"), _WORD)
    strength = _PRODUCT if node.operator in "*/" else _SUM
    sign = {"*": "×", "/": "÷", "-": "−", "+": "+"}[node.operator]
    left = _beside(speaker, node.left, node.right, strength)
    return Said(f"{left} {sign} {_beside(speaker, node.right, node.left, strength + 1)}", strength)


def _compare(speaker: Speaker, node: t.Compare) -> Said:
    left, right = _beside(speaker, node.left, node.right), _beside(speaker, node.right, node.left)
    kind = node.left.type.kind
    if isinstance(node.left, t.Chosen):
        return Said(_taken(speaker, left, right, node.operator == "=="), _TEST)
    if kind in ("date", "year"):
        words = speaker.pick(_WHEN_ZH[node.operator], f" {_WHEN_EN[node.operator]} ")
        return Said(f"{left}{words}{right}", _TEST)
    if node.operator in ("==", "!=") and kind in ("enum", "text", "division", "record"):
        equal = node.operator == "=="
        return Said(left + speaker.pick("为" if equal else "不是", ": " if equal else ": not ") + right, _TEST)
    return Said(f"{left} {_SIGNS[node.operator]} {right}", _TEST)


def _taken(speaker: Speaker, reading: str, choice: str, holds: bool) -> str:
    return speaker.pick(
        f"{reading} 取{choice}" if holds else f"{reading} 不取{choice}",
        f"{reading} takes {choice}" if holds else f"{reading} does not take {choice}",
    )


def _one_of(speaker: Speaker, node: t.OneOf) -> Said:
    item = speaker.text(node.item, _SUM)
    options = speaker.series([_beside(speaker, option, node.item) for option in node.options], ("或", "or"))
    if isinstance(node.item, t.Chosen):
        return Said(_taken(speaker, item, options, True), _TEST)
    return Said(item + speaker.pick("为", ": ") + options, _TEST)


def _contains(speaker: Speaker, node: t.Contains) -> Said:
    held, word = speaker.text(node.set), speaker.text(node.word)
    return Said(speaker.pick(f"{held}包括{speaker.quote(word)}", f"{held} include {speaker.quote(word)}"), _TEST)


def _within(speaker: Speaker, node: t.Within) -> Said:
    division, area = speaker.text(node.division), speaker.text(node.area)
    return Said(speaker.pick(f"{division}在{area}", f"{division} lies in {area}"), _TEST)


def _and(speaker: Speaker, node: t.And) -> Said:
    return _all(speaker, node.parts, speaker.pick("，且", " and "))


def _or(speaker: Speaker, node: t.Or) -> Said:
    return _all(speaker, node.parts, speaker.pick("，或", " or "))


def _all(speaker: Speaker, parts: Sequence[t.AnyNode], word: str) -> Said:
    return Said(word.join(speaker.text(part, _TEST) for part in parts), _LOGIC)


def _not(speaker: Speaker, node: t.Not) -> Said:
    part = node.part
    if isinstance(part, t.Has):
        fact = _fact(speaker, part.fact)
        return Said(speaker.pick(f"没有{fact}", f"there is no {speaker.quote(fact)}"), _TEST)
    if isinstance(part, t.Get):
        return Said(_flag(speaker, part, False), _TEST)
    return Said(speaker.pick("并非", "not ") + speaker.text(part, _WORD), _TEST)


def _if(speaker: Speaker, node: t.If) -> Said:
    yes, no = speaker.text(node.yes, _LOGIC), speaker.text(node.no, _LOGIC)
    if _falls_back(node):
        return Said(speaker.pick(f"{yes}（没有的，按{no}）", f"{yes} (where there is none, {no})"))
    condition = speaker.text(node.condition)
    return Said(speaker.pick(f"如果{condition}，则{yes}，否则{no}", f"if {condition} then {yes}, else {no}"), _CHOICE)


def _falls_back(node: t.If) -> bool:
    """Whether it is a fact with what to take where that fact, or its record, does not exist."""
    if not isinstance(node.yes, t.Get):
        return False
    if isinstance(node.condition, t.Has):
        return (node.condition.fact.record, node.condition.fact.field) == (node.yes.record, node.yes.field) or (
            node.condition.fact.path == node.yes.path
        )
    known = node.condition.record if isinstance(node.condition, t.Exists) else None
    return isinstance(known, t.Record) and isinstance(node.yes.record, t.Record) and known.of == node.yes.record.of


def _has(speaker: Speaker, node: t.Has) -> Said:
    fact = _fact(speaker, node.fact)
    return Said(speaker.pick(f"有{fact}", f"there is a {speaker.quote(fact)}"), _TEST)


def _exists(speaker: Speaker, node: t.Exists) -> Said:
    return Said(speaker.pick(f"有{speaker.text(node.record)}", f"there is {speaker.text(node.record)}"), _TEST)


def _aggregate(speaker: Speaker, node: t.Aggregate) -> Said:
    inside = replace(speaker, listed=True)
    entity, where = speaker.entity(node.entity), inside.text(node.where) if node.where is not None else ""
    field = speaker.field(node.entity, node.value.field) if isinstance(node.value, t.Get) else ""
    what = speaker.pick(f"满足{speaker.quote(where)}的{entity}" if where else entity, speaker.quote(entity) + " records")
    if where and speaker.lang == "en":
        what += f" ({where})"
    days = node.type.kind in ("date", "year")
    zh, en = {
        "count": ("{what}的数量", "the number of {what}"),
        "any": ("有{what}", "there is one at least of the {what}"),
        "none": ("没有{what}", "there are none of the {what}"),
        "sum": ("{what}的{field}合计", "the total of {field} over the {what}"),
        "highest": ("{what}中{most}的{field}", "the {most} {field} among the {what}"),
        "lowest": ("{what}中{least}的{field}", "the {least} {field} among the {what}"),
    }[node.function]
    most, least = speaker.pick("最晚" if days else "最高", "latest" if days else "highest"), ""
    least = speaker.pick("最早" if days else "最低", "earliest" if days else "lowest")
    text = speaker.pick(zh, en).format(what=what, field=field, most=most, least=least)
    return Said(text, _TEST if node.type.kind == "flag" else _WORD)


def _first(speaker: Speaker, node: t.First) -> Said:
    keys = speaker.series([speaker.field(node.entity, key) for key in node.keys], ("、", "and"))
    entity = speaker.entity(node.entity)
    zh = f"此前没有{keys}相同的{entity}" if keys else f"此前没有{entity}"
    en = f"no earlier “{entity}” record" + (f" has the same {keys}" if keys else "")
    return Said(speaker.pick(zh, en), _TEST)


def _extreme(speaker: Speaker, node: t.Extreme) -> Said:
    days = "days" if node.type.kind in ("date", "year") else ""
    zh, en = _TWO[node.function, days]
    many = len(node.items) > 2
    items = speaker.series([speaker.text(item, _SUM) for item in node.items], ("与", "and"))
    return Said(speaker.pick(f"{items}中{zh[many]}", f"the {en[many]} of {items}"))


def _tabled(speaker: Speaker, node: t.Match | t.Steps | t.Crossing) -> Said:
    head, rows = _TABLES[type(node)](speaker, node)
    listed = speaker.pick("；", "; ").join(rows)
    return Said(speaker.pick(f"{head}（{listed}）", f"{head} ({listed})"))


def _rows(speaker: Speaker, subject: t.AnyNode, rows: Sequence[t.Row], other: tuple[str, str]) -> tuple[str, ...]:
    colon = speaker.pick("：", ": ")
    told = [f"{_beside(speaker, row.key, subject)}{colon}{speaker.text(row.value)}" for row in rows]
    return (*told, speaker.pick(*other))


def _match(speaker: Speaker, node: t.Match) -> tuple[str, tuple[str, ...]]:
    subject = speaker.text(node.subject, _SUM)
    rows = _rows(speaker, node.subject, node.rows, ("其余：没有", "otherwise: nothing"))
    return speaker.pick(f"按{subject}", f"by {subject}"), rows


def _steps(speaker: Speaker, node: t.Steps) -> tuple[str, tuple[str, ...]]:
    subject = speaker.text(node.subject, _SUM)
    rows = _rows(speaker, node.subject, node.rows, ("未达到最低一档：没有", "below the first step: nothing"))
    return speaker.pick(f"按{subject}达到的最高一档（含本数）", f"by the highest step that {subject} reaches"), rows


def _crossing(speaker: Speaker, node: t.Crossing) -> tuple[str, tuple[str, ...]]:
    now, before = speaker.text(node.now, _SUM), speaker.text(node.before, _CHOICE)
    strict, several = speaker.text(node.strict), speaker.text(node.several)
    zh = f"按{now}越过、此前没有越过的台阶，此前的数为：{before}；须大于台阶，如果{strict}；越过几档时各档相加，如果{several}，否则只按最高一档"
    en = (
        f"by the steps that {now} passes and that were not passed before, where before means: {before}; "
        f"a step must be exceeded if {strict}; several steps add up if {several}, else only the highest counts"
    )
    return speaker.pick(zh, en), _rows(speaker, node.now, node.rows, ("没有越过：没有", "no step passed: nothing"))


def _year_of(speaker: Speaker, node: t.YearOf) -> Said:
    day = speaker.text(node.day, _SUM)
    return Said(speaker.pick(f"{day}所在年度", f"the year of {day}"))


def _year_end(speaker: Speaker, node: t.YearEnd) -> Said:
    year = speaker.text(node.year, _SUM)
    return Said(speaker.pick(f"{year}的最后一日", f"the last day of {year}"))


_TABLES: Mapping[type, Callable[[Speaker, Any], tuple[str, tuple[str, ...]]]] = {
    t.Match: _match,
    t.Steps: _steps,
    t.Crossing: _crossing,
}
_SAY: Mapping[type, Callable[[Speaker, Any], Said]] = {
    t.Constant: _constant,
    t.Word: _word,
    t.Builtin: _builtin,
    t.Chosen: _chosen,
    t.EndOf: _end_of,
    t.Record: _record,
    t.Follow: _follow,
    t.Get: _get,
    t.Arithmetic: _arithmetic,
    t.Compare: _compare,
    t.OneOf: _one_of,
    t.Contains: _contains,
    t.Within: _within,
    t.And: _and,
    t.Or: _or,
    t.Not: _not,
    t.If: _if,
    t.Has: _has,
    t.Exists: _exists,
    t.Aggregate: _aggregate,
    t.First: _first,
    t.Extreme: _extreme,
    t.Match: _tabled,
    t.Steps: _tabled,
    t.Crossing: _tabled,
    t.YearOf: _year_of,
    t.YearEnd: _year_end,
}
