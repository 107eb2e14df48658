"""Reads the sheets of an .xlsx, .xlsm or .ods workbook as tables; nothing in it is ever executed."""

from __future__ import annotations

from pathlib import Path

from duixian.calendar.days import Both
from duixian.register.problems import Place, Problems
from duixian.register.sheets import Sheet
from duixian.register.workbook_faults import faulty_cells

MAX_BYTES = 64_000_000
"""The largest workbook that is opened; a larger register comes as CSV or Parquet."""


def read_workbook(path: Path, problems: Problems) -> list[Sheet]:
    """The sheets of a workbook. A file that cannot be opened is a problem, and gives none.

    A number is what was typed, days are days; a cell whose formula failed holds the error's name, since the
    reading library leaves such cells blank.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    name, place = str(path), Place(str(path))
    if path.stat().st_size > MAX_BYTES:
        what = Both(f"文件超过 {MAX_BYTES // 10**6} MB", f"the file is over {MAX_BYTES // 10**6} MB")
        remedy = Both("请拆分，或改用 CSV 或 Parquet", "split it, or send CSV or Parquet")
        problems.add("too-large", place, what, remedy, whole=True)
        return []
    try:
        with CalamineWorkbook.from_path(path) as book:
            cells = {
                title: book.get_sheet_by_name(title).to_python(skip_empty_area=False)
                for title in book.sheet_names
            }
    except PasswordError:
        what = Both("文件已加密", "the file is encrypted")
        problems.add("encrypted", place, what, Both("请取消密码后再导入", "remove the password"), whole=True)
        return []
    except (CalamineError, OSError, ValueError) as error:
        what = Both("打不开这个工作簿", f"the workbook cannot be opened: {error}")
        remedy = Both("请用 Excel 或 WPS 重新另存为 .xlsx", "save it again as .xlsx")
        problems.add("unreadable", place, what, remedy, whole=True)
        return []
    rows: dict[str, list[list[object]]] = {
        title: [list(row) for row in found] for title, found in cells.items()
    }
    for (title, row, column), fault in faulty_cells(path).items():
        if title in rows:
            _put(rows[title], row, column, fault)
    return [_sheet(name, title, found) for title, found in rows.items()]


def cell_name(row: int, column: int) -> str:
    """The name of a cell by row and column from 0: `C5`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _sheet(file: str, title: str, rows: list[list[object]]) -> Sheet:
    return Sheet(title, lambda row, column: Place(file, f"{title}!{cell_name(row, column)}"), rows)


def _put(rows: list[list[object]], row: int, column: int, value: object) -> None:
    """Set a cell that may lie beyond what the library returned."""
    while len(rows) <= row:
        rows.append([])
    while len(rows[row]) <= column:
        rows[row].append("")
    rows[row][column] = value
