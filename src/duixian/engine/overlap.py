"""Which of an applicant's claims are paid under 就高不重复 (take the higher), and what is set aside for what.

Plain numbers in, plain numbers out; amounts are integer fen. An answer is exact or open, never approximate.
Claims linked by a conflict or a shared ceiling form a group, and each group is solved by itself:

- no conflict: all are paid, up to the ceilings;
- every claim conflicts with every other, no ceiling: the greatest is paid;
- otherwise `overlap_search`: nested groups directly, the rest by branching, within `LIMIT` nodes.

A claim is `chosen` if no conflict keeps it out, even where it is worth nothing or a ceiling leaves nothing
for it. Of several best choices the one that takes the earlier claims (lower index) stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from duixian.engine.overlap_search import Ceilings, Conflicts, Meter, UnsolvedError, Why, positions, search

__all__ = ["LIMIT", "Ceiling", "Choice", "Item", "Why", "set_aside", "solve"]

LIMIT = 10_000
"""Nodes visited (claims branched on, bounds evaluated) for one group before its choice is declared open.

Measured: 10 to 20 µs a node for 50 to 80 tangled claims, so the limit is met within 0.1 to 0.2 s; 0.6 s
at the worst of 300 claims. Random conflicts of all densities tried are solved up to 50 claims, with three
binding ceilings up to 45. Nested groups without a ceiling visit none.
"""


class Item(NamedTuple):
    """One claim: its place in the order of policy, then measure, and its sum in fen (None: no number)."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nothing here looks for
    weight: int | None


class Ceiling(NamedTuple):
    """The most, in fen and net of what was already paid, that the members may be paid together."""

    members: tuple[int, ...]
    fen: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What is paid. Total and payments are those of the claims with a number, whatever is open beside them.

    chosen: the claims that nothing sets aside. A claim without a number is chosen if every claim that it
        conflicts with is worth nothing. Members of an unsolved group are not chosen.
    paid: fen for each chosen claim that has a number; under a ceiling earlier claims are filled first.
    total: the sum of `paid` in fen, the greatest possible over the solved groups.
    open_why: the claims whose choice is open, by cause; empty if nothing is open.
    """

    chosen: frozenset[int]
    paid: Mapping[int, int]
    total: int
    open_why: Mapping[Why, frozenset[int]] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether any claim's choice is open."""
        return bool(self.open_why)

    @property
    def open_items(self) -> frozenset[int]:
        """The claims whose choice is open, whatever the cause."""
        return frozenset().union(*self.open_why.values())

    @property
    def contested(self) -> frozenset[int]:
        """The claims with a number, and not worth nothing, that conflict with one that has none."""
        return self.open_why.get(Why.CONTESTED, frozenset())


class _Bound(NamedTuple):
    """A ceiling that may bind: its members, each worth something, are together worth more than its fen."""

    members: frozenset[int]
    fen: int


_Near = dict[int, set[int]]
"""For each claim that something links, itself and the claims that it conflicts with."""


def solve(
    items: Sequence[Item],
    edges: Iterable[tuple[int, int]] = frozenset(),
    bounds: Sequence[Ceiling] = (),
    limit: int = LIMIT,
) -> Choice:
    """Choose the claims of the greatest total sum in fen.

    `edges` are the pairs of indices of which not both may be paid. Where a ceiling says so a claim is paid in
    part; a claim is "worth nothing" if its sum or one of its ceilings is 0. Claims without a number add
    nothing and use up no ceiling: the total is the greatest over the others, and what conflicts across that
    line is open (`Why.UNPRICED`, `Why.CONTESTED`), even a claim that is set aside in any case. A group that
    needs more than `limit` nodes is open (`Why.LIMIT`), and so is one whose ceilings cross otherwise than in
    two families, each nested or disjoint within itself (`Why.CROSSING`).

    Raises `ValueError` for a repeated or unknown index, a claim in conflict with itself, a negative sum or
    ceiling.
    """
    worth = _worth(items)
    near = _near(edges, worth)
    binding = _tighten(bounds, worth) if bounds else []
    chosen: set[int] = set()
    why: dict[Why, frozenset[int]] = {}
    if None in worth.values():
        chosen, why = _set_unpriced_apart(worth, near)
    for bound in binding:
        for index in bound.members:
            near.setdefault(index, {index})
    settling = _Settling({index: fen for index, fen in worth.items() if fen is not None}, near, limit)
    settling.settle(near, binding)
    paid = settling.paid
    return Choice(frozenset(chosen.union(paid)), paid, sum(paid.values()), why | settling.unsolved)


def set_aside(
    choice: Choice, items: Sequence[Item], edges: Iterable[tuple[int, int]]
) -> dict[int, tuple[int, ...]]:
    """For each claim that was set aside, the chosen claims that it conflicts with, in order.

    Every claim that is not chosen is here, except those without a number that are open and unsolved groups.
    """
    near = _near(edges, _worth(items))
    undecided = {i for why, members in choice.open_why.items() if why is not Why.CONTESTED for i in members}
    return {
        item.index: tuple(sorted(near[item.index] & choice.chosen))
        for item in items
        if item.index not in choice.chosen and item.index not in undecided
    }


def _worth(items: Sequence[Item]) -> dict[int, int | None]:
    worth = dict(items)
    if len(worth) < len(items):
        raise ValueError("two claims have the same index")
    for index, fen in items:
        if fen is not None and fen < 0:
            raise ValueError(f"claim {index} has a negative sum: {fen} fen")
    return worth


