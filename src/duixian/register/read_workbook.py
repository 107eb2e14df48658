"""Reads the sheets of an .xlsx, .xlsm or .ods workbook as a person sees them; nothing is executed."""

from __future__ import annotations

import zipfile
from pathlib import Path

from duixian.calendar.days import Both
from duixian.register.container import MAX_CELLS, not_a_workbook, open_archive
from duixian.register.formats import as_shown
from duixian.register.office_xml import BadXml, Scan, TooManyCells, scan_workbook
from duixian.register.open_document import scan_open_document
from duixian.register.problems import Place, Problems
from duixian.register.reading import Reading
from duixian.register.sheets import Sheet

_MACROS = Both(
    "文件带有宏：只读取单元格的值，不运行宏", "the file has macros: only values are read, none is run"
)
_PROTECTED = Both(
    "工作表设有编辑保护，不影响读取", "the sheet is protected against editing, which does not hinder reading"
)
_CHARTS = Both("只有图表，没有单元格", "it has a chart and no cells")


def read_workbook(path: Path, reading: Reading) -> list[Sheet]:
    """The sheets of a workbook. A file that cannot be opened is a problem, and gives none.

    A cell is what a person sees in it: with the unit, the percent sign or the month that only its format
    holds. A cell whose formula failed holds the error's name.
    """
    refused = not_a_workbook(path)
    if refused is None:
        opened = open_archive(path)
        if isinstance(opened, zipfile.ZipFile):
            with opened as archive:
                return _read(path, archive, reading)
        refused = opened
    code, what, remedy = refused
    reading.add(code, Place(str(path)), what, remedy, whole=True)
    return []


def _read(path: Path, archive: zipfile.ZipFile, reading: Reading) -> list[Sheet]:
    names, place = set(archive.namelist()), Place(str(path))
    try:
        scans = scan_open_document(archive) if "content.xml" in names else scan_workbook(archive)
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            reading.notices.append(_MACROS)
        rows = _values(path, [scan for scan in scans if scan.is_table])
    except TooManyCells as error:
        _too_many(error, str(path), reading)
        return []
    except (BadXml, ValueError, OSError) as error:
        what = Both("打不开这个工作簿，其内容不完整或不是表格", f"the workbook cannot be opened: {error}")
        remedy = Both("请用 Excel 或 WPS 重新另存为 .xlsx", "save it again as .xlsx")
        reading.add("unreadable", place, what, remedy, whole=True)
        return []
    for scan in scans:
        if not scan.is_table:
            reading.skip_sheet(scan.title, _CHARTS)
    sheets = [_sheet(str(path), scan, rows[scan.title]) for scan in scans if scan.is_table]
    if not any(sheet.rows for sheet in sheets):
        only_charts = bool(scans) and not sheets
        what = (
            Both("工作簿里只有图表，没有表格", "the workbook holds only charts, no table")
            if only_charts
            else Both("工作簿是空的，没有填写任何单元格", "the workbook is empty: no cell is filled in")
        )
        remedy = Both("请发送填好的表格", "send the table that was filled in")
        reading.add("empty-workbook", place, what, remedy, whole=True)
    return sheets


def _values(path: Path, scans: list[Scan]) -> dict[str, list[list[object]]]:
    """The cells of each sheet as a person sees them. Raises ValueError where the library cannot read them."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    found: dict[str, list[list[object]]] = {}
    try:
        with CalamineWorkbook.from_path(path) as book:
            for scan in scans:
                values = book.get_sheet_by_name(scan.title).to_python(skip_empty_area=False)
                found[scan.title] = [list(row) for row in values]
    except (CalamineError, PasswordError) as error:
        raise ValueError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the library, in Rust, gives up on a broken file
            raise
        raise ValueError("the library could not read it") from error
    for scan in scans:
        rows = found[scan.title]
        for (row, column), form in scan.formats.items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = as_shown(rows[row][column], form)
        for (row, column), fault in scan.faults.items():
            _put(rows, row, column, fault)
    return found


def cell_name(row: int, column: int) -> str:
    """The name of a cell by row and column from 0: `C5`."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """The letters of a column from 0: `C`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet(file: str, scan: Scan, rows: list[list[object]]) -> Sheet:
    title, width = scan.title, max(map(len, rows), default=0)
    return Sheet(
        title,
        lambda row, column: Place(file, f"{title}!{cell_name(row, column)}"),
        rows,
        hidden=scan.hidden,
        hidden_rows=frozenset(scan.hidden_rows),
        hidden_columns=frozenset(
            column for first, last in scan.hidden_columns for column in range(first, min(last + 1, width))
        ),
        merges=tuple(scan.merges),
        notices=(_PROTECTED,) if scan.protected else (),
    )


def _put(rows: list[list[object]], row: int, column: int, value: object) -> None:
    """Set a cell that may lie beyond what the library returned."""
    while len(rows) <= row:
        rows.append([])
    while len(rows[row]) <= column:
        rows[row].append("")
    rows[row][column] = value


def _too_many(error: TooManyCells, file: str, problems: Problems) -> None:
    title, row, column = error.args
    last = cell_name(row, column)
    what = Both(
        f"工作表用到了 {last}，所占单元格超过上限 {MAX_CELLS // 10**4} 万个（或文字过长），未读取",
        f"the sheet is used as far as {last}: more than the limit of {MAX_CELLS:,} cells, or too much text; "
        "it was not read",
    )
    remedy = Both(
        "表格末尾以外若有误填的单元格，请删去其所在的行和列；确有这么多的，请按申报主体拆成几个文件",
        "delete the rows and columns of stray cells beyond the table; or split it by applicants",
    )
    problems.add("too-many-cells", Place(file, f"{title}!{last}"), what, remedy, whole=True)
