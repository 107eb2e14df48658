"""`lab targets`: what a plan wanted to reach, against registers whose figures were added up by hand."""

import datetime as dt
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.lab.registers import open_register
from duixian.lab.targets import Progress, Targets, targets
from duixian.language.pack import load_pack
from duixian.language.pack_shapes import schemas
from duixian.language.problems import PackError
from duixian.language.vocabulary import POLICIES, shared_vocabulary, vocabulary_of

HERE = Path(__file__).parent
PLAN = HERE / "plan.yaml"
CHANGSHA = "changsha-cybersecurity-2019"
YI = 10**10
LATE = dt.date(2026, 11, 22)


def measured(register: Path = PLAN, on: dt.date = LATE, folder: Path = POLICIES / CHANGSHA) -> Targets:
    policy = load_pack(folder, vocabulary_of(POLICIES / CHANGSHA))
    return targets(policy, open_register(register, shared_vocabulary()), on)


def of(found: Targets, id: str) -> Progress:
    return next(item for item in found.measured if item.target.id == id)


def bounds(found: Targets, id: str) -> tuple[int, int | None, int]:
    shown = of(found, id).shown
    assert shown is not None
    return shown.low, shown.high, shown.unsettled


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["lab", "targets", *map(str, args)], env={"COLUMNS": "100"})


class TestByHand:
    """The applicants stand in plan.yaml, with what each of them counts for."""

    @pytest.mark.parametrize(
        ("id", "low", "high", "unsettled", "state"),
        [
            # 60 + 20 + 3 + 1亿元 for certain; what `partial` may have besides has no bound.
            ("industry-size", 84 * YI, None, 2, "open"),
            # large, silent, partial (founded on the very day); middle is later; nowhere may count.
            ("firms-gathered", 3, 4, 1, "short"),
            # large; silent's main revenue is not known, of partial a record may be missing. At least one of 1–2.
            ("largest-firms", 1, 3, 2, "reached"),
            # middle has exactly 10亿元, which is not over it. At least three of 3–5: only if both open ones count.
            ("large-firms", 1, 3, 2, "open"),
            ("above-scale-firms", 1, 2, 1, "short"),
            # In 2018 the plan had not begun.
            ("listed-firms", 1, 1, 0, "short"),
            # One laboratory; the national centre came a day late. silent's titles are not all known.
            ("national-research-bodies", 1, None, 1, "open"),
            ("provincial-research-bodies", 1, None, 1, "open"),
            # p1 alone: p2 was before the plan, in p3 it is a member.
            ("programmes-landed", 1, 1, 0, "reached"),
            ("high-end-talent", 0, 0, 0, "short"),
        ],
    )
    def test_what_is_known_and_what_may_be(
        self, id: str, low: int, high: int | None, unsettled: int, state: str
    ) -> None:
        found = measured()
        assert bounds(found, id) == (low, high, unsettled)
        assert of(found, id).state == state

    def test_before_the_deadline_it_is_the_year_that_is_over(self) -> None:
        found = measured(on=dt.date(2021, 12, 30))
        # On the last day but one of 2021 the last full year is 2020, of which only `large` has accounts:
        # 500亿元; 2021 does not count yet, but partial's list may lack a record of 2020.
        assert bounds(found, "industry-size") == (500 * YI, None, 1)
        shown = of(found, "provincial-research-bodies").shown
        assert shown is not None
        assert (shown.as_of, shown.low) == (dt.date(2021, 12, 30), 0)

    def test_every_figure_is_measured_or_says_why_not(self) -> None:
        found = measured()
        assert len(found.measured) == 12
        assert len(found.unmeasured) == 15
        assert all(item.goal.why_not is not None for item in found.unmeasured)
        assert {target.id for target in found.wordless} >= {"standing", "migration-done"}


