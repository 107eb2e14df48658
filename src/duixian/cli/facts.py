"""Facts in words: a fact's name and value, what is missing, and how near a miss was."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from duixian.cli.wording import View

if TYPE_CHECKING:
    from duixian.engine.result import Claim, ConditionResult, MissingFact, Near, Plain
    from duixian.language.vocabulary import Field

_TAIL = re.compile(r"(.+?)\s*[（(][^（）()]*[）)]")
_CALL = re.compile(r"(\w+)\((\w+)(?:\.(\w+))?\)(?: #\d+)?")
_BEFORE = re.compile(r"previous\((\w+)\)\.(\w+)")
_CALLS = {
    "count": ("{}数", "number of: {}"),
    "any": ("有这样的{}", "there is such a: {}"),
    "none": ("没有这样的{}", "there is no such: {}"),
    "sum": ("{}合计", "sum of: {}"),
    "highest": ("最高的{}", "highest: {}"),
    "lowest": ("最低的{}", "lowest: {}"),
    "first": ("首次{}", "the first: {}"),
}
_DAYS = {
    "starts": ("政策施行的首日", "the first day of the policy"),
    "ends": ("政策有效期的末日", "the last day of the policy"),
    "issued": ("政策印发的日期", "the day of issue of the policy"),
}
_FLAGS = ("any", "none", "first")


def fact_name(view: View, path: str) -> str:
    """Return the name of a fact: `year.revenue`, `previous(year).revenue` or `sum(contract.amount)`."""
    before = _BEFORE.fullmatch(path)
    if before is not None:
        own = fact_name(view, f"{before[1]}.{before[2]}")
        return view.say(f"上一年度的{own}", f"{own} of the year before")
    call = _CALL.fullmatch(path)
    if call is None:
        field = view.vocabulary.field(path)
        listed = view.vocabulary.entities.get(path)
        label = field.label if field else listed.label if listed else None
        return brief(label.text(view.lang)) if label else path
    function, entity, name = call.groups()
    known = view.vocabulary.entities.get(entity)
    text = known.label.text(view.lang) if known else entity
    if known and name in known.fields:
        text = known.fields[name].label.text(view.lang)
    text = brief(text)
    return view.say(*_CALLS.get(function, ("{}", "{}"))).format(text)


def brief(label: str) -> str:
    """Return a label without the explanation in brackets at its end."""
    match = _TAIL.fullmatch(label)
    return match[1] if match else label


def fact_value(view: View, path: str, value: Plain) -> str:
    """Return the value of a fact for people, by the type that the vocabulary gives it."""
    if value is None:
        return view.say("不详", "unknown")
    if isinstance(value, bool):
        return view.say("是" if value else "否", "yes" if value else "no")
    call = _CALL.fullmatch(path)
    field = view.vocabulary.field(f"{call[2]}.{call[3]}" if call else _BEFORE.sub(r"\1.\2", path))
    if value == "none":
        return view.say("无", "none")
    if field is None or (call is not None and call[1] in ("count", *_FLAGS)):
        return str(value)
    return _of_type(view, field, value)


def _of_type(view: View, field: Field, value: int | str | list[str]) -> str:
    if isinstance(value, list):
        labels = view.vocabulary.enums[field.type.of]
        return view.join([brief(labels[item].text(view.lang)) for item in value]) or view.say("无", "none")
    if field.type.kind == "enum" and isinstance(value, str):
        return brief(view.vocabulary.enums[field.type.of][value].text(view.lang))
    unit = field.type.of if field.type.kind == "count" and view.lang == "zh" else ""
    return quantity(view, field.type.kind, value) + unit


def quantity(view: View, kind: str, value: int | str) -> str:
    """Return a quantity of a kind: money in yuan, shares in percent, areas in square metres."""
    if kind == "money" and isinstance(value, int):
        return view.money(value)
    if kind == "ratio":
        return f"{_decimal(Fraction(value) * 100)}%"
    if kind == "area":
        return f"{_decimal(Fraction(value))}{view.say('平方米', ' m²')}"
    if kind == "price_per_area":
        return f"{_decimal(Fraction(value) / 100)}{view.say('元/平方米', ' yuan/m²')}"
    return str(value)


def _decimal(value: Fraction) -> str:
    """Return a number with at most two decimals, marked where digits were left out."""
    hundredths = value * 100
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return text if hundredths.denominator == 1 else f"≈{text}"


def used_facts(view: View, condition: ConditionResult) -> str:
    """Return the facts that a condition rests on."""
    colon = view.say(" ", ": ")
    shown = [
        f"{fact_name(view, path)}{colon}{fact_value(view, path, value)}"
        for path, value in condition.facts.items()
    ]
    return view.say("；", "; ").join(shown)


def missing_text(view: View, claim: Claim, item: MissingFact) -> str:
    """Say which fact is missing: a field of a record, a list that may not be whole, or a reading's choice."""
    if item.fact.startswith("reading."):
        policy = view.policies.get(claim.policy)
        reading = policy.reading(item.fact.removeprefix("reading.")) if policy else None
        question = reading.question.text(view.lang) if reading else item.fact
        return view.say(f"口径待定：{question}", f"a reading to be chosen: {question}")
    entity, _, name = item.fact.partition(".")
    if entity == "policy":
        return view.say(*_DAYS[name])
    known = view.vocabulary.entities.get(entity)
    label = known.label.text(view.lang) if known else entity
    if not name:
        return view.say(f"{label}的完整清单", f"the whole list: {label}")
    where = f" [{item.record}]" if item.record and item.record != claim.record else ""
    return fact_name(view, item.fact) + where


