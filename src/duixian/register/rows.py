"""Tells which rows under the titles hold no record, and refuses what makes a row's meaning a guess.

Left unread and reported: notes (说明：…, 填表人：…) and sums (合计). Refused: filled rows and columns that
are hidden, merged cells among the data, a second row of titles, a row that numbers the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from duixian.calendar.days import Both, fold_width
from duixian.register.header import clean_title, speaks_of_unit
from duixian.register.names import APPLICANT, ID
from duixian.register.problems import Place, shown
from duixian.register.reading import Reading
from duixian.register.sheets import Row, cell_at, cell_text, is_blank, is_empty
from duixian.register.tables import Table

_NOTE = re.compile(
    r"(?:填[表报写]|制表|编制)?(?:说明|注释?|备注|附注|.{0,4}(?:负责人|领导)|填[表报]人|制表人|经办人|审核人|复核人|联系人|联系电话|电话"
    r"|填[表报]单位|[填制][表报](?:日期|时间)|日期|(?:资料|数据)来源|盖章|签字|签章|notes?|prepared by)"
    r"\s*(?:[（(].{0,20}[）)])?\s*[:：].*|[（(](?:公章|盖章|签章|签字)[）)].*",
    re.IGNORECASE | re.DOTALL,
)
_TOTAL = re.compile(r"(?:本页)?(?:合计|总计|小计|共计|total|subtotal)[:：]?", re.IGNORECASE)
_NUMBERED = re.compile(r"[（(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[）).、．].*", re.DOTALL)
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_A_SENTENCE = re.compile(r"[，。；：、,;:]|.{16}")
_UNHIDE: Final = Both(
    "要用的，请取消隐藏、清除筛选后保存，或用 duixian import --include-hidden 转换；不用的，请删去",
    "unhide them (clear the filter) and save, or convert with `duixian import --include-hidden`; or delete them",
)
_DELETE: Final = Both("请删去该行", "delete the row")
_MARK_NOTE: Final = Both(
    "若是说明，请以「说明：」开头，或移到别的工作表；若是记录，请补全",
    "begin a note with `Note:`, or move it to another sheet; complete a record",
)


def check_rows(table: Table, reading: Reading) -> None:
    """Sort the rows of a table: `table.unread` and `table.totals` are filled, and problems told."""
    _sort(table, reading)
    _check_hidden(table, reading)
    _refuse_merged(table, reading)


def _sort(table: Table, reading: Reading) -> None:
    titles = {title.index: clean_title(title.text)[0] for title in table.header.titles}
    after_note = False
    for number, row in table.data_rows():
        index, cell = next((index, cell) for index, cell in enumerate(row) if not is_blank(cell))
        text = fold_width(str(cell)).strip()
        if _has_keys(table, row, index):
            _refuse_titles(table, (number, row), titles, reading)
        elif _TOTAL.fullmatch(re.sub(r"\s", "", text)):
            table.totals.append(number)
            table.skip(number, Both("合计", "a sum"))
        elif _NOTE.fullmatch(text) or (after_note and _is_alone(row) and _NUMBERED.fullmatch(text)):
            _check_unit(table, number, row, reading)
            table.skip(number, Both("说明或签署", "a note or a signature"))
            after_note = True
        else:
            _refuse_titles(table, (number, row), titles, reading)


def _has_keys(table: Table, row: Row, first: int) -> bool:
    """Whether a row has all its ids to the right of its first cell, which is then a mere remark."""
    keys = [index for key in (ID, APPLICANT) if (index := table.index(key)) is not None]
    return first not in keys and bool(keys) and all(not is_blank(cell_at(row, index)) for index in keys)


def _is_alone(row: Row) -> bool:
    return sum(1 for cell in row if not is_blank(cell)) == 1


def _check_unit(table: Table, number: int, row: Row, reading: Reading) -> None:
    """A note that gives a unit which the titles do not give: the figures cannot be read without it."""
    for index, cell in enumerate(row):
        unit = speaks_of_unit(cell) if isinstance(cell, str) else ""
        bare = [column for column in table.columns if _is_money(column.field) and not column.unit]
        if unit and bare:
            what = Both(
                f"表下的说明写有单位「{unit}」，而金额列的标题没有写",
                f"a note under the table gives the unit '{unit}', the titles of sums do not",
            )
            remedy = Both("请把单位写进金额列的标题", "write the unit into the titles of the columns of sums")
            reading.add("unit", table.sheet.place(number, index), what, remedy, whole=True)


def _is_money(field: object) -> bool:
    return getattr(getattr(field, "type", None), "kind", "") == "money"


def _refuse_titles(table: Table, numbered: tuple[int, Row], titles: dict[int, str], reading: Reading) -> None:
    """What is no record: the titles again, a row 甲, 乙, 1, 2 that numbers the columns, a lone sentence."""
    number, row = numbered
    filled = [(index, cell) for index, cell in enumerate(row) if not is_blank(cell)]
    remedy = _DELETE
    if len(filled) > 1 and all(clean_title(cell)[0] == titles.get(index) for index, cell in filled):
        what = Both("表头在数据中间重复出现", "the titles stand again among the data")
    elif len(filled) > 2 and len(filled) == len(titles) and _numbers_columns([cell for _, cell in filled]):
        what = Both("这一行像是栏次号，不是数据", "this row seems to number the columns")
    elif len(filled) == 1 and len(titles) > 1 and _is_text(table, filled[0][1]):
        text = shown(cell_text(filled[0][1]))
        what = Both(f"这一行只有「{text}」，不像记录", f"this row holds only '{text}', which seems no record")
        remedy = _MARK_NOTE
    else:
        return
    table.unread.add(number)
    reading.add("no-data", table.sheet.place(number, filled[0][0]), what, remedy, whole=True)


def _is_text(table: Table, cell: object) -> bool:
    """Whether the only cell of a row is no id: in a sheet of records, where two are needed, always."""
    return table.entity.name != "applicant" or bool(_A_SENTENCE.search(cell_text(cell)))


def _numbers_columns(cells: list[object]) -> bool:
    """Whether the cells run 甲, 乙, 1, 2, 3 or 1, 2, 3."""
    words = [str(int(cell)) if isinstance(cell, float) else str(cell).strip("（）() ") for cell in cells]
    stems = [word for word in words if word in _STEMS]
    counted = words[len(stems) :]
    return words[: len(stems)] == list(_STEMS[: len(stems)]) and counted == [
        str(number) for number in range(1, len(counted) + 1)
    ]


def _check_hidden(table: Table, reading: Reading) -> None:
    """Hidden rows and columns that are filled: refused, or read and told."""
    sheet, first = table.sheet, min((title.row for title in table.header.titles), default=table.header.row)
    rows = [
        n for n in sorted(sheet.hidden_rows) if first <= n < len(sheet.rows) and not is_empty(sheet.rows[n])
    ]
    if rows:
        listed = _ranges(row + 1 for row in rows)
        what = Both(
            f"有 {len(rows)} 行被隐藏或筛选掉，其中有内容：第 {'、'.join(listed)} 行",
            f"filled rows that are hidden or filtered out: {', '.join(listed)}",
        )
        _tell_hidden(table, reading, ("hidden-rows", sheet.place(rows[0], 0), what))
    filled = [
        column
        for column in sorted(sheet.hidden_columns)
        if any(not is_blank(cell_at(row, column)) for row in sheet.rows[first:])
    ]
    if filled:
        names = [_letters(sheet.place(first, column).at) for column in filled]
        what = Both(
            f"有 {len(filled)} 列被隐藏，其中有内容：{'、'.join(names)} 列",
            f"filled columns that are hidden: {', '.join(names)}",
        )
        _tell_hidden(table, reading, ("hidden-columns", sheet.place(first, filled[0]), what))


def _tell_hidden(table: Table, reading: Reading, found: tuple[str, Place, Both]) -> None:
    code, place, what = found
    if not reading.include_hidden:
        reading.add(code, place, what, _UNHIDE, whole=True)
        return
    also = Both(f"{what.zh}，已按要求读取", f"{what.en}; read as asked")
    table.seen.notices.append(also)


def _refuse_merged(table: Table, reading: Reading) -> None:
    """A merged cell among the data: whether its value holds for every row or column is not said."""
    data = {number for number, _ in table.data_rows()}
    sheet = table.sheet
    for first, left, last, right in sheet.merges:
        rows = range(max(first, table.header.first), last + 1)
        if last < table.header.first or not data.intersection(rows):
            continue
        area = f"{_name(sheet.place(first, left).at)}:{_name(sheet.place(last, right).at)}"
        value = cell_at(sheet.rows[first], left) if first < len(sheet.rows) else ""
        told = ("空", "blank") if is_blank(value) else (shown(cell_text(value)),) * 2
        what = Both(
            f"数据中有合并单元格 {area}（{told[0]}）", f"merged cells among the data: {area} ({told[1]})"
        )
        remedy = Both("请取消合并，每行每格各填各的值", "unmerge them and fill in every cell")
        reading.add("merged", sheet.place(first, left), what, remedy, whole=True)


def _ranges(numbers: Iterable[int]) -> list[str]:
    """The numbers in order, runs of them as `5-9`."""
    ordered = list(numbers)
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b != a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b != a + 1), ordered[-1]]
    return [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]


def _name(at: str) -> str:
    return at.rpartition("!")[2]


def _letters(at: str) -> str:
    return _name(at).rstrip("0123456789")
