"""Faults that were found in take-the-higher and in what claims share, each with the example that showed it."""

from pathlib import Path
from typing import Any

import pytest
from tests.engine.invented import assessed, claim_of, label, policy, reading

TITLE = {"id": "r", "title": "little_giant", "granted": "2021-05-01"}
PROJECT = {"id": "j", "programme": "startup", "approved": "2021-05-01"}
YEAR = {"id": "y", "year": 2021, "revenue": "100万元"}
OVERLAP = {"id": "higher", "at": "首#1", "same": "matter", "partners": ["city"], "period": "ever"}


class TestConflicts:
    """Which claims exclude each other."""

    @pytest.mark.parametrize(
        ("project", "certain", "at_most"),
        [("不详", 3_000_000, 5_000_000), ("无", 5_000_000, 5_000_000), ("j", 3_000_000, 3_000_000)],
    )
    def test_a_project_that_is_not_known_may_be_the_others(
        self, tmp_path: Path, project: str, certain: int, at_most: int
    ) -> None:
        packs = (
            policy(tmp_path, "p", {"title": {"per": "recognition", "amount": "2万元"}}, overlap=[OVERLAP]),
            policy(tmp_path, "q", {"project": {"per": "project", "amount": "3万元"}}),
        )
        facts = {"recognition": [{**TITLE, "project": project}], "project": [PROJECT]}
        found = assessed(*packs, facts=facts)
        assert (found.totals.certain_fen, found.totals.at_most_fen) == (certain, at_most)
        aside = claim_of(found, "title").set_aside
        assert (aside is not None) == (project != "无")
        assert found.totals.open == (1 if project == "不详" else 0)
        if aside is not None:
            assert [key.measure for key in aside.claims] == ["project"]
            assert [item.fact for item in aside.missing] == (["recognition.project"] if aside.open else [])

    def test_two_claims_for_one_record_are_about_one_matter_whatever_its_project(
        self, tmp_path: Path
    ) -> None:
        packs = (
            policy(tmp_path, "p", {"title": {"per": "recognition", "amount": "2万元"}}, overlap=[OVERLAP]),
            policy(tmp_path, "q", {"other": {"per": "recognition", "amount": "3万元"}}),
        )
        totals = assessed(*packs, facts={"recognition": [TITLE]}).totals
        assert (totals.certain_fen, totals.at_most_fen, totals.open) == (3_000_000, 3_000_000, 0)

    def test_a_relation_that_hangs_on_an_open_reading_is_open(self, tmp_path: Path) -> None:
        within = {"id": "w", "at": "首#1", "same": "enterprise", "partners": ["document"], "period": "ever"}
        pack = policy(
            tmp_path,
            "p",
            {"a": {"per": "year", "amount": "2万元"}, "b": {"per": "year", "amount": "3万元"}},
            overlap=[{**within, "when": "reading.inside == yes"}],
            readings=[reading("inside", "yes", "no", default="none")],
        )
        found = assessed(pack, facts={"year": [YEAR]})
        assert (found.totals.certain_fen, found.totals.at_most_fen) == (3_000_000, 5_000_000)
        aside = claim_of(found, "a").set_aside
        assert aside is not None and aside.open
        assert [item.fact for item in aside.missing] == ["reading.inside"]
        (told,) = found.totals.readings
        sums = {item.choice: (item.certain_fen, item.at_most_fen) for item in told.alternatives}
        assert sums == {"yes": (3_000_000, 3_000_000), "no": (5_000_000, 5_000_000)}


