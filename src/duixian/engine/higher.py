"""Take the higher: builds an applicant's conflicts and shared bounds from the policies' data and solves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duixian.engine.assessed import Assessed
from duixian.engine.context import Context, Frame
from duixian.engine.counting import Limit, solve_counted
from duixian.engine.overlap import Ceiling, Choice, Item, solve
from duixian.engine.result import Outcome
from duixian.engine.rules import Rule, Rules
from duixian.engine.standing import Standing
from duixian.engine.values import to_fen
from duixian.language import policy as p

OWED = ("eligible", "eligible_up_to")
DECIDED = ("competitive_up_to", "case_by_case")
Outcomes = Callable[[Assessed], Outcome | None]


Code = Callable[[Context], Any]


@dataclass(slots=True, frozen=True)
class Setting:
    """What an applicant's claims stand in: the policies, how each stands, the readings taken, its facts."""

    policies: Mapping[str, Rules]
    standings: Mapping[str, Standing]
    readings: Mapping[str, Mapping[str, str]]
    frame: Frame

    def context(self, policy: str) -> Context:
        """Return a context for expressions of a policy that rest on no claim."""
        return Context(self.frame, self.standings[policy].days, self.readings[policy])

    def under(self, policy: str, reading: str, choice: str) -> Setting:
        """Return the setting under another choice of one reading."""
        readings = {**self.readings, policy: {**self.readings[policy], reading: choice}}
        return Setting(self.policies, self.standings, readings, self.frame)


@dataclass(slots=True)
class Edge:
    """Why two claims exclude each other: the relation's id and place."""

    because: str
    at: str


@dataclass(slots=True)
class Higher:
    """The four choices over an applicant's claims: certain, at most, with decisions, with missing facts."""

    edges: dict[tuple[int, int], Edge]
    certain: Choice
    most: Choice
    decisions: Choice
    missing: Choice


@dataclass(slots=True)
class Problem:
    """The claims that compete, which exclude each other, and the ceilings and numbers they share."""

    found: list[Outcome | None]
    live: list[int]
    edges: dict[tuple[int, int], Edge]
    ceilings: list[Ceiling]
    limits: list[Limit]

    def solve(self, verdicts: tuple[str, ...], least: bool) -> Choice:
        """Choose among the claims with these verdicts, by their least or their greatest sums."""
        items = []
        for index in self.live:
            item = self.found[index]
            if item is not None and item.verdict in verdicts:
                items.append(Item(index, item.min_fen if least else item.max_fen))
        if not self.edges and not self.ceilings and not self.limits:
            return solve(items)
        known = {item.index for item in items}
        inside = {pair for pair in self.edges if pair[0] in known and pair[1] in known}
        ceilings = []
        for bound in self.ceilings:
            members = tuple(index for index in bound.members if index in known)
            if members:
                ceilings.append(Ceiling(members, bound.fen))
        if not self.limits:
            return solve(items, inside, ceilings)
        return solve_counted(items, inside, ceilings, self.limits)


def pose(claims: Sequence[Assessed], setting: Setting, outcome: Outcomes) -> Problem:
    """Build take-the-higher over claims (in order of policy and measure) as `outcome` sees each."""
    found = [outcome(claim) for claim in claims]
    live = [index for index, item in enumerate(found) if item is not None and item.verdict in _LIVE]
    if not live:
        return Problem(found, live, {}, [], [])
    edges = conflicts(claims, live, setting)
    ceilings, limits = _shared(claims, live, setting)
    return Problem(found, live, edges, ceilings, limits)


def choose(problem: Problem) -> Higher:
    """Solve the four questions of a problem."""
    certain, most = problem.solve(OWED, True), problem.solve(_OWED_OR_OPEN, False)
    verdicts = {item.verdict for index in problem.live if (item := problem.found[index]) is not None}
    decisions = problem.solve((*_OWED_OR_OPEN, *DECIDED), False) if verdicts & set(DECIDED) else most
    missing = problem.solve(_LIVE, False) if "undetermined" in verdicts else decisions
    edges = dict(problem.edges)
    for limit in problem.limits:
        for choice in (certain, most, decisions, missing):
            kept = choice.chosen.intersection(limit.members)
            if len(kept) >= limit.number:
                for index in set(limit.members) - kept:
                    for other in (*kept, *limit.first):
                        edges.setdefault(
                            (min(index, other), max(index, other)), Edge(limit.because, limit.at)
                        )
    return Higher(edges, certain, most, decisions, missing)


_OWED_OR_OPEN = (*OWED, "amount_not_stated")
_LIVE = (*OWED, "amount_not_stated", *DECIDED, "undetermined")


def conflicts(
    claims: Sequence[Assessed], live: Sequence[int], setting: Setting
) -> dict[tuple[int, int], Edge]:
    """Return the pairs of claims that exclude each other, either policy saying so."""
    relations = {
        id: [item for item, when in rules.overlap if _applies(item, when, id, setting)]
        for id, rules in setting.policies.items()
    }
    found: dict[tuple[int, int], Edge] = {}
    for position, first in enumerate(live):
        for second in live[position + 1 :]:
            edge = _edge(claims[first], claims[second], relations)
            if edge is not None:
                found[first, second] = edge
    return found


