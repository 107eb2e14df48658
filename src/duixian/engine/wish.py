"""Makes the record that a measure wishes for: the simplest facts under which its conditions hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from duixian.engine.rules import Rule
from duixian.language import tree as t
from duixian.register.applicant import Facts, Value


def wish(rule: Rule, day: dt.date) -> Iterator[Facts]:
    """Yield records of the measure's type that meet what its conditions say of the record itself.

    One for each row of a table over a field of the record (the tiers of a certificate), else one. What a
    condition says in another way than by a plain comparison is left unknown.
    """
    base: dict[str, Value] = {rule.event: day} if rule.event and rule.event != "year" else {}
    nodes = [test.node for test in rule.tests]
    for node in [*([rule.measure.which] if rule.measure.which is not None else []), *nodes]:
        _meet(node, base, rule.policy.city)
    if rule.measure.roles:
        base["role"] = rule.measure.roles[0]
    rows = list(_tiers(rule))
    for field, value in rows:
        yield {**base, field: value}
    if not rows:
        yield base


def _meet(node: t.AnyNode, record: dict[str, Value], city: str) -> None:
    match node:
        case t.And():
            for part in node.parts:
                _meet(part, record, city)
        case t.Or():
            _meet(node.parts[0], record, city)
        case t.Get() if _own(node):
            record.setdefault(node.field, True)
        case t.Not(part=t.Get() as fact) if _own(fact):
            record.setdefault(fact.field, False)
        case t.Compare(left=t.Get() as fact) if _own(fact) and node.operator in ("==", ">=", "<=", ">"):
            _set(fact, _literal(node.right), record, past=node.operator == ">")
        case t.OneOf(item=t.Get() as fact) if _own(fact):
            _set(fact, _literal(node.options[0]), record)
        case t.Contains(set=t.Get() as fact) if _own(fact):
            held = record.get(fact.field)
            record[fact.field] = frozenset({node.word.name}) | (
                held if isinstance(held, frozenset) else frozenset()
            )
        case t.Within(division=t.Get() as fact) if _own(fact):
            record.setdefault(fact.field, city)
        case _:
            return


def _set(fact: t.Get, value: Value | None, record: dict[str, Value], past: bool = False) -> None:
    if past and isinstance(value, int) and not isinstance(value, bool):
        value += 1
    if value is not None:
        record.setdefault(fact.field, value)


def _own(fact: t.Get) -> bool:
    return isinstance(fact.record, t.Record) and fact.record.of == "claim"


def _literal(node: t.AnyNode) -> Value | None:
    if isinstance(node, t.Word):
        return node.name
    if isinstance(node, t.Constant) and node.period is None:
        value = node.value
        return value if isinstance(value, int | dt.date) else None
    return None


def _tiers(rule: Rule) -> Iterator[tuple[str, Value]]:
    amount = rule.measure.terms.amount
    for part in t.walk(amount) if amount is not None else ():
        if isinstance(part, t.Match) and isinstance(part.subject, t.Get) and _own(part.subject):
            for row in part.rows:
                value = _literal(row.key)
                if value is not None:
                    yield part.subject.field, value
            return
