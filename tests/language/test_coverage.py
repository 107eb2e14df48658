"""The coverage proof: on the invented policy fault by fault, on the real documents as a whole."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from duixian.language import policy as p
from duixian.language import tree as t
from duixian.language.claimants import Parameter
from duixian.language.coverage import cover, outline_text
from duixian.language.figures import Figure, figures
from duixian.language.matching import is_parameter
from duixian.language.pack import load_pack, pack_folders
from duixian.language.units import Type
from duixian.language.vocabulary import Label

PACKS = Path(__file__).parents[1] / "packs"
EXPECTED = Path(__file__).parent / "expected"
SOURCE = (PACKS / "sample-policy" / "source.txt").read_text(encoding="utf-8")
SEEDS = Path(os.environ.get("DUIXIAN_SEEDS") or Path(__file__).parents[3] / "shared" / "seeds")
DOCUMENTS = {
    "wuhan-digital-economy-2022": "004*",
    "changsha-cybersecurity-2019": "002*",
    "wuhan-cybersecurity-2026": "000*",
    "chengdu-cybersecurity-2020": "001*",
    "wuhan-industrial-internet-fund": "003*",
}
Edit = Callable[[p.Place], p.Place | None]


@pytest.fixture(scope="module")
def sample() -> p.Policy:
    return load_pack(PACKS / "sample-policy")


def faults(policy: p.Policy, text: str = SOURCE) -> list[tuple[str, str]]:
    return [(fault.at, fault.label.en) for fault in cover(policy, text).faults]


def change(policy: p.Policy, at: str, edit: Edit) -> p.Policy:
    """The policy with every place of its pack that names a locator edited, or left out."""

    def edited(items: tuple[Any, ...]) -> tuple[Any, ...]:
        made = ((item, edit(item.place) if at in item.place.at else item.place) for item in items)
        return tuple(msgspec.structs.replace(item, place=place) for item, place in made if place is not None)

    return msgspec.structs.replace(
        policy,
        measures=edited(policy.measures),
        statements=edited(policy.statements),
        targets=edited(policy.targets),
    )


def at(*places: str) -> Edit:
    return lambda place: msgspec.structs.replace(place, at=places)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sample_is_covered_and_the_report_says_how(sample: p.Policy, lang: str) -> None:
    coverage = cover(sample, SOURCE)
    assert coverage.complete
    assert coverage.counts == (64, 64, 62, 62)
    path = EXPECTED / f"sample-policy.coverage.{lang}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        path.write_text(coverage.text(lang), encoding="utf-8")
    assert coverage.text(lang) == path.read_text(encoding="utf-8")


def test_the_report_shows_little_of_the_source(sample: p.Policy) -> None:
    told = cover(sample, SOURCE).text("zh")
    assert not [line for line in SOURCE.split() if len(line) > 10 and line in told]


@pytest.mark.parametrize(
    "place", ["首#1", "首#4", "若干措施/三（十五）#3", "尾#1", "若干措施/三（十四）#1", "行动计划/一#2"]
)
def test_a_sentence_that_nothing_claims(sample: p.Policy, place: str) -> None:
    missing = change(sample, place, lambda _: None)
    assert (place, "nothing claims this sentence") in faults(missing)
    assert not cover(missing, SOURCE).complete


def test_a_clause_that_nothing_claims(sample: p.Policy) -> None:
    two = change(sample, "若干措施/一（三）#1.1", at("若干措施/一（三）#1.1", "若干措施/一（三）#1.2"))
    assert faults(two) == [
        ("若干措施/一（三）#1", "nothing claims these clauses: 3"),
        ("若干措施/一（三）#1", "the figure 0.5% (percent) is no parameter of what claims it"),
        ("measure growth-award", "growth-award.cap.2 = 0.5% is no figure of its sentences"),
    ]


def test_a_figure_that_is_no_parameter(sample: p.Policy) -> None:
    assert ("若干措施/一（一）#1", "the figure 12% (percent) is no parameter of what claims it") in faults(
        sample, SOURCE.replace("按研发投入的10%", "按研发投入的12%")
    )


def test_a_parameter_that_the_text_does_not_have(sample: p.Policy) -> None:
    found = faults(sample, SOURCE.replace("最高100万元。（责任单位：市科技局）", "最高200万元。"))
    assert ("measure rnd-subsidy", "rnd-subsidy.cap = 100万元 is no figure of its sentences") in found


def test_a_heading_is_claimed_with_what_stands_under_it_unless_it_has_figures(sample: p.Policy) -> None:
    assert faults(change(sample, "若干措施/一", at("若干措施/一", "若干措施/二"))) == []
    assert ("若干措施/一（一）#0", "nothing claims this sentence") in faults(
        sample, SOURCE.replace("（一）研发补助。", "（一）1000万元研发补助。")
    )


def test_a_heading_with_nothing_under_it_must_be_named(sample: p.Policy) -> None:
    text = SOURCE.replace("三、保障和附则", "三、保障和附则\n四、其他")
    outline = sample.outline | {"若干措施/四": ()}
    assert ("若干措施/四#0", "nothing claims this sentence") in faults(
        msgspec.structs.replace(sample, outline=outline), text
    )


@pytest.mark.parametrize("blanket", ["行动计划/一#1-2", "行动计划/一"])
def test_a_blanket_claim_over_figures(sample: p.Policy, blanket: str) -> None:
    found = faults(change(sample, "行动计划/一#0", at(blanket, "行动计划/二#0")))
    where = "行动计划/一#1, 行动计划/一#2"
    assert found == [
        ("statement title", f"{blanket} claims several sentences, and there are figures in {where}")
    ]


def test_reasons_that_excuse_nothing(sample: p.Policy) -> None:
    idle = change(
        sample,
        "尾#1",
        lambda place: msgspec.structs.replace(
            place, not_parameters={"5G": "名称"}, not_in_text={"9元": "没有"}
        ),
    )
    assert faults(idle) == [
        ("statement footer", "`5G` under not_parameters is not needed"),
        ("statement footer", "`9元` under not_in_text is not needed"),
    ]


def test_an_outline_that_is_not_the_document_s(sample: p.Policy) -> None:
    outline = {**sample.outline, "尾": (1,), "若干措施/五": (1,)}
    found = faults(msgspec.structs.replace(sample, outline=outline))
    assert found == [
        ("尾", "the outline differs: the pack has [1], the text [2]"),
        ("若干措施/五", "the outline differs: the pack has [1], the text -"),
    ]


@pytest.mark.parametrize(
    ("figure", "literal"),
    [
        ("150平方米", "150公里"),  # an area is not a length
        ("2万元/平方米", "2万元"),  # a price is not a sum
        ("300家", "300名"),  # another unit
        ("6个月", "180日"),  # a month has no fixed length
        ("10人", "10家"),
    ],
)
def test_a_figure_of_another_unit_is_another_figure(sample: p.Policy, figure: str, literal: str) -> None:
    assert not cover(sample, SOURCE.replace(figure, literal)).complete


@pytest.mark.parametrize(("lang", "line"), [("zh", "    12% → 没有认领"), ("en", "    12% → unclaimed")])
def test_the_report_lists_what_is_missing(sample: p.Policy, lang: str, line: str) -> None:
    bare = msgspec.structs.replace(sample, statements=())
    told = cover(bare, SOURCE.replace("按研发投入的10%", "按研发投入的12%")).text(lang).splitlines()
    assert line in told
    assert told[-1].endswith({"zh": "语句 55/64，数字 59/62", "en": "sentences 55/64, figures 59/62"}[lang])
    assert {"zh": "  首#1: 没有条目认领这一句", "en": "  首#1: nothing claims this sentence"}[lang] in told


@pytest.mark.parametrize(
    ("text", "found"), [("24个月", True), ("2年", True), ("1年", False), ("24日", False), ("24家", False)]
)
def test_months_that_are_counted_may_be_written_as_a_period(text: str, found: bool) -> None:
    constant = t.Constant(type=Type("count", "月"), numerator=24, text="24月")
    parameter = Parameter(Label("经历", "experience"), "24月", constant)
    assert is_parameter(figures(text)[0], parameter) is found


def test_what_cannot_be_read_as_one_figure_is_none() -> None:
    assert not is_parameter(figures("24家")[0], Parameter(Label("多", "many"), "很多"))


def test_a_deadline_may_be_written_as_its_year() -> None:
    by = Figure("date", dt.date(2026, 12, 31), "", 0, 0, "2026-12-31")
    parameter = Parameter(Label("期限", "by"), "2026-12-31", figure=by)
    assert is_parameter(figures("2026年底")[0], parameter)
    assert not is_parameter(figures("2025年底")[0], parameter)


def test_the_outline_as_it_goes_into_a_pack(sample: p.Policy) -> None:
    written = "\n".join(["outline:", *(f"  {place}: {list(row)}" for place, row in sample.outline.items())])
    assert outline_text(SOURCE, sample.parts) == written + "\n"


@pytest.mark.parametrize("folder", pack_folders(), ids=lambda folder: folder.name)
def test_every_installed_pack_covers_its_document(folder: Path) -> None:
    source = next(iter(SEEDS.glob(DOCUMENTS[folder.name])), None)
    if source is None:
        pytest.skip(f"the document is not at {SEEDS} (set DUIXIAN_SEEDS)")
    coverage = cover(load_pack(folder), source.read_text(encoding="utf-8"))
    assert coverage.faults == ()
    claimed, sentences, known, figures = coverage.counts
    assert (claimed, known) == (sentences, figures)
