"""What operators see of the registry in the admin: standards, no applicant."""

from __future__ import annotations

from django.contrib import admin

from duixian.server.common.admin import LookOnly
from duixian.server.registry import models


@admin.register(models.Division)
class Divisions(LookOnly):
    """The table of GB/T 2260."""

    list_display = ["code", "name", "since", "until"]
    search_fields = ["code", "name"]


@admin.register(models.RetentionPeriod)
class RetentionPeriods(LookOnly):
    """How long data are kept."""

    list_display = ["kind", "years", "basis"]
