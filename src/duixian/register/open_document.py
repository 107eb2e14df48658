"""Finds in an OpenDocument spreadsheet what the library that reads its values does not tell.

As `office_xml` does for .xlsx: hidden rows, columns and sheets, merged cells, failed formulas, and data
styles that show another number than is stored. Rows and cells may be given once and repeated many times.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import Final

from duixian.register.container import MAX_CELLS, MAX_TEXT
from duixian.register.formats import Format
from duixian.register.office_xml import Attributes, Scan, TooManyCells, parse_part

_HIDDEN: Final = ("collapse", "filter")
_NUMBER_STYLES: Final = ("number-style", "percentage-style", "currency-style", "date-style")
_DAY_PARTS: Final = {"year": "y", "month": "m", "day": "d"}


def scan_open_document(archive: zipfile.ZipFile) -> list[Scan]:
    """The sheets of a spreadsheet, in their order.

    Raises:
        BadXml: a part is missing, broken, or declares a document type.
        TooManyCells: the used areas of all sheets together pass the limit.
    """
    reader = _Content()
    for name in ("styles.xml", "content.xml"):
        if name == "content.xml" or name in archive.namelist():
            parse_part(
                archive,
                name,
                reader.start,
                EndElementHandler=reader.end,
                CharacterDataHandler=reader.characters,
            )
    return reader.scans


class _Content:
    """Reads the styles and then the tables of a document."""

    def __init__(self) -> None:
        self.scans: list[Scan] = []
        self.data_styles: dict[str, Format] = {}
        self.cell_styles: dict[str, Format] = {}
        self.hidden_tables: set[str] = set()
        self.style = ""
        self.parts: list[str] = []
        self.text: str | None = None
        self.row = self.column = 0
        self.tall = self.wide = 1
        self.error = self.is_hidden = False
        self.columns = 0
        self.starts: dict[str, Callable[[Attributes], None]] = {
            **dict.fromkeys(_NUMBER_STYLES, self.start_data_style),
            "style": self.start_style,
            "table-properties": self.start_table_properties,
            "table": self.start_table,
            "table-column": self.start_column,
            "table-row": self.start_row,
            "table-cell": self.start_cell,
            "covered-table-cell": self.start_covered,
        }

    def start(self, name: str, found: Attributes) -> None:
        plain = {
            key.rpartition(":")[2] if key != "calcext:value-type" else key: v for key, v in found.items()
        }
        if name in self.starts:
            self.starts[name](plain)
        elif name in ("text", "currency-symbol", "p"):
            self.text = ""
        elif name == "number" and plain.get("display-factor", "1") not in ("1", "1.0"):
            self.parts.append("scaled")
        elif name in _DAY_PARTS:
            self.parts.append(_DAY_PARTS[name])
        if name in ("number", "scientific-number", "fraction"):
            self.parts.append("#")

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _NUMBER_STYLES:
            self.data_styles[self.style] = _format(self.parts, name)
        elif name in ("text", "currency-symbol") and self.text is not None:
            self.parts.append(f"={self.text}")
            self.text = None
        elif name == "p" and self.text is not None:
            if self.error:
                self.scans[-1].faults[self.row, self.column] = self.text or "#N/A"
            self.error, self.text = False, None
        elif name == "table-row":
            self.row += self.tall
        elif name in ("table-cell", "covered-table-cell"):
            self.column += self.wide

    def characters(self, text: str) -> None:
        if self.text is not None and len(self.text) < 64:
            self.text += text
        if self.scans:
            scan = self.scans[-1]
            scan.text += len(text) * self.tall * self.wide
            if scan.text > MAX_TEXT:
                raise TooManyCells(scan.title, self.row, self.column)

    def start_data_style(self, found: Attributes) -> None:
        self.style, self.parts, self.text = found.get("name", ""), [], None

    def start_style(self, found: Attributes) -> None:
        self.style = found.get("name", "")
        if form := self.data_styles.get(found.get("data-style-name", "")):
            self.cell_styles[self.style] = form

    def start_table_properties(self, found: Attributes) -> None:
        if found.get("display") == "false":
            self.hidden_tables.add(self.style)

    def start_table(self, found: Attributes) -> None:
        self.scans.append(Scan(found.get("name", ""), hidden=found.get("style-name") in self.hidden_tables))
        self.scans[-1].protected = found.get("protected") == "true"
        self.row = self.columns = 0

    def start_column(self, found: Attributes) -> None:
        count = int(found.get("number-columns-repeated", "1"))
        if found.get("visibility") in _HIDDEN:
            self.scans[-1].hidden_columns.append((self.columns, self.columns + count - 1))
        self.columns += count

    def start_row(self, found: Attributes) -> None:
        self.tall, self.column = int(found.get("number-rows-repeated", "1")), 0
        self.is_hidden = found.get("visibility") in _HIDDEN

    def start_covered(self, found: Attributes) -> None:
        self.wide = int(found.get("number-columns-repeated", "1"))

    def start_cell(self, found: Attributes) -> None:
        scan = self.scans[-1]
        self.wide, self.error = int(found.get("number-columns-repeated", "1")), False
        rows, columns = (
            int(found.get("number-rows-spanned", "1")),
            int(found.get("number-columns-spanned", "1")),
        )
        if rows > 1 or columns > 1:
            scan.merges.append((self.row, self.column, self.row + rows - 1, self.column + columns - 1))
        kind = found.get("value-type", "")
        if not kind and "formula" not in found:
            return
        scan.use(self.row + self.tall - 1, self.column + self.wide - 1)
        if sum(each.area for each in self.scans) > MAX_CELLS:
            raise TooManyCells(scan.title, scan.last_row, scan.last_column)
        cells = [(self.row + i, self.column + j) for i in range(self.tall) for j in range(self.wide)]
        if self.is_hidden:
            scan.hidden_rows.update(row for row, _ in cells)
        self.error = found.get("calcext:value-type") == "error"
        form = self.cell_styles.get(found.get("style-name", ""))
        if form is not None and not form.is_plain and kind in ("float", "percentage", "currency", "date"):
            scan.formats.update(dict.fromkeys(cells, form))


def _format(parts: list[str], kind: str) -> Format:
    """What a data style adds to a number, from its parts in their order."""
    if kind == "date-style":
        return Format(day_parts=frozenset(part for part in parts if len(part) == 1))
    at = parts.index("#") if "#" in parts else len(parts)
    prefix = "".join(part[1:].strip(" -()") for part in parts[:at] if part.startswith("="))
    suffix = "".join(part[1:].strip(" -()") for part in parts[at:] if part.startswith("="))
    if kind == "percentage-style":
        return Format(percent=True)
    return Format(prefix, suffix, scaled="scaled" in parts)
