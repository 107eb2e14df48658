"""Holds the sum that a table gives of itself (合计) against the rows that were read."""

from __future__ import annotations

from collections.abc import Mapping

from duixian.calendar.days import Both, Refusal
from duixian.register.amounts import format_money
from duixian.register.names import Lexicon
from duixian.register.problems import Problems
from duixian.register.sheets import cell_at, is_blank
from duixian.register.tables import Table
from duixian.register.values import read_value

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
            told = _words(column.field.type.kind, given), _words(column.field.type.kind, read)
            what = Both(
                f"「{column.field.label.zh}」的合计写的是 {told[0][0]}，各行相加是 {told[1][0]}",
                f"the total of `{column.key}` says {told[0][1]}, the rows come to {told[1][1]}",
            )
            remedy = Both(
                "请查是否缺行、隐藏了行或改过数；不要合计的请删去该行",
                "look for rows that are missing or were changed; or delete the row of totals",
            )
            problems.add("total", table.sheet.place(below[0], column.index), what, remedy, whole=True)


def _words(kind: str, value: object) -> tuple[str, str]:
    if kind == "money" and isinstance(value, int):
        return format_money(value, "zh"), format_money(value, "en")
    return str(value), str(value)
