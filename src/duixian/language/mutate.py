"""Makes mutants of a policy: every threshold off by one unit, every strictness flipped, every part dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec

from duixian.calendar.periods import Period
from duixian.language import policy as p
from duixian.language import tree as t
from duixian.language.problems import Position
from duixian.language.units import Type

_FLIP = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "==": "!=", "!=": "=="}
_TRUE = t.And(type=Type("flag"), parts=())


@dataclass(frozen=True, slots=True)
class Mutant:
    """A policy with one thing changed: where, what, and the measure it concerns (empty: the whole policy)."""

    position: Position
    description: str
    measure: str
    policy: p.Policy


def mutants(policy: p.Policy) -> Iterator[Mutant]:
    """Yield every mutant of a policy, measure by measure, then those of the policy as a whole."""
    shared = {id(condition) for condition in policy.scope}
    for number, measure in enumerate(policy.measures):
        if not measure.claimable:
            continue
        for position, text, changed in _of_measure(measure, shared):
            measures = (*policy.measures[:number], changed, *policy.measures[number + 1 :])
            yield Mutant(position, text, measure.id, msgspec.structs.replace(policy, measures=measures))
    yield from _of_policy(policy)


def _of_measure(measure: p.Measure, shared: set[int]) -> Iterator[tuple[Position, str, p.Measure]]:
    own = msgspec.structs.replace(
        measure, conditions=tuple(item for item in measure.conditions if id(item) not in shared)
    )
    for node, text, new in _changes(own):
        place = Position(measure.position.file, node.line, node.column)
        yield place, f"{measure.id}: {text}", rewrite(measure, node, new)
    replace = msgspec.structs.replace
    for condition in measure.conditions:
        rest = tuple(item for item in measure.conditions if item is not condition)
        yield (
            condition.position,
            f"{measure.id}: drop the condition `{condition.id}`",
            replace(measure, conditions=rest),
        )
    for name in ("which", "roles", "instead", "in_addition_to", "apply_by", "stages", "claw_back"):
        value = getattr(measure, name)
        if value:
            text = f"{measure.id}: drop `{name}`"
            yield measure.position, text, replace(measure, **{name: () if isinstance(value, tuple) else None})
    for stage in measure.stages:
        for condition in stage.conditions:
            rest = tuple(item for item in stage.conditions if item is not condition)
            text = f"{measure.id}: drop the condition `{condition.id}` of a stage"
            yield condition.position, text, rewrite(measure, stage, replace(stage, conditions=rest))
    if measure.to:
        everyone = replace(measure, to=())
        yield measure.position, f"{measure.id}: drop `to`", everyone
    for number in range(len(measure.terms.caps)):
        caps = measure.terms.caps[:number] + measure.terms.caps[number + 1 :]
        terms = replace(measure.terms, caps=caps)
        yield measure.position, f"{measure.id}: drop cap {number + 1}", replace(measure, terms=terms)


def _of_policy(policy: p.Policy) -> Iterator[Mutant]:
    replace = msgspec.structs.replace
    file = policy.measures[0].position.file.replace("measures", "policy") if policy.measures else ""
    root = Position(file, 1, 1)
    parts = (policy.starts, policy.ends, policy.scope, policy.bounds, policy.overlap)
    for node, text, new in _changes(parts):
        yield Mutant(
            Position(file, node.line, node.column), f"policy: {text}", "", rewrite(policy, node, new)
        )
    for condition in policy.scope:
        without = rewrite(policy, condition, replace(condition, test=_TRUE))
        yield Mutant(condition.position, f"policy: drop the condition `{condition.id}`", "", without)
    for name in ("bounds", "overlap"):
        items = getattr(policy, name)
        for item in items:
            rest = tuple(other for other in items if other is not item)
            yield Mutant(root, f"policy: drop `{item.id}` of {name}", "", replace(policy, **{name: rest}))
            if item.when is not None:
                always = rewrite(policy, item, replace(item, when=None))
                yield Mutant(root, f"policy: `{item.id}` of {name} always", "", always)
    for reading in policy.readings:
        for choice in reading.choices:
            if choice.id != reading.default:
                text = f"reading `{reading.id}`: default {choice.id} instead of {reading.default or 'none'}"
                yield Mutant(root, text, "", rewrite(policy, reading, replace(reading, default=choice.id)))
        if reading.default:
            text = f"reading `{reading.id}` dropped: always {reading.default}"
            yield Mutant(root, text, "", _fixed(policy, reading))


def _fixed(policy: p.Policy, reading: p.Reading) -> p.Policy:
    word = t.Word(type=Type("enum", f"reading.{reading.id}"), name=reading.default)

    def fix(value: Any) -> Any:
        return word if isinstance(value, t.Chosen) and value.id == reading.id else None

    found: p.Policy = _rebuild(policy, fix)
    return found


def _changes(part: Any) -> Iterator[tuple[t.AnyNode, str, t.AnyNode]]:
    """Yield (node, what, mutant) for each literal and comparison in a struct, each shared node once."""
    seen: set[int] = set()
    for node in _nodes(part):
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, t.Constant):
            for sign in (-1, 1):
                changed = _off_by_one(node, sign)
                if changed is not None:
                    yield node, f"{node.text} {'+' if sign > 0 else '-'} one unit", changed
        elif isinstance(node, t.Compare) and not _about_reading(node):
            flipped = msgspec.structs.replace(node, operator=_FLIP[node.operator])
            yield node, f"`{node.operator}` becomes `{flipped.operator}`", flipped


def _about_reading(node: t.Compare) -> bool:
    # A reading compared with its choice is mutated as a reading.
    return isinstance(node.left, t.Chosen) or isinstance(node.right, t.Chosen)


def _nodes(part: Any) -> Iterator[t.AnyNode]:
    if isinstance(part, msgspec.Struct):
        if isinstance(part, t.Constant | t.Compare):
            yield part
        for name in part.__struct_fields__:
            yield from _nodes(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from _nodes(item)


def _off_by_one(node: t.Constant, sign: int) -> t.Constant | None:
    """Return the literal one unit off: a fen, a point of the last printed digit of a share, a day, a count."""
    replace = msgspec.structs.replace
    if node.day is not None:
        edge = dt.date.max if sign > 0 else dt.date.min
        return None if node.day == edge else replace(node, day=node.day + dt.timedelta(sign))
    if node.period is not None:
        period = node.period
        values = [period.years, period.months, period.days]
        unit = next((index for index, value in enumerate(values) if value), 2)
        values[unit] += sign
        return replace(node, period=Period(*values)) if values[unit] >= 0 else None
    value = Fraction(node.numerator, node.denominator) + sign * _step(node)
    return None if value < 0 else replace(node, numerator=value.numerator, denominator=value.denominator)


def _step(node: t.Constant) -> Fraction:
    if node.type.kind != "ratio":
        return Fraction(1)
    decimals = len(node.text.rstrip("%％").partition(".")[2])
    return Fraction(1, 100 * 10**decimals)


def rewrite(value: Any, old: Any, new: Any) -> Any:
    """Return a struct with one part (found by identity) replaced everywhere; what is not touched is shared."""
    return _rebuild(value, lambda part: new if part is old else None)


def _rebuild(value: Any, change: Any) -> Any:
    changed = change(value) if isinstance(value, msgspec.Struct) else None
    if changed is not None:
        return changed
    if isinstance(value, msgspec.Struct):
        fields = {}
        for name in value.__struct_fields__:
            part = getattr(value, name)
            if isinstance(part, msgspec.Struct | tuple):
                new = _rebuild(part, change)
                if new is not part:
                    fields[name] = new
        return msgspec.structs.replace(value, **fields) if fields else value
    if isinstance(value, tuple):
        items = tuple(_rebuild(item, change) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
