"""One side of the real track as a worker: `python -m benchmarks.real.side SIDE SOURCE TARGET`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.real import in_duckdb, ours
from benchmarks.real.in_memory import ENGINES
from benchmarks.worker import serve

SIDES = ("duixian", "duixian_same_columns", "read", "duckdb")
"""What is timed from file to file: ours with all columns and readings, with DuckDB's columns, reading, and DuckDB.

What is timed in memory is in `in_memory.ENGINES`."""


def _work(side: str, source: Path, target: Path) -> Callable[[int], object]:
    """Return what a side does from file to file on so many threads."""
    if side == "duckdb":
        connection = in_duckdb.connect(source, 2)
        return lambda _: in_duckdb.assess(connection, target)
    ours.allocate_as_the_command()
    rules = ours.kernel()
    if side == "read":
        return lambda threads: ours.read(rules, source, threads)
    columns = in_duckdb.COLUMNS if side == "duixian_same_columns" else None
    return lambda threads: ours.assess(rules, source, target, threads, columns)


def _from_file(side: str, source: Path, target: Path) -> Callable[[str], Callable[[], object]]:
    work = _work(side, source, target)
    return lambda line: lambda: work(int(line))


def _in_memory(side: str, source: Path) -> Callable[[str], Callable[[], object]]:
    """Load the register; what the last time left in memory is let go before the next is timed."""
    ours.allocate_as_the_command()
    engine = ENGINES[side](source)

    def ready(line: str) -> Callable[[], object]:
        engine.forget()
        return lambda: engine.assess(int(line))

    return ready


def main() -> None:
    """Work for each line of the input, which is the number of threads."""
    side, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    serve(_in_memory(side, source) if side in ENGINES else _from_file(side, source, target))


if __name__ == "__main__":
    main()
