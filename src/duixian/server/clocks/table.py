"""The working-day table as the calendar floor counts with it: read from the database, never guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from duixian.calendar.working_days import WorkingDays, YearDays, YearStatus, published_table
from duixian.server.clocks.models import WorkingYear


def table() -> WorkingDays:
    """The whole table, in one query; keep it for as long as one request."""
    return WorkingDays(tuple(_days(year) for year in WorkingYear.objects.order_by("year")))


def _days(year: WorkingYear) -> YearDays:
    return YearDays(
        year=year.year,
        status=YearStatus(year.status),
        holidays=frozenset(map(date.fromisoformat, year.holidays)),
        make_up_days=frozenset(map(date.fromisoformat, year.make_up_days)),
        source=year.source,
    )


def columns(days: YearDays) -> dict[str, Any]:
    """A year as the columns of its row."""
    return {
        "status": days.status.value,
        "holidays": sorted(day.isoformat() for day in days.holidays),
        "make_up_days": sorted(day.isoformat() for day in days.make_up_days),
        "source": days.source,
    }


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The migration's first filling: the published years that come with the calendar floor."""
    model = apps.get_model("clocks", "WorkingYear")
    for days in published_table().years:
        model.objects.using(editor.connection.alias).create(year=days.year, **columns(days))
