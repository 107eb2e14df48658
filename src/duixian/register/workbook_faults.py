"""Finds cells whose formula failed or has no value, which the library that reads workbooks leaves blank."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NO_CACHED_VALUE: Final = "#NO-VALUE!"
"""What stands for a formula that was never computed."""
MAX_XML: Final = 1_000_000_000
"""The largest part of a workbook that is unpacked."""

Faults = dict[tuple[str, int, int], str]
"""The error's name by sheet, row and column, from 0."""

_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_CELL = re.compile(r"<(?:\w+:)?c(?:\s([^>]*?))?(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
_FORMULA = re.compile(r"<(?:\w+:)?f[\s>/]")
_NAME = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ODS_PART = re.compile(
    r"<table:(table|table-row|table-cell|covered-table-cell)(?:\s([^>]*?))?(/?)>([^<]*(?:<text:p>([^<]*))?)"
)


def faulty_cells(path: Path) -> Faults:
    """The faulty cells of an .xlsx, .xlsm or .ods file; none of any other file or of a broken one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "content.xml" in names:
                return dict(_ods(_part(archive, "content.xml")))
            if "xl/workbook.xml" in names:
                return dict(_xlsx(archive, names))
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return {}
    return {}


def _part(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(MAX_XML).decode("utf-8")


def _xlsx(archive: zipfile.ZipFile, names: set[str]) -> Iterator[tuple[tuple[str, int, int], str]]:
    """The faulty cells of each sheet of an Office Open XML workbook."""
    relations = "xl/_rels/workbook.xml.rels"
    targets = {}
    for match in _RELATION.finditer(_part(archive, relations) if relations in names else ""):
        found = _attributes(match[1])
        targets[found.get("Id", "")] = posixpath.normpath(posixpath.join("xl", found.get("Target", "")))
    for match in _SHEET.finditer(_part(archive, "xl/workbook.xml")):
        found = _attributes(match[1])
        target = targets.get(found.get("r:id", ""), "").lstrip("/").removeprefix("xl/xl/")
        if target not in names:
            continue
        for row, column, fault in _cells(_part(archive, target)):
            yield (html.unescape(found.get("name", "")), row, column), fault


def _cells(xml: str) -> Iterator[tuple[int, int, str]]:
    """The faulty cells of a sheet's XML; most sheets have neither an error nor a formula."""
    if 't="e"' not in xml and "t='e'" not in xml and not _FORMULA.search(xml):
        return
    for match in _CELL.finditer(xml):
        found, inside = _attributes(match[1] or ""), match[2] or ""
        name = _NAME.fullmatch(found.get("r", ""))
        value = _VALUE.search(inside)
        if name is None:
            continue
        row, column = int(name[2]) - 1, _column(name[1])
        if found.get("t") == "e":
            yield row, column, value[1] if value else NO_CACHED_VALUE
        elif value is None and _FORMULA.search(inside) and found.get("t") != "str":
            yield row, column, NO_CACHED_VALUE


def _ods(xml: str) -> Iterator[tuple[tuple[str, int, int], str]]:
    """The faulty cells of an OpenDocument spreadsheet, in which rows and cells may be repeated."""
    if 'calcext:value-type="error"' not in xml:
        return
    title, row, column, height = "", -1, 0, 1
    for match in _ODS_PART.finditer(xml):
        kind, found = match[1], _attributes(match[2] or "")
        if kind == "table":
            title, row, height = html.unescape(found.get("table:name", "")), 0, 0
        elif kind == "table-row":
            row, column, height = row + height, 0, int(found.get("table:number-rows-repeated", 1))
        else:
            if found.get("calcext:value-type") == "error":
                yield (title, row, column), match[5] or "#N/A"
            column += int(found.get("table:number-columns-repeated", 1))


def _attributes(text: str) -> dict[str, str]:
    return {match[1]: match[2] if match[2] is not None else match[3] for match in _ATTRIBUTE.finditer(text)}


def _column(letters: str) -> int:
    """The column of its letters, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
