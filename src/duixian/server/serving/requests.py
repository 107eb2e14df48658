"""One line in the log for each request: what was asked, how it was answered, how long it took, by whom."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

_log = logging.getLogger(__name__)
_QUIET = "health-"
"""Routes of this prefix are asked every few seconds, and tell of their own troubles."""


class RequestLog:
    """Django's middleware, the outermost; the answer carries the request's number, by which support finds its line.

    The path is told as its route, never with what stands in it or behind its question mark.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers, and notes it."""
        number, started = uuid4().hex, time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = number
        route = request.resolver_match.view_name if request.resolver_match else "-"
        if not route.startswith(_QUIET):
            person = request.user.pk if hasattr(request, "user") else None
            seen = {
                "request": number,
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000),
                "person": person,
            }
            _log.info(" ".join(f"{name}={value}" for name, value in seen.items()), extra=seen)
        return response
