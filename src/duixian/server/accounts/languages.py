"""The language of a page: Chinese unless the reader has chosen English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import lazystr
from django.utils.translation import get_language

from duixian.calendar.days import Both

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def shown(both: Both) -> str:
    """A text in the reader's language."""
    return both.en if (get_language() or "").startswith("en") else both.zh


class _Later:
    """A text whose language is chosen when it is shown: labels of forms outlive a request."""

    def __init__(self, both: Both) -> None:
        self._both = both

    def __str__(self) -> str:
        return shown(self._both)


def later(zh: str, en: str) -> StrOrPromise:
    """A label in both languages, for a form that is declared once."""
    return lazystr(_Later(Both(zh, en)))
