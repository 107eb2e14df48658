"""Roots that are kept outside tell what the chain alone cannot: one written anew, one cut short."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg
import pytest
from django.utils import timezone
from tests.server.audit.logs import found, note, told

from duixian.server.audit import content
from duixian.server.audit.chain import extend
from duixian.server.audit.models import Event, Link
from duixian.server.audit.roots import Root, RootProblem
from duixian.server.audit.selectors import day_root
from duixian.server.cluster.cluster import Cluster


def _rewrite(link: psycopg.Connection) -> None:
    """The whole chain written anew over what now stands there, as somebody with every right could."""
    head = content.GENESIS
    copy = f"COPY (SELECT l.number, l.at, {content.selected('e')} FROM audit_link l JOIN audit_event e "  # noqa: S608
    with link.cursor() as cursor:
        with cursor.copy(
            copy + "ON e.id = l.event_id ORDER BY l.number) TO STDOUT (FORMAT binary)"
        ) as copied:
            contents = [bytes(row) for row in content.rows(copied, len(content.COLUMNS) + 2)]
        for number, row in enumerate(contents, 1):
            head = content.chained(head, row)
            cursor.execute("UPDATE audit_link SET hash = %s WHERE number = %s", [head, number])


def test_only_a_root_outside_tells_of_a_chain_written_anew(
    log: list[Event], tamper: psycopg.Connection, cluster: Cluster, database: str
) -> None:
    today = timezone.localdate()
    root = day_root(today)
    assert root is not None
    assert found(cluster, database, root).faults == ()
    note()
    extend()
    assert found(cluster, database, root).faults == ()  # what came later does not matter
    tamper.execute("UPDATE audit_event SET why = 'x' WHERE id = %s", [log[2].id])
    _rewrite(tamper)
    assert found(cluster, database).faults == ()  # by itself it looks right
    assert told(found(cluster, database, root)) == [("audit_link", "10")]


def test_a_root_tells_of_an_end_cut_off(
    log: list[Event], tamper: psycopg.Connection, cluster: Cluster, database: str
) -> None:
    root = day_root(timezone.localdate())
    tamper.execute("DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_link WHERE number > 7)")
    tamper.execute("DELETE FROM audit_link WHERE number > 7")
    assert found(cluster, database).faults == ()
    assert told(found(cluster, database, root)) == [("audit_link", "8")]


def test_a_days_root_is_the_head_at_its_end_in_beijing(log: list[Event], tamper: psycopg.Connection) -> None:
    tamper.execute("UPDATE audit_link SET at = '2026-01-01 15:59:59+00' WHERE number <= 3")
    tamper.execute("UPDATE audit_link SET at = '2026-01-01 16:00:00+00' WHERE number BETWEEN 4 AND 6")
    first, second = day_root(date(2026, 1, 1)), day_root(date(2026, 1, 5))
    assert first is not None
    assert second is not None
    assert (first.links, second.links) == (3, 6)
    assert first.head == bytes(Link.objects.get(number=3).hash).hex()
    assert day_root(date(2025, 12, 31)) is None


ROOT = Root(date(2026, 1, 1), 3, "ab" * 32, datetime(2026, 1, 1, 3, 4, 5, 6, tzinfo=UTC))


def test_a_root_goes_through_its_file() -> None:
    assert Root.read(ROOT.text()) == ROOT


@pytest.mark.parametrize(
    "text",
    [
        ROOT.text().replace('"links": 3', '"links": 2'),
        ROOT.text().replace("abab", "abac", 1),
        ROOT.text().replace("event log", "something"),
        ROOT.text().replace("2026-01-01", "2026-01-02", 1),
        "{}",
        "[]",
        "",
        "no JSON",
    ],
)
def test_a_root_that_was_changed_is_refused(text: str) -> None:
    with pytest.raises(RootProblem):
        Root.read(text)
