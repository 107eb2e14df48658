"""One side of the real track as a worker: `python -m benchmarks.real.side SIDE SOURCE TARGET`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.real import in_duckdb, ours
from benchmarks.worker import serve

SIDES = ("duixian", "duixian_same_columns", "read", "duckdb")
"""All that is timed: ours with all columns and readings, ours with DuckDB's columns, reading, and DuckDB."""


def _work(side: str, source: Path, target: Path) -> Callable[[int], object]:
    """Return what a side does on so many threads, everything loaded."""
    if side == "duckdb":
        connection = in_duckdb.connect(source, 2)
        return lambda _: in_duckdb.assess(connection, target)
    ours.allocate_as_the_command()
    rules = ours.kernel()
    if side == "read":
        return lambda threads: ours.read(rules, source, threads)
    columns = in_duckdb.COLUMNS if side == "duixian_same_columns" else None
    return lambda threads: ours.assess(rules, source, target, threads, columns)


def main() -> None:
    """Work for each line of the input, which is the number of threads."""
    work = _work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    serve(lambda line: lambda: work(int(line)))


if __name__ == "__main__":
    main()
