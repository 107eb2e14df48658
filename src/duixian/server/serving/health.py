"""Whether the server lives and whether it is ready: for a proxy or a monitor, without secrets or numbers."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from duixian.server.audit.selectors import lag

_log = logging.getLogger(__name__)
_LEAST_ROOM = 500 * 1024 * 1024
"""Bytes that must be free where the files are: a database without room stops in the middle of a day."""
_CHAIN_BEHIND_AFTER = 300
"""Seconds that an event may wait for its link in the chain."""
_WORKER_SILENT_AFTER = 60
"""Seconds without a sign of life of any worker."""


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Database, tables, worker, event log and disk are well (200), or something is not (503); each is named."""
    found = {name: _told(name, check) for name, check in CHECKS.items()}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def _told(name: str, check: Callable[[], bool]) -> bool:
    try:
        well = check()
    except (DatabaseError, OSError):
        _log.exception("the check of %s failed", name)
        return False
    if not well:
        _log.warning("not ready: %s", name)
    return well


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _tables() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _worker() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [_WORKER_SILENT_AFTER],
        )
        return bool(cursor.fetchone()[0])


def _event_log() -> bool:
    return lag().seconds < _CHAIN_BEHIND_AFTER


def _room() -> bool:
    return shutil.disk_usage(settings.CONFIG.home).free > _LEAST_ROOM


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "tables": _tables,
    "worker": _worker,
    "event_log": _event_log,
    "room": _room,
}
