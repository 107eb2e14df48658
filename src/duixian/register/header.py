"""Finds the titles of a table: under title lines and group titles, over several rows, with their units.

The titles stand in that row of the first 15 filled ones which holds the most known names, the first of
equals. A title may be merged downwards from a row above; a blank under a known name has that name. A unit is
given by the column's own title, else by the group title merged over the column, else by a line 单位：万元
above the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from duixian.calendar.days import Both, fold_width
from duixian.register.names import Names, split_title
from duixian.register.problems import Problems, shown
from duixian.register.sheets import Sheet, cell_at, is_blank, is_empty
from duixian.register.values import is_money_unit

_SEARCHED: Final = 15
_UNIT_LINE = re.compile(r"(?:单位|金额)\s*(?:[:：]|均?为|是)\s*(?:人民币)?\s*([^\s，,。；;）)]+)")
_YUAN = re.compile(r"[十百千万亿]*[美港日欧]?元(?:人民币)?|[十百千万亿]+")
_TELLS_A_PERIOD = re.compile(
    r"[0-9〇零一二三四五六七八九]{4}|[上前本当去今]年|同期|同比|环比|季度|月|累计|预计|预测|计划|目标|增[长速幅]|平均"
)


@dataclass(slots=True)
class Title:
    """The title of a column, and where it stands; `units` are those given from above it."""

    index: int
    row: int
    text: str
    key: str | None
    own_unit: str = ""
    group_unit: str = ""


@dataclass(slots=True)
class Header:
    """The titles, the first row of data, and the rows above that are no titles."""

    row: int
    first: int
    titles: list[Title]
    above: list[int] = field(default_factory=list)
    line_unit: str = ""

    def is_title(self, row: int, column: int) -> bool:
        """Whether a cell is the title of its column."""
        return any(title.row == row and title.index == column for title in self.titles)


def find_header(sheet: Sheet, names: Names) -> Header | None:
    """The titles of a sheet; None in an empty sheet. Nothing is noted here: see `read_units`."""
    rows = enumerate(sheet.rows)
    filled = list(islice((number for number, row in rows if not is_empty(row)), _SEARCHED))
    if not filled:
        return None
    sheet = replace(sheet, merges=[merge for merge in sheet.merges if merge[0] <= filled[-1]])
    best = max(
        filled, key=lambda number: (sum(1 for title in _titles(sheet, number, names) if title.key), -number)
    )
    titles = list(_titles(sheet, best, names))
    bottom = max((last for first, _, last, _ in sheet.merges if first <= best <= last), default=best)
    blank = all(is_empty(sheet.rows[row]) for row in range(best + 1, min(bottom + 1, len(sheet.rows))))
    above = [number for number in filled if number < best]
    return Header(best, (bottom if blank else best) + 1, titles, above)


def clean_title(cell: object) -> tuple[str, str]:
    """A title on one line without the sign of a required column, and the unit in brackets at its end."""
    text = re.sub(r"\s+", " ", str(cell).replace("_x000D_", " ")).strip().strip("*＊ ")
    parts = split_title(text)
    return (parts[0].strip(), parts[1]) if parts else (text, "")


def _titles(sheet: Sheet, number: int, names: Names) -> Iterator[Title]:
    """The titles that a row would have as the row of titles."""
    width = max((len(row) for row in sheet.rows[: number + 1]), default=0)
    for index in range(width):
        row = number
        if is_blank(cell_at(sheet.rows[row], index)):
            row = _merged_from(sheet, number, index)
        if is_blank(cell_at(sheet.rows[row], index)) and number:
            row = number - 1
            if _key(names, cell_at(sheet.rows[row], index)) is None:
                continue
        cell = cell_at(sheet.rows[row], index)
        if not is_blank(cell):
            key, unit = _key(names, cell) or (None, clean_title(cell)[1])
            yield Title(index, row, " ".join(str(cell).split()), key, unit)


def _key(names: Names, cell: object) -> tuple[str, str] | None:
    """What a title names, and its unit; None if it names nothing."""
    if not isinstance(cell, str):
        return None
    text, unit = clean_title(cell)
    whole = names.find(f"{text}（{unit}）") if unit else names.find(text)
    if whole is not None:
        return whole, ""
    key = names.find(text)
    return (key, unit) if key is not None else None


def _merged_from(sheet: Sheet, row: int, column: int) -> int:
    """The row where the text of a cell stands that is merged downwards into this one; else the row itself."""
    for first, left, last, right in sheet.merges:
        if first < row <= last and left == column == right:
            return first
    return row


def read_units(sheet: Sheet, header: Header, problems: Problems) -> None:
    """Take the units that stand above the titles; what may mean two things is a problem of the sheet."""
    lines: dict[str, tuple[int, int]] = {}
    for number in range(header.row):
        for column, cell in enumerate(sheet.rows[number]):
            if isinstance(cell, str) and not is_blank(cell) and not header.is_title(number, column):
                unit = _line_unit(sheet, (number, column), cell, problems)
                if unit:
                    lines.setdefault(unit, (number, column))
                else:
                    _group(sheet, header, (number, column), cell, problems)
    if len(lines) > 1:
        what = Both(
            f"表上写有不同的单位：{'、'.join(lines)}", f"different units above the table: {', '.join(lines)}"
        )
        remedy = Both("请把单位写进各列的标题", "write the unit into each column's title")
        problems.add("unit", sheet.place(*list(lines.values())[-1]), what, remedy, whole=True)
    header.line_unit = next(iter(lines), "")


def speaks_of_unit(text: str) -> str:
    """The unit of money that a note under a table gives, as in 注：金额单位为万元; blank if it gives none."""
    match = _UNIT_LINE.search(fold_width(text)) or re.search(r"以\s*([千百万亿]*元)\s*(?:计|为单位)", text)
    return match[1] if match and _YUAN.fullmatch(match[1]) else ""


def _line_unit(sheet: Sheet, at: tuple[int, int], cell: str, problems: Problems) -> str:
    """The unit of money that a line gives: 单位：万元, or a sole title that ends in （万元）."""
    match = _UNIT_LINE.search(fold_width(cell))
    words = re.split(r"[、/]", match[1]) if match else []
    found = [word for word in words if _YUAN.fullmatch(word)]
    alone = sum(1 for other in sheet.rows[at[0]] if not is_blank(other)) == 1
    if not found and alone and _reach(sheet, at) is None and is_money_unit(clean_title(cell)[1]):
        return clean_title(cell)[1]
    if len(found) == 1 and is_money_unit(found[0]):
        return found[0]
    if found:
        what = Both(
            f"表上写的单位「{'、'.join(found)}」不能用", f"the unit '{', '.join(found)}' above the table"
        )
        remedy = Both("金额请用元、万元或亿元", "sums may be in 元, 万元 or 亿元")
        problems.add("unit", sheet.place(*at), what, remedy, whole=True)
    return ""


def _group(sheet: Sheet, header: Header, at: tuple[int, int], cell: str, problems: Problems) -> None:
    """A title over several columns: its unit goes to them; one that changes what they mean is refused."""
    reach = _reach(sheet, at)
    row_alone = sum(1 for other in sheet.rows[at[0]] if not is_blank(other)) == 1
    starts = min((title.index for title in header.titles), default=0)
    is_line = row_alone and (reach is None or reach[0] <= starts)
    unit = clean_title(cell)[1]
    if is_money_unit(unit):
        if reach is None:
            what = Both(
                f"「{shown(cell)}」的单位管到哪一列不明", f"which columns '{shown(cell)}' covers is not clear"
            )
            remedy = Both("请把单位写进各列的标题", "write the unit into each column's title")
            problems.add("unit", sheet.place(*at), what, remedy, whole=True)
        for title in header.titles:
            if reach and reach[0] <= title.index <= reach[1]:
                title.group_unit = unit
    short = len(cell) <= 12 and not re.search(r"[:：]", cell)
    if not is_line and (reach or short) and _TELLS_A_PERIOD.search(cell):
        what = Both(
            f"「{shown(cell)}」标在几列之上，会改变这几列的含义",
            f"'{shown(cell)}' stands over several columns and changes what they mean",
        )
        remedy = Both(
            "请每个年度各填一行，在「年度」列写明；只是说明的，请移到表名一行",
            "give each year a row of its own, named in the column `year`; a remark belongs in the title line",
        )
        problems.add("group-title", sheet.place(*at), what, remedy, whole=True)


def _reach(sheet: Sheet, at: tuple[int, int]) -> tuple[int, int] | None:
    """The columns over which a cell is merged; None if it is not."""
    found = (m for m in sheet.merges if (m[0], m[1]) == at and m[3] > m[1])
    merge = next(found, None)
    return (merge[1], merge[3]) if merge else None
