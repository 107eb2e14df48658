"""The flat benchmark in our language: the pack in policy/, its kernel over batches of the same Arrow table."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.flat.data import Data, to_arrow
from benchmarks.flat.result import Claims, Totals
from duixian.engine.assess import Request
from duixian.engine.batch import BatchTotals, Kernel, compile_kernel
from duixian.language.pack import load_policies
from duixian.language.vocabulary import load_vocabulary

POLICY = Path(__file__).resolve().parent / "policy"
ROWS = 500_000
"""The rows of a batch: of a million each of two threads has one."""
_ID = "flat-support-2026"
_ON = Request(on=dt.date(2026, 6, 30))
_WANTED = ("row", "measure", "verdict", "max_fen")


def compiled() -> Kernel:
    """Return the pack's kernel. Raises SystemExit if there is no native code to measure."""
    vocabulary = load_vocabulary(POLICY / "vocabulary.yaml")
    made = compile_kernel(load_policies([POLICY / _ID], vocabulary), vocabulary)
    if made.why_not:
        raise SystemExit(f"there is no native code to measure: {made.why_not}")
    return made


class InDuixian:
    """The engine with the data loaded."""

    name = "Duixian"

    def __init__(self, data: Data) -> None:
        """Load the data."""
        self.kernel = compiled()
        self.names = [name for _, name in self.kernel.conditions]
        self.batches = to_arrow(data).combine_chunks().to_batches(max_chunksize=ROWS)
        self.count = 2

    def threads(self, count: int) -> None:
        """Use so many threads from now on."""
        self.count = count

    def totals(self) -> list[BatchTotals]:
        """Return counts and sums by batch."""
        with ThreadPoolExecutor(self.count) as pool:
            return list(pool.map(lambda batch: self.kernel.totals(batch, _ON), self.batches))

    def claims(self) -> list[pa.RecordBatch]:
        """Return all claims, rows counted from the first batch."""
        with ThreadPoolExecutor(self.count) as pool:
            return list(pool.map(self._claims, range(len(self.batches))))

    def _claims(self, number: int) -> pa.RecordBatch:
        return self.kernel.run(self.batches[number], _ON, columns=_WANTED, first=number * ROWS).claims

    def whole_claims(self) -> None:
        """Make the claims with all columns that the kernel has."""
        with ThreadPoolExecutor(self.count) as pool:
            for _ in pool.map(lambda batch: self.kernel.run(batch, _ON, readings=False), self.batches):
                pass

    def read_totals(self, found: list[BatchTotals]) -> Totals:
        """Return totals in the form that is compared."""
        totals = np.zeros((len(self.names), 3), np.int64)
        for part in found:
            for place, name in enumerate(self.names):
                totals[place, 0] += part.counts.get((_ID, name, "eligible"), 0)
                totals[place, 1] += part.counts.get((_ID, name, "undetermined"), 0)
                totals[place, 2] += part.paid[_ID, name][1]
        return totals

    def read_claims(self, found: list[pa.RecordBatch]) -> Claims:
        """Return claims in the form that is compared."""
        table = pa.Table.from_batches(found)
        number = pa.array([self.names.index(word) for word in self._words(table)], pa.int8())
        codes = table["measure"].combine_chunks().indices
        payable = pc.equal(table["verdict"].cast(pa.string()), "eligible")
        return Claims.of(table["row"], number.take(codes), payable, table["max_fen"])

    def _words(self, table: pa.Table) -> list[str]:
        words: list[str] = table["measure"].combine_chunks().dictionary.to_pylist()
        return words
