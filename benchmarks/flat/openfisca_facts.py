"""The words in which OpenFisca's formulas are written here: truths with three values, enums, steps, caps.

OpenFisca has no missing values. As its users do, a word that is not known is a member `unknown` of its enum, and
a flag too; a number that is not known is NaN and a day NaT, which no comparison satisfies. A condition is a pair
of arrays: where it surely holds, and where it surely fails.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from openfisca_core.indexed_enums import Enum

from benchmarks.flat.data import FLAGS, WORDS

Array = NDArray[Any]
ENUMS = {
    **{name: Enum(name.title(), [*words, "unknown"]) for name, words in WORDS.items()},
    **{name: Enum(name.title(), ["no", "yes", "unknown"]) for name in FLAGS},
}
WAN = 1_000_000.0
"""One 万元 in fen."""


class Truth(NamedTuple):
    """Where a condition surely holds, and where it surely fails."""

    yes: Array
    no: Array

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> Truth:
        return Truth(self.no, self.yes)


def ge(a: Array, b: Any) -> Truth:
    """At least."""
    return Truth(a >= b, a < b)


def gt(a: Array, b: Any) -> Truth:
    """More than."""
    return Truth(a > b, a <= b)


def is_in(array: Array, name: str, *words: str) -> Truth:
    """The word is one of these."""
    codes = np.asarray(array)
    enum = ENUMS[name]
    yes = codes == enum[words[0]].index
    for word in words[1:]:
        yes |= codes == enum[word].index
    return Truth(yes, ~yes & (codes != enum["unknown"].index))


def day(text: str) -> np.datetime64:
    """Return a day."""
    return np.datetime64(text, "D")


class Facts:
    """What a formula asks of a firm, by name."""

    def __init__(self, firm: Any, period: Any) -> None:
        """Take what OpenFisca gives a formula."""
        self._firm, self._period = firm, period

    def __getattr__(self, name: str) -> Any:
        return self._firm(name, self._period)

    def flag(self, name: str) -> Truth:
        """Return a flag."""
        return is_in(self._firm(name, self._period), name, "yes")

    def word(self, name: str, *words: str) -> Truth:
        """Say whether the word of an enum is one of these."""
        return is_in(self._firm(name, self._period), name, *words)

    def truth(self, name: str) -> Truth:
        """Return a condition that several measures share."""
        codes = np.asarray(self._firm(name, self._period))
        return Truth(codes == 2, codes == 0)

    def by_word(self, name: str, **table: float) -> Array:
        """Return the sum that goes with a word, in 万元."""
        values = np.full(len(ENUMS[name].names), 0.0)
        for word, sum in table.items():
            values[ENUMS[name][word].index] = sum * WAN
        values[ENUMS[name]["unknown"].index] = np.nan
        found: Array = values[np.asarray(self._firm(name, self._period))]
        return found


def steps(value: Array, table: dict[float, float]) -> Array:
    """Return the sum of the highest step reached, in 万元."""
    keys = sorted(table)
    found = np.array([0.0, *(table[key] * WAN for key in keys), np.nan])
    return found[np.where(np.isnan(value), len(keys) + 1, np.searchsorted(keys, value, side="right"))]


def capped_sum(known: list[Array], whole: Array, reached: float, cap: float) -> Array:
    """Return `whole`, or the cap where what is known reaches it already (`reached`, of the parts in `known`)."""
    sure = sum(np.nan_to_num(part) for part in known)
    return np.where(sure >= reached, cap, whole)


def floor(value: Array, by: float = 1) -> Array:
    """Return whole fen."""
    return np.floor(value / by)
