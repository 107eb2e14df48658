"""Odd files: what is named as a register but is something else, damaged, locked, or too large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.register.office import FIRMS, add_part, change, ole, understate, write, zipped

FILES: dict[str, Callable[[Path], Path]] = {}
FIRM_CSV = "申报主体编号,名称\nA1,甲公司\n"
HTML = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><table><tr><td>A1</td></tr></table></html>'
XML_2003 = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
)


def file(function: Callable[[Path], Path]) -> Callable[[Path], Path]:
    FILES[function.__name__] = function
    return function


def put(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def firms(path: Path) -> Path:
    return write(path, {"申报主体": FIRMS})


@file
def nothing_in_it(folder: Path) -> Path:
    return put(folder / "a.xlsx", b"")


@file
def page_named_xlsx(folder: Path) -> Path:
    return put(folder / "a.xlsx", HTML)


@file
def page_named_xls(folder: Path) -> Path:
    return put(folder / "a.xls", HTML)


@file
def xml_of_2003(folder: Path) -> Path:
    return put(folder / "a.xlsx", XML_2003)


@file
def csv_named_xlsx(folder: Path) -> Path:
    return put(folder / "a.xlsx", FIRM_CSV)


@file
def csv_of_gb18030_named_xlsx(folder: Path) -> Path:
    return put(folder / "a.xlsx", FIRM_CSV.encode("gb18030"))


@file
def pdf_named_xlsx(folder: Path) -> Path:
    return put(folder / "a.xlsx", b"%PDF-1.7\n")


@file
def truncated(folder: Path) -> Path:
    path = firms(folder / "a.xlsx")
    return put(path, path.read_bytes()[:-200])


@file
def damaged_inside(folder: Path) -> Path:
    path = firms(folder / "a.xlsx")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    data[len(data) // 3] ^= 0xFF
    return put(path, bytes(data))


@file
def encrypted(folder: Path) -> Path:
    return ole(folder / "a.xlsx", "Root Entry", "EncryptionInfo", "EncryptedPackage")


@file
def encrypted_by_office_software(folder: Path) -> Path:
    return put(folder / "a.xlsx", b"\x62\x14\x23\x65" + bytes(range(256)))


@file
def old_workbook(folder: Path) -> Path:
    return ole(folder / "a.xls", "Root Entry", "Workbook")


@file
def old_workbook_named_xlsx(folder: Path) -> Path:
    return ole(folder / "a.xlsx", "Root Entry", "Workbook")


@file
def wps_table(folder: Path) -> Path:
    return ole(folder / "a.et", "Root Entry", "Workbook")


@file
def wps_text(folder: Path) -> Path:
    return ole(folder / "a.wps", "Root Entry", "WordDocument")


@file
def new_workbook_named_xls(folder: Path) -> Path:
    return firms(folder / "a.xlsx").rename(folder / "a.xls")


@file
def text_document(folder: Path) -> Path:
    return zipped(folder / "a.xlsx", {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})


@file
def empty_workbook(folder: Path) -> Path:
    return write(folder / "a.xlsx", {"Sheet1": [], "Sheet2": []})


@file
def only_a_chart(folder: Path) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(folder / "a.xlsx"))
    book.add_worksheet("数")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=数!$A$1:$A$3"})
    book.add_chartsheet("走势图").set_chart(chart)
    book.close()
    return change(
        folder / "a.xlsx", "xl/workbook.xml", '<sheet name="数" sheetId="1" r:id="rId1"/>'.encode(), b""
    )


@file
def macros(folder: Path) -> Path:
    return add_part(firms(folder / "a.xlsm"), "xl/vbaProject.bin", b"VBA")


@file
def as_wps_writes(folder: Path) -> Path:
    """Shared strings with phonetic runs, a style named only by its number, and parts of its own."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    etc = 'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
    sheet = (
        f'<worksheet {main} {etc}><dimension ref="A1:C2"/><sheetData>'
        '<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="C1" t="s"><v>2</v></c></row><row r="2"><c r="A2" t="s"><v>3</v></c>'
        '<c r="B2" s="1"><v>45047</v></c><c r="C2" s="2"><v>45047</v></c></row></sheetData></worksheet>'
    )
    words = "".join(
        f"<si><t>{word}</t></si>" for word in ("申报主体编号", "成立日期", "落户（来本市创业）日期", "A1")
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{link}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "docProps/custom.xml": '<Properties><property name="KSOProductBuildVer">2052-12.1.0</property></Properties>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{link}"><fileVersion appName="xl" lastEdited="3"/>'
        '<workbookPr/><sheets><sheet name="申报主体" sheetId="1" r:id="rId1"/></sheets>'
        '<calcPr calcId="144525"/></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="rId1" Type="{link}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{link}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId3" Type="{link}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {main}>{words}</sst>",
        "xl/styles.xml": f'<styleSheet {main}><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="31"/>'
        '<xf numFmtId="57"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    return zipped(folder / "a.xlsx", parts)


@file
def two_hundred_megabytes(folder: Path) -> Path:
    with (folder / "a.xlsx").open("wb") as empty:
        empty.truncate(200_000_000)
    return folder / "a.xlsx"


@file
def unpacks_to_more_than_it_declares(folder: Path) -> Path:
    path = add_part(firms(folder / "a.xlsx"), "xl/bomb.xml", b" " * 5_000_000)
    return understate(path, "xl/bomb.xml", 77)


@file
def unpacks_to_too_much(folder: Path) -> Path:
    return add_part(firms(folder / "a.xlsx"), "xl/bomb.xml", bytes(300_000_000))


@file
def stray_cell_far_away(folder: Path) -> Path:
    stray = {"申报主体": lambda sheet, book: sheet.write_string("XFD1048576", "x")}
    return write(folder / "a.xlsx", {"申报主体": FIRMS}, stray)


@file
def more_texts_announced_than_there_are(folder: Path) -> Path:
    path = firms(folder / "a.xlsx")
    return change(path, "xl/sharedStrings.xml", b'uniqueCount="6"', b'uniqueCount="27000000000"')


@file
def cell_in_another_row(folder: Path) -> Path:
    return change(firms(folder / "a.xlsx"), "xl/worksheets/sheet1.xml", b'r="B3"', b'r="B4294967290"')


@file
def one_long_text_in_many_cells(folder: Path) -> Path:
    text = "x" * 30_000
    return write(folder / "a.xlsx", {"申报主体": [*FIRMS, *([text] for _ in range(4_000))]})


@file
def entities(folder: Path) -> Path:
    path = firms(folder / "a.xlsx")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet '
    return change(path, "xl/worksheets/sheet1.xml", b"<worksheet ", bomb)


@file
def csv_with_two_rows_of_titles_and_notes(folder: Path) -> Path:
    put(folder / "申报主体.csv", FIRM_CSV)
    text = "企业经营情况表,,,,\n单位：万元,,,,\n申报主体编号,编号,年度,经营情况,\n,,,营业收入,研发投入\n"
    put(folder / "年度经营.csv", f"{text}A1,y1,2023,500,60.5\n合计,,,500,60.5\n填表人：张三,,,,\n")
    return folder


@file
def csv_of_gb18030(folder: Path) -> Path:
    return put(folder / "a.csv", FIRM_CSV.encode("gb18030"))


@file
def csv_of_gb18030_with_a_mark(folder: Path) -> Path:
    return put(folder / "a.csv", f"\ufeff{FIRM_CSV}".encode("gb18030"))


@file
def csv_of_utf8_with_a_mark(folder: Path) -> Path:
    return put(folder / "a.csv", FIRM_CSV.encode("utf-8-sig"))


@file
def csv_of_broken_utf8(folder: Path) -> Path:
    return put(folder / "a.csv", FIRM_CSV.encode().replace("公".encode(), "公".encode()[:2]))


@file
def csv_of_neither(folder: Path) -> Path:
    return put(folder / "a.csv", b"id,name\nA1,caf\xe9\n")
