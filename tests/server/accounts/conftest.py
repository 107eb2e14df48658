"""The hasher and the clock of the accounts' tests."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from tests.server.accounts import people


@pytest.fixture(autouse=True)
def _quick_hasher(settings: Any) -> None:
    """Scrypt takes a tenth of a second by design; one test alone uses it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _one_period(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authenticator's half minute does not end in the middle of a test."""
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([people.PERIOD]))
