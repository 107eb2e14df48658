"""What a file is, by its content alone: the kinds that evidence comes in, and nothing else.

Each check looks at the structure that makes a file of its kind, and at what could hurt whoever opens it: macros,
archives that unfold to far more than they hold, names in them that lead elsewhere.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from duixian.calendar.days import Both
from duixian.server.common.refusals import Refused

LARGEST_UNFOLDED = 500 * 1024**2
"""Bytes that the parts of one office document may have together, unpacked."""
LARGEST_RATIO = 200
"""How many times its packed size a part may have; spreadsheets of zeros reach 100, bombs a thousand."""
MOST_PARTS = 2_000
_UNFOLDED_ANYHOW = 1024**2  # a ratio says nothing about a small part

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OFD = "application/ofd"
_MARKS = {"xl/workbook.xml": _XLSX, "word/document.xml": _DOCX, "OFD.xml": _OFD}
"""The part that a document of each kind cannot be without (OFD: GB/T 33190)."""

SUFFIXES = {
    "application/pdf": {"pdf"},
    "image/jpeg": {"jpg", "jpeg"},
    "image/png": {"png"},
    _XLSX: {"xlsx"},
    _DOCX: {"docx"},
    _OFD: {"ofd"},
    "text/plain": {"txt", "csv"},
}
"""The kinds that are taken, and how the names of such files end."""


def kind(path: Path) -> str:
    """The media type of a file.

    Raises:
        Refused: none of the kinds that are taken, broken, or dangerous; the reason names what to do.
    """
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, path.stat().st_size - 2048))
        tail = file.read()
    for fits, check in _KINDS:
        if fits(head):
            return check(path, tail)
    return _text(path)


def taken(name: str) -> bool:
    """Whether a name ends as files of the kinds that are taken do."""
    return any(_suffix(name) in suffixes for suffixes in SUFFIXES.values())


def named(name: str, media_type: str) -> str:
    """The name under which a file is handed out: it ends as its content does, so that it misleads nobody."""
    suffixes = SUFFIXES[media_type]
    return name if _suffix(name) in suffixes else f"{name}.{min(suffixes, key=len)}"


def not_taken() -> Refused:
    """The refusal of a kind that is not taken."""
    return Refused(
        "files.kind",
        Both(
            "不接受此类文件；请上传 PDF、OFD、JPG、PNG、XLSX、DOCX、CSV 或 TXT",
            "this kind of file is not taken; upload PDF, OFD, JPG, PNG, XLSX, DOCX, CSV or TXT",
        ),
    )


def _suffix(name: str) -> str:
    return PurePosixPath(name.strip()).suffix[1:].lower()


def _pdf(path: Path, tail: bytes) -> str:
    if b"%%EOF" not in tail:
        raise _broken("PDF")
    return "application/pdf"


def _jpeg(path: Path, tail: bytes) -> str:
    if b"\xff\xd9" not in tail:
        raise _broken("JPEG")
    return "image/jpeg"


def _png(path: Path, tail: bytes) -> str:
    if b"IEND" not in tail:
        raise _broken("PNG")
    return "image/png"


def _packed(path: Path, tail: bytes) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _harmless(parts)
            names = {part.filename for part in parts}
            found = [media for mark, media in _MARKS.items() if mark in names]
            if len(found) != 1:
                raise Refused(
                    "files.archive",
                    Both(
                        "不接受压缩包；请逐个上传其中的文件",
                        "archives are not taken; upload the files one by one",
                    ),
                )
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Refused(
                    "files.macros",
                    Both("文档含有宏；请另存为不含宏的格式", "the document has macros; save it without them"),
                )
            _unfolds_as_it_says(archive, parts)
            return found[0]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise _broken("ZIP") from None


def _harmless(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Refused(
            "files.too_many_parts",
            Both(f"文档内部超过 {MOST_PARTS} 个部分", f"the document has over {MOST_PARTS} parts"),
        )
    whole = sum(part.file_size for part in parts)
    dense = any(
        part.file_size > _UNFOLDED_ANYHOW and part.file_size > LARGEST_RATIO * part.compress_size
        for part in parts
    )
    if whole > LARGEST_UNFOLDED or dense:
        raise _bomb()
    for part in parts:
        if part.filename.startswith(("/", "\\")) or ".." in part.filename.replace("\\", "/").split("/"):
            raise Refused(
                "files.path", Both("文档内部的路径指向外部", "a part of the document leads outside of it")
            )
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _broken("ZIP")  # office documents know no other
        if part.flag_bits & 1:
            raise Refused(
                "files.encrypted",
                Both("文档已加密；请去除密码后上传", "it is encrypted; upload it without a password"),
            )


def _unfolds_as_it_says(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpacks every part once, counting: what the directory says of a size may be a lie."""
    for part in parts:
        count = 0
        with archive.open(part) as content:
            while chunk := content.read(1 << 16):
                count += len(chunk)
                if count > part.file_size:
                    raise _bomb()


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(sign.isprintable() or sign in "\r\n\t\u3000" for sign in text):
            return "text/plain"
    raise not_taken()


def _broken(what: str) -> Refused:
    return Refused(
        "files.broken",
        Both(
            f"{what} 文件不完整或已损坏；请重新导出后上传",
            f"the {what} file is cut off or broken; export it again",
        ),
    )


def _bomb() -> Refused:
    return Refused(
        "files.bomb", Both("文档解压后过大，已拒绝", "it would unpack to far more than it holds; refused")
    )


_KINDS: list[tuple[Callable[[bytes], bool], Callable[[Path, bytes], str]]] = [
    (lambda head: head.startswith(b"%PDF-"), _pdf),
    (lambda head: head.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    (lambda head: head.startswith(b"PK\x03\x04"), _packed),
]
