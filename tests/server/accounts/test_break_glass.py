"""The break-glass administrator: for a reason, for hours, logged, seen and reviewed by who watches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.server.accounts.people import acting, hold, person

from duixian.server.accounts.models import Opening, Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import actor_for, self_actor, today
from duixian.server.accounts.services import break_glass, people
from duixian.server.accounts.services import holdings as roles
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import scoped

REASON = "两位安全管理员均无法登录，须恢复其账号"


@pytest.fixture
def keeper() -> Person:
    who = person("keeper.one")
    hold(who, Role.BREAK_GLASS)
    return who


def open_glass(who: Person, hours: int = 2, reason: str = REASON) -> Opening:
    return break_glass.open_glass(self_actor(who), reason=reason, hours=hours)


def test_the_role_alone_gives_no_power(keeper: Person) -> None:
    with pytest.raises(Refused, match=r"accounts\.glass_closed"):
        actor_for(keeper, Role.BREAK_GLASS)
    open_glass(keeper)
    by = actor_for(keeper, Role.BREAK_GLASS)
    people.close_account(by, person=person("lost.one").pk, why="账号疑似被盗")


def test_it_ends_by_itself(keeper: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    row = open_glass(keeper, hours=1)
    assert row.until - row.opened_at == timedelta(hours=1)
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("duixian.server.accounts.selectors.timezone.now", lambda: later)
    with pytest.raises(Refused, match=r"accounts\.glass_closed"):
        actor_for(keeper, Role.BREAK_GLASS)


@pytest.mark.parametrize(
    ("hours", "reason", "code"),
    [
        (0, REASON, "hours"),
        (5, REASON, "hours"),
        (1, "", "missing"),
        (1, "紧急", "missing"),
        (1, " " * 20, "missing"),
    ],
)
def test_it_takes_a_reason_and_at_most_four_hours(keeper: Person, hours: int, reason: str, code: str) -> None:
    with pytest.raises(Refused, match=rf"accounts\.{code}:"):
        open_glass(keeper, hours, reason)
    assert not Opening.objects.exists()


def test_the_database_itself_refuses_more_than_four_hours(keeper: Person) -> None:
    row = open_glass(keeper, hours=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(
            holding=row.holding, reason=REASON, opened_at=row.opened_at,
            until=row.opened_at + timedelta(hours=4, seconds=1),
        )  # fmt: skip


def test_only_who_holds_the_role_opens_it_and_once(keeper: Person) -> None:
    with pytest.raises(Refused, match=r"accounts\.role_not_held"):
        open_glass(person("someone.else"))
    with pytest.raises(Refused, match=r"accounts\.role:"):
        break_glass.open_glass(acting(Role.SECURITY), reason=REASON, hours=1)
    open_glass(keeper)
    with pytest.raises(Refused, match=r"accounts\.state"):
        open_glass(keeper)


def test_it_needs_a_second_person_like_everybody(keeper: Person) -> None:
    open_glass(keeper)
    by, who = actor_for(keeper, Role.BREAK_GLASS), person("new.admin")
    row = roles.propose_role(by, person=who.pk, role=Role.SECURITY, since=today())
    with pytest.raises(Refused, match=r"accounts\.second_person"):
        roles.confirm_role(by, holding=row.pk)
    roles.confirm_role(acting(Role.SECURITY), holding=row.pk)
    assert actor_for(who, Role.SECURITY)


@pytest.mark.parametrize("role", [Role.SECURITY, Role.AUDITOR, Role.DISCIPLINE])
def test_others_can_close_it(keeper: Person, role: Role) -> None:
    row, epoch = open_glass(keeper), keeper.epoch
    break_glass.close_glass(acting(role), opening=row.pk)
    with pytest.raises(Refused, match=r"accounts\.glass_closed"):
        actor_for(keeper, Role.BREAK_GLASS)
    keeper.refresh_from_db()
    assert keeper.epoch > epoch
    with pytest.raises(Refused, match=r"accounts\.state"):
        break_glass.close_glass(self_actor(keeper), opening=row.pk)


def test_it_is_logged_with_its_reason_and_seen_by_who_watches(keeper: Person) -> None:
    row = open_glass(keeper)
    for role in (Role.AUDITOR, Role.DISCIPLINE):
        watcher = acting(role)
        assert scoped(Opening, watcher).get() == row
        event = scoped(Event, watcher).get(action="accounts.open_glass")
        assert (event.person, event.why, event.key) == (keeper.pk, REASON, str(row.pk))


def test_it_is_reviewed_after_it_is_over_by_who_watches(keeper: Person) -> None:
    row, auditor = open_glass(keeper), acting(Role.AUDITOR)

    def review(by: Actor, text: str = "与事由相符") -> Opening:
        return break_glass.review_glass(by, opening=row.pk, review=text)

    with pytest.raises(Refused, match=r"accounts\.state"):
        review(auditor)
    break_glass.close_glass(self_actor(keeper), opening=row.pk)
    with pytest.raises(Refused, match=r"accounts\.missing"):
        review(auditor, "")
    for other in (acting(Role.SECURITY), self_actor(keeper)):
        with pytest.raises(Refused, match=r"accounts\.role"):
            review(other)
    assert review(auditor).reviewed_by_id == auditor.person
    with pytest.raises(Refused, match=r"accounts\.state"):
        review(acting(Role.DISCIPLINE))


def test_a_stranger_does_not_see_it(keeper: Person) -> None:
    row = open_glass(keeper)
    with pytest.raises(NotFound):
        break_glass.close_glass(
            acting(Role.CITY_OFFICER, organisation=person("x.y.z").organisation), opening=row.pk
        )
