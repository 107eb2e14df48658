"""The result as a workbook: exact sums, nothing that computes, and written whole or not at all."""

import datetime as dt
import zipfile
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from duixian.cli import main
from duixian.cli.files import replacing

HERE = Path(__file__).parent
REGISTER = HERE / "register.yaml"
WUHAN, CHANGSHA = "wuhan-digital-economy-2022", "changsha-cybersecurity-2019"
OPTIONS = [
    "--policy",
    WUHAN,
    "--policy",
    CHANGSHA,
    "--on",
    "2024-06-30",
    "--reading",
    "within_document=higher_only",
]


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def rows(path: Path, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "result.xlsx"
    result = run("assess", REGISTER, *OPTIONS, "-o", path, "-q")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    return path


def test_the_sheets_in_both_languages(book: Path, tmp_path: Path) -> None:
    names = ["汇总", "可得明细", "全部结果", "分年合计", "条件", "缺失事实", "解释口径", "政策"]
    assert CalamineWorkbook.from_path(str(book)).sheet_names == names
    english = tmp_path / "result.xlsx"
    assert run("assess", REGISTER, *OPTIONS, "-o", english, "-q", "--lang", "en").exit_code == 0
    found = CalamineWorkbook.from_path(str(english)).sheet_names
    assert found == [
        "summary",
        "payable",
        "all claims",
        "by year",
        "conditions",
        "missing facts",
        "readings",
        "policies",
    ]


def test_the_summary_adds_up_to_what_the_program_says(book: Path) -> None:
    found = msgspec.json.decode(run("assess", REGISTER, *OPTIONS, "--json").stdout)
    summary = rows(book, "汇总")
    assert [row[0] for row in summary[3:]] == [item["id"] for item in found["applicants"]] + ["合计"]
    for row, item in zip(summary[3:], found["applicants"], strict=False):
        totals = item["totals"]
        assert [round(value * 100) for value in row[2:5]] == [  # type: ignore[operator]
            totals["certain_fen"],
            totals["at_most_fen"],
            totals["with_decisions_fen"],
        ]
    assert summary[-1][3] == sum(row[3] for row in summary[3:-1])  # type: ignore[misc]


def test_every_claim_has_a_row_and_what_is_set_aside_says_for_what(book: Path) -> None:
    found = msgspec.json.decode(run("assess", REGISTER, *OPTIONS, "--json").stdout)
    claims = rows(book, "全部结果")
    assert len(claims) == 1 + sum(len(item["claims"]) for item in found["applicants"])
    aside = [row for row in rows(book, "可得明细") if "让位" in row]
    assert len(aside) == 1
    assert "省级制造业专项支持项目配套奖励" in str(aside[0])


def test_what_would_have_been_never_stands_in_the_columns_of_what_is(book: Path) -> None:
    head, *claims = rows(book, "可得明细")
    names = [str(name).replace("\n", "") for name in head]
    told = [dict(zip(names, row, strict=True)) for row in claims]
    ended = [cells for cells in told if cells["政策"] == "长沙网络安全"]
    assert ended
    assert {(cells["最多（元）"], cells["可拨（元）"]) for cells in ended} == {("", "")}


def test_sums_and_days_are_numbers_and_days(book: Path) -> None:
    assert any(isinstance(value, float) for value in rows(book, "可得明细")[1])
    assert rows(book, "政策")[1][5:] == [dt.date(2024, 6, 30), dt.date(2019, 8, 1), dt.date(2022, 7, 31)]


def test_what_people_wrote_never_becomes_a_formula(tmp_path: Path) -> None:
    register = tmp_path / "register.yaml"
    names = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "http://example.com/", "{=1}"]
    lines = [
        f"- {{id: a{n}, name: {msgspec.json.encode(name).decode()}, kind: enterprise}}"
        for n, name in enumerate(names)
    ]
    register.write_text("\n".join(lines), "utf-8")
    out = tmp_path / "result.xlsx"
    assert run("assess", register, "-o", out, "-q").exit_code == 0
    assert [row[1] for row in rows(out, "汇总")[3:-1]] == names
    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
            assert b"<hyperlink" not in archive.read(name)


@pytest.mark.parametrize("fen", [1, 10, 99, 123_456_789_01, 999_999_999_999_999])
def test_a_sum_is_kept_to_the_fen(tmp_path: Path, fen: int) -> None:
    from duixian.cli.sheets import Column, Sheet
    from duixian.cli.workbook import write_sheets

    path = tmp_path / "sums.xlsx"
    write_sheets(path, "", [Sheet("sums", [Column("sum", "sum")], [(fen,)])])
    value = rows(path, "sums")[1][0]
    assert isinstance(value, float)
    assert f"{value:.2f}" == f"{fen // 100}.{fen % 100:02d}"


def test_a_sum_beyond_what_a_spreadsheet_keeps_is_a_text(tmp_path: Path) -> None:
    from duixian.cli.sheets import Column, Sheet
    from duixian.cli.workbook import write_sheets

    path = tmp_path / "sums.xlsx"
    write_sheets(path, "", [Sheet("sums", [Column("sum", "sum")], [(2**63 - 1,)])])
    assert rows(path, "sums")[1][0] == "92,233,720,368,547,758.07"


class TestAtomicWriting:
    def test_a_failure_leaves_the_old_file_and_no_other(self, tmp_path: Path) -> None:
        target = tmp_path / "result.xlsx"
        target.write_text("old")
        with pytest.raises(RuntimeError), replacing(target, "en") as path:
            path.write_text("half")
            raise RuntimeError
        assert [item.name for item in tmp_path.iterdir()] == ["result.xlsx"]
        assert target.read_text() == "old"

    def test_permissions_of_the_old_file_are_kept(self, tmp_path: Path) -> None:
        target = tmp_path / "result.xlsx"
        target.write_text("old")
        target.chmod(0o640)
        with replacing(target, "en") as path:
            path.write_text("new")
        assert target.read_text() == "new"
        assert target.stat().st_mode & 0o777 == 0o640


def test_the_table_is_printed_beside_the_workbook_unless_quiet(tmp_path: Path) -> None:
    result = run("assess", HERE / "one.yaml", *OPTIONS, "-o", tmp_path / "result.xlsx")
    assert "武汉云帆示例软件有限公司" in result.stdout
    assert "已写入" in result.stderr
