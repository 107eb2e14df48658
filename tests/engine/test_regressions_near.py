"""Faults that were found in near misses and in the plan, each with the example that showed it."""

from pathlib import Path
from typing import Any

import pytest
from tests.engine.invented import assessed, claim_of, label, planned, policy, reading

from duixian.engine.result import Near

YEAR = {"id": "y", "year": 2021, "revenue": "100万元", "rnd_spend": "1万元", "headcount": 5}


def near_of(tmp_path: Path, condition: str, *more: str, **changes: Any) -> list[Near]:
    """The near misses of a measure with these conditions, for the year above."""
    conditions = {f"c{number}": label(**{"is": text}) for number, text in enumerate((condition, *more))}
    name = f"p{len(list(tmp_path.iterdir()))}"
    pack = policy(tmp_path, name, {"m": {"per": "year", "requires": conditions}}, **changes)
    return claim_of(assessed(pack, facts={"year": [YEAR]}), "m").near


class TestMisses:
    """What would make a failed condition hold."""

    def test_a_part_that_no_sum_can_mend_leaves_nothing_to_say(self, tmp_path: Path) -> None:
        assert near_of(tmp_path, "year.revenue >= 200万元 and has(applicant.settled)") == []

    def test_a_goal_that_is_no_whole_fen_is_rounded_to_one_that_reaches_it(self, tmp_path: Path) -> None:
        (near,) = near_of(tmp_path, "year.rnd_spend >= 1/3 * year.revenue")
        assert (near.need, near.short) == (33_333_334, 32_333_334)
        (near,) = near_of(tmp_path, "year.revenue < 7/3 * year.rnd_spend")
        assert (near.need, near.short) == (2_333_333, 97_666_667)

    def test_a_figure_made_from_several_facts_says_so(self, tmp_path: Path) -> None:
        (near,) = near_of(tmp_path, "year.revenue - year.rnd_spend >= 200万元")
        assert (near.fact, near.derived, near.have) == ("year.revenue", True, 99_000_000)

    def test_the_fact_is_the_one_that_the_reading_looks_at(self, tmp_path: Path) -> None:
        test = "(if reading.what == revenue then year.revenue else year.rnd_spend) >= 200万元"
        readings = [reading("what", "revenue", "spend", default="spend")]
        (near,) = near_of(tmp_path, test, readings=readings)
        assert (near.fact, near.derived, near.have) == ("year.rnd_spend", False, 1_000_000)

    def test_where_one_goal_moves_with_another_both_are_met_together(self, tmp_path: Path) -> None:
        found = near_of(tmp_path, "year.revenue >= 200万元", "year.rnd_spend >= 10% * year.revenue")
        assert [(near.fact, near.need) for near in found] == [
            ("year.revenue", 200_000_000),
            ("year.rnd_spend", 20_000_000),
        ]

    def test_a_year_past_another_is_the_next_one(self, tmp_path: Path) -> None:
        (near,) = near_of(tmp_path, "year.year > 2022")
        assert (near.need, near.short) == (2023, 2)


class TestNextSteps:
    """What a higher step needs and brings."""

    def test_a_step_that_was_passed_before_is_no_next_step(self, tmp_path: Path) -> None:
        amount = (
            "max(1元, crossing(year.revenue, highest(year.revenue where each.year < year.year), "
            "reading.a == above, reading.b == all, 150万元: 1万元, 300万元: 2万元))"
        )
        readings = [reading("a", "above", "at", default="above"), reading("b", "all", "top", default="top")]
        pack = policy(tmp_path, "p", {"m": {"per": "year", "amount": amount}}, readings=readings)
        years = [YEAR, {"id": "x", "year": 2020, "revenue": "160万元"}]
        (near,) = claim_of(assessed(pack, facts={"year": years}), "m", "y").near
        assert (near.need, near.gain_fen) == (300_000_001, 2_000_000)

    def test_a_table_under_the_other_choice_is_not_told(self, tmp_path: Path) -> None:
        amount = (
            "if reading.what == revenue then steps(year.revenue, 50万元: 1万元, 200万元: 2万元) "
            "else steps(year.headcount, 1人: 1万元, 9人: 3万元)"
        )
        readings = [reading("what", "revenue", "staff", default="staff")]
        pack = policy(tmp_path, "p", {"m": {"per": "year", "amount": amount}}, readings=readings)
        (near,) = claim_of(assessed(pack, facts={"year": [YEAR]}), "m").near
        assert (near.fact, near.need) == ("year.headcount", 9)


class TestPlan:
    """What is worth doing."""

    @pytest.mark.parametrize(("on", "told"), [("2022-06-01", True), ("2022-06-02", False)])
    def test_a_window_that_has_closed_is_none_to_apply_in(self, tmp_path: Path, on: str, told: bool) -> None:
        pack = policy(tmp_path, "p", {"m": {"per": "year", "apply_by": "2022-06-01"}})
        items = planned(pack, facts={"year": [YEAR]}, on=on)
        assert ("apply" in [item.kind for item in items]) is told

    def test_a_record_of_another_type_with_the_same_id_is_left_alone(self, tmp_path: Path) -> None:
        condition = label(**{"is": "recognition.project.total_investment >= 200万元"})
        pack = policy(tmp_path, "p", {"m": {"per": "recognition", "requires": {"c": condition}}})
        projects = [{"id": "1", "total_investment": "9万元"}, {"id": "2", "total_investment": "100万元"}]
        title = {"id": "1", "title": "little_giant", "granted": "2021-05-01", "project": "2"}
        items = planned(pack, facts={"recognition": [title], "project": projects})
        (item,) = [item for item in items if item.kind == "near_miss"]
        assert (item.changes, item.gain_fen) == ({}, None)
