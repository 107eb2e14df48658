"""Reads a pack's worked cases: facts with a base laid under them, a day, and what must come out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from duixian.language.build import day
from duixian.language.pack import pack_files
from duixian.language.pack_shapes import CASES
from duixian.language.policy import Policy
from duixian.language.problems import Position, Report, nearest
from duixian.language.shape import Entry, read
from duixian.language.source import Items, Mapping, Node, Scalar, read_yaml


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out; empty texts and None are not compared. Sums are texts with a unit, or `open`."""

    record: str
    verdict: str
    sums: dict[str, str]
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    set_aside_for: str
    would_be: Expected | None


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case of a policy."""

    id: str
    position: Position
    measure: str
    at: str
    zh: str
    on: dt.date
    if_adopted: dt.date | None
    facts: Node
    readings: dict[str, str]
    policies: tuple[str, ...]
    expected: Expected
    why: str
    blind: bool
    doubt: str


@dataclass(slots=True)
class _File:
    bases: dict[str, Node] = field(default_factory=dict)


def load_cases(folder: Path, policy: Policy) -> tuple[Case, ...]:
    """Read all cases of a pack. Raises PackError with every problem (unknown measure, reading, base)."""
    report = Report()
    found: list[Case] = []
    for path in pack_files(folder, "cases"):
        node = read_yaml(path, report)
        root = read(node, CASES, report, path.name) if node is not None else None
        if isinstance(root, Entry):
            bases = dict(root.get("bases", {}))
            made = (_case(entry, bases, policy, report) for entry in root.get("cases", ()))
            found.extend(case for case in made if case is not None)
    seen: dict[str, Position] = {}
    for case in found:
        if case.id in seen:
            report.add(case.position, "duplicate-key", f"the case `{case.id}` stands twice", "choose another id")
        seen[case.id] = case.position
    report.raise_if_any()
    return tuple(found)


def _case(entry: Entry, bases: dict[str, Node], policy: Policy, report: Report) -> Case | None:
    if not entry.get("id") or not entry.get("on") or not entry.get("expect"):
        return None
    measure = entry.text("measure")
    if measure and policy.measure(measure) is None:
        known = nearest(measure, (item.id for item in policy.measures))
        report.add(entry.place("measure"), "unknown-name", f"`{measure}` is not a measure of this policy", known)
    if not measure and not entry.get("at"):
        report.add(entry.position, "missing-key", "a case needs `measure:` or `at:`", "")
    adopted = entry.get("if_adopted")
    on = day(entry.text("on"), entry.place("on"), report)
    return None if on is None else Case(
        entry.text("id"),
        entry.position,
        measure,
        entry.text("at"),
        entry.text("zh"),
        on,
        day(adopted.text, adopted.position, report) if adopted else None,
        _facts(entry, bases, report),
        _readings(entry, policy, report),
        entry.texts("with"),
        _expected(entry.get("expect")),
        entry.text("why"),
        entry.text("blind") == "true",
        entry.text("doubt"),
    )


def _readings(entry: Entry, policy: Policy, report: Report) -> dict[str, str]:
    found = {}
    for id, choice in entry.get("readings", {}).items():
        reading = policy.reading(id)
        if reading is None:
            known = nearest(id, (item.id for item in policy.readings))
            report.add(choice.position, "unknown-name", f"`{id}` is not a reading of this policy", known)
        elif choice.text not in [item.id for item in reading.choices]:
            known = nearest(choice.text, (item.id for item in reading.choices))
            report.add(choice.position, "unknown-value", f"`{choice.text}` is not a choice of `{id}`", known)
        else:
            found[id] = choice.text
    return found


def _facts(entry: Entry, bases: dict[str, Node], report: Report) -> Node:
    facts: Node = Mapping({}, {}, entry.position)
    for name in entry.get("given", ()):
        if name.text in bases:
            facts = merge(facts, bases[name.text])
        else:
            report.add(name.position, "unknown-name", f"there is no base `{name.text}`", nearest(name.text, bases))
    own = entry.get("facts")
    return merge(facts, own) if own is not None else facts


def merge(under: Node, over: Node) -> Node:
    """Lay one node over another: mappings by key, lists of records by their `id`, anything else replaces."""
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        entries = dict(under.entries)
        for key, node in over.entries.items():
            entries[key] = merge(entries[key], node) if key in entries else node
        return Mapping(entries, {**under.keys, **over.keys}, over.position)
    if isinstance(under, Items) and isinstance(over, Items) and all(_id(node) for node in (*under.nodes, *over.nodes)):
        records = {_id(node): node for node in under.nodes}
        for node in over.nodes:
            records[_id(node)] = merge(records[_id(node)], node) if _id(node) in records else node
        return Items(tuple(records.values()), over.position)
    return over


def _id(node: Node) -> str:
    id = node.entries.get("id") if isinstance(node, Mapping) else None
    return id.text if isinstance(id, Scalar) else ""


def _expected(entry: Entry) -> Expected:
    would_be = entry.get("would_be")
    return Expected(
        entry.text("record"),
        entry.text("verdict"),
        {key: entry.text(key) for key in ("sum", "min", "max", "payable") if entry.get(key) is not None},
        entry.texts("failed"),
        entry.texts("missing"),
        entry.text("set_aside_for"),
        _expected(would_be) if would_be is not None else None,
    )
