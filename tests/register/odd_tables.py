"""Odd tables: each a workbook, or a folder of CSV, that a function writes; its outcome is in data/register/odd."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.register.office import FIRMS, Formula, Shown, change, write, years

YEAR = ("申报主体编号", "编号", "年度")
ROW = ("A1", "y1", 2023)
TABLES: dict[str, Callable[[Path], Path]] = {}


def table(function: Callable[[Path], Path]) -> Callable[[Path], Path]:
    TABLES[function.__name__] = function
    return function


def groups(sheet: Any, book: Any) -> None:
    """A title line, a unit line, and two rows of titles, the first three merged downwards."""
    sheet.merge_range("A1:F1", "2023年度企业经营情况表")
    for letter, title in zip("ABC", YEAR, strict=True):
        sheet.merge_range(f"{letter}3:{letter}4", title)
    sheet.merge_range("D3:E3", "经营情况")


@table
def two_rows_of_titles(path: Path) -> Path:
    rows = [
        [],
        ["", "", "", "", "", "单位：万元"],
        ["", "", "", "", "", "人员"],
        ["", "", "", "营业收入", "研发投入", "从业人数"],
        [*ROW, 500, 60.5, 30],
    ]
    return write(path, {"申报主体": FIRMS, "年度经营": rows}, {"年度经营": groups})


@table
def unit_in_the_group_title(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        sheet.merge_range("D1:E1", "经营情况（万元）")

    rows = [[], [*YEAR, "营业收入", "研发投入", "从业人数"], [*ROW, 500, 60.5, 30]]
    return write(path, {"申报主体": FIRMS, "年度经营": rows}, {"年度经营": dress})


@table
def unit_of_a_group_that_leaves_a_sum_without(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        sheet.merge_range("D1:E1", "经营情况（万元）")

    rows = [[], [*YEAR, "营业收入", "从业人数", "研发投入"], [*ROW, 500, 30, 60.5]]
    return write(path, {"申报主体": FIRMS, "年度经营": rows}, {"年度经营": dress})


@table
def group_title_that_tells_a_year(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        sheet.merge_range("D1:E1", "2022年（万元）")

    rows = [[], [*YEAR, "营业收入", "研发投入"], [*ROW, 500, 60.5]]
    return write(path, {"申报主体": FIRMS, "年度经营": rows}, {"年度经营": dress})


@table
def units_above_that_cannot_be_used(path: Path) -> Path:
    rows = [["单位：千元"], [*YEAR, "营业收入"], [*ROW, 500]]
    other = [["金额单位：万美元"], ["申报主体编号", "编号", "平台建设费用（投资额）"], ["A1", "p1", 5]]
    return write(path, {"申报主体": FIRMS, "年度经营": rows, "平台": other})


@table
def two_units_above(path: Path) -> Path:
    rows = [["单位：万元", "", "", "（单位：元）"], [*YEAR, "营业收入"], [*ROW, 500]]
    return write(path, {"申报主体": FIRMS, "年度经营": rows})


@table
def unit_that_is_a_firm(path: Path) -> Path:
    rows = [["填报单位：武汉万元科技公司"], [*YEAR, "营业收入"], [*ROW, 500]]
    return write(path, {"申报主体": FIRMS, "年度经营": rows})


@table
def unit_only_in_a_note(path: Path) -> Path:
    return write(path, years([*ROW, 500], ["注：表中金额单位为万元。"], title=(*YEAR, "营业收入")))


@table
def titles_with_line_breaks_brackets_spaces_stars_synonyms(path: Path) -> Path:
    firms = [
        ["申报主体编号 ", "*企业名称", "统一社会\n信用代码", "成立时间"],
        ["A1", "甲公司", "91420100MA00000025", "2015.3.8"],
    ]
    rows = [
        ["序号", "年度", "编号", "申报主体编号", "", "营业收入\n（万元）", "研发投入【单位：元】", "备注"],
        [1, "２０２３", "y1", "A1", "", "１，２００．５", "750,000", "待核"],
    ]
    return write(path, {"申报主体": firms, " 年度 经营 ": rows})


@table
def notes_and_a_total_under_the_table(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        sheet.merge_range("A5:F5", "说明：1.本表由企业填写。")

    rows = (
        [*ROW, 500, 60.5, 30],
        ["A2", "y1", 2023, 300, 20, 12],
        ["合　计", "", "", Formula(800), Formula(80.5), Formula(42)],
        [],
        ["2.金额以审计报告为准。"],
        ["填表人：张三", "", "审核人：李四", "", "填报日期：2023年12月1日"],
    )
    return write(path, years(*rows), {"年度经营": dress})


@table
def total_that_does_not_add_up(path: Path) -> Path:
    return write(path, years([*ROW, 500, 60.5, 30], ["总计", "", "", 5500, 60.5, 30]))


@table
def text_under_the_table_that_is_no_note(path: Path) -> Path:
    return write(path, years([*ROW, 500, 60.5, 30], ["本表数据未经审计"]))


@table
def titles_again_and_column_numbers(path: Path) -> Path:
    head = years()["年度经营"][0]
    return write(path, years(["甲", "乙", "丙", 1, 2, 3], [*ROW, 500, 60.5, 30], head))


@table
def titles_sorted_among_the_data(path: Path) -> Path:
    head = years()["年度经营"][0]
    return write(path, {"申报主体": FIRMS, "年度经营": [[*ROW, 500], head, ["A2", "y1", 2023, 300, 20, 12]]})


@table
def remark_before_the_ids(path: Path) -> Path:
    title = ("备注", *YEAR, "营业收入（万元）")
    return write(path, years(["注：待核", *ROW, 500], ["", "A2", "y1", 2023, 300], title=title))


@table
def hidden_rows(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        sheet.autofilter("A1:F5")
        for row in (1, 2, 4, 7):
            sheet.set_row(row, None, None, {"hidden": True})

    rows = [["A1", f"y{year}", year, 500, 60, 30] for year in (2020, 2021, 2022, 2023)]
    return write(path, years(*rows), {"年度经营": dress})


@table
def hidden_columns(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        sheet.set_column("E:E", 0)
        sheet.set_column("F:F", None, None, {"hidden": True})
        sheet.set_column("H:XFD", None, None, {"hidden": True})

    return write(path, years([*ROW, 500, 60, 30]), {"年度经营": dress})


@table
def hidden_sheets(path: Path) -> Path:
    hide = lambda sheet, book: sheet.hide()  # noqa: E731
    very = lambda sheet, book: sheet.very_hidden()  # noqa: E731
    sheets = {**years([*ROW, 500, 60, 30]), "字典": [["甲"]], "选项": [["是"]]}
    return write(path, sheets, {"年度经营": hide, "字典": very, "选项": hide})


@table
def merged_among_the_data(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        sheet.merge_range("A2:A3", "A1")
        sheet.merge_range("D3:E3", 60)

    return write(path, years(ROW, ["", "y2", 2022]), {"年度经营": dress})


@table
def formulas_with_values(path: Path) -> Path:
    return write(path, years([*ROW, Formula(500), Formula(60.5), Formula(30)]))


@table
def formulas_out_of_date(path: Path) -> Path:
    made = write(path, years([*ROW, Formula(500), 60.5, 30]))
    return change(made, "xl/workbook.xml", b'calcId="124519"', b'calcId="124519" fullCalcOnLoad="1"')


@table
def formulas_never_computed(path: Path) -> Path:
    made = write(path, years([*ROW, Formula(500), 60.5, 30]))
    return change(made, "xl/worksheets/sheet2.xml", b"<v>500</v>", b"")


@table
def numbers_as_text(path: Path) -> Path:
    return write(
        path,
        years(["A1", "y1", "2023", "500", "６０．５", "1,200"], ["A1", "y2", 2022, "500万元", "2亿", "35人"]),
    )


@table
def numbers_whose_format_is_their_unit(path: Path) -> Path:
    rows = (
        [*ROW, Shown(500, '0"万元"'), Shown(7500000, '#,##0.00"元"'), Shown(30, 'G/通用格式"人"')],
        ["A1", "y2", 2022, Shown(500, "#,##0.00_ ;[Red]\\-#,##0.00\\ "), Shown(60.5, "0.0_ "), 30],
    )
    return write(path, years(*rows))


@table
def numbers_that_are_shown_as_others(path: Path) -> Path:
    rows = (
        [*ROW, Shown(5000000, '0!.0,"万"'), Shown(5000000, "0.0,,"), 30],
        ["A1", "y2", 2022, Shown(500, "[$$-409]#,##0.00"), Shown(0.15, "0.00%"), Shown(30, '0.0"%"')],
        ["A1", "y3", 2021, Shown(500, '"¥"#,##0.00'), 60.5, 30],
    )
    return write(path, years(*rows))


@table
def days_and_months(path: Path) -> Path:
    day = dt.date(2023, 5, 1)
    cells = (
        Shown(day, 'yyyy"年"m"月"d"日"'),
        Shown(day, "[$-804]yyyy/m/d;@"),
        "2023年5月1日",
        "二〇二三年五月一日",
        "２０２３．５．１",
        Shown(day, 'yyyy"年"m"月"'),
        Shown(day, "mmm-yy"),
        Shown(day, 'm"月"d"日"'),
        "2023.5",
        "二〇二三年五月",
        2023.1,
        45047,
        Shown(day, "yyyy-mm-dd hh:mm"),
    )
    rows = [[f"A{number}", cell] for number, cell in enumerate(cells, 1)]
    return write(path, {"申报主体": [["申报主体编号", "成立日期"], *rows]})


@table
def year_column_of_days(path: Path) -> Path:
    day = dt.date(2023, 12, 31)
    return write(
        path, years(["A1", "y1", Shown(day, 'yyyy"年"')], ["A1", "y2", Shown(day, "yyyy-mm-dd")], title=YEAR)
    )


@table
def year_one_of_1904(path: Path) -> Path:
    made = write(
        path, {"申报主体": [["申报主体编号", "成立日期"], ["A1", Shown(dt.date(2023, 5, 1), "yyyy-mm-dd")]]}
    )
    made = change(made, "xl/worksheets/sheet1.xml", b"<v>45047</v>", b"<v>43585</v>")
    return change(made, "xl/workbook.xml", b"<workbookPr ", b'<workbookPr date1904="1" ')


@table
def duplicate_and_unknown_columns(path: Path) -> Path:
    head = (*YEAR, "营业收入（万元）", "营业收入（元）", "纳税总额", "研发经费")
    return write(path, years([*ROW, 500, 5000000, 30, 10], title=head))


@table
def sheet_of_unknown_name(path: Path) -> Path:
    return write(path, {"Sheet1": FIRMS, "Sheet2": []})


@table
def protected_sheet(path: Path) -> Path:
    return write(path, {"申报主体": FIRMS}, {"申报主体": lambda sheet, book: sheet.protect("secret")})


@table
def chart_beside_the_table(path: Path) -> Path:
    def dress(sheet: Any, book: Any) -> None:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=申报主体!$A$1:$A$3"})
        book.add_chartsheet("走势图").set_chart(chart)

    return write(path, {"申报主体": FIRMS}, {"申报主体": dress})
