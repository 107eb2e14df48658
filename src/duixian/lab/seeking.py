"""Finds the setting of a range that meets a budget, in ever closer sections where the cost goes one way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

import msgspec

from duixian.calendar.days import Both
from duixian.engine.kernel.parameters import Amount
from duixian.lab.runs import Point, Runs
from duixian.lab.variants import MOST, VariantError, Vary

WHOLE: Final = 60
"""A range of at most so many settings is tried setting by setting, whatever is looked for in it."""
_GRID: Final = 25
_SECTIONS: Final = 12


Direction = Literal["rising", "falling", "flat", "mixed"]


class Search(msgspec.Struct, frozen=True):
    """How the setting that meets a budget was looked for in a range.

    direction: how the cost goes as the literal grows, on all that was run. of: how many settings the range has.
    beyond: the next setting, which no longer keeps within the budget; None if there is none.
    """

    direction: Direction
    of: int
    beyond: Point | None


def costliest(points: Sequence[Point], budget_fen: int) -> int | None:
    """Return the place of the costliest point that keeps within a budget by what is owed at most."""
    fitting = [place for place, point in enumerate(points) if point.sums.at_most_fen <= budget_fen]
    return max(
        fitting, key=lambda place: (points[place].sums.at_most_fen, points[place].reached), default=None
    )


class Seeker:
    """Looks in a range for the setting that meets a budget."""

    def __init__(self, runs: Runs, vary: Vary, budget_fen: int) -> None:
        self.runs = runs
        self.values = vary.values
        self.budget_fen = budget_fen
        self.tried: list[int] = []
        self.turns = 0

    def look(self, present: tuple[Amount, ...]) -> None:
        """Run what is needed; the policy as it stands is run beside."""
        last = len(self.values) - 1
        if last < WHOLE:
            places = list(range(last + 1))
        else:
            places = sorted({round(last * step / (_GRID - 1)) for step in range(_GRID)})
        self._run(places, [present])
        while len(self.tried) <= last:
            if self.direction == "mixed":
                if last >= MOST:
                    raise VariantError(_uneven(last + 1))
                self._run([place for place in range(last + 1) if place not in set(self.tried)])
                return
            places = self._between()
            if not places:
                return
            self._run(places)

    def _run(self, places: list[int], more: Sequence[tuple[Amount, ...]] = ()) -> None:
        settings = [(self.values[place],) for place in places]
        for setting in settings:
            self.runs.check(setting)
        self.turns += 1
        self.runs.run([*more, *settings], self.turns)
        self.tried = sorted({*self.tried, *places})

    def _between(self) -> list[int]:
        """Return untried places between the setting that keeps within the budget and the next one that does not."""
        fits = [point.sums.at_most_fen <= self.budget_fen for point in self.points()]
        turn = next((n for n in range(1, len(fits)) if fits[n] != fits[n - 1]), None)
        if turn is None:
            return []
        low, high = self.tried[turn - 1], self.tried[turn]
        inside = high - low - 1
        many = min(inside, _SECTIONS)
        return sorted({low + 1 + (inside * step) // many for step in range(many)}) if many else []

    def points(self) -> tuple[Point, ...]:
        """Return what was run, in the order of the range."""
        return self.runs.points([(self.values[place],) for place in self.tried])

    @property
    def direction(self) -> Direction:
        """Return how the cost goes on what was run."""
        costs = [point.sums.at_most_fen for point in self.points()]
        rises = any(a < b for a, b in pairwise(costs))
        falls = any(a > b for a, b in pairwise(costs))
        return "mixed" if rises and falls else "rising" if rises else "falling" if falls else "flat"

    def within(self, points: tuple[Point, ...]) -> int | None:
        """Return the place of the setting that was looked for."""
        if self.direction == "mixed":
            return costliest(points, self.budget_fen)
        fitting = [place for place, point in enumerate(points) if point.sums.at_most_fen <= self.budget_fen]
        if not fitting:
            return None
        return fitting[0] if self.direction == "falling" else fitting[-1]

    def found(self, points: tuple[Point, ...]) -> Search:
        """Return how it was found."""
        place, direction = self.within(points), self.direction
        beyond = None
        if place is not None and direction in ("rising", "falling"):
            next_ = place + (1 if direction == "rising" else -1)
            beyond = points[next_] if 0 <= next_ < len(points) else None
        return Search(direction, len(self.values), beyond)


def _uneven(count: int) -> Both:
    return Both(
        f"成本随参数有升有降，不能折半查找；{count:,} 个设定多得不能逐一试算，"
        f"请缩小范围或加大步长（最多 {MOST} 个）",
        f"the cost goes up and down over the range, so it cannot be halved, and {count:,} settings are too many "
        f"to try: narrow the range or widen the step (at most {MOST})",
    )
