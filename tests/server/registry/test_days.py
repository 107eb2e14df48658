"""What was true on which day: statements about the past leave other days, and other facts, as they were."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.server.registry.office import DAY, HONGSHAN, WUCHANG, firm, given, officer

from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import find
from duixian.server.registry.models import Applicant, Provenance, RecordVersion, Succession
from duixian.server.registry.selectors import dossier, known, search
from duixian.server.registry.services.records import state
from duixian.server.registry.services.succession import succeed
from duixian.server.registry.versions import When

START, MOVED, RENAMED = dt.date(2023, 1, 1), dt.date(2024, 7, 1), dt.date(2024, 5, 1)
ONE = dt.timedelta(days=1)


def on(row: Applicant, day: dt.date) -> tuple[Any, ...]:
    facts = known(officer(), applicant=row.pk, day=day).facts
    return tuple(facts.get(name) for name in ("name", "division", "size"))


def own(row: Applicant, **how: Any) -> RecordVersion | None:
    facts = {name: how.pop(name) for name in ("division", "size", "name") if name in how}
    return state(officer(), applicant=row.pk, facts=facts, given=given(), **how)


def renamed(row: Applicant, name: str = "实舟软件") -> None:
    succeed(
        officer(), kind=Succession.Kind.RENAMED, before=[row.pk], after=[row.pk], on=RENAMED, document="更名通知",
        given=given(), name=name,
    )  # fmt: skip


def test_a_fact_of_earlier_days_carries_no_later_name_into_them() -> None:
    row = firm("虚舟软件")
    renamed(row)
    own(row, size="micro", valid_from=START)
    assert on(row, START - ONE) == ("虚舟软件", WUCHANG, None)
    assert on(row, START) == ("虚舟软件", WUCHANG, "micro")
    assert on(row, RENAMED - ONE) == ("虚舟软件", WUCHANG, "micro")
    assert on(row, RENAMED) == ("实舟软件", WUCHANG, "micro")
    assert on(row, timezone.localdate()) == ("实舟软件", WUCHANG, "micro")
    row.refresh_from_db()
    assert row.name == "实舟软件"


def test_a_name_learnt_late_carries_no_later_place_into_earlier_days() -> None:
    row = firm("虚舟软件")
    own(row, division=HONGSHAN, valid_from=MOVED)
    renamed(row)
    assert on(row, RENAMED - ONE)[:2] == ("虚舟软件", WUCHANG)
    assert on(row, RENAMED)[:2] == ("实舟软件", WUCHANG)
    assert on(row, MOVED - ONE)[:2] == ("实舟软件", WUCHANG)
    assert on(row, MOVED)[:2] == ("实舟软件", HONGSHAN)


def test_where_it_once_was_moves_nobody_today() -> None:
    row = firm("虚舟软件")
    last = dt.date(2020, 12, 31)
    own(row, division=HONGSHAN, name="旧名", valid_from=dt.date(2020, 1, 1), valid_until=last)
    row.refresh_from_db()
    assert (row.name, row.division) == ("虚舟软件", WUCHANG)
    assert find(Applicant, officer(WUCHANG), pk=row.pk) == row
    with pytest.raises(NotFound):
        find(Applicant, officer(HONGSHAN), pk=row.pk)
    assert [on(row, day)[1] for day in (dt.date(2019, 12, 31), dt.date(2020, 1, 1), last, last + ONE)] == [
        WUCHANG, HONGSHAN, HONGSHAN, WUCHANG,
    ]  # fmt: skip
    assert search(officer(), text="旧名") == [row]


def test_facts_of_an_applicant_do_not_end_ahead() -> None:
    row, today = firm(), timezone.localdate()
    for until in (today, today + ONE):
        with pytest.raises(Refused, match=r"registry\.times"):
            own(row, size="micro", valid_until=until)
    own(row, size="micro", valid_until=today - ONE)
    assert on(row, today)[2] is None


def test_the_source_of_a_value_is_one_of_its_own_days() -> None:
    row = firm()
    own(row, division=HONGSHAN, valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2020, 12, 31))
    own(row, size="micro")
    found = dossier(officer(), applicant=row.pk)
    assert found.sources(("applicant", ""), When.now())["division"].version.number == 1
    past = When.at(day=dt.date(2020, 6, 1))
    then = dossier(officer(), applicant=row.pk, when=past)
    assert then.sources(("applicant", ""), past)["division"].version.number == 2


def test_two_sources_of_one_value_are_both_known() -> None:
    row = firm()
    own(row, size="micro")
    other = given(Provenance.Kind.SHARED, "市统计局")
    state(officer(), applicant=row.pk, facts={"size": "small"}, given=other)
    source = dossier(officer(), applicant=row.pk).sources(("applicant", ""), When.now())["size"]
    assert source.version.provenance.source == "市统计局"
    told = [
        version.payload["size"] for version in row.versions.order_by("number") if "size" in version.payload
    ]
    assert told == ["micro", "small"]


def test_what_was_learnt_counts_from_its_very_moment() -> None:
    row = firm()
    made = own(row, size="micro")
    assert made is not None
    made.refresh_from_db()
    before = known(officer(), applicant=row.pk, at=made.known_at - dt.timedelta(microseconds=1), day=DAY)
    assert "size" not in before.facts
    assert known(officer(), applicant=row.pk, at=made.known_at, day=DAY).facts["size"] == "micro"
