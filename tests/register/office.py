"""Makes workbooks as offices send them: written with xlsxwriter, then changed where a writer would not go."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
FIRMS = [["申报主体编号", "名称"], ["A1", "甲公司"], ["A2", "乙公司"]]


class Shown(NamedTuple):
    """A number or a day in a cell of its own format."""

    value: float | dt.date
    format: str


class Formula(NamedTuple):
    """A formula and the value that was stored with it."""

    value: object


Dress = Callable[[Any, Any], object]
"""What is done to a sheet, of a book, after its cells are written."""


def write(
    path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], dress: Mapping[str, Dress] | None = None
) -> Path:
    """Write a workbook; its formulas' values are marked as computed."""
    book = xlsxwriter.Workbook(str(path))
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                _write_cell(book, sheet, number, index, cell)
        if dress and title in dress:
            dress[title](sheet, book)
    book.close()
    return change(path, "xl/workbook.xml", b' fullCalcOnLoad="1"', b"")


def _write_cell(book: Any, sheet: Any, row: int, column: int, cell: object) -> None:
    if isinstance(cell, Shown):
        style = book.add_format({"num_format": cell.format})
        write_it = sheet.write_datetime if isinstance(cell.value, dt.date) else sheet.write_number
        write_it(row, column, cell.value, style)
    elif isinstance(cell, Formula):
        sheet.write_formula(row, column, "=1+1", None, cell.value)
    elif isinstance(cell, str) and cell:
        sheet.write_string(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)


def change(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """Replace bytes in one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(old, new) if name == part else data)
    return path


def add_part(path: Path, part: str, data: bytes) -> Path:
    """Add a part to a workbook."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, data)
    return path


def zipped(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write an archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def understate(path: Path, part: str, size: int) -> Path:
    """Let the archive declare another size for a part than it unpacks to."""
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo(part).file_size
    data = path.read_bytes()
    path.write_bytes(data.replace(real.to_bytes(4, "little"), size.to_bytes(4, "little")))
    return path


def ole(path: Path, *streams: str) -> Path:
    """Write the beginning of a compound file whose directory names these streams."""
    path.write_bytes(OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams))
    return path


def years(*rows: Sequence[object], title: Sequence[object] = ()) -> dict[str, list[Sequence[object]]]:
    """Two firms and the rows of a sheet 年度经营, of which the titles may be given."""
    head = title or ("申报主体编号", "编号", "年度", "营业收入（万元）", "研发投入（万元）", "从业人数")
    return {"申报主体": [*FIRMS], "年度经营": [head, *rows]}
