"""Keeps memory that a long run has let go for what comes next, and does not give it back in between."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of mallopt, as in <malloc.h>."""
_LARGEST = 32 << 20
"""The most that glibc takes for pieces that it keeps; larger ones always go back."""
_KEPT = 256 << 20
"""How much may lie free at the end of a thread's memory."""


def keep_freed() -> None:
    """Have this process keep what it frees; nothing happens where the C library is not glibc.

    By itself glibc gives the columns of a batch back to the system and takes as much again for the next one, and
    the system clears every page of it anew: a tenth of a run's time. Only for a process that ends with its run.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST)
        mallopt(_TRIM_THRESHOLD, _KEPT)
