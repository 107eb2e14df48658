"""One side of the real track in a process of its own: does its work each time a line asks for it, and tells its cost.

`python -m benchmarks.real.worker SIDE SOURCE TARGET`. A process of its own, since what one engine keeps in memory
slows down the next: beside DuckDB's ours took a tenth longer. A line is a number of threads; the answer is the
seconds by the clock and of the processors.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from benchmarks.real import in_duckdb, ours

SIDES = ("duixian", "duixian_same_columns", "read", "duckdb")
"""All that is timed: ours with all columns and readings, ours with DuckDB's columns, reading, and DuckDB."""


class Cost(NamedTuple):
    """The seconds that something took, by the clock and of the processors' time."""

    wall: float
    cpu: float


class Worker:
    """A process that has loaded what its side needs; to be used in a `with`."""

    def __init__(self, side: str, source: Path, target: Path) -> None:
        """Start it."""
        command = [sys.executable, "-m", "benchmarks.real.worker", side, str(source), str(target)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def cost(self, threads: int) -> Cost:
        """Have it do its work on so many threads."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None and told is not None
        print(threads, file=asked, flush=True)
        answer = told.readline().split()
        if len(answer) != len(Cost._fields):
            raise SystemExit("a side of the real track ended; it says why above")
        return Cost(*map(float, answer))

    def __enter__(self) -> Worker:
        """Return the worker."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def _work(side: str, source: Path, target: Path) -> Callable[[int], object]:
    """Return what a side does, everything loaded."""
    if side == "duckdb":
        connection = in_duckdb.connect(source, 2)
        return lambda threads: in_duckdb.assess(connection, target)
    ours.allocate_as_the_command()
    rules = ours.kernel()
    if side == "read":
        return lambda threads: ours.read(rules, source, threads)
    columns = in_duckdb.COLUMNS if side == "duixian_same_columns" else None
    return lambda threads: ours.assess(rules, source, target, threads, columns)


def main() -> None:
    """Work for each line of the input."""
    side, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    work = _work(side, source, target)
    for line in sys.stdin:
        began, used = time.perf_counter(), time.process_time()
        work(int(line))
        print(time.perf_counter() - began, time.process_time() - used, flush=True)


if __name__ == "__main__":
    main()
