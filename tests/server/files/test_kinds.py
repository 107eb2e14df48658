"""What a file is by its content: good ones of every kind, and everything that people and attackers send instead."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.server.common.refusals import Refused
from duixian.server.files import kinds, names

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def archive(*parts: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as opened:
        for name, content in parts:
            opened.writestr(name, content)
    return made.getvalue()


BOOK = ("xl/workbook.xml", b"<workbook/>")


def lying_about_its_size() -> bytes:
    """An archive whose directory says 100 bytes of a part that unpacks to a million."""
    made = bytearray(archive(BOOK, ("xl/big.xml", b"0" * 1_000_000)))
    at = made.rindex(b"PK\x01\x02")
    made[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(made)


def encrypted() -> bytes:
    made = bytearray(archive(BOOK))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + offset] |= 1
    return bytes(made)


GOOD = {
    "pdf": (PDF, "application/pdf"),
    "jpeg": (JPEG, "image/jpeg"),
    "png": (png(), "image/png"),
    "workbook": (
        archive(BOOK, ("xl/sheet1.xml", b"<a/>" * 1000)),
        next(k for k in kinds.SUFFIXES if "sheet" in k),
    ),
    "document": (archive(("word/document.xml", b"<d/>")), next(k for k in kinds.SUFFIXES if "word" in k)),
    "ofd": (archive(("OFD.xml", b"<o/>")), "application/ofd"),
    "csv": ("企业,营收\r\n甲公司,100\r\n".encode(), "text/plain"),
    "csv of an old office": ("企业,营收\r\n甲公司,100\r\n".encode("gb18030"), "text/plain"),
    "csv with a mark": ("企业\n".encode("utf-8-sig"), "text/plain"),
}
BAD = {
    "a program": (b"\x7fELF" + bytes(100), "files.kind"),
    "a Windows program": (b"MZ\x90\x00" + bytes(100), "files.kind"),
    "noise": (b"".join(struct.pack("<I", n * 2654435761 % 2**32) for n in range(1000)), "files.kind"),
    "a PDF cut off": (PDF[:30], "files.broken"),
    "a picture cut off": (png()[:-12], "files.broken"),
    "an archive cut off": (archive(BOOK)[:-30], "files.broken"),
    "any archive": (archive(("a.txt", b"x")), "files.archive"),
    "two documents in one": (archive(BOOK, ("word/document.xml", b"<d/>")), "files.archive"),
    "macros": (archive(BOOK, ("xl/vbaProject.bin", b"x")), "files.macros"),
    "a bomb": (archive(BOOK, ("xl/bomb.xml", bytes(50_000_000))), "files.bomb"),
    "a bomb that lies": (lying_about_its_size(), "files.broken"),
    "5,000 parts": (archive(BOOK, *((f"xl/{n}.xml", b"") for n in range(5000))), "files.too_many_parts"),
    "a path upwards": (archive(BOOK, ("../../etc/passwd", b"x")), "files.path"),
    "a path from the root": (archive(BOOK, ("/etc/passwd", b"x")), "files.path"),
    "a Windows path upwards": (archive(BOOK, ("xl\\..\\..\\x", b"x")), "files.path"),
    "a password": (encrypted(), "files.encrypted"),
    "a page": (b"<html><script>\x00</script>", "files.kind"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_known_by_its_content(name: str, tmp_path: Path) -> None:
    content, media_type = GOOD[name]
    (tmp_path / "x").write_bytes(content)
    assert kinds.kind(tmp_path / "x") == media_type


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    content, code = BAD[name]
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(Refused) as refused:
        kinds.kind(tmp_path / "x")
    assert refused.value.code == code


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "x"


@given(st.sampled_from(sorted(GOOD)), st.integers(0, 400), st.binary(max_size=20))
def test_a_damaged_file_is_refused_or_of_a_kind_and_nothing_else_happens(
    scratch: Path, name: str, at: int, noise: bytes
) -> None:
    content = GOOD[name][0]
    scratch.write_bytes(content[:at] + noise + content[at + len(noise) :])
    with contextlib.suppress(Refused):
        assert kinds.kind(scratch) in kinds.SUFFIXES


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\用户\\合同.docx", "合同.docx"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("fdp.\u202egpj.exe", "fdp.gpj.exe"),
        ("   ", "未命名"),
        ("...", "未命名"),
        ("a<b>|c?.pdf", "a_b__c_.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(given: str, shown: str) -> None:
    assert names.shown(given) == shown


@given(st.text(max_size=300))
def test_a_shown_name_has_no_folder_and_nothing_invisible(name: str) -> None:
    shown = names.shown(name)
    assert 0 < len(shown) <= names.LONGEST
    assert not set(shown) & set('/\\\0\r\n\u202e<>:"|?*')


def test_a_name_that_belies_its_content_gets_the_right_end() -> None:
    assert kinds.named("发票.pdf", "image/png") == "发票.pdf.png"
    assert kinds.named("发票.JPG", "image/jpeg") == "发票.JPG"
