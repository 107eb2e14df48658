"""Collects the faults of a large register: each kind once, with how many there are and where the first stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duixian.calendar.days import Both
from duixian.register.problems import NOTHING, InputProblem, Place

Rows = NDArray[np.int64]
"""The rows of applicants in the file, from 1."""


@dataclass(slots=True)
class _Kind:
    row: int
    count: int
    what: Both
    remedy: Both


class Faults:
    """The faults by code and column; memory does not grow with their number."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._whole: list[InputProblem] = []

    def add(self, code: str, column: str, rows: Rows, what: Both, remedy: Both = NOTHING) -> None:
        """Note values of a column that have the same fault; `what` tells of the first of them."""
        if not len(rows):
            return
        known = self._kinds.get((code, column))
        if known is not None:
            known.count += len(rows)
        else:
            self._kinds[code, column] = _Kind(int(rows[0]), len(rows), what, remedy)

    def whole(self, code: str, column: str, what: Both, remedy: Both = NOTHING) -> None:
        """Note a fault of the file or of a whole column."""
        self._whole.append(InputProblem(code, Place(self.file, column), what, remedy, whole=True))

    def problems(self) -> list[InputProblem]:
        """All faults: those of the file and of columns first, then each kind at its first row."""
        found = list(self._whole)
        for (code, column), kind in self._kinds.items():
            more = kind.count - 1
            what = kind.what
            if more:
                what = Both(f"{what.zh}（另有 {more:,} 处）", f"{what.en} (and {more:,} more)")
            found.append(InputProblem(code, Place(self.file, f"{kind.row}:{column}"), what, kind.remedy))
        return found
