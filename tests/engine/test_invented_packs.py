"""Two packs for invented policies of other kinds, with a vocabulary of their own: the language carries them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from duixian.cli import main
from duixian.engine.assess import Request, Rulebook
from duixian.engine.casework import read_applicant, run_case
from duixian.engine.mutation import mutate_pack
from duixian.engine.result import ApplicantResult, Claim
from duixian.language.cases import load_cases
from duixian.language.coverage import cover
from duixian.language.pack import companion_folder, load_pack
from duixian.language.policy import Policy
from duixian.language.render import measure_prose, policy_prose
from duixian.language.vocabulary import vocabulary_of

INVENTED = Path(__file__).parent.parent / "packs" / "invented"
PACKS = ("trade-in-2025", "talent-2025")


def case_book(folder: Path, policy: Policy, beside: tuple[str, ...]) -> Rulebook:
    others = [load_pack(companion_folder(folder, name)) for name in beside]
    return Rulebook([policy, *others], vocabulary_of(folder))


@pytest.mark.parametrize("pack", PACKS)
def test_every_case_holds(pack: str) -> None:
    folder = INVENTED / pack
    policy = load_pack(folder)
    cases = load_cases(folder, policy)
    assert len(cases) >= 25
    for case in cases:
        book = case_book(folder, policy, case.policies)
        assert run_case(case, policy, book, read_applicant(case, book)) == [], case.id


@pytest.mark.parametrize("pack", PACKS)
def test_the_source_is_covered(pack: str) -> None:
    folder = INVENTED / pack
    found = cover(load_pack(folder), (folder / "source.txt").read_text("utf-8"))
    assert found.complete, found.text("en")


@pytest.mark.parametrize("pack", PACKS)
def test_every_mutant_fails_a_case(pack: str) -> None:
    report = mutate_pack(INVENTED / pack)
    assert report.survivors == []
    assert report.total > 150


def assessed(pack: str, case_id: str, lang: str = "zh") -> ApplicantResult:
    folder = INVENTED / pack
    policy = load_pack(folder)
    case = next(item for item in load_cases(folder, policy) if item.id == case_id)
    book = case_book(folder, policy, ())
    session = book.ask(Request(on=case.on, lang=lang))
    return session.applicant(read_applicant(case, book))


def claim_of(result: ApplicantResult, measure: str) -> Claim:
    return next(claim for claim in result.claims if claim.measure == measure)


def test_stages_and_claw_back_are_in_the_claim() -> None:
    claim = claim_of(assessed("talent-2025", "a-in-stages", "en"), "settling-allowance")
    assert [stage.share for stage in claim.stages] == ["3/10", "3/10", "2/5"]
    assert [stage.at for stage in claim.stages] == ["二（五）#1", "二（五）#2", "二（五）#3"]
    assert claim.stages[0].text == "after signing"
    assert claim.claw_back is not None
    assert (claim.claw_back.until, claim.claw_back.at) == (dt.date(2030, 4, 10), "二（六）#1")
    # What a stage rests on is neither missing from the claim nor does it change its sum.
    assert claim.missing == []
    assert claim.max_fen == claim.payable_fen == 100_0000_00


def test_what_is_not_owed_has_no_stages() -> None:
    claim = claim_of(assessed("talent-2025", "b-turns-45"), "settling-allowance")
    assert claim.verdict == "ineligible"
    assert (claim.stages, claim.claw_back) == ([], None)


def test_stages_and_claw_back_are_shown() -> None:
    folder = INVENTED / "talent-2025"
    policy, vocabulary = load_pack(folder), vocabulary_of(folder)
    measure = policy.measure("settling-allowance")
    assert measure is not None
    zh = measure_prose(policy, measure, (), "zh", vocabulary)
    assert "30%：工作满1年后 [二（五）#2]" in zh
    assert "最早：签订日期 + 3年" in zh
    assert "60个月 退还比例的分母" in zh
    en = measure_prose(policy, measure, (), "en", vocabulary)
    assert "Paid in stages:" in en
    assert "Paying back:" in en


def test_bounds_by_number_and_choices_between_two_are_shown() -> None:
    folder = INVENTED / "trade-in-2025"
    zh = policy_prose(load_pack(folder), "zh", vocabulary_of(folder))
    assert "同一申报主体和商品类别最多支持1件" in zh
    assert "只对按「购买的商品」给的措施" in zh
    folder = INVENTED / "talent-2025"
    zh = policy_prose(load_pack(folder), "zh", vocabulary_of(folder))
    assert "「租房补贴」和「购房补贴」只给其中一项" in zh


def test_the_bound_that_sets_a_claim_aside_is_named() -> None:
    result = assessed("trade-in-2025", "two-washers-lower")
    lower, higher = (claim for claim in result.claims if claim.measure == "appliance")
    assert lower.set_aside is not None
    assert lower.set_aside.because == "trade-in-2025/one-of-a-kind"
    assert lower.set_aside.at == "二（五）#3.1"
    assert [key.record for key in lower.set_aside.claims] == [higher.record]
    assert higher.set_aside is None


def test_an_unmet_kind_of_applicant_is_told_in_the_words_of_the_own_vocabulary() -> None:
    claim = claim_of(assessed("talent-2025", "agency-enterprise"), "agency-award")
    assert [item.text for item in claim.conditions if item.holds is False] == ["申报主体为人才中介机构"]


def test_the_commands_take_the_vocabulary_beside_the_pack(tmp_path: Path) -> None:
    facts = tmp_path / "li.yaml"
    facts.write_text(
        "- {id: li, name: 李某, kind: person, born: 1990-05-01, complete: all,\n"
        "   employment: [{id: e1, signed: 2025-04-10, term: 60, division: '429801',\n"
        "                 first_in_city: true, insured: true, left: 无}],\n"
        "   recognition: [{id: r1, talent_class: a, granted: 2025-03-01}]}\n",
        "utf-8",
    )
    own = ["--policy", str(INVENTED / "talent-2025")]
    told = CliRunner().invoke(main, ["assess", str(facts), "--on", "2025-06-10", *own])
    assert told.exit_code == 0, told.output
    # A line may break anywhere between two Chinese characters, depending on the width.
    text = "".join(told.output.split())
    assert "30万元工作满1年后（2026-04-10起）" in text
    assert "退还与未满月数相当的部分（以60个月计）（2030-04-10前）" in text
    mixed = CliRunner().invoke(main, ["assess", str(facts), *own, "--policy", "changsha-cybersecurity-2019"])
    assert mixed.exit_code != 0
    assert "词汇表不同" in mixed.output
    checked = CliRunner().invoke(main, ["check", str(INVENTED / "talent-2025")])
    assert checked.exit_code == 0, checked.output
