"""Sign-in attempts counted in the database: by name and by address, for password and second factor alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

NAME_LIMIT: Final = 5
"""So many failures for one name lock it."""
ADDRESS_LIMIT: Final = 50
"""So many from one address lock that: a whole office may stand behind it."""


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """Axes' own handler, with another limit for an address than for a name."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures that count, on the scale of `NAME_LIMIT`."""
        return max(
            failures * NAME_LIMIT // limit
            for limit, failures, _ in _counted(request, name_of(request, credentials))
        )

    def user_logged_in(self, sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
        """Forgets the failures of the name alone: an account of one's own must not free an address."""
        super().user_logged_in(sender, request, user, **kwargs)
        self.reset_attempts(username=user.get_username())


def name_of(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The sign-in name that is tried, however it is written, so that each spelling counts as one."""
    tried = credentials or {}  # axes calls the name as the model does, allauth and Django call it `username`
    given = tried.get("sign_in") or tried.get("username") or request.POST.get("login") or ""
    return unicodedata.normalize("NFKC", str(given)).strip().lower()[:255]


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: with TLS by the proxy before us what that one appended, else the peer itself."""
    peer = str(request.META.get("REMOTE_ADDR") or "")
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return peer
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR") or "").rpartition(",")[2].strip()
    try:
        return str(ip_address(forwarded))
    except ValueError:  # nothing there, or no address: it could not be counted
        return peer


def is_locked(request: HttpRequest, name: str) -> bool:
    """Whether a name, or the address of a request, is locked now."""
    return not AxesProxyHandler.is_allowed(request, {"username": name})


def failed(request: HttpRequest, name: str) -> None:
    """Counts a wrong second factor as what it is: a failed sign-in."""
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)


def locked_response(request: HttpRequest, *_: object) -> HttpResponse:
    """The page that says how long the lock lasts, and who can lift it."""
    ends = [
        last + settings.AXES_COOLOFF_TIME
        for limit, failures, last in _counted(request, name_of(request, request.axes_credentials))  # type: ignore[attr-defined]
        if failures >= limit and last is not None
    ]
    seconds = max(((end - timezone.now()).total_seconds() for end in ends), default=60.0)
    minutes = max(1, -int(-seconds // 60))
    response = render(
        request, "account/locked.html", {"minutes": minutes, "english": get_language() == "en"}, status=429
    )
    response["Retry-After"] = str(minutes * 60)
    return response


def _counted(request: HttpRequest, name: str) -> list[tuple[int, int, datetime | None]]:
    """For the name and for the address: the limit, the failures that have not lapsed, the last of them."""
    AxesProxyHandler.update_request(request)
    recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
    counted = []
    for limit, rows in (
        (NAME_LIMIT, recent.filter(username=name) if name else recent.none()),
        (ADDRESS_LIMIT, recent.filter(ip_address=request.axes_ip_address)),  # type: ignore[attr-defined]
    ):
        found = rows.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        counted.append((limit, found["failures"] or 0, found["last"]))
    return counted
