"""The applicants of one block: who they are, where, in what business, and how large; the rest follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from duixian.lab.population.draws import Flags, Floats, Ints, pick, stream
from duixian.lab.population.society import (
    BRANCHES,
    CITIES,
    CITY_OF,
    KINDS,
    LARGEST,
    OTHERS,
    OTHERS_A_FIRM,
    TAIL_FROM,
)

BLOCK: Final = 1 << 16
"""Applicants in a block, which is a row group of the file and has random numbers of its own."""
_EPOCH: Final = dt.date(1970, 1, 1)
_OTHER_REVENUE: Final = 3e8  # fen: the income of a middling institute, school or park


@dataclass(frozen=True, slots=True)
class Society:
    """What is asked for: how many firms, the seed, and the fiscal years."""

    firms: int
    seed: int
    last_year: int = 2025
    years: int = 6

    @property
    def others(self) -> int:
        """How many other applicants stand among the firms."""
        return round(self.firms * OTHERS_A_FIRM)

    @property
    def applicants(self) -> int:
        """All rows of the register."""
        return self.firms + self.others

    @property
    def blocks(self) -> int:
        """How many blocks they fill."""
        return -(-self.applicants // BLOCK)

    @property
    def first_day(self) -> int:
        """The first day of the first fiscal year: no record is older, but for certificates and titles."""
        return day(self.last_year - self.years + 1, 1, 1)

    @property
    def accounts_end(self) -> int:
        """The last day of the last fiscal year; no applicant is founded after it."""
        return day(self.last_year, 12, 31)

    @property
    def last_day(self) -> int:
        """The day on which the register was taken, ten months later: nothing is known of what came after."""
        return day(self.last_year + 1, 10, 31)


@dataclass(frozen=True, slots=True)
class Block:
    """The applicants of a block; every array has one entry a row.

    `kind` is a place in `KINDS`, `branch` one in `BRANCHES` (meaningless for others than firms), `district` in
    `DISTRICTS`, `city` in `CITIES`. `founded` is a day since 1970. `revenue` is that of the last fiscal year in
    fen, `scale` its decimal logarithm over 10 million yuan. `innovation` is about standard normal in its branch,
    higher in larger firms. `neglect` multiplies the rates at which facts are missing.
    """

    number: int
    society: Society
    kind: Ints
    branch: Ints
    district: Ints
    city: Ints
    founded: Ints
    revenue: Floats
    innovation: Floats
    neglect: Floats

    @property
    def size(self) -> int:
        """How many applicants it has."""
        return len(self.kind)

    @property
    def first(self) -> int:
        """The number of its first applicant in the register, from 0."""
        return self.number * BLOCK

    @property
    def firm(self) -> Flags:
        """Which applicants are firms."""
        found: Flags = self.kind == 0
        return found

    @property
    def scale(self) -> Floats:
        """The decimal logarithm of revenue over 10 million yuan."""
        return np.log10(np.maximum(self.revenue, 1e5)) - 9.0

    def of(self, *names: str) -> Flags:
        """Which applicants are firms of these branches."""
        known = [number for number, branch in enumerate(BRANCHES) if branch.name in names]
        found: Flags = self.firm & np.isin(self.branch, known)
        return found

    def rng(self, topic: str) -> np.random.Generator:
        """The block's random numbers for a topic."""
        return stream(self.society.seed, self.number, topic)


Scaling = Callable[[Block], Floats]
"""Gives the revenue of a block's applicants after calibration."""


def draw_block(society: Society, number: int, scaling: Scaling | None = None) -> Block:
    """The applicants of a block, their revenue put through `scaling`."""
    first = number * BLOCK
    size = min(BLOCK, society.applicants - first)
    kind = _kinds(society, number, first, size)
    rng = stream(society.seed, number, "place")
    district = pick(rng, size, DISTRICT_WEIGHTS)
    rng = stream(society.seed, number, "size")
    branch = pick(rng, size, [branch.share for branch in BRANCHES])
    latent = rng.standard_normal(size)
    revenue = np.where(kind == 0, _revenue(branch, latent, rng.random(size)), 0.0)
    bodies = (kind > 0) & ~np.isin(kind, _NO_BODY)
    revenue[bodies] = _OTHER_REVENUE * np.exp(1.3 * latent[bodies])
    rng = stream(society.seed, number, "innovation")
    innovation = 0.45 * latent + 0.89 * rng.standard_normal(size)
    rng = stream(society.seed, number, "age")
    aged = 0.35 * latent + 0.94 * rng.standard_normal(size)
    # Median age 6 years, a tenth over 16; the last are founded 60 days before the accounts end.
    age = np.minimum(6.0 * np.exp(0.78 * aged), society.last_year - 1981)
    founded = np.minimum(society.accounts_end - (age * 365.25).astype(np.int64), society.accounts_end - 60)
    rng = stream(society.seed, number, "neglect")
    neglect = np.clip(np.exp(0.6 * rng.standard_normal(size) - 0.25 * latent), 0.1, 5.0)
    block = Block(
        number,
        society,
        kind,
        branch,
        district,
        np.asarray(CITY_OF, np.int64)[district],
        founded,
        revenue,
        innovation,
        neglect,
    )
    return block if scaling is None else replace(block, revenue=scaling(block))


def day(year: int, month: int, of_month: int) -> int:
    """A day as its number since 1970."""
    return (dt.date(year, month, of_month) - _EPOCH).days


def year_starts(years: Ints) -> Ints:
    """The first day of each year, since 1970."""
    return np.asarray(years - 1970, dtype="datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def years_of(days: Ints) -> Ints:
    """The year of each day."""
    return np.asarray(days, dtype="datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _kinds(society: Society, number: int, first: int, size: int) -> Ints:
    """Spread the other applicants evenly among the firms, so that there are exactly as many firms as asked."""
    places = np.arange(first, first + size, dtype=np.int64)
    share = society.others, society.applicants
    other = (places + 1) * share[0] // share[1] > places * share[0] // share[1]
    drawn = 1 + pick(stream(society.seed, number, "kind"), size, [other.share for other in OTHERS])
    return np.where(other, drawn, 0)


def _revenue(branch: Ints, latent: Floats, uniform: Floats) -> Floats:
    """Lognormal, above `TAIL_FROM` standard deviations Pareto up to `LARGEST`; in fen."""
    median = np.asarray([b.median * 1e6 for b in BRANCHES])[branch]
    sigma = np.asarray([b.spread for b in BRANCHES])[branch]
    exponent = np.asarray([b.tail for b in BRANCHES])[branch]
    body = median * np.exp(sigma * np.minimum(latent, TAIL_FROM))
    # The position within the tail comes from a draw of its own: the latent size only says who is in it.
    least = (body / LARGEST) ** exponent
    tail = body * (least + (1 - least) * (1 - uniform)) ** (-1 / exponent)
    revenue: Floats = np.where(latent > TAIL_FROM, tail, body)
    return revenue


DISTRICT_WEIGHTS: Final = [
    city.share * weight / sum(city.districts.values())
    for city in CITIES
    for weight in city.districts.values()
]
_NO_BODY: Final = [KINDS.index(other.kind) for other in OTHERS if not other.body]
