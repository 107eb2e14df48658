"""What every engine must find alike: totals a measure, and the claims in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.flat.data import Data

Totals = NDArray[np.int64]
"""By measure: payable claims, undetermined claims, payable fen."""


@dataclass(frozen=True)
class Claims:
    """Claims by row and measure: `fen` of the payable ones, -1 for undetermined."""

    row: NDArray[np.int32]
    measure: NDArray[np.int8]
    fen: NDArray[np.int64]

    @classmethod
    def of(cls, row: Any, measure: Any, payable: Any, fen: Any) -> Claims:
        """Return claims in order, from Arrow columns; `payable` is true, or null or false where undetermined."""
        paid = pc.fill_null(payable, False)
        sums = pc.if_else(paid, fen, pa.scalar(-1, pa.int64()))
        rows, measures, values = (np.asarray(column) for column in (row, measure, sums))
        order = np.lexsort((measures, rows))
        return cls(
            rows[order].astype(np.int32), measures[order].astype(np.int8), values[order].astype(np.int64)
        )

    def same(self, other: Claims) -> bool:
        """Say whether two engines found the same claims, to the fen."""
        return all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in ("row", "measure", "fen")
        )


class Engine(Protocol):
    """An engine with the data loaded. What it returns is timed; reading that for the comparison is not."""

    name: str

    def __init__(self, data: Data) -> None:
        """Load the data."""

    def threads(self, count: int) -> None:
        """Use so many threads from now on."""

    def totals(self) -> Any:
        """Return totals in the engine's own form."""

    def claims(self) -> Any:
        """Return all claims in the engine's own form."""

    def read_totals(self, found: Any) -> Totals:
        """Return totals in the form that is compared."""

    def read_claims(self, found: Any) -> Claims:
        """Return claims in the form that is compared."""
