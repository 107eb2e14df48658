"""Which of an applicant's claims exclude each other, from the conflict relations of the policies.

Where known facts do not say whether two claims exclude each other (their projects, the year of an event, the
kind of applicant, a reading without a default), the conflict is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duixian.engine.assessed import Assessed
from duixian.engine.context import Missing
from duixian.engine.rules import Rule
from duixian.engine.setting import Setting
from duixian.engine.values import Truth
from duixian.language import policy as p


@dataclass(slots=True)
class Edge:
    """Why two claims exclude each other: the relation's id and place. `missing` would settle an open one."""

    because: str
    at: str
    open: bool = False
    missing: tuple[Missing, ...] = ()


Pair = tuple[int, int]
Relations = Mapping[str, Sequence[tuple[p.Overlap, Truth, tuple[Missing, ...]]]]
_Verdict = tuple[Truth, tuple[Missing, ...]]
"""Whether it is so, and what would settle it."""


def conflicts(claims: Sequence[Assessed], live: Sequence[int], setting: Setting) -> dict[Pair, Edge]:
    """Return the pairs of claims that exclude each other or may, either policy saying so."""
    if len(live) < 2:
        return {}
    relations = {id: _relations(id, setting) for id in {claims[index].rule.policy.id for index in live}}
    found: dict[Pair, Edge] = {}
    related: dict[tuple[int, int], bool] = {}
    for position, first in enumerate(live):
        own = claims[first].rule.policy
        for second in live[position + 1 :]:
            other = claims[second].rule.policy
            key = (id(own), id(other))
            if key not in related:
                related[key] = _may_conflict(own, other, relations, setting)
            if not related[key]:
                continue
            edge = _edge(claims[first], claims[second], relations)
            if edge is not None:
                found[first, second] = edge
    return found


def _may_conflict(a: p.Policy, b: p.Policy, relations: Relations, setting: Setting) -> bool:
    """Say whether any claims of two policies can exclude each other.

    Most have nothing to do with each other, and their many pairs of claims need not be looked at.
    """
    for own, other in ((a, b), (b, a)):
        if other.id in setting.policies[own.id].implements:
            return True
        if any(_partners(relation, own, other) for relation, _, _ in relations[own.id]):
            return True
    return False


def _partners(relation: p.Overlap, own: p.Policy, other: p.Policy) -> bool:
    if own.id == other.id:
        return "document" in relation.partners
    if relation.between:
        return False
    return other.id in relation.partners or ("city" in relation.partners and own.city == other.city)


def _relations(policy: str, setting: Setting) -> list[tuple[p.Overlap, Truth, tuple[Missing, ...]]]:
    """Return a policy's relations that hold for the applicant or may."""
    found: list[tuple[p.Overlap, Truth, tuple[Missing, ...]]] = []
    kind = setting.frame.facts.get("kind")
    for item, when in setting.policies[policy].overlap:
        held: Truth = True
        missing: tuple[Missing, ...] = ()
        if item.only and kind not in item.only:
            held = None if kind is None else False
            missing = (("applicant.kind", ""),)
        if when is not None and held is not False:
            context = setting.context(policy)
            own: Truth = when(context)
            held = own if own is not True else held
            missing += tuple(context.missing)
        if held is not False:
            found.append((item, held, () if held else missing))
    return found


def _edge(a: Assessed, b: Assessed, relations: Relations) -> Edge | None:
    first, second = a.rule, b.rule
    if first.policy.id == second.policy.id:
        # Claims of one measure are one support told once an item; take-the-higher speaks of several supports.
        one = first.measure.id == second.measure.id
        if (
            one
            or first.measure.id in second.measure.in_addition_to
            or second.measure.id in first.measure.in_addition_to
        ):
            return None
    maybe = _told_twice(a, b)
    if maybe is not None and not maybe.open:
        return maybe
    for own, other in ((a, b), (b, a)):
        for relation, applies, missing in relations[own.rule.policy.id]:
            if not _partner(relation, own.rule, other.rule):
                continue
            same, unknown = _same(relation, own, other)
            if same is False:
                continue
            is_open = applies is None or same is None
            edge = Edge(f"{own.rule.policy.id}/{relation.id}", relation.at[0], is_open, (*missing, *unknown))
            if not is_open:
                return edge
            maybe = maybe or edge
    return maybe


def implementer(a: Assessed, b: Assessed) -> Assessed | None:
    """Return the one of two claims of which the measure carries out the other's, None if neither does."""
    for own, other in ((a, b), (b, a)):
        if own.rule.measure.implements and other.rule.names[1] in own.rule.measure.implements:
            return own
    return None


def _told_twice(a: Assessed, b: Assessed) -> Edge | None:
    own = implementer(a, b)
    if own is None:
        return None
    held, missing = same_matter(a, b)
    if a.matter is None and b.matter is None:
        held, missing = True, ()
    rule = own.rule
    return None if held is False else Edge(f"{rule.policy.id}/implements", rule.measure.at, not held, missing)


def _partner(relation: p.Overlap, own: Rule, other: Rule) -> bool:
    if not _partners(relation, own.policy, other.policy):
        return False
    return not relation.between or {own.measure.id, other.measure.id} <= set(relation.between)


def _same(relation: p.Overlap, own: Assessed, other: Assessed) -> _Verdict:
    """Say whether two claims are about the same, in the same period, as a relation asks."""
    same, missing = same_matter(own, other) if relation.same == "matter" else (True, ())
    if same is False or relation.period == "ever":
        return same, missing
    years = [item.event.year for item in (own, other) if item.event is not None]
    if len(years) == 2:
        return (same, missing) if years[0] == years[1] else (False, ())
    return None, (*missing, *(item.event_fact for item in (own, other) if item.event is None))


def same_matter(a: Assessed, b: Assessed) -> _Verdict:
    """Say whether two claims are about one matter; a project that is not known may be the other's."""
    if a.matter is None or b.matter is None:
        return False, ()
    if a.matter == b.matter or (a.record is b.record and a.record is not None):
        return True, ()
    unknown = tuple(item.project_fact for item in (a, b) if item.project_unknown)
    both = all(item.project_unknown or item.matter[0] == "project" for item in (a, b) if item.matter)
    return (None, unknown) if unknown and both else (False, ())
