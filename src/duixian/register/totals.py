"""What the rows of a table come to: held against its own 合计, and shown in the report."""

from __future__ import annotations

from collections.abc import Mapping

from duixian.calendar.days import Both, Language, Refusal
from duixian.language.vocabulary import Field, Vocabulary
from duixian.register.amounts import format_money
from duixian.register.applicant import Value
from duixian.register.cells import cell_of
from duixian.register.names import Lexicon
from duixian.register.problems import Problems, shown
from duixian.register.sheets import cell_at, cell_text, is_blank
from duixian.register.tables import Table
from duixian.register.values import read_value

LANGUAGES: tuple[Language, Language] = ("zh", "en")
ADDED = ("money", "count")
"""The kinds of facts of which a table gives sums."""


def check_totals(table: Table, sums: Mapping[str, int], lexicon: Lexicon, problems: Problems) -> None:
    """Compare the one 合计 under all rows with the sums of the rows read; where they differ, a problem.

    Not compared: 小计 and sums between the rows, and a cell that cannot be read as a sum.
    """
    last = max((number for number, _ in table.data_rows()), default=-1)
    below = [number for number in table.totals if number > last]
    if len(table.totals) != 1 or len(below) != 1:
        return
    row = table.sheet.rows[below[0]]
    for column in table.columns:
        cell = cell_at(row, column.index)
        if column.field is None or column.field.type.kind not in ADDED or is_blank(cell):
            continue
        try:
            given = read_value(column.field, cell, lexicon, column.unit)
        except Refusal:
            continue
        read = sums.get(column.key, 0)
        if given is not None and given != read:
            told = [value_words(column.field, value, lexicon.vocabulary) for value in (given, read)]
            what = Both(
                f"「{column.field.label.zh}」的合计写的是 {told[0].zh}，各行相加是 {told[1].zh}",
                f"the total of `{column.key}` says {told[0].en}, the rows come to {told[1].en}",
            )
            remedy = Both(
                "请查是否缺行、隐藏了行或改过数；不要合计的请删去该行",
                "look for rows that are missing or were changed; or delete the row of totals",
            )
            problems.add("total", table.sheet.place(below[0], column.index), what, remedy, whole=True)


def show_values(
    table: Table, firsts: Mapping[str, Value], sums: Mapping[str, int], vocabulary: Vocabulary
) -> None:
    """Note, for the report, the first value of each column as it was understood, and the sums of money."""
    for seen in table.seen.columns:
        field = table.entity.fields.get(seen.key)
        if field is not None and seen.key in firsts:
            seen.first = value_words(field, firsts[seen.key], vocabulary)
            if field.type.kind == "money" and seen.key in sums:
                seen.total = value_words(field, sums[seen.key], vocabulary)


def value_words(field: Field, value: Value, vocabulary: Vocabulary) -> Both:
    """A value as a report shows it."""
    if field.type.kind == "money" and isinstance(value, int):
        return Both(format_money(value, "zh"), format_money(value, "en"))
    zh, en = (cell_of(field, value, vocabulary, lang) for lang in LANGUAGES)
    return Both(shown(cell_text(zh)), shown(cell_text(en)))
