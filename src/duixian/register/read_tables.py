"""Reads applicants from tables: a sheet for the applicants and one for each record type, whatever the file.

A sheet is named by its entity, its columns by their fields. A record's row names its applicant and has an id
of its own; the applicants' sheet says in `X清单完整` (是 or 否, blank is not known) whether the list of X is
whole. Rows whose id begins with 示例 are examples and skipped.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from duixian.calendar.days import Both, Refusal
from duixian.language.vocabulary import Entity
from duixian.register.amounts import is_unknown_word, parse_flag
from duixian.register.applicant import Applicant, Value
from duixian.register.assembly import Draft, Record
from duixian.register.formats import SCALED
from duixian.register.names import APPLICANT, COMPLETE, ID, Lexicon, Names
from duixian.register.office_xml import NO_CACHED_VALUE
from duixian.register.problems import Place, Problems, shown
from duixian.register.reading import Reading
from duixian.register.rows import check_rows
from duixian.register.sheets import Row, Sheet, cell_at, is_blank
from duixian.register.tables import Column, Table, add_table
from duixian.register.totals import ADDED, check_totals, show_values
from duixian.register.values import read_id, read_value

EXAMPLE = ("示例", "EXAMPLE")
EXAMPLE_ROW = Both("示例", "an example")
"""What the ids of example rows begin with."""
_OLD_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
FORMULA_ERRORS = frozenset((*_OLD_ERRORS, "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"))
_FAULTS: Final = {
    NO_CACHED_VALUE: (
        "formula-without-value",
        Both("公式没有可用的计算结果", "the formula has no computed value that can be used"),
        Both(
            "请用 Excel 或 WPS 打开并保存后再导入，或把公式粘贴为数值",
            "open and save it in Excel, WPS or LibreOffice, or paste the formula as its value",
        ),
    ),
    SCALED: (
        "scaled",
        Both(
            "单元格格式把数缩小了显示（如以万、千显示），看到的不是所存的数",
            "the cell's format shows the number divided (as 万 or 千): what is seen is not what is stored",
        ),
        Both(
            "请把单元格格式改为「常规」，核对数值，并在列标题写明单位",
            "set the format to General, check the number, and write the unit into the title",
        ),
    ),
}


def read_tables(sheets: Iterable[Sheet], lexicon: Lexicon, problems: Reading) -> list[Applicant]:
    """The applicants that the sheets tell of; those with a problem are among them, and in `problems`."""
    tables: dict[str, Table] = {}
    for sheet in sheets:
        add_table(sheet, lexicon, tables, problems)
    for table in tables.values():
        check_rows(table, problems)
    applicants = tables.pop("applicant", None)
    if applicants is None:
        if not problems.found:
            what = Both("没有「申报主体」表", "there is no sheet `applicant`")
            remedy = Both("请用模板填写", "fill in the template")
            problems.add("no-applicants", Place(""), what, remedy, whole=True)
        return []
    reader = _Rows(lexicon, problems)
    for table in (applicants, *tables.values()):
        reader.sums, reader.firsts = {}, {}
        (reader.applicants if table is applicants else reader.records)(table)
        check_totals(table, reader.sums, lexicon, problems)
        table.count_filled()
        show_values(table, reader.firsts, reader.sums, lexicon.vocabulary)
    return [draft.finish(lexicon.vocabulary, problems) for draft in reader.drafts.values()]


class _Rows:
    """Reads the rows of all tables into drafts by applicant id."""

    def __init__(self, lexicon: Lexicon, problems: Problems) -> None:
        self.lexicon = lexicon
        self.problems = problems
        self.drafts: dict[str, Draft] = {}
        self.sums: dict[str, int] = {}
        self.firsts: dict[str, Value] = {}

    def applicants(self, table: Table) -> None:
        """Make a draft of every row of the applicants' sheet."""
        for number, row in table.data_rows():
            if self.is_example(table, number, row):
                continue
            own = self.read_key(table, number, row, ID, "")
            if own is None:
                continue
            place = table.sheet.place(number, table.index(ID) or 0)
            draft = Draft(Record(own, place))
            first = self.drafts.setdefault(own, draft)
            if first is not draft:
                what = Both(
                    f"申报主体编号「{shown(own)}」重复，首次见于 {first.own.place}",
                    f"the applicant id '{shown(own)}' stands twice, first at {first.own.place}",
                )
                remedy = Both("每个申报主体只占一行", "give each applicant one row")
                self.problems.add("duplicate-id", place, what, remedy, applicant=own)
            self.facts(table, number, row, draft.own, own)
            for column in table.columns:
                if column.key.startswith(COMPLETE) and self.is_complete(table, number, row, column, own):
                    draft.complete.add(column.key.partition(":")[2])

    def records(self, table: Table) -> None:
        """Add every row of a record sheet to its applicant."""
        for number, row in table.data_rows():
            if self.is_example(table, number, row):
                continue
            draft = self.owner(table, number, row)
            owner = draft.id if draft else ""
            own = self.read_key(table, number, row, ID, owner)
            place = table.sheet.place(number, table.index(ID) or 0)
            record = Record(own or "", place)
            self.facts(table, number, row, record, owner)
            if draft is not None and own is not None:
                draft.add(table.entity, record, self.problems)

    def owner(self, table: Table, number: int, row: Row) -> Draft | None:
        """The draft that a record's row belongs to; None and a problem if there is none."""
        index = table.index(APPLICANT)
        named = self.read_key(table, number, row, APPLICANT, "")
        if named is None or index is None or named in self.drafts:
            return self.drafts.get(named or "")
        what = Both(
            f"没有编号为「{shown(named)}」的申报主体", f"there is no applicant with the id '{shown(named)}'"
        )
        near = Names({key: (key, key) for key in self.drafts}).nearest(named)
        remedy = (
            near if near.zh else Both("请先在「申报主体」表中填写", "add it to the sheet `applicant` first")
        )
        self.problems.add(
            "no-such-applicant", table.sheet.place(number, index), what, remedy, record_type=table.entity.name
        )
        return None

    def read_key(self, table: Table, number: int, row: Row, key: str, owner: str) -> str | None:
        """The id in a row's column, or None and a problem; a sheet without the column was told of already."""
        index = table.index(key)
        if index is None:
            return None
        place, record_type = table.sheet.place(number, index), _record_type(table.entity)
        cell = cell_at(row, index)
        if self.is_error(cell, place, owner, record_type):
            return None
        if is_blank(cell):
            zh, en = ("申报主体编号", "applicant") if key == APPLICANT or not record_type else ("编号", "id")
            what = Both(f"该行没有「{zh}」", f"the row has no `{en}`")
            remedy = Both("请补填，或清空该行", "fill it in, or clear the row")
            code = "no-applicant" if key == APPLICANT else "no-id"
            self.problems.add(code, place, what, remedy, applicant=owner, record_type=record_type)
            return None
        try:
            return read_id(cell)
        except Refusal as refusal:
            what = Both(f"编号读到「{shown(refusal.found)}」", f"id: found '{shown(refusal.found)}'")
            self.problems.add("value", place, what, refusal.remedy, applicant=owner, record_type=record_type)
            return None

    def facts(self, table: Table, number: int, row: Row, record: Record, owner: str) -> None:
        """Read the cells of a row that are facts."""
        record_type = _record_type(table.entity)
        titled = {title.index for title in table.header.titles}
        for index, cell in enumerate(row):
            if index not in titled and not is_blank(cell):
                what = Both(
                    f"该列没有标题，却填有「{shown(str(cell))}」",
                    f"'{shown(str(cell))}' in a column without a title",
                )
                place = table.sheet.place(number, index)
                remedy = Both("请补上标题，或清空该单元格", "give the column a title, or clear the cell")
                self.problems.add("no-title", place, what, remedy, applicant=owner, record_type=record_type)
        for column in table.columns:
            if column.field is not None:
                place = table.sheet.place(number, column.index)
                self.fact(column, cell_at(row, column.index), place, record, (owner, record_type))

    def fact(
        self, column: Column, cell: object, place: Place, record: Record, about: tuple[str, str]
    ) -> None:
        field = column.field
        if field is None or is_blank(cell):
            return
        owner, record_type = about
        record.places[field.name] = place
        if self.is_error(cell, place, owner, record_type):
            return
        try:
            value = read_value(field, cell, self.lexicon, column.unit)
        except Refusal as refusal:
            self.problems.refuse(place, field, refusal, applicant=owner, record_type=record_type)
            return
        if value is None:
            del record.places[field.name]
        else:
            record.facts[field.name] = value
            self.firsts.setdefault(field.name, value)
            if field.type.kind in ADDED and isinstance(value, int):
                self.sums[field.name] = self.sums.get(field.name, 0) + value

    def is_error(self, cell: object, place: Place, owner: str, record_type: str) -> bool:
        """Whether the cell holds a formula's error, or a formula without its value; that is a problem."""
        if not isinstance(cell, str) or (cell not in FORMULA_ERRORS and cell not in _FAULTS):
            return False
        code, what, remedy = _FAULTS.get(cell) or (
            "formula-error",
            Both(f"公式出错：{cell}", f"the formula failed: {cell}"),
            Both("请改正公式，或直接填写数值", "mend the formula, or write the value itself"),
        )
        self.problems.add(code, place, what, remedy, applicant=owner, record_type=record_type)
        return True

    def is_complete(self, table: Table, number: int, row: Row, column: Column, owner: str) -> bool:
        """Whether the row says that the column's list is whole."""
        cell, place = cell_at(row, column.index), table.sheet.place(number, column.index)
        if is_blank(cell) or (isinstance(cell, str) and is_unknown_word(cell)):
            return False
        if self.is_error(cell, place, owner, ""):
            return False
        try:
            return parse_flag(cell if isinstance(cell, str | bool) else str(cell))
        except Refusal as refusal:
            what = Both(
                f"清单是否完整：读到「{shown(refusal.found)}」，应为{refusal.expected.zh}",
                f"is the list complete: found '{shown(refusal.found)}', expected {refusal.expected.en}",
            )
            self.problems.add("value", place, what, refusal.remedy, applicant=owner)
            return False

    def is_example(self, table: Table, number: int, row: Row) -> bool:
        """Whether the row is the template's example, which is left unread."""
        cells = (cell_at(row, index) for key in (ID, APPLICANT) if (index := table.index(key)) is not None)
        if not any(isinstance(cell, str) and cell.strip().startswith(EXAMPLE) for cell in cells):
            table.seen.rows += 1
            return False
        table.skip(number, EXAMPLE_ROW)
        return True


def _record_type(entity: Entity) -> str:
    return "" if entity.name == "applicant" else entity.name
