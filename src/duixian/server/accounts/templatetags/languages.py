"""`{% both "中文" "English" %}`: a template's text in the reader's language."""

from __future__ import annotations

from django import template

from duixian.calendar.days import Both
from duixian.server.accounts.languages import shown

register = template.Library()


@register.simple_tag
def both(zh: str, en: str) -> str:
    """The text in the language of the page."""
    return shown(Both(zh, en))
