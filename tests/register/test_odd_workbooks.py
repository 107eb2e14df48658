"""Workbooks and CSV as officers send them: what `duixian import --dry-run` says, as in data/register/odd.

`UPDATE_EXPECTED=1 pytest tests/register/test_odd_workbooks.py` writes the expected files anew, for review.
"""

import os
from pathlib import Path

import pytest
from tests.register.odd_files import FILES
from tests.register.odd_tables import TABLES

from duixian.calendar.days import Language
from duixian.cli.understanding import lines
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.understood import understand

DATA = Path(__file__).parent.parent / "data" / "register" / "odd"
INCLUDED = {"hidden_rows", "hidden_columns", "hidden_sheets"}


def report(path: Path, include_hidden: bool = False, lang: Language = "zh") -> str:
    found = understand(path, shared_vocabulary(), include_hidden)
    return "\n".join(lines(found, lang)).replace(f"{path.parent}{os.sep}", "") + "\n"


@pytest.mark.parametrize("name", TABLES)
def test_tables(tmp_path: Path, name: str) -> None:
    path = TABLES[name](tmp_path / "r.xlsx")
    found = report(path)
    if name in INCLUDED:
        found += f"\n== --include-hidden\n{report(path, include_hidden=True)}"
    as_expected(f"{found}\n== en\n{report(path, lang='en')}", DATA / f"{name}.txt")


def test_files(tmp_path: Path) -> None:
    found = []
    for name, make in FILES.items():
        (tmp_path / name).mkdir()
        path = make(tmp_path / name)
        found.append(f"== {name}\n{report(path)}{report(path, lang='en').splitlines()[-1].strip()}\n")
    as_expected("\n".join(found), DATA / "files.txt")


def as_expected(found: str, expected: Path) -> None:
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def test_every_expected_file_has_its_case() -> None:
    assert {path.stem for path in DATA.iterdir()} == {*TABLES, "files"}
