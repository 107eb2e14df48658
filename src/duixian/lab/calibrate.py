"""Finds what makes a synthetic register meet given totals: a map of revenue, and factors of chances.

Nothing is drawn anew. A first pass over the blocks (only who, where and how large) counts firms by revenue and
city; revenue then goes through an increasing, piecewise linear map of its logarithm:

- below the lowest threshold of `firms_over` all firms move by the same factor, between thresholds evenly, so
  that exactly the wanted number lies above each;
- above the highest threshold (or everywhere, if there is none) each city of `revenue` gets a slope (or a
  factor) of its own, found by bisection, so that the city's total is met.

A second pass counts the chances for certificates and titles and finds the factor that gives the wanted number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from duixian.calendar.days import Both
from duixian.engine.progress import Pace, Tell, silent
from duixian.lab.population.draws import Floats, Ints
from duixian.lab.population.firms import BLOCK, Block, Scaling, Society, draw_block
from duixian.lab.population.odds import MOST, Odds
from duixian.lab.population.society import CITIES, LARGEST
from duixian.lab.population.titles import CERTIFICATES, TITLES
from duixian.lab.totals import CalibrationError, Totals
from duixian.register.amounts import format_money

_LOW: Final = 5.0
_STEP: Final = 0.0005
_BINS: Final = 18_000
"""Bins of the decimal logarithm of fen: from 1000 yuan up to 10 to the 14, each 0.12% wide."""
_CENTRES: Floats = _LOW + _STEP * (np.arange(_BINS, dtype=np.float64) + 0.5)
_SLOPES: Final = (0.2, 3.0)
_FACTORS: Final = (-4.0, 4.0)
_WEIGHT_LOW: Final = -14.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was found: how revenue is scaled (None: not at all), and the factors by `type/value`.

    turns: how often the whole society was gone through for it.
    """

    scaling: Scaling | None = None
    factors: Mapping[str, float] = field(default_factory=dict)
    turns: int = 0


@dataclass(frozen=True, slots=True)
class RevenueMap:
    """The map of the logarithm of revenue: its knots, and for each city the slope and shift above the last."""

    knots: Floats
    wanted: Floats
    slopes: Floats
    shifts: Floats

    def __call__(self, block: Block) -> Floats:
        """The revenue of the block's applicants; that of others than firms stays."""
        logs = np.log10(np.maximum(block.revenue, 1.0))
        mapped = np.minimum(10.0 ** self.apply(logs, block.city), LARGEST)
        return np.where(block.firm, mapped, block.revenue)

    def apply(self, logs: Floats, city: Ints) -> Floats:
        """The mapped logarithms of firms in these cities."""
        if not len(self.knots):
            return logs + self.shifts[city]
        inside = np.interp(logs, self.knots, self.wanted)
        below = logs - self.knots[0] + self.wanted[0]
        above = self.wanted[-1] + self.slopes[city] * (logs - self.knots[-1])
        return np.where(logs < self.knots[0], below, np.where(logs > self.knots[-1], above, inside))


def calibrate(society: Society, totals: Totals, progress: Tell = silent) -> Calibration:
    """What makes the society meet the totals; each turn over all applicants is told as it goes.

    Raises:
        CalibrationError: which total cannot be met, and what could be.
    """
    scaling: Scaling | None = None
    turns = 0
    if totals.firms_over or totals.revenue:
        turns += 1
        counted = _count_revenue(_blocks(society, None, Pace(progress, turns)))
        scaling = _cities(_knots(counted, totals), counted, totals)
    wanted = {f"certification/{name}": count for name, count in totals.certified.items()}
    wanted |= {f"recognition/{name}": count for name, count in totals.titled.items()}
    if not wanted:
        return Calibration(scaling, turns=turns)
    turns += 1
    return Calibration(scaling, _factors(_blocks(society, scaling, Pace(progress, turns)), wanted), turns)


def _blocks(society: Society, scaling: Scaling | None, pace: Pace) -> Iterator[Block]:
    """The society block by block, telling how many applicants were gone through."""
    for number in range(society.blocks):
        yield draw_block(society, number, scaling)
        pace.at(min((number + 1) * BLOCK, society.applicants), society.applicants)


