"""Rules as prose. Expected outputs are files; `UPDATE_EXPECTED=1` writes them anew, to be read."""

import os
import re
from fractions import Fraction
from pathlib import Path

import pytest

from duixian.calendar.periods import Period
from duixian.language import tree as t
from duixian.language.cases import load_cases
from duixian.language.pack import load_pack, pack_folders
from duixian.language.policy import Policy
from duixian.language.prose import literals
from duixian.language.prose.measure import concerns
from duixian.language.prose.readings import expressions
from duixian.language.render import expression, measure_prose, policy_prose
from duixian.language.units import Type
from duixian.language.vocabulary import shared_vocabulary

PACKS = Path(__file__).parents[1] / "packs"
EXPECTED = Path(__file__).parent / "expected"
LANGS = ("zh", "en")
VOCABULARY = shared_vocabulary()


def expect(name: str, found: str) -> None:
    path = EXPECTED / name
    if os.environ.get("UPDATE_EXPECTED"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sample() -> Policy:
    return load_pack(PACKS / "sample-policy")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", ["sample-policy", "sample-draft"])
def test_a_policy_as_prose(pack: str, lang: str) -> None:
    expect(f"{pack}.{lang}.txt", policy_prose(load_pack(PACKS / pack), lang))


@pytest.mark.parametrize("lang", LANGS)
def test_its_measures_as_prose(sample: Policy, lang: str) -> None:
    cases = load_cases(PACKS / "sample-policy", sample)
    told = [measure_prose(sample, measure, cases, lang) for measure in sample.measures]
    expect(f"sample-policy.measures.{lang}.txt", "\n".join(told))


def test_the_sample_uses_every_kind_of_node(sample: Policy) -> None:
    draft = load_pack(PACKS / "sample-draft")
    nodes = [
        node for policy in (sample, draft) for measure in policy.measures for node in expressions(measure)
    ]
    nodes += [node for policy in (sample, draft) for node in (policy.starts, policy.ends) if node is not None]
    used = {type(part) for node in nodes for part in t.walk(node)}
    assert used == set(t.AnyNode.__args__)


def test_a_case_that_names_a_place_belongs_to_the_measures_there(sample: Policy) -> None:
    case = next(case for case in load_cases(PACKS / "sample-policy", sample) if not case.measure)
    assert [measure.id for measure in sample.measures if concerns(case, measure)] == ["platform-build"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("folder", pack_folders(), ids=lambda folder: folder.name)
def test_every_installed_pack_reads_in_words(folder: Path, lang: str) -> None:
    policy = load_pack(folder)
    cases = load_cases(folder, policy)
    told = [policy_prose(policy, lang)]
    told += [measure_prose(policy, measure, cases, lang) for measure in policy.measures]
    assert all(page.endswith("\n") and "None" not in page for page in told)
    if lang == "zh":
        without_cases = [policy_prose(policy, lang)]
        without_cases += [measure_prose(policy, measure, (), lang) for measure in policy.measures]
        assert raw_names("\n".join(without_cases)) == set()


def raw_names(text: str) -> set[str]:
    """Names of the vocabulary that stand in Chinese prose; ids in square brackets and of readings may."""
    plain = re.sub(r"\[[^\]]*\]|口径 \w+|^ *\w+：", "", text, flags=re.MULTILINE)
    fields = {name for entity in VOCABULARY.entities.values() for name in entity.fields}
    words = {word for values in VOCABULARY.enums.values() for word in values}
    known = (
        fields
        | words
        | set(VOCABULARY.entities)
        | {"application_day", "event_day", "starts", "ends", "issued"}
    )
    return known & set(re.findall(r"[A-Za-z_]+", plain))


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "0元", "RMB 0"),
        (1, "0.01元", "RMB 0.01"),
        (9_999_999, "99,999.99元", "RMB 99,999.99"),
        (100_000_00, "10万元", "RMB 100,000"),
        (1_234_500_00, "123.45万元", "RMB 1.2345 million"),
        (5_000_000_00, "500万元", "RMB 5 million"),
        (1_200_000_000_00, "12亿元", "RMB 1.2 billion"),
        (-5_000_000_00, "-500万元", "RMB -5 million"),
        (Fraction(100, 3), "1/3元", "RMB 1/3"),
    ],
)
def test_money_is_written_exactly(fen: int | Fraction, zh: str, en: str) -> None:
    assert (literals.money(fen, "zh"), literals.money(fen, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "kind", "unit", "zh", "en"),
    [
        (Fraction(3, 20), "ratio", "", "15%", "15%"),
        (Fraction(1, 3), "ratio", "", "1/3", "1/3"),
        (Fraction(1_000_000), "count", "人次", "100万人次", "1,000,000"),
        (Fraction(12_345), "count", "家", "12,345家", "12,345"),
        (Fraction(2022), "year", "", "2022年", "2022"),
        (Fraction(200), "area", "", "200平方米", "200 m²"),
        (Fraction(800_000), "price_per_area", "", "8000元/平方米", "RMB 8000/m²"),
    ],
)
def test_other_numbers(value: Fraction, kind: str, unit: str, zh: str, en: str) -> None:
    assert (literals.number(value, kind, unit, "zh"), literals.number(value, kind, unit, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (Period(years=3), "3年", "3 years"),
        (Period(years=1, months=6), "1年6个月", "1 year 6 months"),
        (Period(days=30), "30日", "30 days"),
        (Period(), "0日", "0 days"),
    ],
)
def test_periods(period: Period, zh: str, en: str) -> None:
    assert (literals.period(period, "zh"), literals.period(period, "en")) == (zh, en)


