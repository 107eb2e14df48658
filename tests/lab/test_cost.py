"""`lab cost`: hand-worked registers, sums that agree with `assess`, breakdowns that add up, and the reports."""

import base64
import csv
import datetime as dt
import io
import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from python_calamine import load_workbook

from duixian.cli import main
from duixian.cli.terminal import width_of
from duixian.engine.assess import Request, Rulebook
from duixian.lab.costing import DIMENSIONS, Cost, cost
from duixian.lab.registers import Register, open_register
from duixian.lab.report.cost import cost_report
from duixian.lab.report.drawing import steps
from duixian.lab.report.page import csv_of, page
from duixian.lab.report.words import Words
from duixian.lab.tally import Sums
from duixian.language.pack import load_pack
from duixian.language.policy import Policy
from duixian.language.vocabulary import POLICIES, shared_vocabulary
from duixian.register.columns import to_arrow
from duixian.register.origin import Synthetic, marked
from duixian.register.read import read_register

HERE = Path(__file__).parent
SAMPLE = HERE.parent.parent / "examples" / "register.yaml"
TINY = HERE / "tiny.yaml"
WUHAN = "wuhan-digital-economy-2022"
WAN = 10**6
ASKED = {
    WUHAN: Request(on=dt.date(2023, 6, 30)),
    "changsha-cybersecurity-2019": Request(on=dt.date(2022, 6, 30)),
    "chengdu-cybersecurity-2020": Request(on=dt.date(2022, 6, 30)),
    "wuhan-cybersecurity-2026": Request(
        on=dt.date(2027, 3, 31), if_adopted={"wuhan-cybersecurity-2026": dt.date(2026, 3, 1)}
    ),
}


def policy(id: str) -> Policy:
    return load_pack(POLICIES / id)


def opened(path: Path) -> Register:
    return open_register(path, shared_vocabulary())


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - our own page


def _claims() -> pa.Table:
    from duixian.engine import assess_register

    table = to_arrow(read_register(TINY, shared_vocabulary()).applicants, shared_vocabulary())
    return assess_register(table, request=ASKED[WUHAN])


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["lab", *map(str, args)], env={"COLUMNS": "100"})


@pytest.fixture(scope="module")
def tiny() -> Cost:
    return cost(policy(WUHAN), opened(TINY), ASKED[WUHAN], 100 * WAN)


