"""Understands the sheets of a register: which entity each is about, and what its columns mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from duixian.calendar.days import Both
from duixian.language.vocabulary import Entity, Field
from duixian.register.header import Header, Title, clean_title, find_header, read_units
from duixian.register.names import APPLICANT, COMPLETE, ID, Lexicon, Names, plain
from duixian.register.problems import shown
from duixian.register.reading import Reading, SeenColumn, SeenRow, SeenSheet
from duixian.register.sheets import Row, Sheet, cell_at, is_blank, is_empty, row_text
from duixian.register.values import column_unit

_ASIDE: Final = frozenset(
    plain(title) for title in ("填写说明", "填表说明", "说明", "选项", "instructions", "options", "readme")
)
_UNREAD: Final = frozenset(plain(title) for title in ("序号", "备注", "no", "no.", "remarks"))
_EMPTY: Final = Both("空表", "empty")
_NOTES: Final = Both("说明或选项，不读取", "instructions or choices, not read")
_DEFAULT_UNIT: Final = {"money": "元", "area": "平方米", "price_per_area": "元/平方米"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of which the title was understood: the key it stands for, its field if it is one, its unit."""

    index: int
    key: str
    field: Field | None = None
    unit: str = ""


@dataclass(slots=True)
class Table:
    """A sheet of which the titles were understood; `unread` are rows that hold no record, `totals` sums."""

    sheet: Sheet
    entity: Entity
    columns: list[Column]
    header: Header
    seen: SeenSheet
    unread: set[int] = field(default_factory=set)
    totals: list[int] = field(default_factory=list)
    understood: list[Title] = field(default_factory=list)

    def index(self, key: str) -> int | None:
        """Where the column with this key stands, if there is one."""
        return next((column.index for column in self.columns if column.key == key), None)

    def data_rows(self) -> list[tuple[int, Row]]:
        """The rows that hold records, with their numbers from 0."""
        rows = enumerate(self.sheet.rows)
        first = self.header.first
        return [(at, row) for at, row in rows if at >= first and at not in self.unread and not is_empty(row)]

    def count_filled(self) -> None:
        """Count, for the report, the values of each column in the rows of data."""
        rows = [row for _, row in self.data_rows()]
        for seen, title in zip(self.seen.columns, self.understood, strict=True):
            seen.filled = sum(1 for row in rows if not is_blank(cell_at(row, title.index)))

    def skip(self, number: int, why: Both) -> None:
        """Leave a row unread, and say so."""
        self.unread.add(number)
        row = self.sheet.rows[number]
        self.seen.unread.append(SeenRow(self.sheet.place(number, 0).at, why, row_text(row)))


def add_table(sheet: Sheet, lexicon: Lexicon, tables: dict[str, Table], reading: Reading) -> None:
    """Add the sheet to the tables by the name of its entity; what is not understood is a problem."""
    if all(is_empty(row) for row in sheet.rows):
        return reading.skip_sheet(sheet.title, _EMPTY)
    names = lexicon.entities()
    name = names.find(sheet.title)
    if name is None and plain(sheet.title) in _ASIDE:
        return reading.skip_sheet(sheet.title, _NOTES)
    if name is None or name in tables:
        return _refuse_sheet(sheet, names, name, reading)
    if sheet.hidden and not reading.include_hidden:
        what = Both(f"工作表「{sheet.title}」是隐藏的", f"the sheet `{sheet.title}` is hidden")
        remedy = Both(
            "要用它：右击任一工作表标签→取消隐藏，或加 --include-hidden；不用它：删去",
            "unhide it (right-click any tab) or give --include-hidden, or delete it",
        )
        reading.add("hidden-sheet", sheet.place(0, 0), what, remedy, whole=True)
    entity = lexicon.vocabulary.entities[name]
    known = lexicon.columns(entity)
    header = find_header(sheet, known)
    if header is None:
        return None
    read_units(sheet, header, reading)
    at = sheet.place(header.row, 0).at
    label = Both(entity.label.zh, entity.label.en)
    seen = SeenSheet(sheet.title, name, label, header_at=at, columns=[], unread=[], notices=[*sheet.notices])
    tables[name] = table = Table(sheet, entity, [], header, seen)
    reading.sheets.append(seen)
    _Columns(table, known, reading).read()
    for number in header.above:
        _read_above(table, number, reading)
    _check_keys(table, reading)
    return None


def _read_above(table: Table, number: int, reading: Reading) -> None:
    """A row above the titles: text, to be told; or data, as when the titles were sorted among them."""
    sheet, header = table.sheet, table.header
    merged = {left for first, left, last, right in sheet.merges if first == number and right > left}
    rest = {
        i: c for i, c in enumerate(sheet.rows[number]) if not is_blank(c) and not header.is_title(number, i)
    }
    bare = {i for i, c in rest.items() if i not in merged and not re.search("[:：]", str(c))}
    keys = {index for key in (ID, APPLICANT) if (index := table.index(key)) is not None}
    if len(bare) > 1 and (keys <= bare or len(bare) * 2 > len(header.titles)):
        what = Both(
            f"表头之上的这一行像是数据：「{row_text(list(rest.values()))}」",
            f"this row above the titles looks like data: {row_text(list(rest.values()))}",
        )
        remedy = Both(
            "请把表头移到全部数据之上；不是数据的，请删去",
            "move the titles above all data; or delete the row",
        )
        reading.add("data-above", sheet.place(number, 0), what, remedy, whole=True)
    elif rest:
        why = Both("表头之上的文字", "text above the titles")
        table.seen.unread.append(SeenRow(sheet.place(number, 0).at, why, row_text(list(rest.values()))))