def test_without_its_policy_a_reading_and_a_document_go_by_their_ids() -> None:
    enum = Type("enum", "reading.last_day")
    test = t.Compare(
        type=Type("flag"),
        operator="!=",
        left=t.Chosen(type=enum, id="last_day"),
        right=t.Word(type=enum, name="anniversary"),
    )
    assert expression(test, VOCABULARY, "zh") == "口径 last_day 不取「anniversary」"
    assert expression(test, VOCABULARY, "en") == "reading last_day does not take “anniversary”"
    end = t.EndOf(type=Type("date"), id="another-policy")
    assert expression(end, VOCABULARY, "en") == "the last day of “another-policy”"


def record(of: str, entity: str) -> t.Record:
    return t.Record(type=Type("record", entity), of=of, entity=entity)


def test_records_and_references_beyond_the_sample() -> None:
    claim = record("claim", "platform_year")
    platform = t.Follow(type=Type("record", "platform"), base=claim, field="platform", entity="platform")
    flag = t.Get(type=Type("flag"), record=record("applicant", "applicant"), field="legal_person")
    assert expression(t.Exists(type=Type("flag"), record=platform), VOCABULARY, "zh") == "有平台"
    assert expression(claim, VOCABULARY, "en") == "this platform year"
    assert expression(flag, VOCABULARY, "en") == "the applicant: “independent legal person” is true"
    before = t.Record(
        type=Type("record", "platform_year"), of="previous", entity="platform_year", same=("platform",)
    )
    cost = t.Get(type=Type("money"), record=before, field="service_cost")
    assert expression(cost, VOCABULARY, "zh") == "同一平台上一年度的实际产生服务费用"
    far = t.Follow(type=Type("record", "platform"), base=before, field="platform", entity="platform")
    assert expression(far, VOCABULARY, "zh") == "上一年度的记录的平台"


def test_lists_without_a_condition() -> None:
    whole = t.Aggregate(type=Type("count"), function="count", entity="hire")
    first = t.First(type=Type("flag"), entity="hire", keys=())
    assert expression(whole, VOCABULARY, "zh") == "引进人才记录的数量"
    assert expression(first, VOCABULARY, "zh") == "此前没有引进人才记录"
