"""What every page knows: whether the city's single sign-on is set."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def sign_in(request: HttpRequest) -> dict[str, object]:
    """Django's context processor."""
    return {"city_sign_on": bool(settings.CITY_SIGN_ON)}
