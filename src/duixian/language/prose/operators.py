"""Says arithmetic, comparisons and logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from duixian.language import tree as t
from duixian.language.prose.facts import beside, fact, flag, same_record
from duixian.language.prose.speaker import Bond, Said, Speaker

_ARITHMETIC = {"*": "×", "/": "÷", "-": "−", "+": "+"}
_SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "==": "=", "!=": "≠"}
_WHEN = {
    ">=": ("不早于", "is not earlier than"),
    ">": ("晚于", "is later than"),
    "<=": ("不晚于", "is not later than"),
    "<": ("早于", "is earlier than"),
    "==": ("即", "is"),
    "!=": ("不同于", "is not"),
}


def _arithmetic(speaker: Speaker, node: t.Arithmetic) -> Said:
    if node.operator == "*":
        for part, whole in ((node.left, node.right), (node.right, node.left)):
            if isinstance(part, t.Constant) and part.type.kind == "ratio":
                share, base = speaker.text(part), speaker.text(whole, Bond.WORD)
                return Said(speaker.pick(f"{base}的{share}", f"{share} of {base}"))
    bond = Bond.PRODUCT if node.operator in "*/" else Bond.SUM
    left = beside(speaker, node.left, node.right, bond)
    right = beside(speaker, node.right, node.left, Bond(bond + 1))
    return Said(f"{left} {_ARITHMETIC[node.operator]} {right}", bond)


def _compare(speaker: Speaker, node: t.Compare) -> Said:
    left, right = beside(speaker, node.left, node.right), beside(speaker, node.right, node.left)
    kind = node.left.type.kind
    if isinstance(node.left, t.Chosen):
        return _taken(speaker, left, right, node.operator == "==")
    if kind in ("date", "year"):
        zh, en = _WHEN[node.operator]
        return Said(left + speaker.pick(zh, f" {en} ") + right, Bond.TEST)
    if node.operator in ("==", "!=") and kind in ("enum", "text", "division"):
        zh, en = ("为", ": ") if node.operator == "==" else ("不是", ": not ")
        return Said(left + speaker.pick(zh, en) + right, Bond.TEST)
    return Said(f"{left} {_SIGNS[node.operator]} {right}", Bond.TEST)


def _taken(speaker: Speaker, reading: str, choice: str, holds: bool) -> Said:
    zh = f"{reading}取{choice}" if holds else f"{reading}不取{choice}"
    return Said(speaker.pick(zh, f"{reading} {'takes' if holds else 'does not take'} {choice}"), Bond.TEST)


def _one_of(speaker: Speaker, node: t.OneOf) -> Said:
    item = speaker.text(node.item, Bond.SUM)
    options = speaker.series([beside(speaker, option, node.item) for option in node.options], ("或", "or"))
    if isinstance(node.item, t.Chosen):
        return _taken(speaker, item, options, True)
    return Said(item + speaker.pick("为", ": ") + options, Bond.TEST)


def _contains(speaker: Speaker, node: t.Contains) -> Said:
    held, word = speaker.text(node.set), speaker.quote(speaker.text(node.word))
    return Said(speaker.pick(f"{held}包括{word}", f"{held} include {word}"), Bond.TEST)


def _within(speaker: Speaker, node: t.Within) -> Said:
    division, area = speaker.text(node.division), speaker.text(node.area)
    return Said(speaker.pick(f"{division}在{area}", f"{division} lies in {area}"), Bond.TEST)


def _and(speaker: Speaker, node: t.And) -> Said:
    return _joined(speaker, node.parts, speaker.pick("，且", " and "))


def _or(speaker: Speaker, node: t.Or) -> Said:
    return _joined(speaker, node.parts, speaker.pick("，或", " or "))


def _joined(speaker: Speaker, parts: Sequence[t.AnyNode], word: str) -> Said:
    return Said(word.join(speaker.text(part, Bond.TEST) for part in parts), Bond.LOGIC)


def _not(speaker: Speaker, node: t.Not) -> Said:
    part = node.part
    if isinstance(part, t.Has):
        name = fact(speaker, part.fact)
        return Said(speaker.pick(f"没有{name}", f"there is no {speaker.quote(name)}"), Bond.TEST)
    if isinstance(part, t.Get):
        return Said(flag(speaker, part, False), Bond.TEST)
    return Said(speaker.pick("并非", "not ") + speaker.text(part, Bond.WORD), Bond.TEST)


def _if(speaker: Speaker, node: t.If) -> Said:
    yes, no = speaker.text(node.yes, Bond.LOGIC), speaker.text(node.no, Bond.LOGIC)
    if falls_back(node):
        return Said(speaker.pick(f"{yes}（没有的，按{no}）", f"{yes} (where there is none, {no})"))
    condition = speaker.text(node.condition)
    zh, en = f"如果{condition}，则{yes}，否则{no}", f"if {condition}, then {yes}, else {no}"
    return Said(speaker.pick(zh, en), Bond.CHOICE)


def falls_back(node: t.If) -> bool:
    """Whether it is a fact, and what to take where that fact or its record does not exist."""
    if not isinstance(node.yes, t.Get):
        return False
    if isinstance(node.condition, t.Has):
        asked = node.condition.fact
        return asked.field == node.yes.field and same_record(asked.record, node.yes.record)
    return isinstance(node.condition, t.Exists) and same_record(node.condition.record, node.yes.record)


SAYS: Mapping[type, Callable[[Speaker, Any], Said]] = {
    t.Arithmetic: _arithmetic,
    t.Compare: _compare,
    t.OneOf: _one_of,
    t.Contains: _contains,
    t.Within: _within,
    t.And: _and,
    t.Or: _or,
    t.Not: _not,
    t.If: _if,
}