def test_parts_of_a_register_add_up_to_the_whole(tmp_path: Path, table: pa.Table) -> None:
    paths = [tmp_path / f"{name}.parquet" for name in ("whole", "first", "second")]
    half = table.num_rows // 3
    for path, part in zip(paths, (table, table.slice(0, half), table.slice(half)), strict=True):
        pq.write_table(part, path, row_group_size=10_000)
    whole, first, second = (measured(path) for path in paths)
    for a, b, c in zip(whole.measured, first.measured, second.measured, strict=True):
        assert a.shown is not None and b.shown is not None and c.shown is not None
        assert a.shown.low == b.shown.low + c.shown.low
        assert a.shown.unsettled == b.shown.unsettled + c.shown.unsettled
        highs = (b.shown.high, c.shown.high)
        assert a.shown.high == (None if None in highs else sum(high or 0 for high in highs))
    # Counted by another way: firms of Changsha in the field, founded by then, all of it known.
    kinds, divisions = (np.array(table[name].to_pylist(), object) for name in ("kind", "division"))
    fields, founded = table["fields"].to_pylist(), table["founded"].to_pylist()
    wanted = {"cybersecurity", "industrial_security", "pk_system"}
    counted = sum(
        kind == "enterprise"
        and bool(division)
        and division.startswith("4301")
        and bool(wanted & set(some or ()))
        and day is not None
        and day <= dt.date(2021, 12, 31)
        for kind, division, some, day in zip(kinds, divisions, fields, founded, strict=True)
    )
    assert bounds(whole, "firms-gathered")[0] == counted > 20


@pytest.mark.parametrize(
    "column", ["fields", "division", "founded", "kind", "year", "recognition", "platform"]
)
def test_what_is_not_known_only_widens_the_bounds(tmp_path: Path, table: pa.Table, column: str) -> None:
    known, blank = table.slice(0, 12_000).combine_chunks(), np.random.default_rng(5).random(12_000) < 0.3
    values = known[column].chunk(0)
    if column in shared_vocabulary().records:
        # The lists are what they were, but nobody knows any more whether they are whole.
        complete = pc.if_else(pa.array(blank), False, values.field("complete"))
        hidden = pa.StructArray.from_arrays([complete, values.field("items")], fields=list(values.type))
    else:
        hidden = pc.if_else(pa.array(blank), pa.scalar(None, values.type), values)
    less = known.set_column(known.schema.get_field_index(column), known.schema.field(column), hidden)
    paths = [tmp_path / "known.parquet", tmp_path / "less.parquet"]
    for path, data in zip(paths, (known, less), strict=True):
        pq.write_table(data, path)
    before, after = (measured(path) for path in paths)
    widened = False
    for a, b in zip(before.measured, after.measured, strict=True):
        assert a.shown is not None and b.shown is not None
        assert b.shown.low <= a.shown.low
        assert b.shown.high is None or (a.shown.high is not None and a.shown.high <= b.shown.high)
        assert b.shown.unsettled >= a.shown.unsettled
        widened |= b.shown.unsettled > a.shown.unsettled
    assert widened


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / CHANGSHA
    shutil.copytree(POLICIES / CHANGSHA, folder)
    return folder


def with_figure(pack: Path, figure: str) -> Path:
    """The pack with a plan of one target that has one figure."""
    head = (
        "- id: one\n  at: 行动计划/一#3.1\n  kind: target\n  zh: 甲\n  en: a\n  by: 2021-12-31\n  figures:\n"
    )
    (pack / "plan.yaml").write_text(head + figure, "utf-8")
    return pack


def figure(value: str, measure: str, more: str = "") -> str:
    return f"    - value: {value}\n      zh: 乙\n      en: b\n{more}      measured_by: {measure}\n"


