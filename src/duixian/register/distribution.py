"""How the sums of a column are distributed, counted in a stream: exact total and ends, quantiles within 1%."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

_STEP: Final = 0.005
_BINS: Final = 3900
"""Bins of the decimal logarithm, each 1.2% wide, up to 10 to the 19.5: all that 64 bits hold."""
_LOW_BITS: Final = 20


class Distribution(msgspec.Struct, frozen=True):
    """The known sums of a column, in fen: exact total, least and greatest; quantiles within 1%."""

    total: int
    zeros: int
    least: int
    tenth: int
    median: int
    ninetieth: int
    ninety_ninth: int
    greatest: int


class Sums:
    """Counts sums; memory does not grow with their number."""

    def __init__(self) -> None:
        self._bins = np.zeros(_BINS, np.int64)
        self._zeros = self._count = self._total = 0
        self._least: int | None = None
        self._greatest = 0

    def add(self, values: pa.Array) -> None:
        """Take in a column of fen; nulls do not count, nor do negative sums, which are told elsewhere."""
        known = values.drop_null().to_numpy(zero_copy_only=False)
        known = known[known >= 0]
        if not len(known):
            return
        self._count += len(known)
        # In two halves, so that the sum of many great sums does not run over 64 bits.
        low = int((known & ((1 << _LOW_BITS) - 1)).sum())
        self._total += (int((known >> _LOW_BITS).sum()) << _LOW_BITS) + low
        least, greatest = int(known.min()), int(known.max())
        self._least = least if self._least is None else min(self._least, least)
        self._greatest = max(self._greatest, greatest)
        positive = known[known > 0]
        self._zeros += len(known) - len(positive)
        places = (np.log10(positive.astype(np.float64)) / _STEP).astype(np.int64)
        self._bins += np.bincount(places, minlength=_BINS)

    def distribution(self) -> Distribution | None:
        """What was counted; None if no sum is known."""
        if self._least is None:
            return None
        return Distribution(
            self._total,
            self._zeros,
            self._least,
            self._quantile(0.1),
            self._quantile(0.5),
            self._quantile(0.9),
            self._quantile(0.99),
            self._greatest,
        )

    def _quantile(self, share: float) -> int:
        wanted = share * self._count - self._zeros
        if wanted <= 0:
            return 0
        place = int(np.searchsorted(np.cumsum(self._bins), wanted))
        found = round(10.0 ** ((place + 0.5) * _STEP))
        return int(min(max(found, self._least or 0), self._greatest))
