"""Faults that were found in the engine, each with the example that showed it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.engine.invented import assessed, claim_of, label, policy, reading

from duixian.engine.assess import RequestError
from duixian.register.problems import InputError

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


class TestReadingsOfTheRecord:
    """Readings that decide of which records a measure speaks, and whether there is any."""

    def test_a_record_that_another_choice_brings_in_is_told(self, tmp_path: Path) -> None:
        which = (
            "recognition.title == little_giant or (reading.wide == yes and recognition.title == above_scale)"
        )
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "recognition", "which": which}},
            readings=[reading("wide", "no", "yes", default="no")],
        )
        facts = {"recognition": [{"id": "x", "title": "above_scale", "granted": "2021-01-31"}]}
        claim = claim_of(assessed(pack, facts=facts), "m")
        assert (claim.record, claim.verdict) == ("x", "ineligible")
        assert [item.id for item in claim.conditions if item.holds is False] == ["which"]
        assert [(item.choice, item.max_fen) for item in claim.readings[0].alternatives] == [
            ("yes", 1_000_000)
        ]

    def test_a_record_that_the_measure_may_speak_of_leaves_the_claim_open(self, tmp_path: Path) -> None:
        # A coarse division neither is the city's nor is it not; nothing else is unknown.
        pack = policy(tmp_path, "p", {"m": {"per": "home", "which": "home.division within city"}})
        facts = {"home": [{"id": "x", "division": "420000", "bought": "2021-01-31"}]}
        claim = claim_of(assessed(pack, facts=facts), "m")
        assert (claim.verdict, claim.missing[0].fact) == ("undetermined", "home.division")

    def test_without_a_record_too_another_choice_may_settle_it(self, tmp_path: Path) -> None:
        bound = {"is": "reading.bound == no or applicant.division within city"}
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "year", "requires": {"local": label(**bound)}}},
            readings=[reading("bound", "no", "yes", default="no")],
        )
        facts = {"division": "430100", "complete": ["payment"]}
        claim = claim_of(assessed(pack, facts=facts), "m")
        assert (claim.verdict, claim.record) == ("undetermined", None)
        assert [(item.choice, item.verdict) for item in claim.readings[0].alternatives] == [
            ("yes", "ineligible")
        ]

    def test_a_reading_under_which_the_end_is_not_known_is_told(self, tmp_path: Path) -> None:
        document = {"number": "不详", "title": {"zh": "乙", "en": "b"}, "ends": "unknown"}
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "year"}},
            validity={
                "starts": "2020-01-01",
                "ends": 'if reading.end == own then 2029-12-31 else end_of("other")',
                "at": "首#2",
            },
            documents={"other": document},
            readings=[reading("end", "own", "others", default="own")],
        )
        claim = claim_of(assessed(pack, facts={"year": [YEAR]}), "m")
        assert claim.verdict == "eligible"
        assert [(item.choice, item.verdict) for item in claim.readings[0].alternatives] == [
            ("others", "undetermined")
        ]
        other = assessed(pack, facts={"year": [YEAR]}, readings={"end": "others"})
        assert [item.fact for item in claim_of(other, "m").missing] == ["end_of.other"]

    def test_on_the_last_day_under_a_reading_a_refused_claim_says_so_too(self, tmp_path: Path) -> None:
        pack = policy(
            tmp_path,
            "p",
            {"m": {"per": "year"}},
            validity={
                "starts": "2020-01-01",
                "ends": "if reading.last == before then 2022-05-31 else 2022-06-01",
                "at": "首#2",
            },
            readings=[reading("last", "before", "on", default="before")],
        )
        claim = claim_of(assessed(pack, facts={}), "m")
        assert claim.verdict == "not_in_force"
        assert [(item.choice, item.verdict) for item in claim.readings[0].alternatives] == [
            ("on", "ineligible")
        ]


class TestPayments:
    """Money that was paid already."""

    @pytest.mark.parametrize(
        ("payment", "missing"),
        [({"record": "y"}, "payment.amount"), ({"amount": "4000元"}, "payment.record")],
    )
    def test_a_payment_known_in_part_leaves_the_sum_open(
        self, tmp_path: Path, payment: dict[str, str], missing: str
    ) -> None:
        pack = policy(tmp_path, "p", {"m": {"per": "year"}})
        facts = {"year": [YEAR], "payment": [{"id": "z", "measure": "m", **payment}]}
        claim = claim_of(assessed(pack, facts=facts), "m")
        assert (claim.verdict, claim.min_fen, claim.max_fen) == ("undetermined", 0, 1_000_000)
        assert [(item.fact, item.record) for item in claim.missing] == [(missing, "z")]

    def test_a_bare_name_that_two_policies_share_is_refused(self, tmp_path: Path) -> None:
        packs = [policy(tmp_path, id, {"m": {"per": "year"}}) for id in ("p", "q")]
        facts = {"year": [YEAR], "payment": [{"id": "z", "measure": "m", "record": "y", "amount": "1元"}]}
        with pytest.raises(InputError) as caught:
            assessed(*packs, facts=facts)
        assert caught.value.problems[0].text("zh") == (
            "payment[z]: 多项政策都有条款「m」；请写明政策：「p/m」或「q/m」（申报主体 a）"
        )
        facts["payment"][0]["measure"] = "q/m"  # type: ignore[index]
        found = assessed(*packs, facts=facts)
        assert [claim.already_paid_fen for claim in found.claims] == [0, 100]

    def test_a_name_that_its_policy_does_not_have_is_refused(self, tmp_path: Path) -> None:
        pack = policy(tmp_path, "p", {"measure": {"per": "year"}})
        with pytest.raises(InputError, match=r"no measure `mesure`.*`measure`"):
            assessed(pack, facts={"decision": [{"id": "d", "measure": "p/mesure"}]})
        assert assessed(pack, facts={"decision": [{"id": "d", "measure": "elsewhere/m"}]}).claims


class TestDecisions:
    """What the authority decided."""

    def test_a_sum_that_is_none_of_the_options_settles_nothing(self, tmp_path: Path) -> None:
        measure = {"per": "year", "right": "selected", "sum": "one_of", "options": ["30万元", "10万元"]}
        pack = policy(tmp_path, "p", {"m": measure})
        decision = {"id": "d", "measure": "m", "record": "y", "selected": True}
        sums = {}
        for amount in ("30万元", "20万元", "50万元"):
            facts = {"year": [YEAR], "decision": [{**decision, "amount": amount}]}
            claim = claim_of(assessed(pack, facts=facts), "m")
            assert claim.conditions[-1].facts["decision.amount"]
            sums[amount] = (claim.verdict, claim.min_fen, claim.max_fen)
        assert sums == {
            "30万元": ("eligible", 30_000_000, 30_000_000),
            "20万元": ("eligible_up_to", 10_000_000, 30_000_000),
            "50万元": ("eligible_up_to", 10_000_000, 30_000_000),
        }

    def test_one_without_a_record_is_not_about_each_of_several(self, tmp_path: Path) -> None:
        measure = {"per": "year", "right": "selected", "sum": "up_to", "amount": "50万元"}
        pack = policy(tmp_path, "p", {"m": measure})
        decision = [{"id": "d", "measure": "m", "selected": True, "amount": "20万元"}]
        one = assessed(pack, facts={"year": [YEAR], "decision": decision})
        assert claim_of(one, "m").max_fen == 20_000_000
        years = [YEAR, {"id": "z", "year": 2020}]
        two = assessed(pack, facts={"year": years, "decision": decision})
        assert [claim.verdict for claim in two.claims] == ["competitive_up_to"] * 2

    @pytest.mark.parametrize(("right", "refused"), [("selected", "ineligible"), ("entitled", "ineligible")])
    def test_a_promise_without_a_number_has_the_number_that_was_decided(
        self, tmp_path: Path, right: str, refused: str
    ) -> None:
        pack = policy(tmp_path, "p", {"m": {"per": "year", "right": right, "sum": "not_stated"}})
        found = {}
        for chosen in (True, False):
            decision = {"id": "d", "measure": "m", "record": "y", "selected": chosen, "amount": "20万元"}
            claim = claim_of(assessed(pack, facts={"year": [YEAR], "decision": [decision]}), "m")
            found[chosen] = (claim.verdict, claim.max_fen)
        assert found == {True: ("eligible", 20_000_000), False: (refused, 0)}


class TestSums:
    """Sums from facts known in part."""

    def test_a_sum_that_cannot_be_more_than_nothing_is_nothing(self, tmp_path: Path) -> None:
        # The room under the total is used up whatever the other grants are.
        amount = "min(50万元, year.revenue - 100万元 - year.rnd_spend)"
        pack = policy(tmp_path, "p", {"m": {"per": "year", "sum": "up_to", "amount": amount}})
        claim = claim_of(assessed(pack, facts={"year": [YEAR]}), "m")
        assert (claim.verdict, claim.max_fen) == ("ineligible", 0)


def test_a_policy_with_a_first_day_of_its_own_cannot_be_taken_as_adopted(tmp_path: Path) -> None:
    pack = policy(tmp_path, "p", {"m": {"per": "year"}})
    with pytest.raises(RequestError, match="`p` has a first day of its own"):
        assessed(pack, facts={"year": [YEAR]}, if_adopted={"p": dt.date(2021, 5, 1)})
