"""Every kind of bad input is refused with place, reason and remedy, word for word as in tests/data/register.

`UPDATE_EXPECTED=1 pytest tests/register/test_bad_input.py` writes the expected files anew, for review.
"""

import os
from pathlib import Path

import pytest
import xlsxwriter
import yaml

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.problems import InputError
from duixian.register.read import read_register

DATA = Path(__file__).parent.parent / "data" / "register"
TABLES = yaml.safe_load((DATA / "bad_tables.yaml").read_text("utf-8"))
FILES = sorted(path for path in (DATA / "bad").iterdir() if path.suffix != ".txt")


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_register(path, shared_vocabulary())
    text = f"{caught.value.text('zh')}\n\n{caught.value.text('en')}\n"
    return text.replace(f"{path.parent}{os.sep}", "")


def as_expected(found: str, expected: Path) -> None:
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def write(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                if isinstance(cell, dict):
                    sheet.write_formula(number, index, "=1/0", None, cell["error"])
                elif isinstance(cell, str):
                    sheet.write_string(number, index, cell)
                elif hasattr(cell, "year"):
                    sheet.write_datetime(number, index, cell, day)
                else:
                    sheet.write_number(number, index, cell)
    book.close()
    return path


def test_bad_workbooks(tmp_path: Path) -> None:
    found = [
        f"== {name}\n{refusal(write(tmp_path / 'r.xlsx', case['sheets']))}" for name, case in TABLES.items()
    ]
    as_expected("\n".join(found), DATA / "bad_tables.expected.txt")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_bad_files(path: Path) -> None:
    as_expected(refusal(path), path.with_name(f"{path.name}.expected.txt"))


def test_a_formula_that_was_never_computed_is_not_a_blank(tmp_path: Path) -> None:
    import zipfile

    made = write(tmp_path / "a.xlsx", {"申报主体": [["申报主体编号", "名称"], ["A1", {"error": "#REF!"}]]})
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b' t="e"', b"").replace(b"<v>#REF!</v>", b"")
            new.writestr(name, data)
    assert refusal(tmp_path / "b.xlsx").splitlines()[0] == (
        "b.xlsx:申报主体!B2: 公式没有可用的计算结果；"
        "请用 Excel 或 WPS 打开并保存后再导入，或把公式粘贴为数值（申报主体 A1）"
    )


@pytest.mark.parametrize("name", ["missing.xlsx", "notes.docx"])
def test_what_is_not_there_or_not_a_register(tmp_path: Path, name: str) -> None:
    if name == "notes.docx":
        (tmp_path / name).touch()
    expected = {"missing.xlsx": "没有这个文件或文件夹", "notes.docx": "不能读取「.docx」文件"}
    assert expected[name] in refusal(tmp_path / name)
