"""Take-the-higher where of some claims only a number may be paid (限1件): which of them are left out.

Plain numbers in, plain numbers out, as in `overlap`, which solves what is left. An answer is exact or open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from math import comb, prod
from typing import NamedTuple

from duixian.engine.overlap import Ceiling, Choice, Item, Why, solve

MANY = 500
"""Ways to leave claims out that are tried for one applicant; past it the claims concerned are open."""


class Limit(NamedTuple):
    """How many of the members may be paid beside the `first`, who were already, and which bound says so where."""

    members: tuple[int, ...]
    number: int
    because: str
    at: str
    first: tuple[int, ...] = ()


def solve_counted(
    items: Sequence[Item],
    edges: Iterable[tuple[int, int]],
    ceilings: Sequence[Ceiling],
    limits: Sequence[Limit],
) -> Choice:
    """Choose the claims of the greatest total sum of which no limit is passed.

    Of equal choices the one with the earlier claims stands. Beside a claim without a number the other members
    of its limit are open, as with a conflict.
    """
    worth = {index: fen for index, fen in items if fen is not None}
    unpriced = {index for index, fen in items if fen is None}
    pairs = set(edges)
    over = []
    for limit in limits:
        members = [index for index in limit.members if index in worth]
        bare = [index for index in limit.members if index in unpriced]
        if len(members) + len(bare) > limit.number:
            pairs |= {(one, other) for one in bare for other in (*members, *bare) if one != other}
            over.append((members, limit.number))
    out, hard = _plain(over, worth, pairs, ceilings)
    if prod(comb(len(members), min(number, len(members))) for members, number in hard) > MANY:
        lost = frozenset(index for members, _ in hard for index in members)
        found = _without(items, pairs, ceilings, out | lost)
        return replace(
            found, open_why={**found.open_why, Why.LIMIT: lost | found.open_why.get(Why.LIMIT, frozenset())}
        )
    best = None
    for more in _ways(hard):
        found = _without(items, pairs, ceilings, out | more)
        if best is None or found.total > best.total:
            best = found
    assert best is not None
    return best


def _plain(
    over: Sequence[tuple[list[int], int]],
    worth: dict[int, int],
    edges: set[tuple[int, int]],
    ceilings: Sequence[Ceiling],
) -> tuple[set[int], list[tuple[list[int], int]]]:
    """Return what limits leave out whose members nothing else tells apart, and the limits that need trying.

    Where no member is in a conflict or a second limit and all share the same ceilings, the greatest are kept.
    """
    linked = {index for pair in edges for index in pair}
    seen = [index for members, _ in over for index in members]
    out: set[int] = set()
    hard = []
    for members, number in over:
        tied = any(index in linked or seen.count(index) > 1 for index in members)
        under = {tuple(n for n, bound in enumerate(ceilings) if index in bound.members) for index in members}
        if tied or len(under) > 1:
            hard.append((members, number))
        else:
            ordered = sorted(members, key=lambda index: (-worth[index], index))
            out |= set(ordered[number:])
    return out, hard


def _ways(limits: Sequence[tuple[list[int], int]]) -> Iterator[set[int]]:
    """Yield every way to leave out what passes the limits, those that keep earlier claims first."""
    kept = [combinations(members, min(number, len(members))) for members, number in limits]
    for way in product(*kept):
        yield {
            index
            for keep, (members, _) in zip(way, limits, strict=True)
            for index in members
            if index not in keep
        }


def _without(
    items: Sequence[Item],
    edges: set[tuple[int, int]],
    ceilings: Sequence[Ceiling],
    out: set[int] | frozenset[int],
) -> Choice:
    left = [item for item in items if item.index not in out]
    pairs = {pair for pair in edges if out.isdisjoint(pair)}
    bounds = [Ceiling(tuple(i for i in bound.members if i not in out), bound.fen) for bound in ceilings]
    return solve(left, pairs, [bound for bound in bounds if bound.members])