def _count_revenue(blocks: Iterable[Block]) -> Floats:
    """Firms by city and bin of revenue."""
    counted = np.zeros((len(CITIES), _BINS))
    for block in blocks:
        rows = np.flatnonzero(block.firm)
        place = (np.log10(np.maximum(block.revenue[rows], 1.0)) - _LOW) / _STEP
        place = np.clip(place, 0, _BINS - 1).astype(np.int64)
        flat = np.bincount(block.city[rows] * _BINS + place, minlength=counted.size)
        counted += flat.reshape(counted.shape)
    return counted


def _knots(counted: Floats, totals: Totals) -> RevenueMap:
    """The map that has the wanted number of firms above each threshold, the same in every city."""
    thresholds = sorted(totals.firms_over)
    counts = [totals.firms_over[fen] for fen in thresholds]
    firms = counted.sum()
    if any(fen <= 0 for fen in thresholds) or any(not 0 < count < firms for count in counts):
        raise CalibrationError(
            Both(
                f"firms_over：门槛须大于0，户数须在1与企业总数{int(firms)}之间",
                f"firms_over: thresholds above 0 are needed, and numbers between 1 and the {int(firms)} firms",
            )
        )
    if any(more <= less for more, less in pairwise(counts)):
        raise CalibrationError(
            Both("firms_over：门槛越高，户数须越少", "firms_over: a higher threshold needs fewer firms")
        )
    below = np.concatenate([[0.0], np.cumsum(counted.sum(axis=0))])
    edges = _LOW + _STEP * np.arange(_BINS + 1)
    # Ties of an empty bin do not matter: any place in it has as many firms above.
    knots = np.interp([firms - count for count in counts], below, edges)
    cities = len(CITIES)
    return RevenueMap(knots, np.log10(np.asarray(thresholds, float)), np.ones(cities), np.zeros(cities))


def _cities(found: RevenueMap, counted: Floats, totals: Totals) -> RevenueMap:
    """The map with each city's slope (or shift) such that its total is met."""
    for number, city in enumerate(CITIES):
        if city.code not in totals.revenue:
            continue
        wanted = float(totals.revenue[city.code])
        rows = np.full(_BINS, number)

        def total(value: float, number: int = number, rows: Ints = rows) -> float:
            (found.slopes if len(found.knots) else found.shifts)[number] = value
            revenue = np.minimum(10.0 ** found.apply(_CENTRES, rows), LARGEST)
            return float(counted[number] @ revenue)

        low, high = _SLOPES if len(found.knots) else _FACTORS
        least, most = total(low), total(high)
        if not least <= wanted <= most:
            reach = [format_money(round(fen), "zh") for fen in (least, most)]
            raise CalibrationError(
                Both(
                    f"revenue {city.code}（{city.zh}）：在其他总量下只能在{reach[0]}与{reach[1]}之间",
                    f"revenue {city.code}: with the other totals only {reach[0]} to {reach[1]} can be met",
                )
            )
        total(_bisect(total, wanted, low, high))
    return found


def _factors(blocks: Iterable[Block], wanted: Mapping[str, int]) -> dict[str, float]:
    """The factor of each chance that gives the wanted number of firms."""
    chances = {f"certification/{name}": chance for name, chance in CERTIFICATES.items()}
    chances |= {f"recognition/{name}": title.chance for name, title in TITLES.items()}
    counted = {name: np.zeros(_BINS) for name in wanted}
    for block in blocks:
        odds = Odds(block)
        for name in wanted:
            weights = odds.weights(chances[name])
            place = (np.log10(weights[weights > 0]) - _WEIGHT_LOW) / 0.001
            counted[name] += np.bincount(np.clip(place, 0, _BINS - 1).astype(np.int64), minlength=_BINS)
    centres = 10.0 ** (_WEIGHT_LOW + 0.001 * (np.arange(_BINS) + 0.5))
    factors = {}
    for name, count in wanted.items():
        bins = counted[name]

        def expected(log: float, bins: Floats = bins) -> float:
            return float(bins @ np.minimum(centres * 10.0**log, MOST))

        most = expected(12.0)
        if count > most:
            what = f"{name.partition('/')[2]}: {count} > {int(most)}"
            raise CalibrationError(
                Both(f"{what}：这类企业没有那么多", f"{what}: there are not so many firms of that kind")
            )
        factors[name] = 10.0 ** _bisect(expected, count, -12.0, 12.0) if count else 0.0
    return factors


def _bisect(rising: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Where a rising function has the wanted value."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2