def _refuse_sheet(sheet: Sheet, names: Names, name: str | None, reading: Reading) -> None:
    place = sheet.place(0, 0)
    if name is not None:
        what = Both(f"工作表「{sheet.title}」重复", f"a second sheet `{name}`")
        reading.add("duplicate-sheet", place, what, Both("请合并为一张", "join them into one"), whole=True)
        return
    hidden_zh, hidden_en = ("隐藏的", "hidden ") if sheet.hidden else ("", "")
    what = Both(
        f"不认识{hidden_zh}工作表「{sheet.title}」" if sheet.hidden else f"不认识的工作表「{sheet.title}」",
        f"unknown {hidden_en}sheet `{sheet.title}`",
    )
    near = names.nearest(sheet.title)
    other = Both(
        "请改为「申报主体」或某类记录的名称，或删去（隐藏的先右击工作表标签取消隐藏）"
        if sheet.hidden
        else "请改为「申报主体」或某类记录的名称，或删去",
        "name it `applicant` or after a record type, or delete it (unhide it first)"
        if sheet.hidden
        else "name it `applicant` or after a record type, or delete it",
    )
    reading.add("unknown-sheet", place, what, near if near.zh else other, whole=True)


def _check_keys(table: Table, reading: Reading) -> None:
    """The columns without which no row can be read must be there."""
    own, title = table.entity.name == "applicant", table.sheet.title
    for key, zh, en in ((ID, "编号", "id"), (APPLICANT, "申报主体编号", "applicant")):
        if (key == ID or not own) and table.index(key) is None:
            label = "申报主体编号" if own else zh
            what = Both(f"工作表「{title}」没有「{label}」列", f"sheet `{title}` has no column `{en}`")
            place = table.sheet.place(table.header.row, 0)
            reading.add("no-column", place, what, Both("请加上该列", "add it"), whole=True)


class _Columns:
    """Reads the titles of a table; all that are not understood are problems of the whole sheet."""

    def __init__(self, table: Table, names: Names, reading: Reading) -> None:
        self.table = table
        self.names = names
        self.reading = reading
        header = table.header
        self.unit_above = bool(header.line_unit) or any(title.group_unit for title in header.titles)
        self.known: set[str] = set()

    def read(self) -> None:
        for title in self.table.header.titles:
            if title.key is not None:
                self.named(title, title.key)
            elif plain(title.text) in _UNREAD:
                self.see(title, "", "", "")
            else:
                self.unknown(title)

    def unknown(self, title: Title) -> None:
        what = Both(f"不认识的列「{shown(title.text)}」", f"unknown column `{shown(title.text)}`")
        near = self.names.nearest(clean_title(title.text)[0])
        other = Both(
            "系统没有这一项：请删去该列，或将标题改为「备注」（不读取）",
            "there is no such fact: delete the column, or call it `remarks` (not read)",
        )
        self.bad("unknown-column", title, what, near if near.zh else other)

    def named(self, title: Title, key: str) -> None:
        field = self.table.entity.fields.get(key)
        unit, given = self.unit_of(title, field)
        if unit is None:
            what = Both(
                f"列「{shown(title.text)}」的单位「{title.own_unit}」不适用",
                f"column `{shown(title.text)}`: unit '{title.own_unit}' does not fit",
            )
            remedy = Both("金额列可用元、万元、亿元", "columns of money may be in 元, 万元 or 亿元")
            self.bad("unknown-unit", title, what, remedy)
        elif key in self.known:
            what = Both(f"列「{shown(title.text)}」重复", f"column `{shown(title.text)}` stands twice")
            self.bad("duplicate-column", title, what, Both("请只留一列", "keep one"))
        else:
            self.known.add(key)
            self.table.columns.append(Column(title.index, key, field, unit))
            self.see(title, key, unit, given)

    def unit_of(self, title: Title, field: Field | None) -> tuple[str | None, str]:
        """The unit of a column's plain numbers, and who gave it; None for one that does not fit."""
        if title.own_unit:
            return (column_unit(field, title.own_unit) if field else None), "title"
        if field is None or field.type.kind != "money":
            return "", ""
        line = self.table.header.line_unit
        unit = column_unit(field, title.group_unit or line) or ""
        if not unit and self.unit_above:
            what = Both(
                f"表上写有金额单位，但管不到列「{shown(title.text)}」",
                f"a unit stands above the table but not over the column `{shown(title.text)}`",
            )
            self.bad("unit", title, what, Both("请在该列标题写明单位", "write the unit into its title"))
        return unit, "group" if title.group_unit else "line" if line else ""

    def see(self, title: Title, key: str, unit: str, given: str) -> None:
        """Note the column for the report."""
        table, field = self.table, self.table.entity.fields.get(key)
        if not unit and field is not None:
            unit = _DEFAULT_UNIT.get(field.type.kind, "")
        place = table.sheet.place(title.row, title.index)
        label = self.names.label(key) if key else Both("", "")
        name = {ID: "id", APPLICANT: "applicant"}.get(key, key.replace(COMPLETE, "complete"))
        table.understood.append(title)
        table.seen.columns.append(SeenColumn(place.at, title.text, name, label, unit, given))

    def bad(self, code: str, title: Title, what: Both, remedy: Both) -> None:
        place = self.table.sheet.place(title.row, title.index)
        self.reading.add(code, place, what, remedy, whole=True)
