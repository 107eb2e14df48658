"""The name of an uploaded file, made fit to be shown and to be saved; it is never a path on our disk."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
"""Characters: 360 bytes of Chinese at most, which every system that we know can show."""


def shown(given: str) -> str:
    """The last part of a name that may come with folders of either kind, without what would mislead a reader.

    Control and direction characters are dropped (they can make `exe.fdp` read as a PDF), signs that a file
    system refuses become `_`, and a name of nothing becomes 未命名.
    """
    last = PurePosixPath(given.replace("\\", "/")).name
    plain = unicodedata.normalize("NFC", last)
    kept = "".join(
        sign for sign in plain if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    safe = "".join("_" if sign in '<>:"/|?*' else sign for sign in kept).strip(" .")
    stem, dot, suffix = safe.rpartition(".")
    if len(safe) > LONGEST:
        safe = f"{stem[: LONGEST - len(suffix) - 1]}.{suffix}" if dot and len(suffix) < 10 else safe[:LONGEST]
    return safe or "未命名"
