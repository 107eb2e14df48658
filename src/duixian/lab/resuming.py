"""Keeps how far a long run over a register has come, so that one that was stopped or killed can go on.

What is kept are sums over the applicants done so far, for each setting of a sweep: some kilobytes in the user's own
cache, under a hash of everything that the figures rest on. Unfinished business is thrown away after a month.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from duixian.language.cache import cache_folder, read_private, write_private

SECONDS: Final = 5.0
"""How often it is written down."""
_MONTH: Final = 30 * 86_400


class Milestone:
    """How far one run over a register is: applicants done, and a row of whole numbers for each setting."""

    def __init__(self, key: str | None) -> None:
        """Take the hash of what is asked; None: nothing is kept, as of a register that is no file of its own."""
        self._path = None if key is None else _folder() / f"{key}.json"
        self._last: tuple[int, list[list[int]]] | None = None
        self._written = time.monotonic()

    def read(self, settings: int) -> tuple[int, list[list[int]]] | None:
        """Return how far an earlier run of so many settings came, None if it did not or cannot be read."""
        data = None if self._path is None else read_private(self._path)
        try:
            applicants, rows = json.loads(data or b"")
            if isinstance(applicants, int) and len(rows) == settings:
                return applicants, rows
        except (ValueError, TypeError):
            pass
        return None

    def at(self, applicants: int, rows: Sequence[Sequence[int]]) -> None:
        """Note how far the run is; it is written down every `SECONDS`."""
        self._last = applicants, [list(row) for row in rows]
        if time.monotonic() - self._written >= SECONDS:
            self.write()

    def write(self) -> None:
        """Write down what was noted last."""
        if self._path is None or self._last is None:
            return
        self._written = time.monotonic()
        _throw_away()
        write_private(self._path, json.dumps(self._last).encode())

    def forget(self) -> None:
        """Throw away what is kept: nobody will go on from here."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)


def _folder() -> Path:
    return cache_folder() / "sweeps"


def _throw_away() -> None:
    with contextlib.suppress(OSError):
        for path in _folder().glob("*.json"):
            if time.time() - path.stat().st_mtime > _MONTH:
                path.unlink()
