"""Numbers for the words of the vocabulary, as the columns of a `Piece` hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from duixian.lab.population.draws import Ints, Stream, pick
from duixian.lab.population.firms import Block
from duixian.lab.population.society import BRANCHES, FIELD_SETS, KINDS, OTHERS
from duixian.language.vocabulary import Vocabulary


class Codes:
    """The places of an enum's values in the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._places = {
            name: {value: place for place, value in enumerate(values)}
            for name, values in vocabulary.enums.items()
        }

    def of(self, enum: str, value: str) -> int:
        """The place of one value. Raises KeyError if the vocabulary does not have it."""
        return self._places[enum][value]

    def all(self, enum: str, values: Sequence[str]) -> Ints:
        """The places of several values, in their order."""
        return np.asarray([self._places[enum][value] for value in values], np.int64)

    def draw(self, rng: Stream, enum: str, weights: Mapping[str, float], size: int) -> Ints:
        """Values by weight."""
        return self.all(enum, list(weights))[pick(rng, size, list(weights.values()))]


def set_code(*fields: str) -> int:
    """The place of a set of fields in `FIELD_SETS`."""
    return FIELD_SETS.index(tuple(sorted(fields)))


SECURITY: Final = set_code("cybersecurity")
DIGITAL_ECONOMY: Final = set_code("digital_economy")
INTELLIGENCE: Final = set_code("artificial_intelligence", "digital_economy", "software")
_OF_OTHERS: Final = (0.55, 0.15, 0.18, 0.12)
"""How many of the others (persons, parks, …) have the fields of their kind, or one of these three sets."""


def business(block: Block) -> Ints:
    """The business fields of each applicant, as numbers of `FIELD_SETS`."""
    rng = block.rng("fields")
    drawn = np.full(block.size, set_code())
    for number, branch in enumerate(BRANCHES):
        rows = np.flatnonzero(block.firm & (block.branch == number))
        choices = np.asarray([set_code(*fields) for _, fields in branch.fields])
        drawn[rows] = choices[pick(rng, len(rows), [weight for weight, _ in branch.fields])]
    for other in OTHERS:
        rows = np.flatnonzero(block.kind == KINDS.index(other.kind))
        choices = np.asarray([set_code(*other.fields), SECURITY, DIGITAL_ECONOMY, INTELLIGENCE])
        drawn[rows] = choices[pick(rng, len(rows), _OF_OTHERS)]
    return drawn
