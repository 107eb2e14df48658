"""How a cost is spread over applicants, and what a budget leaves out of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from duixian.lab.tally import LEVELS, Sums

if TYPE_CHECKING:
    from duixian.lab.tally import Ints

_WAN: Final = 10**6
EDGES: Final = tuple(wan * _WAN for wan in (0, 10, 50, 100, 500, 1000, 5000))
"""Where the bands begin, in fen: each goes from one edge, which it leaves out, to the next, which it has in."""


class Band(msgspec.Struct, frozen=True):
    """Applicants who get more than `over_fen` and at most `to_fen` (None: any sum above), and what they get."""

    over_fen: int
    to_fen: int | None
    applicants: int
    fen: int


class Spread(msgspec.Struct, frozen=True):
    """How what is owed at most is spread over those who get any of it; sums in fen.

    top_1, top_10: what the 1% and the 10% who get most have together; at least one applicant each.
    median_fen: the lower one of the two in the middle.
    """

    applicants: int
    total_fen: int
    top_1_fen: int
    top_10_fen: int
    largest_fen: int
    median_fen: int
    bands: tuple[Band, ...]

    def top(self, percent: int) -> int:
        """Return how many the so many percent are who get most; at least one, if there is any."""
        return -(-self.applicants * percent // 100)

    def share(self, part_fen: int) -> Fraction:
        """Return a part of the total; nothing of nothing is 0."""
        return Fraction(part_fen, self.total_fen) if self.total_fen else Fraction(0)


class Budget(msgspec.Struct, frozen=True):
    """A budget against the cost: what it leaves out at each level, in fen.

    The policies name no order of payment, so `unpaid_least` and `unpaid_most` are the applicants who would go
    without their full sum at most if the smallest sums, and if the largest, were paid first.
    """

    fen: int
    left_out: Sums
    unpaid_least: int
    unpaid_most: int
    share: Fraction


def spread_of(totals: Ints) -> Spread:
    """Return how sums (fen, one an applicant) are spread; those of 0 are left out."""
    sums = np.sort(totals[totals > 0])[::-1]
    count = len(sums)
    bands = []
    for place, over in enumerate(EDGES):
        to = EDGES[place + 1] if place + 1 < len(EDGES) else None
        inside = sums[(sums > over) & (sums <= to)] if to is not None else sums[sums > over]
        bands.append(Band(over, to, len(inside), sum(inside.tolist())))
    return Spread(
        applicants=count,
        total_fen=sum(sums.tolist()),
        top_1_fen=sum(sums[: -(-count // 100)].tolist()),
        top_10_fen=sum(sums[: -(-count // 10)].tolist()),
        largest_fen=int(sums[0]) if count else 0,
        median_fen=int(sums[count // 2]) if count else 0,
        bands=tuple(bands),
    )


def budget_of(fen: int, totals: tuple[Ints, ...]) -> Budget:
    """Return what a budget of so many fen leaves out; `totals` are the applicants' sums at each level."""
    left = [max(0, sum(column.tolist()) - fen) for column in totals]
    sums = np.sort(totals[LEVELS.index("at_most_fen")])
    sums = sums[sums > 0]
    whole = sum(sums.tolist())
    share = min(Fraction(1), Fraction(fen, whole)) if whole else Fraction(1)
    return Budget(fen, Sums(*left), _unpaid(sums, fen), _unpaid(sums[::-1], fen), share)


def _unpaid(sums: Ints, fen: int) -> int:
    """Return how many go without if sums are paid in this order until the next does not fit."""
    for paid, value in enumerate(sums.tolist()):
        if value > fen:
            return len(sums) - paid
        fen -= value
    return 0
