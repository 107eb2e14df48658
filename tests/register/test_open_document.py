"""What an OpenDocument spreadsheet hides, merges and shows is found as in .xlsx."""

import zipfile
from pathlib import Path

import pytest
from tests.register.office import zipped

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.office_xml import TooManyCells
from duixian.register.open_document import scan_open_document
from duixian.register.understood import understand

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
STYLES = """
<number:number-style style:name="N1"><number:number/><number:text>万元</number:text></number:number-style>
<number:number-style style:name="N2"><number:number number:display-factor="1000"/></number:number-style>
<number:date-style style:name="N3"><number:year/><number:text>年</number:text><number:month/></number:date-style>
<number:percentage-style style:name="N4"><number:number/><number:text>%</number:text></number:percentage-style>
<number:currency-style style:name="N5"><number:currency-symbol>$</number:currency-symbol><number:number/>
</number:currency-style>
<style:style style:name="c1" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="c2" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="c3" style:family="table-cell" style:data-style-name="N3"/>
<style:style style:name="c4" style:family="table-cell" style:data-style-name="N4"/>
<style:style style:name="c5" style:family="table-cell" style:data-style-name="N5"/>
<style:style style:name="t1" style:family="table"><style:table-properties table:display="false"/></style:style>
"""


def text(word: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{word}</text:p></table:table-cell>'


def number(value: float, style: str, kind: str = "float") -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="{kind}" office:value="{value}">'
        f"<text:p>?</text:p></table:table-cell>"
    )


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def table(title: str, *rows: str, more: str = "") -> str:
    return f'<table:table table:name="{title}"{more}>{"".join(rows)}</table:table>'


def document(path: Path, *tables: str) -> Path:
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, {"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": "<m/>"})


FIRMS = table("申报主体", row(text("申报主体编号")), row(text("A1")))
HEAD = row(*map(text, ("申报主体编号", "编号", "年度", "营业收入", "研发投入")))


def problems(path: Path) -> list[str]:
    found = understand(path, shared_vocabulary())
    return [f"{problem.code} {problem.place.at} {problem.what.zh}" for problem in found.problems]


def test_units_and_percentages_that_only_the_format_holds(tmp_path: Path) -> None:
    data = row(text("A1"), text("y1"), text("2023"), number(500, "c1"), number(5000, "c2"))
    more = row(
        text("A1"), text("y2"), text("2022"), number(0.15, "c4", "percentage"), number(5, "c5", "currency")
    )
    path = document(tmp_path / "a.ods", FIRMS, table("年度经营", HEAD, data, more))
    found = understand(path, shared_vocabulary())
    assert found.sheets[1].columns[3].first.zh == "500万元"
    assert problems(path) == [
        "scaled 年度经营!E2 单元格格式把数缩小了显示（如以万、千显示），看到的不是所存的数",
        "value 年度经营!D3 「营业收入」读到「15%」，应为不为负数的金额，如 500万元",
        "value 年度经营!E3 「研发投入」读到「$5」，应为不为负数的金额，如 500万元",
    ]


def test_what_is_hidden_or_merged(tmp_path: Path) -> None:
    hidden = row(text("A1"), text("y1"), text("2023"), more=' table:visibility="filter"')
    tall = row(text("A1", ' table:number-rows-spanned="2"'), text("y2"), text("2022"))
    covered = row("<table:covered-table-cell/>", text("y3"), text("2021"), text("5"))
    column = '<table:table-column table:number-columns-repeated="3"/>'
    column += '<table:table-column table:visibility="collapse"/>'
    years = table("年度经营", column, HEAD, hidden, tall, covered, more=' table:style-name="t1"')
    assert problems(document(tmp_path / "a.ods", FIRMS, years)) == [
        "hidden-sheet 年度经营!A1 工作表「年度经营」是隐藏的",
        "hidden-rows 年度经营!A2 有 1 行被隐藏或筛选掉，其中有内容：第 2 行",
        "hidden-columns 年度经营!D1 有 1 列被隐藏，其中有内容：D 列",
        "merged 年度经营!A3 数据中有合并单元格 A3:A4（A1）",
        "no-applicant 年度经营!A4 该行没有「申报主体编号」",
    ]


def test_failed_formulas_and_months(tmp_path: Path) -> None:
    failed = text("#DIV/0!", ' table:formula="of:=1/0" calcext:value-type="error"')
    day = '<table:table-cell table:style-name="c3" office:value-type="date" office:date-value="2023-05-01"/>'
    head = row(text("申报主体编号"), text("名称"), text("成立日期"))
    path = document(tmp_path / "a.ods", table("申报主体", head, row(text("A1"), failed, day)))
    assert problems(path) == [
        "formula-error 申报主体!B2 公式出错：#DIV/0!",
        "value 申报主体!C2 「成立日期」读到「2023-05」，应为年、月、日俱全的日期，如 2023-05-01 或 2023年5月1日",
    ]


def test_a_cell_repeated_without_end(tmp_path: Path) -> None:
    cell = text("x", ' table:number-columns-repeated="16384"')
    path = document(
        tmp_path / "a.ods", table("申报主体", row(cell, more=' table:number-rows-repeated="1048576"'))
    )
    with zipfile.ZipFile(path) as archive, pytest.raises(TooManyCells):
        scan_open_document(archive)
    assert problems(path)[0].startswith("too-many-cells 申报主体!XFD1048576")
