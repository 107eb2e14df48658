"""The lines of `duixian import --dry-run`: what was understood of a register, for an officer to check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from duixian.register.read_tables import EXAMPLE_ROW

if TYPE_CHECKING:
    from duixian.calendar.days import Language
    from duixian.register.reading import SeenColumn, SeenRow, SeenSheet
    from duixian.register.understood import Understood

_UNIT_FROM = {
    "title": ("标题", "its title"),
    "group": ("上方的合并标题", "the title merged over it"),
    "line": ("表上的单位行", "the line above the table"),
    "": ("", ""),
}


def lines(found: Understood, lang: Language) -> Iterator[str]:
    """Return the report: the file, each sheet, the records, then every problem."""
    zh = lang == "zh"
    yield found.file
    for notice in found.notices:
        yield f"  {notice.text(lang)}"
    if found.include_hidden:
        yield "  隐藏的行、列和工作表也已读取" if zh else "  hidden rows, columns and sheets were read too"
    for sheet in found.sheets:
        if not _bare(sheet):
            yield ""
            yield from _sheet(sheet, zh)
    bare = [sheet.title for sheet in found.sheets if _bare(sheet)]
    if bare:
        listed = ("、" if zh else ", ").join(bare)
        yield ""
        yield (
            f"没有数据的工作表（至多有示例行）：{listed}"
            if zh
            else f"sheets without data, at most an example row: {listed}"
        )
    yield ""
    count = found.applicants
    yield f"共 {count} 个申报主体" if zh else f"{count} applicant{'' if count == 1 else 's'}"
    for record in found.records:
        label = record.label.text(lang)
        yield (
            f"  {label}：{record.count} 条记录；{record.complete} 个主体的清单完整，其余可能不全"
            if zh
            else f"  {label}: {record.count} records; list complete for {record.complete}, perhaps not for others"
        )
    yield ""
    yield from _problems(found, lang)


def _bare(sheet: SeenSheet) -> bool:
    """Whether a sheet holds nothing to check: no data, nothing to tell, no row left unread but examples."""
    return (
        bool(sheet.entity)
        and not sheet.rows
        and not sheet.notices
        and all(row.why == EXAMPLE_ROW for row in sheet.unread)
    )


def _sheet(sheet: SeenSheet, zh: bool) -> Iterator[str]:
    lang: Language = "zh" if zh else "en"
    if not sheet.entity:
        yield (
            f"工作表「{sheet.title}」：不读取（{sheet.why.zh.removesuffix('，不读取')}）"
            if zh
            else f"sheet `{sheet.title}`: not read ({sheet.why.en.removesuffix(', not read')})"
        )
        return
    what = f"→ {sheet.label.text(lang)}" if sheet.label.text(lang) != sheet.title else ""
    header = _cell(sheet.header_at, row=True)
    yield (
        f"工作表「{sheet.title}」{what}：表头在第 {header} 行，数据 {sheet.rows} 行"
        if zh
        else f"sheet `{sheet.title}` {what}: titles in row {header}, {sheet.rows} rows of data"
    )
    for notice in sheet.notices:
        yield f"  {notice.text(lang)}"
    yield from _columns(sheet, zh)
    if sheet.unread:
        yield "  未作数据的行：" if zh else "  rows not taken as data:"
        for row in sheet.unread:
            yield f"    {_row(row, zh)}"


def _columns(sheet: SeenSheet, zh: bool) -> Iterator[str]:
    """Return a line for each column that has values, and one for all that have none."""
    for column in sheet.columns:
        if column.filled:
            yield f"  {_column(column, zh)}"
    blank = [column.title for column in sheet.columns if not column.filled]
    if blank and sheet.rows:
        listed = ("、" if zh else ", ").join(blank)
        yield f"  没有填值的列：{listed}" if zh else f"  columns without a value: {listed}"


def _column(column: SeenColumn, zh: bool) -> str:
    place = _cell(column.at)
    at = "" if place.isdigit() else f"{place}"
    facts = [f"{column.filled} 格有值" if zh else f"{column.filled} filled"]
    label = ("不读取" if zh else "not read") if not column.key else column.label.zh
    if column.key and not zh:
        label = f"{column.label.en} [{column.key}]"
    if column.unit:
        given = _UNIT_FROM[column.unit_from][0 if zh else 1]
        facts.append(f"单位 {column.unit}，见{given}" if zh else f"in {column.unit}: {given}")
        if not column.unit_from:
            facts[-1] = f"未写单位，按{column.unit}" if zh else f"no unit written: {column.unit}"
    if column.first.zh:
        facts.append(f"首个 {column.first.zh}" if zh else f"first {column.first.en}")
    if column.total.zh and column.filled > 1:
        facts.append(f"合计 {column.total.zh}" if zh else f"total {column.total.en}")
    told = ("；" if zh else "; ").join(facts)
    return (
        f"{at}「{column.title}」→ {label}（{told}）" if zh else f"{at} '{column.title}' -> {label} ({told})"
    )


def _row(row: SeenRow, zh: bool) -> str:
    at = _cell(row.at, row=True)
    return f"第 {at} 行：{row.why.zh}「{row.text}」" if zh else f"row {at}: {row.why.en}: {row.text}"


def _problems(found: Understood, lang: Language) -> Iterator[str]:
    zh, count = lang == "zh", len(found.problems)
    if not count:
        yield "没有问题，可以评估" if zh else "no problem: it can be assessed"
        return
    yield (
        f"有 {count} 处问题，改好后才能评估："
        if zh
        else f"{count} problem{'' if count == 1 else 's'} to mend first:"
    )
    for problem in found.problems:
        text = problem.text(lang)
        yield f"  {text.removeprefix(f'{found.file}:').strip()}"


def _cell(at: str, row: bool = False) -> str:
    """Return a place without its sheet; with `row` only its number."""
    name = at.rpartition("!")[2]
    return name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") if row else name
