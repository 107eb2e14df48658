"""Faults that were found in the engine, each with the example that showed it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.engine.invented import assessed, claim_of, label, policy, reading

YEAR = {"id": "y", "year": 2021, "revenue": "100万元"}


class TestReadings:
    """The readings a claim rests on."""

    @pytest.mark.parametrize("condition", ["event_day >= starts", "reading.r == a and event_day >= starts"])
    def test_a_reading_of_the_first_day_is_one_of_each_claim_that_asks_for_that_day(
        self, tmp_path: Path, condition: str
    ) -> None:
        starts = "if reading.first == later then issued + 31日 else issued + 30日"
        readings = [reading("first", "day", "later", default="day"), reading("r", "a", "b", default="a")]
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "recognition", "requires": {"timely": label(**{"is": condition})}}},
            validity={"starts": starts, "ends": "2029-12-31", "at": "首#2"},
            readings=readings if "reading.r" in condition else readings[:1],
        )
        facts = {"recognition": [{"id": "x", "title": "little_giant", "granted": "2020-01-31"}]}
        claim = claim_of(assessed(pack, facts=facts), "m")
        assert claim.verdict == "eligible"
        first = next(item for item in claim.readings if item.id == "first")
        assert [(item.choice, item.verdict) for item in first.alternatives] == [("later", "ineligible")]


class TestMissing:
    """What is named as missing."""

    def test_a_draft_without_a_day_misses_its_first_day(self, tmp_path: Path) -> None:
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "year", "requires": {"timely": label(**{"is": "event_day >= starts"})}}},
            kind="draft",
            issued=None,
            validity={"starts": "blank", "ends": "starts + 3年", "at": "首#2"},
        )
        claim = claim_of(assessed(pack, facts={"year": [YEAR]}), "m")
        assert claim.would_be is not None and claim.would_be.verdict == "undetermined"
        assert [item.fact for item in claim.missing] == ["policy.starts"]
        adopted = assessed(pack, facts={"year": [YEAR]}, if_adopted={"p": dt.date(2021, 5, 1)})
        assert claim_of(adopted, "m").missing == []

    def test_a_province_does_not_say_whether_it_is_the_city(self, tmp_path: Path) -> None:
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "year", "requires": {"local": label(**{"is": "applicant.division within city"})}}},
        )
        claim = claim_of(assessed(pack, facts={"year": [YEAR], "division": "420000"}), "m")
        assert (claim.verdict, [item.fact for item in claim.missing]) == (
            "undetermined",
            ["applicant.division"],
        )


class TestReasons:
    """The facts that a condition shows."""

    def test_the_year_and_the_year_before_are_two_facts(self, tmp_path: Path) -> None:
        growth = {"is": "year.revenue >= 1.2 * previous(year).revenue"}
        pack = policy(tmp_path, "p", {"m": {"per": "year", "requires": {"growth": label(**growth)}}})
        before = {"id": "b", "year": 2020, "revenue": "90万元"}
        claim = claim_of(assessed(pack, facts={"year": [YEAR, before]}), "m", "y")
        assert claim.conditions[0].facts == {
            "year.revenue": 100_000_000,
            "previous(year).revenue": 90_000_000,
        }

    def test_two_counts_over_different_records_are_two_facts(self, tmp_path: Path) -> None:
        condition = {
            "is": "count(hire where each.from_outside) >= 1人 and count(hire) >= 2人 or count(hire) == 0人"
        }
        pack = policy(tmp_path, "p", {"m": {"per": "year", "requires": {"hires": label(**condition)}}})
        hires: list[dict[str, Any]] = [
            {"id": f"h{n}", "kind": "ai_urgent", "from_outside": n == 0} for n in range(3)
        ]
        claim = claim_of(assessed(pack, facts={"year": [YEAR], "hire": hires}), "m")
        assert claim.conditions[0].facts == {"count(hire)": 1, "count(hire) #2": 3}
