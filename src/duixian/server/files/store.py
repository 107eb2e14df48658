"""The store on the disk: contents by their digest, each written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Set
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from duixian.calendar.days import Both
from duixian.server.common.refusals import Refused

_ABANDONED = 24 * 60 * 60
"""Seconds after which what nobody finished uploading is deleted."""


def accepted(digest: str) -> Path:
    """Where an accepted content stands: two levels of 256 folders, so that none grows too large."""
    return Path(settings.FILES_ROOT) / "accepted" / digest[:2] / digest[2:4] / digest


def quarantined(digest: str) -> Path:
    """Where a content waits for its check; nothing is ever handed out from here."""
    return Path(settings.FILES_ROOT) / "quarantine" / digest


def take_in(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Writes what comes in to the quarantine and returns its digest and size in bytes.

    Raises:
        Refused: it is empty, or larger than the limit; nothing is kept.
        Exception: whatever the source of the chunks raises, a cut connection for one; nothing is kept.
    """
    incoming = _folder(Path(settings.FILES_ROOT) / "incoming") / uuid4().hex
    digest, size = hashlib.sha256(), 0
    try:
        incoming.touch(mode=0o600, exist_ok=False)
        with incoming.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise Refused("files.too_large", _too_large())
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if size == 0:
            raise Refused(
                "files.empty", Both("文件是空的；请选择有内容的文件", "the file is empty; choose another")
            )
        name = digest.hexdigest()
        if not accepted(name).exists():
            target = quarantined(name)
            _folder(target.parent)
            incoming.replace(target)
            _write_down(target.parent)
        return name, size
    finally:
        incoming.unlink(missing_ok=True)


def accept(digest: str) -> None:
    """Moves a content out of the quarantine; done again it changes nothing."""
    source, target = quarantined(digest), accepted(digest)
    if source.exists():
        _folder(target.parent)
        source.replace(target)
        target.chmod(0o400)
        _write_down(target.parent)


def discard(digest: str) -> None:
    """Deletes a refused content from the quarantine."""
    quarantined(digest).unlink(missing_ok=True)


def undecided(digest: str) -> Path:
    """Where a content is that waits for its check: moved on already, if the note of it was lost in a crash."""
    return quarantined(digest) if quarantined(digest).exists() else accepted(digest)


def sweep(waiting: Set[str]) -> None:
    """Deletes what was abandoned: half uploaded, or in quarantine and not among the digests that wait for a check."""
    root = Path(settings.FILES_ROOT)
    for path in (*root.glob("incoming/*"), *root.glob("quarantine/*")):
        if path.name not in waiting and time.time() - path.stat().st_mtime > _ABANDONED:
            path.unlink(missing_ok=True)


def _too_large() -> Both:
    limit = settings.UPLOAD_MAX_BYTES // 1024**2
    return Both(
        f"文件超过 {limit} MiB；请压缩或分开上传",
        f"the file is larger than {limit} MiB; make it smaller or split it",
    )


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _write_down(folder: Path) -> None:
    """Has the system write a folder's entries to the disk: a renamed file is only safe after that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
