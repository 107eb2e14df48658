"""The chain over the event log: complete however transactions commit, and closed to the application."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from tests.server.audit.logs import WHO, found, note

from duixian.server.audit import chain, content
from duixian.server.audit.chain import extend
from duixian.server.audit.models import Event, Link, Waiting
from duixian.server.audit.selectors import lag
from duixian.server.audit.services import record
from duixian.server.cluster.cluster import Cluster


def test_the_content_has_every_column_in_its_order() -> None:
    assert tuple(field.column for field in Event._meta.concrete_fields) == content.COLUMNS


def test_a_links_hash_worked_out_by_hand(database: str) -> None:
    """From the documentation alone: lengths and values, one after the other."""
    event = note()
    extend()
    event.refresh_from_db()
    link = Link.objects.get()

    def whole(number: int) -> bytes:
        return b"\x00\x00\x00\x08" + number.to_bytes(8, "big")

    def micros(at: datetime) -> bytes:
        passed = at - datetime(2000, 1, 1, tzinfo=UTC)
        return whole((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds)

    def text(value: str) -> bytes:
        return len(value.encode()).to_bytes(4, "big") + value.encode()

    null = b"\xff\xff\xff\xff"
    wanted = hashes.Hash(hashes.SM3())
    wanted.update(
        bytes(32) + whole(1) + micros(link.at)
        + whole(event.id) + micros(event.at) + b"\x00\x00\x00\x10" + WHO.request.bytes + whole(1)
        + text("city_officer") + text("") + text("") + null + text("a") + text("") + text("") + text("")
        + null + text('{"n":1}') + text("")
    )  # fmt: skip
    assert bytes(link.hash) == wanted.finalize()


def test_a_right_log_is_found_right(log: list[Event], cluster: Cluster, database: str) -> None:
    verified = found(cluster, database)
    assert (verified.faults, verified.chain.links, verified.chain.waiting) == ((), 10, 0)
    assert verified.chain.head == bytes(Link.objects.get(number=10).hash)


def test_what_commits_late_is_not_lost(log: list[Event], cluster: Cluster, database: str) -> None:
    """An event with a smaller number commits after a greater one is in the chain."""
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record(WHO, "slow", on=None)
            begun.set()
            go_on.wait(20)
        connections.close_all()

    other = threading.Thread(target=slow)
    other.start()
    begun.wait(20)
    quick = note("quick")
    assert extend() == 1
    go_on.set()
    other.join()
    assert lag().waiting == 1
    assert extend() == 1
    late = Event.objects.get(action="slow")
    assert late.id < quick.id
    assert late.link.number == quick.link.number + 1
    assert found(cluster, database).faults == ()


def test_only_one_worker_extends_the_chain(log: list[Event], cluster: Cluster, database: str) -> None:
    for number in range(200):
        note(f"b.{number}")
    done: list[int] = []

    def work() -> None:
        done.append(extend())
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) + extend() == 200
    assert list(Link.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 211))
    assert found(cluster, database).faults == ()


def test_a_worker_that_dies_leaves_its_batch_waiting(
    log: list[Event], cluster: Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note()
    note()
    calls = iter([None])

    def chained(previous: bytes, *parts: bytes | memoryview) -> bytes:
        next(calls)  # the second call finds nothing more, in the middle of the batch
        return content.chained(previous, *parts)

    monkeypatch.setattr(chain, "chained", chained)
    with pytest.raises(StopIteration):
        extend()
    monkeypatch.undo()
    assert (Link.objects.count(), Waiting.objects.count()) == (10, 2)
    assert extend() == 2
    assert found(cluster, database).faults == ()


def test_long_logs_are_taken_up_in_batches(log: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        note()
    monkeypatch.setattr(chain, "_WAITING", chain._WAITING.replace("LIMIT 10000", "LIMIT 3"))
    assert [extend(), extend(), extend()] == [3, 2, 0]


def test_the_lag_is_seen(database: str) -> None:
    assert lag().waiting == 0 == lag().seconds
    note()
    assert lag().waiting == 1
    assert 0 <= lag().seconds < 60


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_waiting",
        "UPDATE audit_waiting SET event_id = 1",
        "TRUNCATE audit_waiting",
        "INSERT INTO audit_link SELECT 12, id, now(), decode(repeat('00', 32), 'hex') FROM audit_event WHERE id={id}",
        "INSERT INTO audit_link SELECT 11, id, now(), decode('00', 'hex') FROM audit_event WHERE id={id}",
        "INSERT INTO audit_link SELECT 0, id, now(), decode(repeat('00', 32), 'hex') FROM audit_event WHERE id={id}",
    ],
)
def test_the_application_keeps_no_event_from_the_chain_and_tears_no_gap(log: list[Event], sql: str) -> None:
    hidden = note()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(id=hidden.id))
    assert extend() == 1


def test_nothing_is_left_open(log: list[Event]) -> None:
    assert timedelta(0) <= timezone.now() - log[0].link.at < timedelta(minutes=5)
    assert not connection.in_atomic_block