class TestSetAside:
    """For what a claim is set aside, and whether that is settled."""

    def test_where_the_least_and_the_greatest_choice_differ_both_are_open(self, tmp_path: Path) -> None:
        within = {"id": "w", "at": "首#1", "same": "enterprise", "partners": ["document"], "period": "ever"}
        measures = {
            "ceiling": {"per": "year", "sum": "up_to", "amount": "3万元"},
            "exact": {"per": "year", "amount": "2万元"},
        }
        pack = policy(tmp_path, "p", measures, overlap=[within])
        found = assessed(pack, facts={"year": [YEAR]})
        assert (found.totals.certain_fen, found.totals.at_most_fen) == (2_000_000, 3_000_000)
        for own, other in (("ceiling", "exact"), ("exact", "ceiling")):
            aside = claim_of(found, own).set_aside
            assert aside is not None and aside.open
            assert [key.measure for key in aside.claims] == [other]

    def test_what_carries_out_the_other_is_the_one_that_is_paid(self, tmp_path: Path) -> None:
        packs = (
            policy(tmp_path, "a-policy", {"clause": {"per": "year"}}),
            policy(tmp_path, "rules", {"m": {"per": "year", "implements": ["a-policy/clause"]}}),
        )
        found = assessed(*packs, facts={"year": [YEAR]})
        assert [claim.payable_fen for claim in found.claims] == [0, 1_000_000]
        aside = claim_of(found, "clause").set_aside
        assert aside is not None and (aside.because, aside.open) == ("rules/implements", False)

    def test_out_of_force_too_it_is_told_what_would_have_given_way(self, tmp_path: Path) -> None:
        within = {"id": "w", "at": "首#1", "same": "enterprise", "partners": ["document"], "period": "ever"}
        measures = {"a": {"per": "year", "amount": "2万元"}, "b": {"per": "year", "amount": "3万元"}}
        pack = policy(tmp_path, "p", measures, overlap=[within])
        found = assessed(pack, facts={"year": [YEAR]}, on="2030-06-01")
        then = found.totals.would_have_been
        assert then is not None
        assert [(item.policy, item.year, item.certain_fen) for item in then.by] == [("p", 2021, 3_000_000)]
        assert found.totals.by == [] and found.totals.open == 0
        a, b = claim_of(found, "a"), claim_of(found, "b")
        assert (a.payable_fen, b.payable_fen) == (0, 0)
        assert a.would_be is not None and a.would_be.payable_fen == 0
        assert b.would_be is not None and b.would_be.payable_fen == 3_000_000
        assert a.set_aside is not None and [key.measure for key in a.set_aside.claims] == ["b"]
        assert b.set_aside is None


class TestBounds:
    """Ceilings that claims share."""

    def test_the_payment_of_another_policy_uses_up_nothing(self, tmp_path: Path) -> None:
        total = label(id="total", at="首#1", over=["m"], per=["applicant"], ceiling="1万元")
        packs = (
            policy(tmp_path, "p", {"m": {"per": "year"}}, bounds=[total]),
            policy(tmp_path, "q", {"m": {"per": "year"}}, bounds=[total]),
        )
        paid = [{"id": "z", "measure": "q/m", "record": "earlier", "amount": "4000元"}]
        found = assessed(*packs, facts={"year": [YEAR], "payment": paid})
        assert [claim.payable_fen for claim in found.claims] == [1_000_000, 600_000]

    def test_a_claim_whose_key_is_not_known_may_share_the_ceiling(self, tmp_path: Path) -> None:
        total = label(id="total", at="首#1", over=["m"], per=["project"], ceiling="1万元")
        pack = policy(tmp_path, "p", {"m": {"per": "recognition"}}, bounds=[total])
        titles: list[dict[str, Any]] = [{**TITLE, "project": "j"}, {**TITLE, "id": "s"}]
        totals = assessed(pack, facts={"recognition": titles, "project": [PROJECT]}).totals
        assert (totals.certain_fen, totals.at_most_fen) == (1_000_000, 2_000_000)

    def test_a_reading_of_the_ceiling_is_told_for_one_claim_too(self, tmp_path: Path) -> None:
        total = label(id="total", at="首#1", over=["m"], per=["applicant"], ceiling="4000元")
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "year"}},
            bounds=[{**total, "when": "reading.total == yes"}],
            readings=[reading("total", "yes", "no", default="no")],
        )
        (told,) = assessed(pack, facts={"year": [YEAR]}).totals.readings
        assert [(item.choice, item.certain_fen) for item in told.alternatives] == [("yes", 400_000)]

    def test_a_reading_of_the_ceiling_and_of_the_claims_changes_both(self, tmp_path: Path) -> None:
        # Under the other choice there is no ceiling on both together, but each has one of its own.
        total = label(id="total", at="首#1", over=["m"], per=["applicant"], ceiling="5万元")
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "year", "amount": "if reading.cap == each then 4万元 else 9万元"}},
            bounds=[{**total, "when": "reading.cap == together"}],
            readings=[reading("cap", "together", "each", default="together")],
        )
        found = assessed(pack, facts={"year": [YEAR, {"id": "z", "year": 2020}]})
        assert found.totals.certain_fen == 5_000_000
        (told,) = found.totals.readings
        assert [(item.choice, item.certain_fen) for item in told.alternatives] == [("each", 8_000_000)]
        other = assessed(pack, facts={"year": [YEAR, {"id": "z", "year": 2020}]}, readings={"cap": "each"})
        assert other.totals.certain_fen == 8_000_000
