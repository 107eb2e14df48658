"""Finds in an .xlsx what the library that reads its values does not tell, from the XML of its parts.

Hidden rows, columns and sheets, merged cells, formulas without a value or with an error, and the formats that
show another number than is stored. No entity is expanded, no link is followed, no formula is computed.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from duixian.register.container import MAX_CELLS, MAX_TEXT
from duixian.register.formats import BUILT_IN, Format, read_format

NO_CACHED_VALUE: Final = "#NO-VALUE!"
"""What stands for a formula that was never computed, or whose value the file itself calls out of date."""

ROWS: Final = 1_048_576
COLUMNS: Final = 16_384

_NAME = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_TRUE: Final = ("1", "true")
_PLAIN: Final = Format()

Attributes = Mapping[str, str]
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


class BadXml(ValueError):  # noqa: N818 - what it is
    """A part that is missing, or not the XML it should be."""

    def __str__(self) -> str:
        return f"its part {self.args[0]} is missing or broken"


class TooManyCells(ValueError):  # noqa: N818 - what it is
    """A sheet whose used area or whose texts pass the limit; its title and the last cell read of it."""


@dataclass(slots=True)
class Scan:
    """What lies beside the values of one sheet; rows and columns from 0."""

    title: str
    is_table: bool = True
    hidden: bool = False
    protected: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    formats: dict[tuple[int, int], Format] = field(default_factory=dict)
    formulas: int = 0
    last_row: int = -1
    last_column: int = -1
    text: int = 0

    @property
    def area(self) -> int:
        """How many cells the used area has."""
        return (self.last_row + 1) * (self.last_column + 1)

    def use(self, row: int, column: int) -> None:
        """Note that a cell is not blank."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)


def scan_workbook(archive: zipfile.ZipFile) -> list[Scan]:
    """The sheets of a workbook, in their order.

    Raises:
        BadXml: a part is missing, broken, or declares a document type. The library that reads the values takes
            some numbers on trust and can end the process; what it would trust is checked here first.
        TooManyCells: the used areas of all sheets together pass `MAX_CELLS`, or their texts `MAX_TEXT`.
    """
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise BadXml("xl/workbook.xml")
    lengths = _shared_texts(archive) if "xl/sharedStrings.xml" in names else []
    targets = _relations(archive) if "xl/_rels/workbook.xml.rels" in names else {}
    formats = _styles(archive) if "xl/styles.xml" in names else []
    book: list[tuple[str, Attributes]] = []
    parse_part(archive, "xl/workbook.xml", lambda name, found: book.append((name, found)))
    stale = any(name == "calcPr" and found.get("fullCalcOnLoad") in _TRUE for name, found in book)
    scans: list[Scan] = []
    for name, found in book:
        if name != "sheet":
            continue
        relation = next((value for key, value in found.items() if key.rpartition(":")[2] == "id"), "")
        kind, target = targets.get(relation, ("", ""))
        scan = Scan(found.get("name", ""), kind == "worksheet" and target in names)
        scan.hidden = found.get("state", "visible") != "visible"
        if scan.is_table:
            left = MAX_CELLS - sum(each.area for each in scans), MAX_TEXT - sum(each.text for each in scans)
            _Sheet(scan, (formats, lengths), stale).read(archive, target, left)
        scans.append(scan)
    return scans


def parse_part(
    archive: zipfile.ZipFile, name: str, start: Callable[[str, Attributes], object], **others: object
) -> None:
    """Read a part in small pieces and hand over the start of each element, by its name without prefix.

    `others` are further handlers of expat, by their names.

    Raises:
        BadXml: not well-formed, or with a document type (and so with entities).
    """

    def doctype(*_: object) -> None:
        raise BadXml(name)

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, found: start(tag.rpartition(":")[2], found)
    parser.StartDoctypeDeclHandler = doctype
    for handler, function in others.items():
        setattr(parser, handler, function)
    try:
        with archive.open(name) as part:
            parser.ParseFile(part)
    except (expat.ExpatError, LookupError, zipfile.BadZipFile) as error:
        raise BadXml(name) from error


