"""The registry in Django's admin: to look at, never to change; changes go through the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from duixian.server.registry import models

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class LookOnly(_Admin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(models.Division)
class Divisions(LookOnly):
    """The table of GB/T 2260."""

    list_display = ["code", "name", "since", "until"]
    search_fields = ["code", "name"]


@admin.register(models.Batch)
class Batches(LookOnly):
    """Imports and how far they are."""

    list_display = ["id", "source", "file", "state", "opened_at", "opened_by", "confirmed_by"]
    list_filter = ["state"]
    list_select_related = ["opened_by", "confirmed_by"]


@admin.register(models.RetentionPeriod)
class RetentionPeriods(LookOnly):
    """How long data are kept."""

    list_display = ["kind", "years", "basis"]


@admin.register(models.Erasure)
class Erasures(LookOnly):
    """What was erased."""

    list_display = ["applicant", "ground", "document", "at"]
    list_select_related = ["applicant"]
