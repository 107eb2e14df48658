"""The real track with everything in memory: the register is loaded beforehand, the claims are left there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.real import in_duckdb, ours
from duixian.engine.parquet_register import ParquetRegister
from duixian.engine.stream import ROWS_NATIVE
from duixian.engine.written import written, written_schema


class InMemory(Protocol):
    """An engine with the register loaded."""

    def assess(self, threads: int) -> None:
        """Work out all claims and keep them: this is timed."""

    def forget(self) -> None:
        """Let go of the claims that are kept."""

    def write(self, target: Path) -> None:
        """Write the claims that are kept to a Parquet file, to be compared."""


class Duixian:
    """Our side: conformed batches as a run makes them, claims as it writes them."""

    def __init__(self, source: Path, columns: tuple[str, ...] | None = None) -> None:
        """Load the register. `columns` are those that claims have besides the applicant (None: all)."""
        self._rules = ours.kernel()
        self._schema = written_schema(columns=columns)
        self._wanted = None if columns is None else ("row", *columns)
        register = ParquetRegister(source, self._rules)
        self._batches = [
            batch for number in range(register.groups) for batch in register.batches(number, ROWS_NATIVE)
        ]
        self._kept: list[pa.RecordBatch] = []

    def assess(self, threads: int) -> None:
        """Work out all claims and keep them."""
        with ThreadPoolExecutor(threads) as pool:
            self._kept = list(pool.map(self._claims, self._batches))

    def forget(self) -> None:
        """Let go of the claims that are kept."""
        self._kept = []

    def write(self, target: Path) -> None:
        """Write the claims that are kept."""
        pq.write_table(pa.Table.from_batches(self._kept, self._schema), target)

    def _claims(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        found = self._rules.run(batch, ours.REQUEST, columns=self._wanted)
        return written(self._rules, batch, found, self._schema)


class DuckDB:
    """DuckDB's side: the register in a table of its own, the claims in a temporary one."""

    def __init__(self, source: Path) -> None:
        """Load the register."""
        self._connection = in_duckdb.connect(source, 2, loaded=True)

    def assess(self, threads: int) -> None:
        """Work out all claims and keep them, on two threads."""
        in_duckdb.keep(self._connection)

    def forget(self) -> None:
        """Let go of the claims that are kept."""
        in_duckdb.forget(self._connection)

    def write(self, target: Path) -> None:
        """Write the claims that are kept."""
        in_duckdb.assess(self._connection, target, in_duckdb.KEPT)


ENGINES: Mapping[str, Callable[[Path], InMemory]] = {
    "memory_duixian": Duixian,
    "memory_duixian_same_columns": lambda source: Duixian(source, in_duckdb.COLUMNS),
    "memory_duckdb": DuckDB,
}
"""All that is timed in memory: ours with all columns and readings, ours with DuckDB's columns, and DuckDB."""
