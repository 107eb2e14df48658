"""Checks over a whole pack: what no single expression shows (unused readings, places, contradictions)."""

from __future__ import annotations

from collections.abc import Iterable

from duixian.language import locators
from duixian.language import policy as p
from duixian.language.problems import Report, nearest
from duixian.language.shape import Entry
from duixian.language.source import Scalar
from duixian.language.vacuous import vacuous


def check_policy(
    policy: p.Policy,
    root: Entry,
    measures: Iterable[Entry],
    others: Iterable[Entry],
    used: set[str],
    report: Report,
) -> None:
    """Report what is wrong with a policy as a whole; `used` are the readings that expressions use."""
    entries = list(measures)
    _readings(root, used, report)
    _unique(root, entries, report)
    _places(policy, [root, *entries, *others], report)
    _relations(policy, entries, report)
    _vacuous(policy, report)
    if (policy.kind == "draft") != (policy.issued is None):
        message = "a draft has no `issued:`" if policy.kind == "draft" else "an issued policy needs `issued:`"
        report.add(root.place("kind"), "wrong-form", message, "")


def _readings(root: Entry, used: set[str], report: Report) -> None:
    for entry in root.get("readings", ()):
        if entry.text("id") not in used:
            message = f"the reading `{entry.text('id')}` is never used"
            report.add(entry.position, "unused", message, f"use `reading.{entry.text('id')} == …` or remove it")


def _unique(root: Entry, measures: list[Entry], report: Report) -> None:
    for entries in (measures, root.get("readings", ()), root.get("bounds", ()), root.get("overlap", ())):
        seen: set[str] = set()
        for entry in entries:
            id = entry.text("id")
            if id in seen:
                report.add(entry.place("id"), "duplicate-key", f"the id `{id}` stands twice", "choose another")
            seen.add(id)


def _places(policy: p.Policy, entries: Iterable[Entry], report: Report) -> None:
    outline = {key: list(row) for key, row in policy.outline.items()}
    for entry in entries:
        for item in _located(entry):
            problem = _misplaced(item.text, outline)
            if problem:
                report.add(item.position, "unknown-place", problem, "")


def _misplaced(text: str, outline: locators.Outline) -> str | None:
    try:
        return locators.check(locators.parse(text), outline)
    except ValueError as error:
        return str(error)


def _located(entry: Entry) -> list[Scalar]:
    found: list[Scalar] = list(entry.get("at", ()))
    for key in ("readings", "overlap", "bounds", "instead"):
        for child in entry.get(key, ()):
            found.extend(_located(child))
    for key in ("scope", "requires"):
        # A measure's `scope` is a list of names; the policy's is a mapping of conditions.
        conditions = entry.get(key)
        if isinstance(conditions, dict):
            for child in conditions.values():
                found.extend(_located(child))
    validity = entry.get("validity")
    if validity is not None:
        found.extend(_located(validity))
    return found


def _relations(policy: p.Policy, entries: list[Entry], report: Report) -> None:
    ids = [measure.id for measure in policy.measures]
    for entry in entries:
        for item in entry.get("in_addition_to", ()):
            if item.text not in ids:
                message = f"`{item.text}` is not a measure of this policy"
                report.add(item.position, "unknown-name", message, nearest(item.text, ids))
        for item in entry.get("implements", ()):
            if "/" not in item.text:
                report.add(item.position, "unknown-policy", f"`{item.text}` is not `policy-id/measure-id`", "")


def _vacuous(policy: p.Policy, report: Report) -> None:
    conditions = {condition.position: condition for measure in policy.measures for condition in measure.conditions}
    for position, condition in conditions.items():
        held = vacuous(condition.test)
        if held is not None:
            message = f"the condition `{condition.id}` {'always holds' if held else 'can never hold'}"
            report.add(position, "always-true" if held else "never-true", message, "mend or remove it")
