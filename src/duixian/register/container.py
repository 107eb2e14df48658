"""Tells what a file really is from its bytes, and opens a workbook's archive only if it is safe to unpack."""

from __future__ import annotations

import copy
import re
import zipfile
from pathlib import Path
from typing import Final

from duixian.calendar.days import Both
from duixian.register.problems import Place, Problems

MAX_BYTES: Final = 64_000_000
"""The largest file that is opened (Parquet aside)."""
MAX_UNPACKED: Final = 256_000_000
"""The most that the parts of a workbook may come to when they are unpacked."""
MAX_CELLS: Final = 3_000_000
"""The most cells that the used area of a workbook's sheets may have, blank ones between them included."""
MAX_TEXT: Final = 100_000_000
"""The most characters that the cells of a workbook may hold together, shared texts counted in every cell."""
MAX_PARTS: Final = 5_000

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK: Final = 1 << 20
_SAVE_AS = Both(
    "请用 Excel 或 WPS 打开，另存为 .xlsx", "open it in Excel, WPS or LibreOffice and save it as .xlsx"
)
_PASSWORD = Both(
    "请取消打开密码后再导入。Excel：文件→信息→保护工作簿→用密码进行加密，清空密码后保存；"
    "WPS：文件→文档加密→密码加密，清空「打开文件密码」后保存",
    "remove the password. Excel: File, Info, Protect Workbook, Encrypt with Password, clear it and save; "
    "WPS: File, Encrypt, clear the password to open and save",
)
_AGAIN = Both("请重新下载，或请对方重新发送", "download it again, or have it sent again")

RENAMED: Final = (
    "renamed",
    Both(
        "其内容是新格式的工作簿，扩展名却不是", "its content is a workbook of the new format, its name is not"
    ),
    Both(
        "请用 Excel 或 WPS 打开，另存为 .xlsx（确为 .xlsx 的，改回扩展名即可）",
        "open it and save it as .xlsx (or, if it is one, give it that name again)",
    ),
)
Refused = tuple[str, Both, Both]
"""A problem's code, what was found, and what to do."""


def check_size(path: Path, problems: Problems) -> bool:
    """Whether the file is small enough to be opened; else that is a problem. Its content is not touched."""
    size = path.stat().st_size
    if size <= MAX_BYTES:
        return True
    found, limit = size / 10**6, MAX_BYTES // 10**6
    what = Both(
        f"文件有 {found:.0f} MB，超过上限 {limit} MB，未打开",
        f"the file has {found:.0f} MB, more than the limit of {limit} MB, and was not opened",
    )
    remedy = Both(
        "请删去图片和无关的工作表，或按申报主体拆成几个文件，分别用 duixian import 转为 .parquet",
        "take out pictures and other sheets, or split it by applicants and turn each part into .parquet with "
        "`duixian import`",
    )
    problems.add("too-large", Place(str(path)), what, remedy, whole=True)
    return False


