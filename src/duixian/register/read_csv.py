"""Reads CSV files as tables: one file, or a folder with one for each record type; UTF-8 or GB18030."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import Final

from duixian.calendar.days import Both
from duixian.register.container import check_size
from duixian.register.problems import Place, Problems
from duixian.register.sheets import Sheet

_OVERLOOKED = {".md", ".txt"}  # notes beside the tables; so are files whose name begins with a dot


def read_csv(path: Path, problems: Problems) -> list[Sheet]:
    """The tables of a CSV file or of a folder of them, each titled by its file's name.

    A place is file and line. What is not a table is a problem of the whole.
    """
    if not path.is_dir():
        sheet = _read_one(path, problems)
        return [sheet] if sheet else []
    sheets = []
    for child in sorted(path.iterdir()):
        if child.name.startswith(".") or child.suffix.lower() in _OVERLOOKED:
            continue
        if child.suffix.lower() != ".csv":
            what = Both("文件夹里有不是 CSV 的文件", "the folder holds a file that is not CSV")
            problems.add("not-csv", Place(str(child)), what, Both("请移出", "take it out"), whole=True)
            continue
        sheet = _read_one(child, problems)
        if sheet is not None:
            sheets.append(sheet)
    return sheets


def _read_one(path: Path, problems: Problems) -> Sheet | None:
    if not check_size(path, problems):
        return None
    text = _decoded(path, problems)
    if text is None:
        return None
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        what = Both("不是完整的 CSV，引号或分隔符有误", f"not well-formed CSV: {error}")
        remedy = Both("请从电子表格重新导出为 CSV", "export it again from the spreadsheet")
        problems.add("csv", Place(str(path), str(before + 1)), what, remedy, whole=True)
        return None
    if rows and len(rows[0]) == 1 and ("\t" in rows[0][0] or ";" in rows[0][0]):
        what = Both("各列之间不是逗号", "the columns are not separated by commas")
        problems.add("csv", Place(str(path), "1"), what, Both("请用逗号分隔", "use commas"), whole=True)
        return None
    name = str(path)
    return Sheet(path.stem, lambda row, _: Place(name, str(lines[row] if row < len(lines) else 1)), rows)


def _decoded(path: Path, problems: Problems) -> str | None:
    """The text of a file that is wholly UTF-8 or wholly GB18030, with or without its byte-order mark."""
    data, place = path.read_bytes(), Place(str(path))
    code, what, remedy = "encoding", *_NEITHER
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        what = Both("这是 UTF-16 编码（Unicode 文本），不能读取", "the text is in UTF-16, which is not read")
    elif b"\0" not in data:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if _is_broken_utf8(data):
                line = data.count(b"\n", 0, error.start) + 1
                place = Place(str(path), str(line))
                what, remedy = _BROKEN
        if what is _NEITHER[0]:
            try:
                return data.decode("gb18030").removeprefix("\ufeff")
            except UnicodeDecodeError:
                pass
    problems.add(code, place, what, remedy, whole=True)
    return None


def _is_broken_utf8(data: bytes) -> bool:
    """Whether a text that is not UTF-8 was meant as such: it has its mark, or most signs of it are."""
    if data.startswith(codecs.BOM_UTF8):
        return True
    kept = sum(len(sign.encode()) for sign in data.decode("utf-8", "ignore") if not sign.isascii())
    return kept * 2 > sum(1 for byte in data if byte > 127)


_NEITHER: Final = (
    Both("既不是 UTF-8 也不是 GB18030 编码的文本", "the text is neither UTF-8 nor GB18030"),
    Both("请另存为「CSV UTF-8」", "save it as 'CSV UTF-8'"),
)
_BROKEN: Final = (
    Both("UTF-8 文本中有损坏的字，或文件不完整", "the UTF-8 text has a broken character, or is incomplete"),
    Both("请重新导出或重新发送", "export it again, or have it sent again"),
)
