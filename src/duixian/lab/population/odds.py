"""How likely a firm is to have a record of a kind: by size, innovation and branch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from duixian.lab.population.draws import Floats, Ints, Stream, chosen
from duixian.lab.population.firms import Block
from duixian.lab.population.society import BRANCHES, KINDS

DIGITAL: Final = ("information", "software", "intelligence", "security")
MAKERS: Final = ("manufacturing", "optics", "military")
MOST: Final = 0.95
"""No chance is greater: nothing is certain of a firm."""


class Chance(NamedTuple):
    """The share of firms of 10 million yuan and middling innovation that have it, and what changes that.

    `size` is added to the logarithm of the chance for each tenfold of revenue, `innovation` for each unit.
    `branches` multiply it; a branch that is not named counts `rest`.
    """

    base: float
    size: float = 1.0
    innovation: float = 0.8
    branches: Mapping[str, float] = {}
    rest: float = 1.0


class Odds:
    """The chances of a block's applicants; `factors` (by `type/value`) are what calibration found."""

    def __init__(self, block: Block, factors: Mapping[str, float] | None = None) -> None:
        self.block = block
        self.factors = factors or {}
        self._scale = block.scale
        self._firm = block.firm

    def weights(self, chance: Chance) -> Floats:
        """The chances before they are bounded; nothing for others than firms."""
        relevance = np.asarray([chance.branches.get(b.name, chance.rest) for b in BRANCHES])
        of_branch = np.where(self._firm, relevance[self.block.branch], 0.0)
        rows = np.flatnonzero(of_branch)
        found = np.zeros(self.block.size)
        slopes = chance.size * self._scale[rows] + chance.innovation * self.block.innovation[rows]
        found[rows] = chance.base * of_branch[rows] * np.exp(slopes)
        return found

    def firms(self, rng: Stream, chance: Chance, name: str = "") -> Ints:
        """The firms that have it; `name` is what a calibration may have a factor for."""
        return chosen(rng, np.minimum(self.weights(chance) * self.factors.get(name, 1.0), MOST))

    def others(self, rng: Stream, kind: str, share: float) -> Ints:
        """A share of the other applicants of one kind."""
        rows = np.flatnonzero(self.block.kind == KINDS.index(kind))
        return rows[chosen(rng, np.full(len(rows), share))]


def several(rng: Stream, owners: Ints, more: float, most: int = 12) -> Ints:
    """Each owner once, and again with a geometric number of further records, `more` on average."""
    again = rng.geometric(1 / (1 + more), len(owners)) if more else np.ones(len(owners), np.int64)
    return np.repeat(owners, np.minimum(again, most))
