"""Who claims which sentences of a document, and with which parameters: measures, bounds, statements."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from duixian.calendar.periods import Period
from duixian.language import locators
from duixian.language import policy as p
from duixian.language import tree as t
from duixian.language.figures import Figure, figures
from duixian.language.vocabulary import Label

_DAY_BEFORE = Period(days=1)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the rules: a literal of an expression, or a figure or fact that a pack states.

    `label` is its address (`software-rnd.cap`) or what it is (`day of issue`). It has a `constant` or a
    `figure`, or neither where what the pack wrote cannot be read as one figure. One that is `expected` must
    be found in the text.
    """

    label: Label
    written: str
    constant: t.Constant | None = None
    figure: Figure | None = None
    expected: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Claimant:
    """What claims sentences: its kind and id, the places, its parameters, and what its place says of figures.

    A measure's condition that stands elsewhere has the measure's `place`, and the policy's own rules have
    the policy's: there `not_in_text` is looked up.
    """

    kind: str
    id: str
    at: tuple[locators.Locator, ...]
    parameters: tuple[Parameter, ...]
    place: p.Place

    @property
    def name(self) -> str:
        """Return kind and id, as in `measure software-rnd`."""
        return f"{self.kind} {self.id}".strip()

    def reason(self, figure: Figure) -> str:
        """Return why a figure of the text is no parameter, empty if the pack does not say so."""
        known = {plain(key): reason for key, reason in self.place.not_parameters.items()}
        return known.get(plain(figure.literal), "")


def plain(text: str) -> str:
    """Return a figure as it is compared: in NFKC and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def claimants(policy: p.Policy) -> tuple[Claimant, ...]:
    """Return all that claims sentences of a policy's document, in the order of the pack.

    A reading claims nothing: it says how a sentence is understood, not that it is carried over.
    """
    own = policy.place
    validity = [policy.starts, policy.ends]
    found = [
        _at_place("policy", "", own, _facts(policy)),
        _at_place("validity", "", policy.validity, _literals(validity)),
    ]
    found += [_condition(condition, "scope", own) for condition in policy.scope]
    for measure in policy.measures:
        found += _measure(measure, policy.scope)
    found += [
        _rule("bound", item.id, item.at, [item.ceiling, item.at_most, item.when], own)
        for item in policy.bounds
    ]
    found += [_rule("overlap", item.id, item.at, [item.when], own) for item in policy.overlap]
    found += [_at_place("statement", item.kind, item.place) for item in policy.statements]
    found += [_at_place(item.kind, item.id, item.place, _deadline(item)) for item in policy.targets]
    return tuple(found)


def _facts(policy: p.Policy) -> Iterator[Parameter]:
    yield _stated(_address("number"), policy.number, False)
    yield from (_stated(_address(name), item.number, False) for name, item in policy.documents.items())
    if policy.issued:
        yield _day("issued", policy.issued)


def _deadline(target: p.Target) -> Iterator[Parameter]:
    if target.by:
        yield _day("by", target.by)
    yield from _literals([goal.measure for goal in target.goals])


def _measure(measure: p.Measure, scope: Iterable[p.Condition]) -> Iterator[Claimant]:
    """Yield the measure with what stands at its own place, then its conditions that stand elsewhere."""
    inherited = {condition.position for condition in scope}
    conditions = [item for item in measure.conditions if item.position not in inherited]
    nodes = [measure.which, *(item.test for item in conditions if not item.at)]
    for terms in (measure.terms, *(item.terms for item in measure.instead)):
        nodes += [terms.amount, terms.least, *terms.options, *terms.caps]
    nodes += [*(item.when for item in measure.instead), measure.apply_by]
    own = _literals(nodes)
    if measure.quota:
        own.append(_stated(_address(f"{measure.id}.quota"), f"{measure.quota.count}", False))
    yield _at_place("measure", measure.id, measure.place, own)
    yield from (_condition(item, measure.id, measure.place) for item in conditions if item.at)
    for number, stage in enumerate(measure.stages, 1):
        at = stage.at or measure.place.at
        here = [stage.share, stage.begins, *(item.test for item in stage.conditions if not item.at)]
        yield _rule("stage", f"{measure.id}.{number}", at, here, measure.place)
        yield from (_condition(item, measure.id, measure.place) for item in stage.conditions if item.at)
    if measure.claw_back:
        back = measure.claw_back
        yield _at_place("claw-back", measure.id, back.place, _literals([back.until]))


def _condition(condition: p.Condition, owner: str, place: p.Place) -> Claimant:
    return _rule("condition", f"{owner}.{condition.id}", condition.at, [condition.test], place)


def _rule(
    kind: str, name: str, at: Iterable[str], nodes: Iterable[t.AnyNode | None], place: p.Place
) -> Claimant:
    return Claimant(kind, name, _locators(at), tuple(_literals(nodes)), place)


def _at_place(kind: str, name: str, place: p.Place, own: Iterable[Parameter] = ()) -> Claimant:
    stated = [_stated(item.label, item.value) for item in place.figures]
    return Claimant(kind, name, _locators(place.at), (*own, *stated), place)


def _locators(at: Iterable[str]) -> tuple[locators.Locator, ...]:
    return tuple(locators.parse(item) for item in at)


def _literals(nodes: Iterable[t.AnyNode | None]) -> list[Parameter]:
    """Return the literals of expressions; one that a named expression brings in twice counts once.

    Nothing is expected of zero, and of the one day by which an expression steps to the day before.
    """
    found = {}
    for node in nodes:
        for constant in t.constants(node) if node is not None else ():
            if not constant.line:
                continue  # built in, as in a plan's `last_year`
            expected = constant.value not in (0, _DAY_BEFORE)
            parameter = Parameter(_address(constant.parameter), constant.text, constant, None, expected)
            found[constant.parameter, constant.value] = parameter
    return list(found.values())


def _stated(label: Label, written: str, expected: bool = True) -> Parameter:
    read = figures(plain(written))
    return Parameter(label, written, None, read[0] if len(read) == 1 else None, expected)


def _day(name: str, day: dt.date) -> Parameter:
    return Parameter(
        _address(name), day.isoformat(), None, Figure("date", day, "", 0, 0, day.isoformat()), False
    )


def _address(name: str) -> Label:
    return Label(name, name)
