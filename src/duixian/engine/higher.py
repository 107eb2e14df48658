"""Take the higher: builds an applicant's conflicts and shared bounds from the policies' data and solves them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from duixian.engine.assessed import Assessed
from duixian.engine.conflicts import Edge, Pair, conflicts, implementer
from duixian.engine.counting import solve_counted
from duixian.engine.overlap import Ceiling, Choice, Item, solve
from duixian.engine.result import Outcome
from duixian.engine.setting import Setting
from duixian.engine.sharing import Shared, shared

__all__ = ["DECIDED", "OWED", "Edge", "Higher", "Problem", "Setting", "choose", "pose"]

OWED = ("eligible", "eligible_up_to")
DECIDED = ("competitive_up_to", "case_by_case")


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
    """The claims that compete, which exclude each other, and what they share.

    `order` has the place of each live claim in the order that settles ties.
    """

    found: list[Outcome | None]
    live: list[int]
    edges: dict[Pair, Edge] = field(default_factory=dict)
    strict: Shared = field(default_factory=Shared)
    loose: Shared = field(default_factory=Shared)
    order: Mapping[int, int] = field(default_factory=dict)

    def solve(self, verdicts: Collection[str], least: bool) -> Choice:
        """Choose among the claims with these verdicts, by their least or their greatest sums.

        What is certain stays so if an open conflict turns out to be one; what is greatest, if it is none.
        """
        items = []
        for index in self.live:
            item = self.found[index]
            if item is not None and item.verdict in verdicts:
                items.append(Item(index, item.min_fen if least else item.max_fen))
        bounds = self.strict if least else self.loose
        if not self.edges and not bounds.ceilings and not bounds.limits:
            return solve(items)
        known = {item.index for item in items}
        inside = {
            pair for pair, edge in self.edges.items() if known.issuperset(pair) and (least or not edge.open)
        }
        ceilings = []
        for bound in bounds.ceilings:
            members = tuple(index for index in bound.members if index in known)
            if members:
                ceilings.append(Ceiling(members, bound.fen))
        if bounds.limits:
            return solve_counted(items, inside, ceilings, bounds.limits)
        return self.ordered(items, inside, ceilings) if self.order else solve(items, inside, ceilings)

    def ordered(self, items: list[Item], edges: set[Pair], ceilings: list[Ceiling]) -> Choice:
        """Solve with ties settled by `order` instead of by the claims' own order."""
        place = self.order
        back = {new: old for old, new in place.items()}
        found = solve(
            [Item(place[item.index], item.weight) for item in items],
            {(place[one], place[other]) for one, other in edges},
            [Ceiling(tuple(place[index] for index in bound.members), bound.fen) for bound in ceilings],
        )
        return replace(
            found,
            chosen=frozenset(back[index] for index in found.chosen),
            paid={back[index]: fen for index, fen in found.paid.items()},
            open_why={
                why: frozenset(back[index] for index in those) for why, those in found.open_why.items()
            },
        )


def pose(claims: Sequence[Assessed], setting: Setting, found: list[Outcome | None]) -> Problem:
    """Build take-the-higher over claims (in order of policy and measure) with these outcomes."""
    live = [index for index, item in enumerate(found) if item is not None and item.verdict in _LIVE]
    if not live:
        return Problem(found, live)
    edges = conflicts(claims, live, setting)
    return Problem(found, live, edges, *shared(claims, live, setting), _order(claims, live, edges))


def _order(claims: Sequence[Assessed], live: Sequence[int], edges: Mapping[Pair, Edge]) -> dict[int, int]:
    """Return the order in which ties are settled where it is not that of the claims, else nothing.

    Of a support that is told twice the telling that carries out the other is the one to be paid.
    """
    first = set()
    for one, other in edges:
        own = implementer(claims[one], claims[other])
        if own is not None:
            first.add(one if own is claims[one] else other)
    ordered = [*(index for index in live if index in first), *(index for index in live if index not in first)]
    return {index: place for place, index in enumerate(ordered)} if first else {}


def choose(problem: Problem) -> Higher:
    """Solve the four questions of a problem."""
    certain, most = problem.solve(OWED, True), problem.solve(_OWED_OR_OPEN, False)
    verdicts = {item.verdict for index in problem.live if (item := problem.found[index]) is not None}
    decisions = problem.solve((*_OWED_OR_OPEN, *DECIDED), False) if verdicts & set(DECIDED) else most
    missing = problem.solve(_LIVE, False) if "undetermined" in verdicts else decisions
    edges = dict(problem.edges)
    for limit in problem.loose.limits:
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
_LIVE = frozenset({*OWED, "amount_not_stated", *DECIDED, "undetermined"})
