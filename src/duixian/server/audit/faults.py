"""What `duixian audit verify` finds wrong, and how it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from duixian.calendar.days import Both


@dataclass(frozen=True)
class Fault:
    """The first wrong row of one check: its table, its key, and what is wrong with it."""

    table: str
    row: str
    what: Both


Progress = Callable[[Both, int, int], None]
"""Called with what is being looked at, how many rows were, and how many there are (0: not known)."""
