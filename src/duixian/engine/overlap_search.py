"""The exact search behind take-the-higher: the best unconflicted claims of one linked group, as bit masks.

A group's claims are the positions of a mask, the *earliest* claim at the *highest* bit: of two sets the one
that prefers earlier claims is the greater number, and a tie needs no rule of its own. `overlap` owns the
public names; only it imports this module. Amounts are integer fen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

DEPTH = 100
"""Deepest nesting of groups and branchings followed, three frames each; past it the group is unsolved."""


class Why(StrEnum):
    """Why a choice is open: what stands between the claims and one answer."""

    UNPRICED = "unpriced"
    """The claim has no number and conflicts with one that could be paid, or with another without a number."""
    CONTESTED = "contested"
    """The claim has a number, but conflicts with one that has none."""
    LIMIT = "limit"
    """The group of linked claims needs more nodes than the declared limit."""
    CROSSING = "crossing"
    """The group's ceilings cross in more than two directions, where whole fen have no exact quick answer."""


class UnsolvedError(Exception):
    """One group of linked claims has no proven answer; `why` is `Why.LIMIT` or `Why.CROSSING`."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class Meter:
    """Counts the nodes visited for one group and raises `UnsolvedError` past the limit."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def spend(self, nodes: int = 1) -> None:
        """Count some nodes more."""
        self.left -= nodes
        if self.left < 0:
            raise UnsolvedError(Why.LIMIT)


def positions(mask: int) -> Iterator[int]:
    """Yield the positions of a mask, earliest claim (highest bit) first."""
    while mask:
        position = mask.bit_length() - 1
        yield position
        mask ^= 1 << position


def _parts(mask: int, links: Sequence[int]) -> list[int]:
    """Split a mask into the parts that `links` (a mask of neighbours for each position) hold together."""
    parts = []
    while mask:
        part = frontier = mask & -mask
        mask ^= part
        while frontier:
            lowest = frontier & -frontier
            found = links[lowest.bit_length() - 1] & mask
            part |= found
            mask ^= found
            frontier ^= lowest | found
        parts.append(part)
    return parts


def _union(masks: Sequence[int], numbers: int) -> int:
    """Unite those masks whose number is a position of `numbers`."""
    union = 0
    for number in positions(numbers):
        union |= masks[number]
    return union


class Conflicts:
    """A group's conflict graph, and the greatest sum of weights over a set without conflict (no ceilings).

    A set is held as one number, its sum shifted left by the number of claims, plus its mask: the greatest
    number is the greatest sum, and among equal sums the set that prefers earlier claims.
    """

    def __init__(self, weights: Sequence[int], near: Sequence[int], meter: Meter) -> None:
        """Take weights (fen) and neighbour masks by position."""
        self.weights = weights
        self.near = near
        self.size = len(weights)
        self._far = [~(mask | 1 << position) for position, mask in enumerate(near)]
        self._values = [weight << self.size | 1 << position for position, weight in enumerate(weights)]
        self._known: dict[int, int] = {}
        self._depth = 0
        self._meter = meter

    def most(self, mask: int) -> int:
        """Return the greatest sum in fen over the sets within `mask` that hold no conflict."""
        return self._best(mask) >> self.size

    def choose(self, mask: int) -> int:
        """Return the set that gives `most(mask)`; among equals the one that prefers earlier claims."""
        return self._best(mask) & ((1 << self.size) - 1)

    def _best(self, mask: int) -> int:
        """Solve each part that no conflict links to another, and add up."""
        best = 0
        for part in _parts(mask, self.near):
            best += self._best_linked(part)
        return best

    def _best_linked(self, part: int) -> int:
        """Solve one linked part, once."""
        if not part & (part - 1):
            return self._values[part.bit_length() - 1]
        best = self._known.get(part)
        if best is None:
            self._depth += 1
            if self._depth > DEPTH:
                raise UnsolvedError(Why.LIMIT)
            best = self._known[part] = self._solve_linked(part)
            self._depth -= 1
        return best

    def _solve_linked(self, part: int) -> int:
        """Compare the sides that conflict wholly with each other; failing such, branch on one claim."""
        rivals = _parts(part, self._far)
        if len(rivals) > 1:
            return max(map(self._best, rivals))
        self._meter.spend()
        near = self.near
        pivot = max(positions(part), key=lambda position: (near[position] & part).bit_count())
        without = part ^ 1 << pivot
        return max(self._values[pivot] + self._best(without & ~near[pivot]), self._best(without))


def _crosses(one: int, other: int) -> bool:
    """Whether two ceilings share a claim and neither lies within the other."""
    return bool(one & other and one & ~other and other & ~one)