def _applies(item: p.Overlap, when: Code | None, policy: str, setting: Setting) -> bool:
    kind = setting.frame.facts.get("kind")
    if item.only and kind is not None and kind not in item.only:
        return False
    # A reading without a default leaves the relation open; the narrower total is the safe one to show.
    return when is None or when(setting.context(policy)) is not False


def _edge(a: Assessed, b: Assessed, relations: Mapping[str, list[p.Overlap]]) -> Edge | None:
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
    told = _told_twice(a, b)
    if told is not None:
        return told
    for own, other in ((a, b), (b, a)):
        for relation in relations[own.rule.policy.id]:
            if _partner(relation, own.rule, other.rule) and _same(relation, own, other):
                return Edge(f"{own.rule.policy.id}/{relation.id}", relation.at[0])
    return None


def _told_twice(a: Assessed, b: Assessed) -> Edge | None:
    for own, other in ((a, b), (b, a)):
        if (
            f"{other.rule.policy.id}/{other.rule.measure.id}" in own.rule.measure.implements
            and a.matter == b.matter
        ):
            return Edge(f"{own.rule.policy.id}/implements", own.rule.measure.at)
    return None


def _partner(relation: p.Overlap, own: Rule, other: Rule) -> bool:
    if own.policy.id == other.policy.id:
        named = not relation.between or {own.measure.id, other.measure.id} <= set(relation.between)
        return named and "document" in relation.partners
    city = "city" in relation.partners and own.policy.city == other.policy.city
    return city or other.policy.id in relation.partners


def _same(relation: p.Overlap, own: Assessed, other: Assessed) -> bool:
    if relation.same == "matter" and (own.matter is None or own.matter != other.matter):
        return False
    if relation.period == "ever":
        return True
    years = [item.event.year for item in (own, other) if item.event is not None]
    return len(years) < 2 or years[0] == years[1]


def _shared(
    claims: Sequence[Assessed], live: Sequence[int], setting: Setting
) -> tuple[list[Ceiling], list[Limit]]:
    """Return the shared ceilings and numbers, each net of what was already paid for the same key."""
    ceilings: list[Ceiling] = []
    limits: list[Limit] = []
    for id, rules in setting.policies.items():
        for bound, most, when in rules.bounds:
            context = setting.context(id)
            if when is not None and when(context) is False:
                continue
            groups: dict[tuple[Any, ...], list[int]] = {}
            for index in live:
                claim = claims[index]
                if claim.rule.policy.id == id and claim.rule.measure.id in bound.over:
                    groups.setdefault(_key(bound, claim), []).append(index)
            value = most(context)
            if not (isinstance(value, int) or hasattr(value, "numerator")):
                continue
            for key, members in groups.items():
                paid = list(_paid(bound, key, claims, members, setting.frame))
                if bound.ceiling is not None:
                    left = to_fen(value) - sum(fen for _, fen in paid)
                    ceilings.append(Ceiling(tuple(members), max(0, left)))
                else:
                    # A claim that was paid has its place already, and what is still due of it needs no other.
                    had = {record for record, _ in paid}
                    rest = tuple(index for index in members if claims[index].record_id not in had)
                    first = tuple(index for index in members if index not in rest)
                    left = max(0, int(value) - len(had))
                    limits.append(Limit(rest, left, f"{id}/{bound.id}", bound.at[0], first))
    return ceilings, limits


def _key(bound: p.Bound, claim: Assessed) -> tuple[Any, ...]:
    return tuple(_part(name, claim) for name in bound.per)


def _part(name: str, claim: Assessed) -> Any:
    record = claim.record or {}
    field = name.partition(".")[2]
    if field:
        return record.get(field)
    if name == "applicant":
        return ""
    if name == "matter":
        return claim.matter
    if name in ("record", claim.rule.measure.per):
        return claim.record_id
    if name == "year":
        return claim.event.year if claim.event is not None else None
    return record.get(name)


def _paid(
    bound: p.Bound, key: tuple[Any, ...], claims: Sequence[Assessed], members: Sequence[int], frame: Frame
) -> Iterator[tuple[str, int]]:
    """Yield record and fen of what was paid under the bound's measures and counts against this group.

    A claim's own earlier payment is already taken off its sum, so the ceiling must shrink by it too;
    payments for records that are no live claim count where their record shares the key.
    """
    for payment in frame.lists.get("payment", ()):
        measure = str(payment.get("measure", "")).rpartition("/")[2]
        amount, record = payment.get("amount"), payment.get("record")
        if measure in bound.over and isinstance(amount, int) and _shares(bound, key, record, claims, members):
            yield str(record or payment.get("id", "")), amount


def _shares(
    bound: p.Bound, key: tuple[Any, ...], record: Any, claims: Sequence[Assessed], members: Sequence[int]
) -> bool:
    if set(bound.per) <= {"applicant"}:
        return True
    return any(
        claims[index].record_id == record and _key(bound, claims[index]) == key
        for index in range(len(claims))
        if claims[index].rule.measure.id in bound.over
    )
