"""Checks over a whole pack: what no single expression shows (unused readings, places, contradictions)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from duixian.language import locators
from duixian.language import policy as p
from duixian.language.problems import Report, nearest
from duixian.language.shape import Entry
from duixian.language.source import Scalar
from duixian.language.vacuous import vacuous

Measures = Callable[[str], frozenset[str] | None]
BLANK = "blank"
"""What a draft writes for its first day."""


def check_policy(
    policy: p.Policy,
    root: Entry,
    measures: Iterable[Entry],
    others: Iterable[Entry],
    used: set[str],
    elsewhere: Measures,
    report: Report,
) -> None:
    """Report what is wrong with a policy as a whole.

    `used` are the readings that expressions use; `elsewhere` returns the measures of another policy (none if
    they are not here), None if there is no such policy.
    """
    entries = list(measures)
    _readings(root, used, report)
    rest = list(others)
    _unique(root, entries, rest, report)
    _places(policy, [root, *entries, *rest], report)
    _relations(policy, entries, elsewhere, report)
    _vacuous(policy, entries, report)
    _validity(policy, root, report)
    _inherited(policy, report)
    if (policy.kind == "draft") == ("issued" in root.places):
        message = "a draft has no `issued:`" if policy.kind == "draft" else "an issued policy needs `issued:`"
        report.add(root.place("kind"), "wrong-form", message, "")


def _readings(root: Entry, used: set[str], report: Report) -> None:
    for entry in root.get("readings", ()):
        if entry.text("id") not in used:
            message = f"the reading `{entry.text('id')}` is never used"
            report.add(
                entry.position, "unused", message, f"use `reading.{entry.text('id')} == …` or remove it"
            )


def _inherited(policy: p.Policy, report: Report) -> None:
    """Report a condition of the scope that no measure inherits."""
    used = {id(condition) for measure in policy.measures for condition in measure.conditions}
    for condition in policy.scope:
        if id(condition) not in used and policy.measures:
            message = f"no measure inherits the condition `{condition.id}`"
            report.add(condition.position, "unused", message, "mend its `per:` or remove it")


def _unique(root: Entry, measures: list[Entry], others: list[Entry], report: Report) -> None:
    for entries in (
        measures,
        others,
        root.get("readings", ()),
        root.get("bounds", ()),
        root.get("overlap", ()),
    ):
        seen: set[str] = set()
        for entry in entries:
            id = entry.text("id")
            if id and id in seen:
                report.add(
                    entry.place("id"), "duplicate-key", f"the id `{id}` stands twice", "choose another"
                )
            seen.add(id)


def _places(policy: p.Policy, entries: Iterable[Entry], report: Report) -> None:
    if any(problem.code == "missing-key" and "`outline`" in problem.message for problem in report.problems):
        return  # no place can be checked, and that is told already
    outline = {key: list(row) for key, row in policy.outline.items()}
    for entry in entries:
        for item in _located(entry):
            problem = misplaced(item.text, outline)
            if problem:
                report.add(item.position, "unknown-place", problem, "")


def misplaced(text: str, outline: locators.Outline) -> str | None:
    """Return what is wrong with a locator in a document of this outline, or None."""
    try:
        return locators.check(locators.parse(text), outline)
    except ValueError as error:
        return str(error)


def _located(entry: Entry) -> list[Scalar]:
    found: list[Scalar] = list(entry.get("at", ()))
    for key in ("readings", "overlap", "bounds", "instead", "stages"):
        for child in entry.get(key, ()):
            found.extend(_located(child))
    for key in ("scope", "requires"):
        # A measure's `scope` is a list of names; the policy's is a mapping of conditions.
        conditions = entry.get(key)
        if isinstance(conditions, dict):
            for child in conditions.values():
                found.extend(_located(child))
    for key in ("validity", "claw_back"):
        if entry.get(key) is not None:
            found.extend(_located(entry.get(key)))
    return found


def _implements(item: Scalar, own: str, elsewhere: Measures, report: Report) -> None:
    other, slash, measure = item.text.partition("/")
    if not slash or not measure or other == own:
        message = f"`{item.text}` is not `policy-id/measure-id` of another policy"
        report.add(item.position, "unknown-policy", message, "")
        return
    known = elsewhere(other)
    if known is None:
        report.add(item.position, "unknown-policy", f"`{other}` is not a known policy", "")
    elif known and measure not in known:
        message = f"`{measure}` is not a measure of {other}"
        report.add(item.position, "unknown-name", message, nearest(measure, known))


def _relations(policy: p.Policy, entries: list[Entry], elsewhere: Measures, report: Report) -> None:
    ids = [measure.id for measure in policy.measures]
    for entry in entries:
        for item in entry.get("in_addition_to", ()):
            if item.text not in ids:
                message = f"`{item.text}` is not a measure of this policy"
                report.add(item.position, "unknown-name", message, nearest(item.text, ids))
        for item in entry.get("implements", ()):
            _implements(item, policy.id, elsewhere, report)


def _vacuous(policy: p.Policy, entries: list[Entry], report: Report) -> None:
    own = (condition for measure in policy.measures for condition in measure.conditions)
    tests = {item.position: (f"the condition `{item.id}`", item.test) for item in (*policy.scope, *own)}
    places = {entry.text("id"): entry.place("which") for entry in entries}
    for measure in policy.measures:
        if measure.which is not None:
            tests[places[measure.id]] = ("`which:`", measure.which)
    for position, (name, test) in tests.items():
        held = vacuous(test)
        if held is not None:
            message = f"{name} {'always holds' if held else 'can never hold'}"
            report.add(position, "always-true" if held else "never-true", message, "mend or remove it")


def _validity(policy: p.Policy, root: Entry, report: Report) -> None:
    starts = root.get("validity") and root.get("validity").get("starts")
    if policy.kind == "issued" and starts and starts.text == BLANK:
        report.add(
            starts.position, "wrong-form", "an issued policy starts on a day", "only a draft is left blank"
        )
