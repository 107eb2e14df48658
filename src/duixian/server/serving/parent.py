"""A child process that ends when its parent does, however the parent ends."""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "DUIXIAN_PARENT"
"""The number of the pipe whose other end the parent holds."""


def end_with_parent() -> None:
    """Asks this process to stop (SIGTERM) as soon as its parent is gone; nothing if it has none of ours."""
    pipe = os.environ.pop(VARIABLE, "")
    if pipe:
        threading.Thread(target=_wait, args=(int(pipe),), daemon=True, name="parent").start()


def _wait(pipe: int) -> None:
    os.read(pipe, 1)  # the parent never writes: this ends when its end is closed, by the system if need be
    os.kill(os.getpid(), signal.SIGTERM)
