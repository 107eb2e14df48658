"""When a session ends: after half an hour without a request, and after a working day in any case."""

from __future__ import annotations

import time
from typing import Final

from django.conf import settings
from django.http import HttpRequest

_BEGAN: Final = "began"
_SEEN: Final = "seen"
_GRAIN: Final = 60.0
"""The time of the last request is written at most so often, in seconds."""


def begin(request: HttpRequest) -> None:
    """Counts a new session from now."""
    request.session[_BEGAN] = request.session[_SEEN] = time.time()


def is_over(request: HttpRequest) -> bool:
    """Whether a session has ended by either limit; one that was never begun here has."""
    now, began, seen = time.time(), request.session.get(_BEGAN), request.session.get(_SEEN)
    if began is None or seen is None:
        return True
    return bool(now - began > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS)


def touch(request: HttpRequest) -> None:
    """Notes that the person is still there."""
    if time.time() - request.session.get(_SEEN, 0.0) > _GRAIN:
        request.session[_SEEN] = time.time()
