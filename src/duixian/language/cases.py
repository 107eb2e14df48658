"""Reads a pack's worked cases: facts with a base laid under them, a day, and what must come out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from duixian.language.build import day
from duixian.language.checks import misplaced
from duixian.language.lexer import ExpressionError, tokens
from duixian.language.pack import build_pack, known_policies, pack_files, pack_folders, read_file
from duixian.language.pack_shapes import CASES
from duixian.language.policy import OWN_CONDITIONS, Policy
from duixian.language.problems import Position, Report, nearest
from duixian.language.shape import Entry, read
from duixian.language.source import Items, Mapping, Node, Scalar
from duixian.language.vocabulary import Vocabulary, vocabulary_of

_SUMS = ("sum", "min", "max", "payable")


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out; empty texts and None are not compared. Sums are texts with a unit, or `open`."""

    record: str
    verdict: str
    sums: dict[str, str]
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    set_aside_for: str
    stages: tuple[dict[str, str], ...]
    pay_back_until: str
    apply_by: str
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
    cases = _read(folder, policy, vocabulary_of(folder), report)
    report.raise_if_any()
    return cases


def load_with_cases(folder: Path) -> tuple[Policy, tuple[Case, ...]]:
    """Load a pack and its cases. Raises PackError with every problem of both."""
    report = Report()
    policy = build_pack(folder, report)
    cases = _read(folder, policy, vocabulary_of(folder), report) if policy is not None else ()
    report.raise_if_any()
    assert policy is not None
    return policy, cases


def _read(folder: Path, policy: Policy, vocabulary: Vocabulary, report: Report) -> tuple[Case, ...]:
    found: list[Case] = []
    # Beside the other packs a case may set a policy that was invented for the cases.
    known = known_policies(folder) | {path.name for path in pack_folders(folder / "cases")}
    for path in pack_files(folder, "cases"):
        node = read_file(path, report)
        root = read(node, CASES, report, path.name) if node is not None else None
        if isinstance(root, Entry):
            bases = dict(root.get("bases", {}))
            for entry in root.get("cases", ()):
                _check(entry, policy, vocabulary, known, report)
                case = _case(entry, bases, policy, report)
                if case is not None:
                    found.append(case)
    seen: dict[str, Position] = {}
    for case in found:
        if case.id in seen:
            report.add(
                case.position, "duplicate-key", f"the case `{case.id}` stands twice", "choose another id"
            )
        seen[case.id] = case.position
    return tuple(found)


def _check(entry: Entry, policy: Policy, vocabulary: Vocabulary, known: set[str], report: Report) -> None:
    """Report a place, a policy, a sum, a condition or a fact that a case names and that does not exist."""
    place = entry.get("at")
    problem = misplaced(place.text, policy.outline) if place else None
    if problem:
        report.add(place.position, "unknown-place", problem, "")
    for item in entry.get("with", ()):
        if item.text not in known:
            report.add(
                item.position,
                "unknown-policy",
                f"`{item.text}` is not a known policy",
                nearest(item.text, known),
            )
    expected = entry.get("expect")
    for part in (expected, expected.get("would_be")) if expected else ():
        if part is not None:
            _check_expected(part, entry, policy, vocabulary, report)


def _check_expected(
    part: Entry, entry: Entry, policy: Policy, vocabulary: Vocabulary, report: Report
) -> None:
    stages = part.get("stages", ())
    for sum in (*(part.get(key) for key in _SUMS), *(stage.get("sum") for stage in stages)):
        if sum is not None and sum.text != "open" and not _is_money(sum.text):
            message = f"`{sum.text}` is not a sum with its unit"
            report.add(sum.position, "wrong-form", message, "write it like 7.5万元, or `open`")
    about = [policy.measure(entry.text("measure"))] if entry.get("measure") else list(policy.measures)
    conditions = {*OWN_CONDITIONS, *(item.id for measure in about if measure for item in measure.conditions)}
    for item in part.get("failed", ()):
        if item.text not in conditions and None not in about:
            message = f"`{item.text}` is not a condition here"
            report.add(item.position, "unknown-name", message, nearest(item.text, conditions))
    facts = [f"{entity.name}.{name}" for entity in vocabulary.entities.values() for name in entity.fields]
    facts += [*vocabulary.records, *(f"reading.{reading.id}" for reading in policy.readings)]
    for item in part.get("missing", ()):
        if item.text not in facts and not item.text.startswith("end_of."):
            message = f"`{item.text}` is not a fact"
            report.add(item.position, "unknown-name", message, nearest(item.text, facts))


def _is_money(text: str) -> bool:
    try:
        first = tokens(text.replace(",", ""))[:-1]
    except ExpressionError:
        return False
    return len(first) == 1 and first[0].literal is not None and first[0].literal.kind == "money"


def _case(entry: Entry, bases: dict[str, Node], policy: Policy, report: Report) -> Case | None:
    if not entry.get("id") or not entry.get("on") or not entry.get("expect"):
        return None
    measure = entry.text("measure")
    if measure and policy.measure(measure) is None:
        known = nearest(measure, (item.id for item in policy.measures))
        report.add(
            entry.place("measure"), "unknown-name", f"`{measure}` is not a measure of this policy", known
        )
    if not measure and not entry.get("at"):
        report.add(entry.position, "missing-key", "a case needs `measure:` or `at:`", "")
    adopted = entry.get("if_adopted")
    on = day(entry.text("on"), entry.place("on"), report)
    return (
        None
        if on is None
        else Case(
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
            report.add(
                name.position, "unknown-name", f"there is no base `{name.text}`", nearest(name.text, bases)
            )
    own = entry.get("facts")
    return merge(facts, own) if own is not None else facts


def merge(under: Node, over: Node) -> Node:
    """Lay one node over another: mappings by key, lists of records by their `id`, anything else replaces."""
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        entries = dict(under.entries)
        for key, node in over.entries.items():
            entries[key] = merge(entries[key], node) if key in entries else node
        return Mapping(entries, {**under.keys, **over.keys}, over.position)
    if (
        isinstance(under, Items)
        and isinstance(over, Items)
        and all(_id(node) for node in (*under.nodes, *over.nodes))
    ):
        changed = {_id(node): node for node in over.nodes}
        known = {_id(node) for node in under.nodes}
        # A record that stands twice in one list is kept twice: whoever reads the facts says so.
        kept = [merge(node, changed[_id(node)]) if _id(node) in changed else node for node in under.nodes]
        return Items((*kept, *(node for node in over.nodes if _id(node) not in known)), over.position)
    return over


def _id(node: Node) -> str:
    id = node.entries.get("id") if isinstance(node, Mapping) else None
    return id.text if isinstance(id, Scalar) else ""


def _expected(entry: Entry) -> Expected:
    would_be = entry.get("would_be")
    return Expected(
        entry.text("record"),
        entry.text("verdict"),
        {key: entry.text(key) for key in _SUMS if entry.get(key) is not None},
        entry.texts("failed"),
        entry.texts("missing"),
        entry.text("set_aside_for"),
        tuple(_stage(item) for item in entry.get("stages", ())),
        entry.text("pay_back_until"),
        entry.text("apply_by"),
        _expected(would_be) if would_be is not None else None,
    )


def _stage(entry: Entry) -> dict[str, str]:
    return {key: entry.text(key) for key in ("sum", "from", "due") if entry.get(key) is not None}
