"""Writes a register as a workbook to be filled in: titles, drop-downs, notes, an example, instructions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from duixian.calendar.days import Language
from duixian.language.vocabulary import Entity, Vocabulary
from duixian.register.applicant import Applicant, Facts
from duixian.register.cells import Cell, cell_of
from duixian.register.layout import LayoutColumn, choices, columns_of, flag_word, sheet_title
from duixian.register.names import APPLICANT, COMPLETE, ID

ROWS: Final = 2000
"""The rows of a sheet for which drop-downs are set."""
_FONT: Final = "Microsoft YaHei"
_COLOURS: Final = {
    "id": ("#44546A", "编号", "keys"),
    "required": ("#C55A11", "记录必填项", "required in a record"),
    "own": ("#2F75B5", "申报主体填写", "stated by the applicant"),
    "authority": ("#7B5EA7", "主管部门认定或提供，申报主体不自行填写", "stated only by an authority"),
    "complete": ("#548235", "清单是否完整", "whether a list is complete"),
}
_HELP: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "填写说明",
        "1. 先在「申报主体」表中每个主体填一行，再在其他表中填写它的各项记录；没有的表可以空着。",
        "2. 每条记录的「申报主体编号」填「申报主体」表中的编号，「编号」自定，如 y2023、p1。",
        "3. 不知道的留空，不要填 0：留空表示未知，未知不等于零。",
        "4. 确实没有的：可填「无」的列（如离职日期）填「无」；某类记录一条也没有的，在「申报主体」表的"
        "「…清单完整」列填「是」，该表不填。",
        "5. 「…清单完整」填「是」表示该表已列出全部此类记录；留空表示可能不全，"
        "凡需要“首次”“没有”“不超过几次”的条件将无法认定。",
        "6. 金额列以万元为单位，只写数字；也可自带单位，如 2000元、500万元、1.2亿元，精确到分。",
        "7. 日期如 2023-05-01；行政区划填六位代码，如 420106；多选以顿号分隔。",
        "8. 将鼠标停在标题上可看到问题、所需证明材料和填法；带下拉箭头的请从下拉中选择。",
        "9. 斜体灰色的「示例」行不会被读取，可保留可删除；请勿改动工作表名和标题。",
        "颜色",
    ),
    "en": (
        "How to fill this in",
        "1. First one row for each applicant in the sheet `applicant`, then its records in the other sheets.",
        "2. A record names its applicant by the id in the sheet `applicant`; its own id is yours to choose"
        " (y2023, p1).",
        "3. Leave empty what is not known. Empty means unknown, and unknown is not zero.",
        "4. What there is not: write `none` where the note allows it; for records, leave the sheet empty and"
        " answer yes under `… list complete`.",
        "5. yes under `… list complete` says that all such records are listed. Empty: perhaps not all, and"
        " then conditions such as 'first' or 'none' cannot be settled.",
        "6. Money is in 10,000 yuan, as plain numbers; or with a unit of its own: 2000元, 500万元, 1.2亿元;"
        " exact to the fen.",
        "7. Days like 2023-05-01; divisions as six-digit codes like 420106; several choices separated by"
        " commas.",
        "8. Point at a title to see the question, the evidence and how to write it; use the drop-downs.",
        "9. The grey rows in italics (EXAMPLE) are not read. Do not change the names of sheets and columns.",
        "Colours",
    ),
}
_EXAMPLES: Final[dict[str, Cell]] = {
    "money": 500.0,
    "area": 200.0,
    "price_per_area": 8000.0,
    "ratio": "15%",
    "count": 3.0,
    "year": 2023.0,
    "date": dt.date(2023, 5, 1),
    "division": "420106",
}


def write_template(path: Path, vocabulary: Vocabulary, lang: Language = "zh") -> None:
    """Write an empty register with one example row a sheet; the reader skips the examples."""
    _Book(path, vocabulary, lang).write(None)


def write_workbook(
    path: Path, applicants: Iterable[Applicant], vocabulary: Vocabulary, lang: Language = "zh"
) -> None:
    """Write applicants in the template's form; the reader gives the same applicants back.

    Raises:
        ValueError: an area or a price that no finite decimal gives exactly.
    """
    _Book(path, vocabulary, lang).write(tuple(applicants))


class _Book:
    """One workbook in the making."""

    def __init__(self, path: Path, vocabulary: Vocabulary, lang: Language) -> None:
        import xlsxwriter

        self.vocabulary = vocabulary
        self.lang = lang
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.choices = choices(vocabulary, lang)

    def write(self, applicants: tuple[Applicant, ...] | None) -> None:
        """Write all sheets; without applicants, the examples."""
        self.instructions()
        for entity in self.vocabulary.entities.values():
            columns = columns_of(entity, self.vocabulary, self.lang)
            sheet = self.book.add_worksheet(sheet_title(entity, self.lang))
            self.header(sheet, columns)
            if applicants is None:
                self.row(sheet, 1, [self.example(entity, column) for column in columns], example=True)
            else:
                for number, row in enumerate(self.rows(entity, columns, applicants), 1):
                    self.row(sheet, number, row)
        self.options()
        self.book.close()

    def style(self, **properties: Any) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": _FONT, "font_size": 10, **properties})
        return self.formats[key]

    def instructions(self) -> None:
        """The first sheet: how to fill in the others, and what the colours mean."""
        sheet = self.book.add_worksheet("填写说明" if self.lang == "zh" else "instructions")
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 4)
        sheet.set_column(1, 1, 100)
        row = 0
        for line in _HELP[self.lang]:
            heading = line in (_HELP[self.lang][0], _HELP[self.lang][-1])
            row += 1
            if heading:
                sheet.write_string(row, 0, line, self.style(bold=True, font_size=14))
            else:
                sheet.write_string(row, 1, line, self.style(text_wrap=True, valign="top"))
        for colour, zh, en in _COLOURS.values():
            row += 1
            sheet.write_blank(row, 0, None, self.style(bg_color=colour))
            sheet.write_string(row, 1, zh if self.lang == "zh" else en, self.style())

    def header(self, sheet: Any, columns: list[LayoutColumn]) -> None:
        """The titles with their notes, the frozen panes, and the drop-downs under them."""
        sheet.set_row(0, 42)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 1 if columns[0].key == ID else 2)
        for index, column in enumerate(columns):
            style = self.style(
                bold=True,
                font_color="#FFFFFF",
                bg_color=_COLOURS[column.nature][0],
                border=1,
                border_color="#FFFFFF",
                text_wrap=True,
                align="center",
                valign="vcenter",
            )
            sheet.write_string(0, index, column.title, style)
            lines = sum(1 + len(line) // 22 for line in column.note.split("\n"))
            sheet.write_comment(0, index, column.note, {"x_scale": 2.2, "y_scale": max(1.0, lines / 4)})
            width = max(11, min(26, (2 if self.lang == "zh" else 1) * len(column.title) * 0.75))
            sheet.set_column(index, index, width, self.cell_style(column))
            self.dropdown(sheet, index, column)

    def cell_style(self, column: LayoutColumn) -> Any:
        """How the cells of a column look: days as days, codes and ids as text."""
        kind = column.field.type.kind if column.field else ""
        if kind == "date":
            return self.style(num_format="yyyy-mm-dd")
        if kind in ("division", "text", "record") or column.nature == "id":
            return self.style(num_format="@")
        return self.style()

    def dropdown(self, sheet: Any, index: int, column: LayoutColumn) -> None:
        """The list of choices under a column, if it has one."""
        if column.choices == "applicants":
            title = sheet_title(self.vocabulary.entities["applicant"], self.lang)
            rule = {"source": f"='{title}'!$A$2:$A${ROWS}", "error_type": "warning"}
        elif column.choices:
            place = list(self.choices).index(column.choices)
            letter = chr(65 + place) if place < 26 else "A" + chr(39 + place)
            last = len(self.choices[column.choices]) + 1
            rule = {"source": f"='{self.options_title}'!${letter}$2:${letter}${last}"}
        else:
            return
        sheet.data_validation(1, index, ROWS - 1, index, {"validate": "list", **rule})

    @property
    def options_title(self) -> str:
        """The name of the hidden sheet that holds the lists of choices."""
        return "选项" if self.lang == "zh" else "options"

    def options(self) -> None:
        """The hidden sheet with the lists of the drop-downs: they are too long for the rule itself."""
        sheet = self.book.add_worksheet(self.options_title)
        for index, (name, words) in enumerate(self.choices.items()):
            sheet.write_column(0, index, (name, *words), self.style())
        sheet.hide()

    def row(self, sheet: Any, number: int, cells: list[Cell | None], example: bool = False) -> None:
        """Write one row; numbers as numbers, days as days, all else as text."""
        looks = {"italic": True, "font_color": "#7F7F7F", "bg_color": "#F2F2F2"} if example else {}
        for index, cell in enumerate(cells):
            if isinstance(cell, float):
                sheet.write_number(number, index, cell, self.style(**looks))
            elif isinstance(cell, dt.date):
                sheet.write_datetime(number, index, cell, self.style(num_format="yyyy-mm-dd", **looks))
            elif cell is not None:
                sheet.write_string(number, index, cell, self.style(num_format="@", **looks))

    def rows(
        self, entity: Entity, columns: list[LayoutColumn], applicants: tuple[Applicant, ...]
    ) -> Iterable[list[Cell | None]]:
        """The rows of an entity's sheet."""
        for applicant in applicants:
            if entity.name == "applicant":
                yield [self.cell(column, applicant, applicant.facts) for column in columns]
            for facts in applicant.records.get(entity.name, ()):
                yield [self.cell(column, applicant, facts) for column in columns]

    def cell(self, column: LayoutColumn, applicant: Applicant, facts: Facts) -> Cell | None:
        """One cell, or nothing where the fact is not known."""
        if column.key == APPLICANT:
            return applicant.id
        if column.key == ID:
            return str(facts["id"]) if "id" in facts else applicant.id
        if column.key.startswith(COMPLETE):
            whole = column.key.partition(":")[2] in applicant.complete
            return flag_word(True, self.lang) if whole else None
        value = facts.get(column.key)
        return (
            None
            if value is None or column.field is None
            else cell_of(column.field, value, self.vocabulary, self.lang)
        )

    def example(self, entity: Entity, column: LayoutColumn) -> Cell:
        """What the example row shows in a column."""
        if column.nature == "id" or (column.field and column.field.type.kind == "record"):
            return "示例-1" if self.lang == "zh" else "EXAMPLE-1"
        if column.field is None or column.choices == "flag":
            return flag_word(True, self.lang)
        if column.field.type.kind in ("enum", "set"):
            first = next(iter(self.vocabulary.enums[column.field.type.of].values()))
            return first.text(self.lang)
        if column.key == "uscc":
            return "91420100MA00000025"
        return _EXAMPLES.get(column.field.type.kind, "（示例）" if self.lang == "zh" else "(example)")
