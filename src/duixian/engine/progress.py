"""How far a long run over applicants is and how long it will take, told to whoever asked for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `seconds_left` is None until there is something to tell it from.

    `done` counts the applicants that were finished in an earlier run too; `resumed` only those. `turn` says which
    time, from 1, a run that goes over the applicants several times does so; 0: it does so once.
    """

    done: int
    total: int
    resumed: int
    rows_per_s: float
    seconds_left: float | None
    turn: int = 0


Tell = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Tell nobody."""


class Pace:
    """Tells how far a run is by how fast it has gone since this was made."""

    def __init__(self, tell: Tell, turn: int = 0) -> None:
        self._tell, self._turn = tell, turn
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Return how long it has taken."""
        return time.monotonic() - self._began

    def at(self, rows: int, total: int, resumed: int = 0) -> None:
        """Tell that so many applicants of the total are done, besides those of an earlier run."""
        rate = rows / max(self.seconds, 1e-6)
        done = min(resumed + rows, total)
        left = (total - done) / rate if rows else None
        self._tell(Progress(done, total, resumed, rate, left, self._turn))
