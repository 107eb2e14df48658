"""The hasher of the accounts' tests: scrypt takes a tenth of a second by design, and one test alone uses it."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _quick_hasher(settings: pytest.FixtureRequest) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def again(db: None) -> None:
    """A code may be used once more: forgets the used ones."""
    cache.clear()
