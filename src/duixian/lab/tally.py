"""Exact sums of claims by group: what the lab's figures are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    Ints = npt.NDArray[np.int64]

LEVELS: Final = ("certain_fen", "at_most_fen", "with_decisions_fen")
"""The three costs: owed whatever is open; owed in principle; and if all decisions fall well."""
_LOW: Final = 2**32 - 1


class Sums(msgspec.Struct, frozen=True):
    """A cost in fen: certain, at most, and at most if every selection and case-by-case decision falls well."""

    certain_fen: int = 0
    at_most_fen: int = 0
    with_decisions_fen: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, level) + getattr(other, level) for level in LEVELS))

    def __sub__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, level) - getattr(other, level) for level in LEVELS))


class Group(msgspec.Struct, frozen=True):
    """A part of the cost. `key` is None where the fact is not known.

    claims, applicants: those for which money may come, decisions falling well. An applicant with claims in
    several groups (measures, years) counts in each.
    """

    key: str | None
    sums: Sums
    claims: int
    applicants: int


def sum_by(values: Ints, keys: Ints, size: int) -> list[int]:
    """Return the exact sums of values by key from 0; halves are added apart, so none can overflow."""
    high, low = np.zeros(size, np.int64), np.zeros(size, np.int64)
    np.add.at(high, keys, values >> 32)
    np.add.at(low, keys, values & _LOW)
    return [int(top) * (_LOW + 1) + int(rest) for top, rest in zip(high, low, strict=True)]


def numbers(column: pa.Array) -> Ints:
    """Return a column of whole numbers; null is 0."""
    import pyarrow.compute as pc

    found: Ints = pc.fill_null(column.cast("int64"), 0).to_numpy(zero_copy_only=False)
    return found


def coded(column: pa.Array) -> tuple[Ints, list[str | None]]:
    """Return a column of texts as numbers and what each stands for; the last one is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    words: list[Any] = column.dictionary.to_pylist()
    codes: Ints = pc.fill_null(column.indices.cast("int64"), len(words)).to_numpy(zero_copy_only=False)
    return codes, [*words, None]


class Breakdown:
    """Sums by the keys of one dimension, added up batch by batch."""

    def __init__(self) -> None:
        self.found: dict[str | None, list[int]] = {}

    def add(self, rows: Ints, codes: Ints, words: list[str | None], money: tuple[Ints, ...]) -> None:
        """Add the claims of a batch: their applicants' rows, keys, and sums by level."""
        size = len(words)
        may = np.flatnonzero(money[-1] > 0)
        claims = np.bincount(codes[may], minlength=size)
        # One number for each pair of applicant and key: rows and keys are far below 2^31.
        pairs = np.unique(rows[may] * size + codes[may])
        applicants = np.bincount(pairs % size, minlength=size)
        levels = [sum_by(values, codes, size) for values in money]
        for place, word in enumerate(words):
            figures = [*(level[place] for level in levels), int(claims[place]), int(applicants[place])]
            if any(figures):
                row = self.found.setdefault(word, [0] * len(figures))
                row[:] = [a + b for a, b in zip(row, figures, strict=True)]

    def groups(self) -> tuple[Group, ...]:
        """Return the groups, the costliest first; what is not known comes last."""
        made = [Group(key, Sums(*row[:3]), row[3], row[4]) for key, row in self.found.items()]
        return tuple(
            sorted(
                made,
                key=lambda g: (g.key is None, -g.sums.with_decisions_fen, -g.sums.at_most_fen, g.key or ""),
            )
        )


def by_applicant(rows: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Return the rows of the applicants that have a sum, and the sums.

    Raises:
        OverflowError: an applicant's sum in fen does not fit 64 bits.
    """
    some = np.flatnonzero(values)
    found, place = np.unique(rows[some], return_inverse=True)
    sums = sum_by(values[some], place.astype(np.int64), len(found))
    if any(abs(total) >= 2**63 for total in sums):
        raise OverflowError("an applicant's total does not fit 64-bit fen")
    return found, np.array(sums, np.int64)
