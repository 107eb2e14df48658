"""Seeded draws over whole columns: a stream for each topic of each block, so no order of work matters."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Stream = np.random.Generator

UNKNOWN: Final = -1
"""In a column of whole numbers (fen, counts, days since 1970, codes): the fact is not known."""
NONE: Final = -2
"""In such a column: the fact is known to be none (无)."""


def stream(seed: int, block: int, topic: str) -> Stream:
    """The random numbers of one topic of one block: the same whatever else is drawn, and in which order."""
    key = (block, zlib.crc32(topic.encode()))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def chosen(rng: Stream, chance: Floats) -> Ints:
    """The rows that are drawn, each with its chance, ascending; their number is the sum of chances, ±1.

    Systematic sampling: the chances are laid end to end and cut at whole numbers from a random start.
    """
    marks = np.floor(np.cumsum(chance) + rng.random())
    found: Ints = np.flatnonzero(np.diff(marks, prepend=0.0) > 0)
    return found


def pick(rng: Stream, size: int, weights: Sequence[float]) -> Ints:
    """Numbers of a weighted list."""
    steps = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(steps, rng.random(size) * steps[-1], side="right")
    codes: Ints = np.minimum(found, len(steps) - 1).astype(np.int64)
    return codes


def between(rng: Stream, low: Ints | int, high: Ints | int, size: int) -> Ints:
    """Whole numbers from low to high, both meant; low where high lies below it."""
    least: Ints = np.broadcast_to(np.asarray(low, dtype=np.int64), (size,))
    width = np.maximum(np.asarray(high, dtype=np.int64) - least + 1, 1)
    drawn: Ints = least + np.floor(rng.random(size) * width).astype(np.int64)
    return drawn


def spread(rng: Stream, median: Floats | float, sigma: float, size: int) -> Floats:
    """Lognormal numbers of that median."""
    return np.asarray(median * np.exp(sigma * rng.standard_normal(size)), dtype=np.float64)


def yes(rng: Stream, share: Floats | float, size: int) -> Ints:
    """Flags, 1 with that share."""
    return (rng.random(size) < share).astype(np.int64)


def round_money(fen: Floats, digits: int = 3) -> Ints:
    """Sums as people plan them: with so many digits that count, at least a whole yuan."""
    safe = np.maximum(fen, 1.0)
    step = np.maximum(10.0 ** (np.floor(np.log10(safe)) - digits + 1), 100.0)
    return (np.round(fen / step) * step).astype(np.int64)


def exact_money(fen: Floats) -> Ints:
    """Sums as accounts have them, to the fen."""
    return np.maximum(np.round(fen), 0.0).astype(np.int64)