def _two_families(masks: Sequence[int]) -> tuple[list[int], list[int]]:
    """Part ceilings into two families, each nested or disjoint within itself, the second as small as can be.

    Raises `UnsolvedError` (`Why.CROSSING`) where two families do not suffice.
    """
    numbers = range(len(masks))
    crossing = [sum(1 << two for two in numbers if _crosses(masks[one], masks[two])) for one in numbers]
    first = second = 0
    for part in _parts((1 << len(masks)) - 1, crossing):
        sides, turn, layer = [0, 0], 0, part & -part
        while layer:
            sides[turn] |= layer
            turn ^= 1
            layer = _union(crossing, layer) & ~sides[turn]
        if sides[0] & sides[1]:
            raise UnsolvedError(Why.CROSSING)
        small, large = sorted(sides, key=int.bit_count)
        first, second = first | large, second | small
    return list(positions(first)), list(positions(second))


class Ceilings:
    """A group's shared ceilings: what a set of claims can be paid at most, and how it is shared out.

    Ceilings that nest or are disjoint form a forest, and the most that can be paid is read off it from the
    leaves up. Where ceilings cross but part into two such families (per project and per year, say), it is the
    least, over each subset of the second family taken as exhausted, of those ceilings' fen plus the forest's
    answer for the claims outside them: the minimum cut of a flow from one family to the other, so exact in
    whole fen.
    """

    def __init__(self, bounds: Sequence[tuple[int, int]], conflicts: Conflicts, meter: Meter) -> None:
        """Take (mask of the members, fen) for each ceiling."""
        self._masks = [mask for mask, _ in bounds]
        self._left = [fen for _, fen in bounds]
        self._conflicts = conflicts
        self._meter = meter
        first, second = _two_families(self._masks)
        self._forest = self._plant(first)
        meter.spend(1 << len(second))
        self._exhausted = [
            (
                [second[k] for k in positions(pick)],
                ~_union(self._masks, sum(1 << second[k] for k in positions(pick))),
            )
            for pick in range(1 << len(second))
        ]

    def _plant(self, family: list[int]) -> list[tuple[int, int, int]]:
        """List the ceilings, inner before outer: number, parent (-1: none), the members in no inner one."""
        order = sorted(family, key=lambda ceiling: self._masks[ceiling].bit_count())
        forest, taken = [], 0
        for rank, ceiling in enumerate(order):
            mask = self._masks[ceiling]
            parent = next((outer for outer in order[rank + 1 :] if mask & ~self._masks[outer] == 0), -1)
            forest.append((ceiling, parent, mask & ~taken))
            taken |= mask
        return [*forest, (-1, -1, ~taken)]

    def most(self, mask: int) -> int:
        """Return the most payable (fen) within `mask`: exact for a set without conflict, else a bound."""
        self._meter.spend(len(self._exhausted))
        return min(
            sum(self._left[ceiling] for ceiling in ceilings) + self._most_nested(mask & outside)
            for ceilings, outside in self._exhausted
        )

    def _most_nested(self, mask: int) -> int:
        """Return the same under the first family alone."""
        below = [0] * (len(self._left) + 1)
        for ceiling, parent, own in self._forest[:-1]:
            below[parent] += min(self._left[ceiling], below[ceiling] + self._conflicts.most(own & mask))
        return below[-1] + self._conflicts.most(self._forest[-1][2] & mask)

    def share_out(self, chosen: int) -> dict[int, int]:
        """Give each position of a chosen set its fen: the most in all, then the most to each earlier claim.

        Uses the ceilings up. Under nested ceilings filling the earlier claim never costs the whole anything;
        where ceilings cross, each fen too many costs one, so the shortfall is what the claim gives back.
        """
        left, paid, crossing = self._left, {}, len(self._exhausted) > 1
        total = self.most(chosen) if crossing else 0
        for position in positions(chosen):
            chosen ^= 1 << position
            over = [ceiling for ceiling, mask in enumerate(self._masks) if mask >> position & 1]
            fen = min([self._conflicts.weights[position], *(left[ceiling] for ceiling in over)])
            self._take(over, fen)
            if crossing:
                short = total - fen - self.most(chosen)
                self._take(over, -short)
                fen -= short
                total -= fen
            paid[position] = fen
        return paid

    def _take(self, over: list[int], fen: int) -> None:
        for ceiling in over:
            self._left[ceiling] -= fen


def search(conflicts: Conflicts, ceilings: Ceilings) -> int:
    """Find the set of greatest payable sum under conflicts and ceilings, by branch and bound.

    Sets are met in the order of the tie rule, earlier claims first, so a later set must be worth more. What
    the best set under no ceiling can be paid is the floor from the start.
    """
    everything = (1 << conflicts.size) - 1
    best, most = 0, ceilings.most(conflicts.choose(everything)) - 1
    open_ends = [(0, everything)]
    while open_ends:
        taken, rest = open_ends.pop()
        if ceilings.most(taken | rest) <= most or ceilings.most(taken) + conflicts.most(rest) <= most:
            continue
        branch = next((p for p in positions(rest) if conflicts.near[p] & rest), None)
        if branch is None:
            best = taken | rest
            most = ceilings.most(best)
            continue
        without = rest ^ 1 << branch
        open_ends.append((taken, without))
        open_ends.append((taken | 1 << branch, without & ~conflicts.near[branch]))
    return best
