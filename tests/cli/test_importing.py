"""`duixian import`: the dry run, the conversion, and what it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.register.odd_tables import TABLES
from tests.register.office import write as write_book
from tests.register.office import years

from duixian.cli import main
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.read import read_register

ROW = ("A1", "y1", 2023, 500, 60.5, 30)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, arguments)])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "r.xlsx", years(ROW))


def test_dry_run_shows_and_writes_nothing(book: Path) -> None:
    result = run(book, "--dry-run", "--lang", "en")
    assert result.exit_code == 0
    assert "D1 '营业收入（万元）' -> revenue [revenue]" in result.stdout
    assert result.stdout.endswith("no problem: it can be assessed\n")
    assert [path.name for path in book.parent.iterdir()] == ["r.xlsx"]


def test_dry_run_as_json_with_problems(tmp_path: Path) -> None:
    path = TABLES["hidden_rows"](tmp_path / "r.xlsx")
    result = run(path, "--dry-run", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 2
    assert [problem["code"] for problem in found["problems"]] == ["hidden-rows"]
    assert found["records"] == [
        {"type": "year", "label": ["年度经营", "fiscal year"], "count": 4, "complete": 0}
    ]


@pytest.mark.parametrize("name", ["out.yaml", "out.yml", "out.parquet"])
def test_conversion(book: Path, name: str) -> None:
    target = book.parent / name
    result = run(book, "-o", target)
    assert (result.exit_code, result.stdout) == (0, f"已写入 {target}：2 个申报主体\n")
    assert read_register(target, shared_vocabulary()) == read_register(book, shared_vocabulary())


def test_hidden_rows_are_converted_only_when_asked_for(tmp_path: Path) -> None:
    path, target = TABLES["hidden_rows"](tmp_path / "r.xlsx"), tmp_path / "out.yaml"
    refused = run(path, "-o", target)
    assert (refused.exit_code, target.exists()) == (2, False)
    assert "第 2-3、5 行" in refused.stderr
    assert run(path, "-o", target, "--include-hidden").exit_code == 0
    assert len(read_register(target, shared_vocabulary()).applicants[0].records["year"]) == 4


def test_an_existing_file_is_overwritten_only_by_force(book: Path) -> None:
    target = book.parent / "out.yaml"
    target.write_text("mine", "utf-8")
    assert run(book, "-o", target).exit_code == 2
    assert target.read_text("utf-8") == "mine"
    assert run(book, "-o", target, "--force").exit_code == 0


def test_skip_bad_tells_who_was_left_out(tmp_path: Path) -> None:
    path = write_book(tmp_path / "r.xlsx", years(ROW, ["A2", "y1", 2023, "很多", 1, 1]))
    result = run(path, "-o", tmp_path / "out.yaml", "--skip-bad")
    assert result.exit_code == 0
    assert "略过 1 个有问题的申报主体：A2" in result.stderr
    assert "1 个申报主体" in result.stdout


@pytest.mark.parametrize(
    "arguments", [(), ("--dry-run", "-o", "x.yaml"), ("-o", "x.yaml", "--json"), ("-o", "x.docx")]
)
def test_requests_that_make_no_sense(book: Path, arguments: tuple[str, ...]) -> None:
    assert run(book, *arguments).exit_code == 2


def test_a_register_without_applicants_is_not_written(tmp_path: Path) -> None:
    path = write_book(tmp_path / "r.xlsx", {"申报主体": [["申报主体编号"]]})
    result = run(path, "-o", tmp_path / "out.yaml")
    assert (result.exit_code, result.stderr) == (2, "没有读到申报主体\n")
