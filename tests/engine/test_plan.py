"""The plan: each gain is what the totals really rise by."""

from __future__ import annotations

import datetime as dt

import pytest

from duixian.engine.assess import Request, Rulebook, Session
from duixian.engine.plan import PlanItem, plan
from duixian.language.cache import installed_policies
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.read_facts import applicant_from_mapping

VOCABULARY = shared_vocabulary()
FIRM = {
    "id": "firm",
    "kind": "enterprise",
    "division": "420106",
    "fields": ["software"],
    "complete": "all",
    "year": [
        {"id": "y2023", "year": 2023, "revenue": "480万元", "rnd_spend": "120万元"},
        {"id": "y2024", "year": 2024, "revenue": "600万元", "rnd_spend": "80万元"},
    ],
    "certification": [{"id": "c1", "scheme": "dcmm", "level": 3, "granted": "2023-05-01"}],
}


@pytest.fixture(scope="module")
def items() -> list[PlanItem]:
    policies = [policy for policy in installed_policies() if policy.id == "wuhan-digital-economy-2022"]
    session: Session = Rulebook(policies, VOCABULARY).ask(Request(on=dt.date(2025, 3, 1)))
    return plan(session, applicant_from_mapping(FIRM, VOCABULARY))


def find(items: list[PlanItem], kind: str, measure: str) -> PlanItem:
    return next(item for item in items if (item.kind, item.measure) == (kind, measure))


def test_a_window_about_to_close_comes_first(items: list[PlanItem]) -> None:
    # In force to 2025-05-31, three months ahead; DCMM level 3 gives 20万元.
    assert (items[0].kind, items[0].measure, items[0].effort) == ("apply", "software-dcmm", 1)
    assert (items[0].gain_fen, items[0].by) == (20_000_000, dt.date(2025, 5, 31))


def test_a_near_miss_has_its_gap_and_its_measured_gain(items: list[PlanItem]) -> None:
    # Revenue 480万元 is 20万元 short of 500万元; at 500万元 R&D of 120万元 gives at most 12万元.
    item = next(item for item in items if item.kind == "near_miss" and item.record == "y2023")
    assert item.changes == {"year.revenue": 500_000_000}
    assert [near.short for near in item.near] == [20_000_000]
    assert item.gain_fen == 12_000_000
    assert item.over


def test_a_higher_tier_is_told(items: list[PlanItem]) -> None:
    # Level 5 gives 50万元 for a certificate of its own.
    item = find(items, "tier", "software-dcmm")
    assert item.changes["level"] == 5
    assert item.gain_fen == 50_000_000


def test_titles_not_held_are_told_with_what_they_need(items: list[PlanItem]) -> None:
    item = find(items, "new_record", "lighthouse-factory")
    assert item.gain_fen == 100_000_000 * 10
    assert item.changes["title"] == "lighthouse_factory"


def test_least_effort_first_and_the_most_money_within_it(items: list[PlanItem]) -> None:
    assert [item.effort for item in items] == sorted(item.effort for item in items)
    for effort in {item.effort for item in items}:
        gains = [item.gain_fen or 0 for item in items if item.effort == effort]
        assert gains == sorted(gains, reverse=True)
