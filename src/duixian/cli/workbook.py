"""Writes an assessment as a workbook: summary, what can be had, every claim, conditions, facts, readings."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duixian.cli.claim_sheets import ClaimSheets
from duixian.cli.reason_sheets import ReasonSheets
from duixian.cli.sheets import AMBER, Column, Row, Sheet
from duixian.cli.terminal import width_of

if TYPE_CHECKING:
    from duixian.cli.wording import View
    from duixian.engine.result import Assessment

_FONT = "Microsoft YaHei"
_WIDEST = {"text": 36, "long": 46, "sum": 18, "day": 12, "number": 9, "count": 16, "share": 12}
_NARROWEST = {"text": 7, "long": 20, "sum": 13, "day": 12, "number": 7, "count": 9, "share": 9}
_A4_COLUMNS = 12
_LINE, _MOST_LINES = 14.5, 20
_CHINESE = 1.12  # a Chinese character is a little wider than two digits
_ONE_LINE = 16
_EXACT = 10**15
"""Fen below this have at most 15 digits, which a spreadsheet keeps and shows to the fen."""


def write_workbook(path: Path, view: View, found: Assessment, adopted: Sequence[str]) -> None:
    """Write all sheets. Sums are in yuan; what would have been stands in columns of its own."""
    sums, reasons = ClaimSheets(view, found), ReasonSheets(view, found)
    sheets = (
        sums.summary(),
        sums.payable(),
        sums.claims(),
        sums.years(),
        reasons.conditions(),
        reasons.missing(),
        reasons.readings(),
        reasons.policies(adopted),
    )
    write_sheets(path, view.say("兑现评估结果", "Duixian assessment"), sheets)


def write_sheets(path: Path, title: str, sheets: Iterable[Sheet]) -> None:
    """Write a workbook of these sheets.

    Texts are written as texts, whatever they begin with: nothing from the input becomes a formula or a link.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"title": title})
    styles = _Styles(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet.title), sheet, styles)
    book.close()


class _Styles:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        """Take the workbook."""
        self.book = book
        self.made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def get(self, **properties: Any) -> Any:
        """Return the format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(
                {"font_name": _FONT, "font_size": 10, "valign": "top", **properties}
            )
        return self.made[key]

    def cell(self, column: Column, **more: Any) -> Any:
        """Return the format of a column's cells."""
        looks = {
            "sum": {"num_format": "#,##0.00"},
            "day": {"num_format": "yyyy-mm-dd", "align": "center"},
            "number": {"num_format": "0", "align": "center"},
            "count": {"num_format": "#,##0"},
            "share": {"num_format": "0.0%"},
        }
        plain = {"text_wrap": True, "indent": 1 if column.kind == "long" else 0}
        return self.get(**looks.get(column.kind, plain), **more)

    def head(self, column: Column) -> Any:
        """Return the format of a column's title."""
        return self.get(
            bold=True,
            bg_color="#9C5700" if column.doubtful else "#1F4E78",
            font_color="#FFFFFF",
            text_wrap=True,
            valign="vcenter",
            align="left" if column.kind in ("text", "long") else "center",
            border=1,
            border_color="#FFFFFF",
        )


def _write(target: Any, sheet: Sheet, styles: _Styles) -> None:
    """Write one sheet: a note above, titles that stay in view, filters, rows."""
    top = 0
    for note in sheet.notes:
        target.write_string(
            top, 0, note, styles.get(bold=top == 0, font_color="#7F6000" if top else "#1F3864")
        )
        top += 1
    target.set_row(top, 32)
    for number, column in enumerate(sheet.columns):
        target.write_string(top, number, column.title, styles.head(column))
    widths = [
        _width(column, (row[place] for row in sheet.rows)) for place, column in enumerate(sheet.columns)
    ]
    for place, width in enumerate(widths):
        target.set_column(place, place, width)
    for number, row in enumerate(sheet.rows, top + 1):
        _write_row(target, number, row, sheet, styles)
        lines = max(_lines(value, width) for value, width in zip(row, widths, strict=True))
        if lines > 1:
            # Told outright: not every program fits the height of a row to wrapped text by itself.
            target.set_row(number, _LINE * min(lines, _MOST_LINES))
    if sheet.total is not None:
        _write_row(target, top + 1 + len(sheet.rows), sheet.total, sheet, styles, bold=True, top=1)
    target.freeze_panes(top + 1, sheet.frozen)
    if sheet.rows:
        target.autofilter(top, 0, top + len(sheet.rows), len(sheet.columns) - 1)
    target.hide_gridlines(2)
    target.set_landscape()
    target.set_paper(8 if len(sheet.columns) > _A4_COLUMNS else 9)
    target.fit_to_pages(1, 0)
    target.repeat_rows(top)
    target.set_footer("&C&P / &N")


def _write_row(target: Any, number: int, row: Row, sheet: Sheet, styles: _Styles, **more: Any) -> None:
    for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
        style = styles.cell(column, **_colour(column, value), **more)
        if value is None or value == "":
            target.write_blank(number, place, None, style)
        elif isinstance(value, str):
            target.write_string(number, place, value, style)
        elif isinstance(value, dt.date):
            target.write_datetime(number, place, value, style)
        elif isinstance(value, Fraction) or column.kind != "sum":
            target.write_number(number, place, float(value), style)
        elif abs(value) < _EXACT:
            # The nearest double of a sum with at most 15 digits is shown, and read back, to the fen.
            target.write_number(number, place, value / 100, style)
        else:
            target.write_string(number, place, f"{value // 100:,}.{value % 100:02d}", style)


def _colour(column: Column, value: Any) -> dict[str, str]:
    """Return the colour of a cell: by its word if the column has colours, amber for what would have been."""
    if column.colours and value in column.colours:
        return {"font_color": column.colours[value]}
    return {"font_color": AMBER} if column.doubtful else {}


def _width(column: Column, values: Iterable[Any]) -> float:
    """Return a width that fits most values, in characters of the default font; Chinese ones count two."""
    longest = max((_columns(value, column) for value in values), default=0)
    words = max(map(width_of, column.title.split("\n"))) + 4  # room for the filter's arrow
    title = words if words <= _ONE_LINE else words / 2 + 3
    fitted = max(longest * _CHINESE + 2, title, _NARROWEST[column.kind])
    return float(min(fitted, _WIDEST[column.kind]))


def _lines(value: Any, width: float) -> int:
    """Return how many lines a text takes in a column."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, math.ceil(width_of(line) / width)) for line in value.split("\n"))


def _columns(value: Any, column: Column) -> int:
    if value is None:
        return 0
    if column.kind == "sum" and isinstance(value, int):
        return len(f"{value // 100:,}.00")
    if isinstance(value, Fraction):
        return len("100.0%")
    return max(map(width_of, str(value).split("\n")))