class TestByHand:
    """Three firms: R&D of 10% of 300万 and of 1200万元 (capped at 100万元), and one that gets nothing."""

    def test_the_sum(self, tiny: Cost) -> None:
        assert tiny.sums == Sums(0, 130 * WAN, 130 * WAN)
        assert (tiny.claims, tiny.reached, tiny.basis.applicants) == (2, 2, 3)

    def test_by_district_and_year(self, tiny: Cost) -> None:
        found = {group.key: group.sums.at_most_fen for group in tiny.by["district"]}
        assert found == {"420111": 30 * WAN, "420106": 100 * WAN}
        assert [(group.key, group.claims) for group in tiny.by["year"]] == [("2022", 2)]

    def test_the_cap_binds_once_and_holds_back_20(self, tiny: Cost) -> None:
        [limit] = [item for item in tiny.limits if item.of == "software-rnd"]
        assert (limit.kind, limit.fen, limit.binds, limit.among) == ("cap", (100 * WAN,), 1, 2)
        assert limit.held_back_fen == 20 * WAN

    def test_the_budget(self, tiny: Cost) -> None:
        assert tiny.budget is not None
        assert tiny.budget.left_out == Sums(0, 30 * WAN, 30 * WAN)
        assert (tiny.budget.unpaid_least, tiny.budget.unpaid_most) == (1, 1)
        assert tiny.budget.share == Fraction(100, 130)

    def test_concentration(self, tiny: Cost) -> None:
        assert (tiny.spread.top_1_fen, tiny.spread.median_fen) == (100 * WAN, 30 * WAN)
        assert [band.applicants for band in tiny.spread.bands] == [0, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("id", ASKED)
def test_the_whole_is_the_sum_of_what_assess_says(id: str) -> None:
    found = cost(policy(id), opened(SAMPLE), ASKED[id])
    assessed = Rulebook([policy(id)]).ask(ASKED[id])
    totals = [
        item.totals
        for item in assessed.assess(read_register(SAMPLE, shared_vocabulary()).applicants).applicants
    ]
    assert found.sums == Sums(
        sum(item.certain_fen for item in totals),
        sum(item.at_most_fen for item in totals),
        sum(item.with_decisions_fen for item in totals),
    )
    assert found.sums.at_most_fen > 0
    assert found.reached == sum(item.with_decisions_fen > 0 for item in totals)
    assert found.spread.total_fen == found.sums.at_most_fen
    for name in DIMENSIONS:
        assert sum((group.sums for group in found.by[name]), start=Sums()) == found.sums, name
        assert sum(group.claims for group in found.by[name]) == found.claims, name


def test_parquet_is_streamed_with_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cost(policy(WUHAN), opened(SAMPLE), ASKED[WUHAN], 10**10)
    path = tmp_path / "register.parquet"
    table = to_arrow(read_register(SAMPLE, shared_vocabulary()).applicants, shared_vocabulary())
    # A column that no rule reads may be missing; the batches are small so that there are several.
    pq.write_table(table.drop_columns(["uscc"]), path)
    monkeypatch.setattr("duixian.lab.registers.ROWS", 10)
    streamed = cost(policy(WUHAN), opened(path), ASKED[WUHAN], 10**10)
    assert streamed.basis.kind == whole.basis.kind == "fictional"
    assert [getattr(streamed, name) for name in streamed.__struct_fields__[1:]] == [
        getattr(whole, name) for name in whole.__struct_fields__[1:]
    ]


def test_a_synthetic_register_says_so(tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    table = to_arrow(read_register(TINY, shared_vocabulary()).applicants, shared_vocabulary())
    schema = marked(table.schema, Synthetic(1, 3, 2025, 6, "0", "0"))
    pq.write_table(table.replace_schema_metadata(schema.metadata), path)
    output = tmp_path / "made.html"
    result = run("cost", WUHAN, "--register", path, "--on", "2023-06-30", "-o", output, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "synthetic register: every applicant and figure in it is made up" in result.stdout
    assert "synthetic register" in output.read_text("utf-8")


class TestCommand:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_prints(self, lang: str) -> None:
        result = run(
            "cost", WUHAN, "--register", SAMPLE, "--on", "2023-06-30", "--budget", "1亿元", "--lang", lang
        )
        assert result.exit_code == 0, result.output
        assert result.stdout == (HERE / "expected" / f"cost.{lang}.txt").read_text("utf-8")

    def test_a_policy_that_is_not_in_force_costs_nothing_and_says_what_to_do(self) -> None:
        result = run("cost", WUHAN, "--register", SAMPLE, "--on", "2026-01-01", "--lang", "en")
        assert result.exit_code == 2
        assert "not in force on 2026-01-01 (2022-06-01 to 2025-05-31)" in result.stderr
        draft = run("cost", "wuhan-cybersecurity-2026", "--register", SAMPLE, "--lang", "en")
        assert "--if-adopted DATE" in draft.stderr

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_a_narrow_terminal_loses_no_column(self, lang: str) -> None:
        asked = ("cost", WUHAN, "--register", str(SAMPLE), "--on", "2023-06-30", "--budget", "1亿元")
        result = CliRunner().invoke(main, ["lab", *asked, "--lang", lang], env={"COLUMNS": "80"})
        lines = result.stdout.splitlines()
        assert max(map(width_of, lines)) <= 80
        # Of what is owed in all, in millions and in 万元 (the sums to the fen would not fit).
        [total] = [line.split() for line in lines if "144.02" in line or "14,402.00" in line][-1:]
        assert total[-2:] == ["22", "13"]

    def test_what_the_register_lacks_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "register.parquet"
        table = to_arrow(read_register(SAMPLE, shared_vocabulary()).applicants, shared_vocabulary())
        pq.write_table(table.drop_columns(["year", "uscc"]), path)
        for command in (
            ("cost", WUHAN),
            ("sweep", WUHAN, "--vary", "software-rnd.cap=50万元"),
            ("compare", WUHAN, WUHAN, "--reading-b", "earlier_events=counted"),
            ("targets", "changsha-cybersecurity-2019"),
        ):
            result = run(*command, "--register", path, "--on", "2023-06-30", "--lang", "en")
            assert result.exit_code == 0, result.output
            told = " ".join(result.stdout.split())
            # No rule reads the credit code.
            assert (
                "! The register lacks these columns; their facts are unknown, so figures may be too low: year "
                in told
            )

    def test_an_empty_register_is_told(self, tmp_path: Path) -> None:
        table = to_arrow(read_register(TINY, shared_vocabulary()).applicants, shared_vocabulary())
        pq.write_table(table.slice(0, 0), tmp_path / "empty.parquet")
        result = run(
            "cost", WUHAN, "--register", tmp_path / "empty.parquet", "--on", "2023-06-30", "--lang", "en"
        )
        assert result.exit_code == 0, result.output
        assert "! There is no applicant in the register" in result.stdout
        assert "How large they are\n(none)" in result.stdout

    def test_a_damaged_register_is_told_with_the_row(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "register.parquet"
        table = to_arrow(read_register(SAMPLE, shared_vocabulary()).applicants, shared_vocabulary())
        pq.write_table(table, path, row_group_size=10)
        column = pq.ParquetFile(path).metadata.row_group(1).column(0)
        with path.open("r+b") as file:
            file.seek(column.dictionary_page_offset or column.data_page_offset)
            file.write(b"\xff" * 40)
        monkeypatch.setattr("duixian.lab.registers.ROWS", 10)
        result = run("cost", WUHAN, "--register", path, "--on", "2023-06-30", "--lang", "en")
        assert result.exit_code == 2
        assert "it cannot be read after row 10: " in result.stderr
        assert f"`duixian register {path}` names the damaged row groups" in result.stderr

    def test_what_is_no_register_is_told(self, tmp_path: Path) -> None:
        asked = ("--on", "2023-06-30", "--lang", "en", "--register")
        missing = run("cost", WUHAN, *asked, tmp_path / "none.parquet")
        assert missing.exit_code == 2
        assert "none.parquet: there is no such file" in missing.stderr
        pq.write_table(_claims(), tmp_path / "claims.parquet")
        refused = run("cost", WUHAN, *asked, tmp_path / "claims.parquet")
        assert refused.exit_code == 2
        assert "these are claims that `duixian assess` wrote" in refused.stderr
        assert len(refused.stderr.splitlines()) <= 2
        described = CliRunner().invoke(main, ["register", str(tmp_path / "claims.parquet"), "--lang", "en"])
        assert described.exit_code == 2
        assert "these are claims that `duixian assess` wrote" in described.stderr

    def test_a_day_that_is_none_is_told_with_its_option(self) -> None:
        result = run("cost", WUHAN, "--register", SAMPLE, "--on", "2023-13-01", "--lang", "en")
        assert result.stderr.startswith("--on: ")

    def test_a_workbook_has_every_table(self, tmp_path: Path) -> None:
        output = tmp_path / "cost.xlsx"
        asked = ("cost", WUHAN, "--register", SAMPLE, "--on", "2023-06-30", "-q", "-o", output)
        assert run(*asked, "--lang", "en").exit_code == 0
        book = load_workbook(output)
        assert book.sheet_names[:3] == ["summary", "by measure", "by district"]
        rows = book.get_sheet_by_name("by measure").to_python()
        assert rows[-1][0] == "total"
        assert sum(row[2] for row in rows[-17:-1] if isinstance(row[2], float)) == rows[-1][2] == 144020000
        # Shares are numbers that a spreadsheet can go on with.
        assert rows[-1][4] == 1


class TestPage:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_is_well_formed_and_needs_no_network(self, lang: str) -> None:
        text = self.made(lang)
        root = parsed(text)
        links = [value for node in root.iter() for key, value in node.items() if key in ("href", "src")]
        assert links
        assert all(link.startswith("data:text/csv") for link in links)
        assert not re.search(r"https?:|url\(|@import|<script", text)
        assert len(list(root.iter("svg"))) == len(list(root.iter("figure"))) >= 8

    def test_every_table_can_be_downloaded(self) -> None:
        root = parsed(self.made("en"))
        links = [node for node in root.iter("a") if node.get("class") == "csv"]
        # Every table, and the headlines before them.
        assert len(links) == len(list(root.iter("table"))) + 1
        data = (links[0].get("href") or "").partition("base64,")[2]
        assert "about RMB 152.02 million" not in (headlines := base64.b64decode(data).decode("utf-8-sig"))
        assert "with decisions,RMB 152.02 million" in headlines
        data = (links[1].get("href") or "").partition("base64,")[2]
        rows = list(csv.reader(io.StringIO(base64.b64decode(data).decode("utf-8-sig"))))
        assert rows[0][:3] == ["measure", "certain (RMB)", "at most (RMB)"]
        assert rows[-1][:4] == ["total", "52960000.00", "144020000.00", "152020000.00"]

    def test_a_text_from_outside_is_never_markup_nor_a_formula(self) -> None:
        from duixian.lab.report.document import Column, Report, Section, Table

        table = Table((Column("<b>"),), (("=1+1",), ("<script>",)))
        words = Words({}, shared_vocabulary(), "en")
        report = Report("en", "<&>", (), (), (), (Section('"x"', "<", "x", table),), ())
        assert "<script" not in page(report, words)
        parsed(page(report, words))
        assert "'=1+1" in csv_of(table, words)

    def made(self, lang: str) -> str:
        register, found = opened(SAMPLE), policy(WUHAN)
        words = Words({WUHAN: found}, shared_vocabulary(), "en" if lang == "en" else "zh")
        return page(cost_report(cost(found, register, ASKED[WUHAN], 10**10), register, words), words)


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 0.003), (0, 7), (-3, 11), (-5, 0), (0, 99999)])
def test_an_axis_has_zero_and_holds_every_value(low: float, high: float) -> None:
    found = steps(low, high)
    assert 0 in found
    assert found[0] <= low
    assert found[-1] >= high
    assert len(found) <= 8
