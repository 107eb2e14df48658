"""An engine in a process of its own: does its work each time a line asks for it, and tells what it took.

A process of its own, since what one engine keeps in memory slows down the next: beside DuckDB ours took a tenth
longer, and OpenFisca a third to a half beside the others.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple


class Cost(NamedTuple):
    """The seconds that something took, by the clock and of the processors' time."""

    wall: float
    cpu: float

    def least(self, other: Cost) -> Cost:
        """Return the lesser of each."""
        return Cost(min(self.wall, other.wall), min(self.cpu, other.cpu))


class Worker:
    """A module of the benchmarks run as `python -m MODULE ARGUMENTS`; to be used in a `with`."""

    def __init__(self, module: str, *arguments: object) -> None:
        """Start it."""
        self._name = " ".join((module, *map(str, arguments)))
        command = [sys.executable, "-m", module, *map(str, arguments)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def cost(self, work: str) -> Cost:
        """Have it do a piece of work. Raises SystemExit if the process ended."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None and told is not None
        print(work, file=asked, flush=True)
        answer = told.readline().split()
        if len(answer) != len(Cost._fields):
            raise SystemExit(f"{self._name} ended; it says why above")
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


def serve(ready: Callable[[str], Callable[[], object]]) -> None:
    """Be a worker: `ready` makes a piece of work ready, which is not timed, and returns what is."""
    for line in sys.stdin:
        work = ready(line.strip())
        began, used = time.perf_counter(), time.process_time()
        work()
        print(time.perf_counter() - began, time.process_time() - used, flush=True)