def not_a_workbook(path: Path) -> Refused | None:
    """Why a file that is named as a workbook cannot be one; None for an archive, which may be one."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return "empty-file", Both("文件是空的（0 字节）", "the file is empty (0 bytes)"), _AGAIN
    if head.startswith(b"PK\x03\x04"):
        return None if zipfile.is_zipfile(path) else _truncated()
    if head.startswith(_OLE):
        return _compound(path.read_bytes())
    if head.startswith(b"%PDF"):
        what = Both("这其实是 PDF 文件", "this is really a PDF")
        return "pdf", what, Both("请索取原来的电子表格", "ask for the spreadsheet that it was made from")
    return _text(head) or _unknown()


def open_archive(path: Path) -> zipfile.ZipFile | Refused:
    """The archive of a workbook, or why it is not opened.

    Every part is unpacked once in small pieces and counted, whatever size it declares, so that a small file
    that unpacks to a huge one is refused before it fills the memory.
    """
    try:
        archive = zipfile.ZipFile(path)
        parts = [part for part in archive.infolist() if part.filename.lower().endswith((".xml", ".rels"))]
        if len(archive.infolist()) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            return _bomb()
        if any(part.flag_bits & 1 for part in parts):
            return "encrypted", Both("压缩包已加密", "the archive is encrypted"), _PASSWORD
        left = MAX_UNPACKED
        for part in parts:
            size = _unpacked_size(archive, part, left)
            if size > left or size != part.file_size:
                return _bomb()
            left -= size
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
        return _truncated()
    except Exception as error:
        if type(error).__module__ not in ("zlib", "lzma"):
            raise
        return _truncated()
    return archive


def _unpacked_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> int:
    """How many bytes the part really unpacks to, counted no further than just past the limit."""
    undeclared = copy.copy(part)
    undeclared.file_size = limit + _CHUNK  # else the library would stop where the declared size says
    size = 0
    with archive.open(undeclared) as opened:
        while size <= limit and (chunk := opened.read(_CHUNK)):
            size += len(chunk)
    return size


def _compound(data: bytes) -> Refused:
    """What a compound file (OLE, as Office used until 2003) is: its streams have names in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return (
            "encrypted",
            Both("文件已加密，要密码才能打开", "the file is encrypted with a password"),
            _PASSWORD,
        )
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return "old-workbook", *_OLD
    if "WordDocument".encode("utf-16-le") in data:
        what = Both("这是文字文档，不是表格", "this is a text document, not a table")
        return "not-a-table", what, Both("请把表格粘贴到 .xlsx 中", "paste the table into an .xlsx")
    return _unknown()


_OLD: Final = (
    Both(
        "这是 Excel 97-2003 或 WPS 的旧格式：其中隐藏的行、出错的公式和数字的显示单位无法可靠读出",
        "this is the old format of Excel 97-2003 or WPS: hidden rows, failed formulas and the units that "
        "cells show cannot be read from it reliably",
    ),
    _SAVE_AS,
)


def _text(head: bytes) -> Refused | None:
    """What a text is that has the name of a workbook; None for other bytes."""
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    low = head.replace(b"\0", b"").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in low:
        what = Both("这其实是 Excel 2003 的 XML 表格", "this is really an XML spreadsheet of Excel 2003")
        return "xml-spreadsheet", what, _SAVE_AS
    if re.search(rb"<(html|table|!doctype html|meta|body|div)\b", low):
        what = Both(
            "这其实是网页（HTML），只是改了扩展名", "this is really a web page (HTML) under another name"
        )
        return "html", what, _SAVE_AS
    if re.search(rb"[,\t][^\n]*\r?\n", low) and not re.search(rb"[\x01-\x08\x0e-\x1f]", low):
        what = Both(
            "这其实是文本表格（CSV），只是改了扩展名", "this is really a text table (CSV) under another name"
        )
        remedy = Both(
            "请把扩展名改为 .csv，或打开后另存为 .xlsx", "rename it to .csv, or open it and save it as .xlsx"
        )
        return "csv-text", what, remedy
    return None


def _truncated() -> Refused:
    return "damaged", Both("文件不完整或已损坏", "the file is incomplete or damaged"), _AGAIN


def _bomb() -> Refused:
    what = Both(
        f"解压后超过上限 {MAX_UNPACKED // 10**6} MB，或与其声明的大小不符，未读取",
        f"unpacked it passes the limit of {MAX_UNPACKED // 10**6} MB, or is not of the size that it "
        "declares; it was not read",
    )
    remedy = Both(
        "请只把需要的单元格复制到新的工作簿再导入", "copy only the cells that are needed into a new workbook"
    )
    return "too-large-unpacked", what, remedy


def _unknown() -> Refused:
    what = Both(
        "这不是电子表格，或被加密软件加了密", "this is no spreadsheet, or security software has encrypted it"
    )
    remedy = Both(
        "单位装有文档加密软件的，请先解密外发；否则请重新另存为 .xlsx",
        "if the office uses document-encryption software, decrypt it first; else save it again as .xlsx",
    )
    return "unreadable", what, remedy