def _near(edges: Iterable[tuple[int, int]], worth: Mapping[int, int | None]) -> _Near:
    near: _Near = {}
    for one, other in edges:
        if one == other:
            raise ValueError(f"claim {one} conflicts with itself")
        near.setdefault(one, {one}).add(other)
        near.setdefault(other, {other}).add(one)
    if not near.keys() <= worth.keys():
        raise ValueError(f"a conflict names unknown claims: {sorted(near.keys() - worth.keys())}")
    return near


def _tighten(ceilings: Sequence[Ceiling], worth: dict[int, int | None]) -> list[_Bound]:
    """Lower each claim's worth to its least ceiling, in place; return the ceilings that may still bind."""
    for members, fen in ceilings:
        if fen < 0:
            raise ValueError(f"a ceiling is negative: {fen} fen; one that is used up is 0")
        for index in members:
            if index not in worth:
                raise ValueError(f"a ceiling names the unknown claim {index}")
            worth[index] = _lower(worth[index], fen)
    least: dict[frozenset[int], int] = {}
    for members, fen in ceilings:
        sums = {index: own for index in members if (own := worth[index])}
        if sum(sums.values()) > fen:
            key = frozenset(sums)
            least[key] = min(fen, least.get(key, fen))
    return [_Bound(members, fen) for members, fen in least.items()]


def _lower(own: int | None, fen: int) -> int | None:
    return own if own is None else min(own, fen)


def _set_unpriced_apart(
    worth: dict[int, int | None], near: _Near
) -> tuple[set[int], dict[Why, frozenset[int]]]:
    """Take out, in place, the claims without a number and what is worth nothing beside a chosen one of them.

    Returns the chosen claims without a number, and what is open on their account.
    """
    unpriced = {index for index, fen in worth.items() if fen is None}
    rivals = {index: near.pop(index, {index}) - {index} for index in unpriced}
    undecided = frozenset(index for index in unpriced if any(worth[rival] != 0 for rival in rivals[index]))
    contested = frozenset(rival for index in unpriced for rival in rivals[index] if worth[rival])
    chosen = unpriced - undecided
    gone = unpriced.union(*(rivals[index] for index in chosen))
    for index in gone:
        del worth[index]
        near.pop(index, None)
    for linked in near.values():
        linked.difference_update(gone)
    why = {Why.UNPRICED: undecided, Why.CONTESTED: contested}
    return chosen, {cause: members for cause, members in why.items() if members}


def _groups(near: _Near, bounds: Sequence[_Bound]) -> Iterator[tuple[set[int], list[_Bound]]]:
    """Yield the claims that conflicts and ceilings link, group by group, each with its ceilings."""
    links = near
    if bounds:
        links = {index: set(linked) for index, linked in near.items()}
        for bound in bounds:
            hub = min(bound.members)
            links[hub] |= bound.members
            for index in bound.members:
                links[index].add(hub)
    seen: set[int] = set()
    for start in links:
        if start not in seen:
            group = _reach(start, links)
            seen |= group
            yield group, [bound for bound in bounds if not group.isdisjoint(bound.members)]


def _reach(start: int, links: _Near) -> set[int]:
    group = set(links[start])
    frontier = group - {start}
    while frontier:
        found = links[frontier.pop()] - group
        group |= found
        frontier |= found
    return group


class _Settling:
    """The payments gathered group by group, and the groups without a proven answer."""

    def __init__(self, worth: Mapping[int, int], near: _Near, limit: int) -> None:
        """Pay at once whatever nothing links."""
        self.paid = {index: fen for index, fen in worth.items() if index not in near}
        self._worth = worth
        self._limit = limit
        self.unsolved: dict[Why, frozenset[int]] = {}

    def settle(self, near: _Near, bounds: Sequence[_Bound]) -> None:
        """Pay the claims in `near` under the ceilings `bounds`."""
        for group, over in _groups(near, bounds):
            if not over and all(near[index] == group for index in group):
                best = max(group, key=lambda index: (self._worth[index], -index))
                self.paid[best] = self._worth[best]
                continue
            try:
                self._settle_group(group, near, over)
            except UnsolvedError as unsolved:
                self.unsolved[unsolved.why] = self.unsolved.get(unsolved.why, frozenset()) | group

    def _settle_group(self, group: set[int], near: _Near, over: Sequence[_Bound]) -> None:
        order = sorted(group, reverse=True)
        places = {index: place for place, index in enumerate(order)}
        meter = Meter(self._limit)
        masks = [_mask(near[index], places) ^ 1 << places[index] for index in order]
        conflicts = Conflicts([self._worth[index] for index in order], masks, meter)
        chosen = (1 << len(order)) - 1
        if not over:
            chosen = conflicts.choose(chosen)
            self.paid.update((order[place], conflicts.weights[place]) for place in positions(chosen))
            return
        bounds = [(_mask(bound.members, places), bound.fen) for bound in over]
        if any(masks):
            binding = [
                bound for bound, (mask, fen) in zip(over, bounds, strict=True) if conflicts.most(mask) > fen
            ]
            if len(binding) < len(over):
                self.settle({index: near[index] for index in group}, binding)
                return
        ceilings = Ceilings(bounds, conflicts, meter)
        if any(masks):
            chosen = search(conflicts, ceilings)
        self.paid.update((order[place], fen) for place, fen in ceilings.share_out(chosen).items())


def _mask(indices: Iterable[int], places: Mapping[int, int]) -> int:
    return sum(1 << places[index] for index in indices)
