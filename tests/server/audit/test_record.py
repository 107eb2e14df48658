"""What stands in the event log, and when: with the change, or, for a refusal, in spite of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from duixian.calendar.days import Both
from duixian.server.accounts.roles import Role
from duixian.server.audit import canonical
from duixian.server.audit.commands import command
from duixian.server.audit.models import Event, Waiting
from duixian.server.audit.services import Personal, record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import scoped
from duixian.server.funds.models import Fund

CLERK = Actor(role=Role.FINANCE_CLERK, person=7, fund="digital", district="4201")
IDENTITY = "110101199003070011"  # invented; its last character is the right check digit


@command("funds.rename")
def rename(by: Actor, *, fund: Fund, name: str, year: int = 2026) -> None:
    before = fund.name
    fund.name = name
    fund.save()
    record(by, "funds.rename", on=fund, before={"name": before}, after={"name": name}, why="合并")
    if name == "坏":
        raise Refused("funds.bad_name", Both("名称不可用，请换一个", "choose another name"))


@pytest.fixture
def fund() -> Fund:
    return Fund.objects.create(code="digital", name="旧", policy="p")


def test_a_change_and_its_event_stand_together(fund: Fund) -> None:
    rename(CLERK, fund=fund, name="新")
    event = Event.objects.get()
    assert (event.person, event.role, event.fund, event.district) == (7, "finance_clerk", "digital", "4201")
    assert (event.request, event.action, event.refusal) == (CLERK.request, "funds.rename", "")
    assert (event.kind, event.key, event.why) == ("funds.fund", "digital", "合并")
    assert (event.before, event.after) == ('{"name":"旧"}', '{"name":"新"}')
    assert Waiting.objects.get().event_id == event.id


def test_a_refusal_undoes_the_change_and_stands_alone(fund: Fund) -> None:
    with pytest.raises(Refused):
        rename(CLERK, fund=fund, name="坏")
    fund.refresh_from_db()
    assert fund.name == "旧"
    event = Event.objects.get()
    assert (event.action, event.refusal, event.key) == ("funds.rename", "funds.bad_name", "digital")
    assert event.after == '{"fund":"funds.fund:digital"}'  # no text that was given: it may be about a person


def test_the_refusal_is_committed_although_the_command_was_not(database: str) -> None:
    fund = Fund.objects.create(code="digital", name="旧", policy="p")
    with pytest.raises(Refused):
        rename(CLERK, fund=fund, name="坏", year=2027)
    connection.close()
    assert [event.refusal for event in Event.objects.all()] == ["funds.bad_name"]
    assert Event.objects.get().after == '{"fund":"funds.fund:digital","year":2027}'


def test_an_inner_command_is_part_of_the_outer_one(fund: Fund) -> None:
    @command("funds.merge")
    def merge(by: Actor, *, into: Fund) -> None:
        rename(by, fund=into, name="新")
        rename(by, fund=into, name="坏")

    with pytest.raises(Refused):
        merge(CLERK, into=fund)
    assert [(event.action, event.refusal) for event in Event.objects.all()] == [
        ("funds.merge", "funds.bad_name")
    ]


def test_an_outer_command_may_go_on_after_an_inner_refusal(fund: Fund) -> None:
    @command("funds.try")
    def attempt(by: Actor, *, on: Fund) -> None:
        with pytest.raises(Refused):
            rename(by, fund=on, name="坏")
        record(by, "funds.try", on=on)

    attempt(CLERK, on=fund)
    fund.refresh_from_db()
    assert fund.name == "旧"
    assert [event.action for event in Event.objects.all()] == ["funds.try"]


def test_after_a_refusal_the_next_command_is_an_outer_one_again(fund: Fund) -> None:
    for _ in range(2):
        with pytest.raises(Refused):
            rename(CLERK, fund=fund, name="坏")
    assert Event.objects.filter(refusal="funds.bad_name").count() == 2


def test_any_other_failure_leaves_nothing(fund: Fund) -> None:
    @command("funds.break")
    def broken(by: Actor) -> None:
        record(by, "funds.break", on=fund)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken(CLERK)
    assert not Event.objects.exists()


def test_what_is_outside_the_scope_is_refused_and_remembered() -> None:
    @command("funds.look")
    def look(by: Actor, *, number: int) -> None:
        raise NotFound

    with pytest.raises(NotFound):
        look(CLERK, number=3)
    event = Event.objects.get()
    assert (event.refusal, event.kind, event.after) == ("not_found", "", '{"number":3}')


def test_nothing_is_recorded_outside_a_transaction(database: str) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record(CLERK, "funds.rename", on=None)


def test_the_time_is_the_databases_whatever_the_insert_says() -> None:
    event = Event(at=datetime(2001, 1, 1, tzinfo=UTC), request=CLERK.request, role="r", action="a")
    event.save()
    event.refresh_from_db()
    assert abs(event.at - timezone.now()) < timedelta(minutes=1)


def test_a_personal_value_leaves_only_its_keyed_hash() -> None:
    with override_settings(FIELD_KEY="k" * 32):
        with transaction.atomic():
            event = record(CLERK, "registry.add", on=None, after={"identity": Personal(IDENTITY)})
        assert event.after is not None
        assert IDENTITY not in event.after
        assert event.after == '{"identity":{"personal":"' + Personal(IDENTITY).keyed + '"}}'
        here = Personal(IDENTITY).keyed
    assert len(here) == 64
    assert IDENTITY not in repr(Personal(IDENTITY))
    with override_settings(FIELD_KEY="l" * 32):
        assert Personal(IDENTITY).keyed != here


def test_an_identity_number_that_is_not_wrapped_is_refused() -> None:
    with pytest.raises(ValueError, match="wrap it in Personal"):
        record(CLERK, "a", on=None, after={"found": ["x" + IDENTITY]})
    with pytest.raises(Refused, match="a reason must not hold a resident identity number"):
        record(CLERK, "a", on=None, why=f"见{IDENTITY}号")
    assert not Event.objects.exists()
    record(CLERK, "a", on=None, after={"uscc": "91420100MA4KXXXX12", "other": "110101199003070012"})


def test_one_text_for_one_value() -> None:
    value = {
        "b": [True, None, 3, "字"],
        "a": {"day": date(2026, 1, 2), "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)},
        "rate": Decimal("0.10"),
        "id": UUID(int=1),
        "set": frozenset({"y", "x"}),
        "role": Role.AUDITOR,
    }
    assert canonical.text(value) == (
        '{"a":{"at":"2026-01-02T03:04:05+00:00","day":"2026-01-02"},"b":[true,null,3,"字"],'
        '"id":"00000000-0000-0000-0000-000000000001","rate":"0.10","role":"auditor","set":["x","y"]}'
    )


@pytest.mark.parametrize("value", [1.5, {"a": float("nan")}, {1: "x"}, b"x", object()])
def test_what_has_no_one_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical.text(value)


@pytest.mark.parametrize(
    ("role", "seen"), [(Role.AUDITOR, 1), (Role.DISCIPLINE, 1), (Role.OPERATOR, 0), (Role.CITY_OFFICER, 0)]
)
def test_only_those_who_watch_read_the_log(role: Role, seen: int) -> None:
    record(CLERK, "a", on=None)
    assert scoped(Event, Actor(role=role, person=1)).count() == seen
