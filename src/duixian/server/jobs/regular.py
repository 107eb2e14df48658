"""What a worker does again and again, whether anybody asks for it or not."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Regular:
    """A function and how often it is called; it must bear being called by two workers at once."""

    name: str
    seconds: float
    function: Callable[[], object]


registered: list[Regular] = []


def regular(seconds: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declares a function, in an app's `jobs.py`, that workers call every so many seconds."""

    def declare(function: Callable[[], object]) -> Callable[[], object]:
        registered.append(Regular(f"{function.__module__}.{function.__qualname__}", seconds, function))
        return function

    return declare


def start(ending: threading.Event) -> list[threading.Thread]:
    """Starts a thread for each, which ends when `ending` is set."""
    threads = [threading.Thread(target=_again, args=(what, ending), name=what.name) for what in registered]
    for thread in threads:
        thread.start()
    return threads


def _again(what: Regular, ending: threading.Event) -> None:
    while not ending.is_set():
        close_old_connections()
        try:
            what.function()
        except Exception:  # whatever it is, the next round may succeed, and the others must go on
            _log.exception("%s failed; next try in %s s", what.name, what.seconds)
        ending.wait(what.seconds)
    close_old_connections()