def near_text(view: View, claim: Claim, near: Near) -> str:
    """Say by how much a condition was missed, or what the next step needs and brings."""
    name = fact_name(view, near.fact) if near.fact else view.say("数额", "the figure")
    have = _amount(view, near.unit, near.have)
    if near.condition == "next_step":
        return _next_step(view, near, name)
    over = _number(near.have) > _number(near.need)
    need, short, beyond = _threshold(view, near)
    if over:
        zh = f"{name}超出{short}（现{have}，须{'低于' if beyond else '不超过'}{need}）"
        return view.say(
            zh, f"{name}: {short} too much (has {have}, {'below' if beyond else 'at most'} {need})"
        )
    if near.derived and near.fact:
        # The condition compares a figure made from several facts: naming one of them would mislead.
        zh = f"还差{short}（{name}等折算为{have}，须{'超过' if beyond else '达'}{need}）"
        return view.say(zh, f"{short} short (from {name} and others: {have}; needs {beyond}{need})")
    zh = f"{name}还差{short}（现{have}，须{'超过' if beyond else '达'}{need}）"
    return view.say(zh, f"{name}: {short} short (has {have}, needs {beyond}{need})")


def _next_step(view: View, near: Near, name: str) -> str:
    need, short, beyond = _threshold(view, near)
    gain = "" if near.gain_fen is None else view.money(near.gain_fen)
    zh = f"{name}再增{'超过' if beyond else ''}{short}即{'突破' if beyond else '达'}{need}" + (
        f"，该档{gain}" if gain else ""
    )
    en = f"{name}: {beyond}{short} more reaches the step {'above ' if beyond else 'of '}{need}"
    return view.say(zh, en + (f", which gives {gain}" if gain else ""))


def _threshold(view: View, near: Near) -> tuple[str, str, str]:
    """Return what is needed, how much is short, and `more than ` where the threshold itself does not count.

    A sum that must exceed a round one is told as that, not as one fen more.
    """
    need, short = near.need, near.short
    step = 1 if _number(near.have) < _number(need) else -1
    if (
        near.unit == "money"
        and isinstance(need, int)
        and isinstance(short, int)
        and (need - step) % 10**6 == 0
    ):
        return view.money(need - step), view.money(short - 1), "more than "
    return _amount(view, near.unit, need), _amount(view, near.unit, short), ""


def nearness(near: Near) -> float:
    """Return how far a miss is from what it needs, as a share of it; for sorting."""
    return float(_number(near.short) / max(abs(_number(near.need)), Fraction(1, 1000)))


def _amount(view: View, unit: str, value: Plain) -> str:
    return quantity(view, unit, value) if isinstance(value, int | str) else view.say("不详", "unknown")


def _number(value: Plain) -> Fraction:
    return Fraction(value) if isinstance(value, int | str) else Fraction(0)