def cell_index(name: str) -> tuple[int, int] | None:
    """Row and column, from 0, of a cell's name such as `C5`."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _relations(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """The kind and the part that each relation of the workbook leads to."""
    targets = {}

    def start(name: str, found: Attributes) -> None:
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", found.get("Target", ""))).lstrip("/")
            targets[found.get("Id", "")] = (found.get("Type", "").rpartition("/")[2], target)

    parse_part(archive, "xl/_rels/workbook.xml.rels", start)
    return targets


def _shared_texts(archive: zipfile.ZipFile) -> list[int]:
    """How long each shared text is. Raises BadXml where more are announced than the part can hold."""
    name, size = "xl/sharedStrings.xml", archive.getinfo("xl/sharedStrings.xml").file_size
    lengths: list[int] = []

    def start(tag: str, found: Attributes) -> None:
        if tag == "sst" and int(found.get("uniqueCount", "0")) > size:
            raise BadXml(name)
        if tag == "si":
            lengths.append(0)

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parse_part(archive, name, start, CharacterDataHandler=characters)
    return lengths


def _styles(archive: zipfile.ZipFile) -> list[Format]:
    """The format of each cell style, by its index."""
    codes: dict[str, Format] = {}
    styles: list[Format] = []
    section = ""

    def start(name: str, found: Attributes) -> None:
        nonlocal section
        if name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            section = name
        elif name == "numFmt" and section == "":
            codes[found.get("numFmtId", "")] = read_format(found.get("formatCode", ""))
        elif name == "xf" and section == "cellXfs":
            number = found.get("numFmtId", "0")
            built_in = BUILT_IN.get(int(number), _PLAIN) if number.isdigit() else _PLAIN
            styles.append(codes.get(number, built_in))

    parse_part(archive, "xl/styles.xml", start)
    return styles


class _Sheet:
    """Reads one sheet's part into its scan."""

    def __init__(self, scan: Scan, shared: tuple[list[Format], list[int]], stale: bool) -> None:
        self.scan = scan
        self.odd = {str(number): form for number, form in enumerate(shared[0]) if not form.is_plain}
        self.lengths = shared[1]
        self.stale = stale
        self.row = self.column = -1
        self.cell: Attributes = {}
        self.inside = self.formula = False
        self.text = ""

    def read(self, archive: zipfile.ZipFile, part: str, limits: tuple[int, int]) -> None:
        self.part, self.limits = part, limits
        parse_part(
            archive, part, self.start, EndElementHandler=self.end, CharacterDataHandler=self.characters
        )

    def start(self, name: str, found: Attributes) -> None:
        if name == "c":
            self.start_cell(found)
        elif name in ("v", "t"):
            self.inside = True
        elif name == "f":
            self.formula = True
        elif name == "row":
            self.start_row(found)
        elif name in _SHEET_PARTS:
            _SHEET_PARTS[name](self.scan, found)

    def start_row(self, found: Attributes) -> None:
        number = found.get("r")
        if number is not None and not re.fullmatch("[0-9]{1,7}", number):
            raise BadXml(self.part)
        self.row = int(number) - 1 if number is not None else self.row + 1
        self.column = -1
        if found.get("hidden") in _TRUE or _is_zero(found.get("ht")):
            self.scan.hidden_rows.add(self.row)

    def start_cell(self, found: Attributes) -> None:
        name = found.get("r")
        place = cell_index(name) if name is not None else (self.row, self.column + 1)
        if place is None or place[0] != self.row or not (0 <= place[0] < ROWS and place[1] < COLUMNS):
            raise BadXml(self.part)
        self.column = place[1]
        self.cell, self.formula, self.text = found, False, ""

    def characters(self, text: str) -> None:
        if self.inside and len(self.text) < 16:
            self.text += text

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in ("v", "t"):
            self.inside = False
        elif name == "c" and (self.text or self.formula):
            self.end_cell()

    def end_cell(self) -> None:
        scan, place, kind = self.scan, (self.row, self.column), self.cell.get("t", "n")
        scan.use(*place)
        if kind == "s" and self.text.isdigit() and int(self.text) < len(self.lengths):
            scan.text += self.lengths[int(self.text)]
        if scan.area > self.limits[0] or scan.text > self.limits[1]:
            raise TooManyCells(scan.title, *place)
        scan.formulas += self.formula
        if kind == "e":
            scan.faults[place] = self.text or NO_CACHED_VALUE
        elif self.formula and (self.stale or (not self.text and kind != "str")):
            scan.faults[place] = NO_CACHED_VALUE
        elif kind in ("n", "d") and (form := self.odd.get(self.cell.get("s", ""))) is not None:
            scan.formats[place] = form


def _column(scan: Scan, found: Attributes) -> None:
    if found.get("hidden") in _TRUE or _is_zero(found.get("width")):
        scan.hidden_columns.append((int(found["min"]) - 1, int(found["max"]) - 1))


def _merge(scan: Scan, found: Attributes) -> None:
    first, _, last = found.get("ref", "").partition(":")
    ends = cell_index(first), cell_index(last or first)
    if ends[0] and ends[1]:
        scan.merges.append((*ends[0], *ends[1]))


def _protection(scan: Scan, found: Attributes) -> None:
    scan.protected = found.get("sheet") in _TRUE


_SHEET_PARTS: Final = {"col": _column, "mergeCell": _merge, "sheetProtection": _protection}


def _is_zero(size: str | None) -> bool:
    """Whether a height or a width is given and is nought."""
    return size is not None and bool(re.fullmatch(r"0+(\.0+)?", size))