class TestComparison:
    @pytest.mark.parametrize(
        ("value", "than", "state"),
        [
            # Two to three firms are known: revenue over 10亿元 in 2021, `nowhere` and `partial` may be in or not.
            ("3家", "", "reached"),
            ("4家", "", "open"),
            ("5家", "at_least", "short"),
            ("3家", "over", "open"),
            ("2家", "over", "reached"),
            ("3家", "about", "reached"),
            ("4家", "at_most", "reached"),
            ("3家", "at_most", "open"),
            ("2家", "at_most", "short"),
        ],
    )
    def test_of_a_figure_with_what_is_shown(self, pack: Path, value: str, than: str, state: str) -> None:
        known = "applicant.division within city and applicant.founded <= as_of"
        more = f"      than: {than}\n" if than else ""
        with_figure(pack, figure(value, known, more))
        found = measured(folder=pack)
        assert bounds(found, "one") == (3, 4, 1)
        assert of(found, "one").state == state

    def test_people_are_added_up(self, pack: Path) -> None:
        with_figure(pack, figure("10人", "sum(year.headcount where each.year == last_year)"))
        assert bounds(measured(folder=pack), "one")[:2] == (0, None)


@pytest.mark.parametrize(
    ("value", "measure", "more", "said"),
    [
        ("3家", "applicant.founded", "", "plan.yaml:11:20: wrong-type: a figure is measured by a yes/no"),
        (
            "3亿元",
            "applicant.legal_person",
            "",
            "plan.yaml:8:14: wrong-unit: .*gives a count, and `3亿元` is a sum of money",
        ),
        ("3家", "sum(year.revenue)", "", "wrong-unit: .*gives a sum of money, and `3家` is a count"),
        ("3家", "count(yeer)", "", "unknown-name: `yeer` is not a list of records"),
        ("3家", "applicant.founded <= as_off", "", "unknown-name: .*as_off"),
        ("3家", "reading.last_day == anniversary", "", "is not a reading"),
        ("3家", "applicant.legal_person", "      to: 2家\n", "table-order: 2家 is not above 3家"),
        ("3家", "applicant.legal_person", "      not_measured: {zh: 甲, en: a}\n", "and not both"),
        ("3家", "applicant.legal_person", "      mesured_by: x\n", "unknown-key: .*`mesured_by`"),
    ],
)
def test_a_wrong_measure_is_an_error_with_its_place(
    pack: Path, value: str, measure: str, more: str, said: str
) -> None:
    with_figure(pack, figure(value, measure, more))
    with pytest.raises(PackError) as error:
        load_pack(pack, vocabulary_of(POLICIES / CHANGSHA))
    assert re.search(said, str(error.value)), str(error.value)


def test_the_json_schema_takes_the_plan_and_refuses_a_wrong_key() -> None:
    schema = schemas()["plan"]
    plan = yaml.load((POLICIES / CHANGSHA / "plan.yaml").read_text("utf-8"), yaml.CBaseLoader)  # noqa: S506
    jsonschema.validate(plan, schema)
    plan[1]["figures"][0]["mesured_by"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plan, schema)


class TestCommand:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_prints_and_writes(self, lang: str, tmp_path: Path) -> None:
        page, book = tmp_path / "targets.html", tmp_path / "targets.xlsx"
        asked = (CHANGSHA, "--register", PLAN, "--on", "2022-06-30")
        result = run(*asked, "-o", page, "-o", book, "--lang", lang)
        assert result.exit_code == 0, result.output
        expected = HERE / "expected" / f"targets.{lang}.txt"
        assert result.stdout == expected.read_text("utf-8")
        text = page.read_text("utf-8")
        root = ElementTree.fromstring(text)  # noqa: S314 - our own page
        assert sum(1 for _ in root.iter("svg")) == 1
        assert text.count("download=") == 4
        assert book.stat().st_size > 5000

    def test_a_synthetic_register_is_called_so(self, tmp_path: Path) -> None:
        register = tmp_path / "r.parquet"
        made = CliRunner().invoke(main, ["lab", "synth", "--firms", "200", "-o", str(register)])
        assert made.exit_code == 0, made.output
        result = run(CHANGSHA, "--register", register, "--lang", "en")
        assert "every applicant and figure in it is made up" in result.stdout

    def test_a_policy_without_a_plan_is_told(self) -> None:
        result = run("wuhan-digital-economy-2022", "--register", PLAN, "--lang", "en")
        assert result.exit_code == 2
        assert "has no targets" in result.stderr
