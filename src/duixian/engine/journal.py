"""Keeps the finished parts of a long run in a folder beside its target, so that a killed run can go on.

The folder `.<target>.work` holds `key`, which says what was asked of which input, and a file for each
finished part. A part is written under another name and renamed when it is whole and on the disk, so what
bears a part's name is finished. A part is blocks of claims (`engine.blocks`), then what it comes to and where its
blocks begin as JSON, then the JSON's length in 8 bytes and `MAGIC`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from duixian.calendar.days import Both, Language
from duixian.engine.blocks import Block
from duixian.engine.disk import why_not_written
from duixian.engine.written import Tally

MAGIC = b"duixian\x02"
_TAIL = 8 + len(MAGIC)


class RunProblem(Exception):  # noqa: N818 - what stood in the way of a run, told to a person
    """A run cannot go on; `what` says why and what to do."""

    def __init__(self, what: Both) -> None:
        super().__init__(what)
        self.what = what

    def text(self, lang: Language) -> str:
        """The message in one language."""
        return self.what.text(lang)

    def __str__(self) -> str:
        return self.what.en


class CannotWrite(RunProblem):
    """The target cannot be written: the disk is full, the folder is read-only or closed to us, or it is gone."""


class Busy(RunProblem):
    """Another process is writing the same target."""


class Journal:
    """The work folder of one target, open and locked."""

    def __init__(self, target: Path, key: str) -> None:
        """Open the folder, or make it. Parts of another key are removed. Raises CannotWrite, Busy."""
        self.target = Path(os.path.realpath(target))
        self.folder = self.target.with_name(f".{self.target.name}.work")
        with self.writing():
            self.folder.mkdir(exist_ok=True)
            self._lock = (self.folder / "lock").open("a")
        try:
            _lock(self._lock, self.target)
            with self.writing():
                self._start(key)
        except BaseException:
            self._lock.close()
            raise

    def _start(self, key: str) -> None:
        noted = self.folder / "key"
        if not noted.exists() or noted.read_text() != key:
            for path in self.folder.iterdir():
                if path.name != "lock":
                    path.unlink()
            noted.write_text(key)
        self._sweep()

    def _sweep(self) -> None:
        for path in self.folder.glob("*.unfinished"):
            path.unlink(missing_ok=True)

    def close(self, done: bool) -> None:
        """Let go of the folder; remove it when the target is done."""
        if done:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self._sweep()
        self._lock.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Tell a fault of the disk as such. Raises CannotWrite."""
        try:
            yield
        except OSError as error:
            why = why_not_written(error)
            zh, en = f"{self.target}：{why.zh}", f"{self.target}: {why.en}"
            if any(self.folder.glob("*.part")):
                zh += f"。已完成的部分留在 {self.folder}，续作时不再重算；不再需要时可删除该文件夹"
                en += f". What is finished is kept in {self.folder} and not done again; delete the folder to give up"
            raise CannotWrite(Both(zh, en)) from error

    def unfinished(self, name: str) -> Path:
        """Return the path of a file that is being written."""
        return self.folder / f"{name}.unfinished"

    def part(self, number: int) -> Path:
        """Return the path of a finished part."""
        return self.folder / f"{number:08}.part"

    def keep(self, number: int) -> None:
        """Give a part its name once it is on the disk. Raises CannotWrite."""
        made = self.unfinished(f"{number:08}")
        with self.writing():
            with made.open("rb+") as file:
                os.fsync(file.fileno())
            made.replace(self.part(number))

    def tally(self, number: int) -> Tally | None:
        """Return what a part comes to, or None if it is not finished."""
        try:
            with self.part(number).open("rb") as file:
                return _end(file)[0]
        except (OSError, ValueError):
            return None

    def blocks(self, number: int) -> Iterator[Block]:
        """Return the claims of a finished part."""
        import pyarrow as pa

        with self.part(number).open("rb") as file:
            index = _end(file)[1]
            file.seek(0)
            for span, whole, rows, size in index:
                yield Block(number, span, whole, rows, pa.py_buffer(file.read(size)))


class PartWriter:
    """Writes one part, which is one once `finish` and then `Journal.keep` have returned."""

    def __init__(self, journal: Journal, number: int) -> None:
        """Open the file. Raises CannotWrite."""
        self.journal, self.number = journal, number
        self.path = journal.unfinished(f"{number:08}")
        self._blocks: list[tuple[int, bool, int, int]] = []
        with journal.writing():
            self._file = self.path.open("wb")

    def add(self, block: Block) -> None:
        """Add claims. Raises CannotWrite."""
        with self.journal.writing():
            self._file.write(block.data)
        self._blocks.append((block.span, block.whole, block.rows, block.data.size))

    def finish(self, tally: Tally) -> None:
        """Close the part. Raises CannotWrite."""
        counts = [[*key, count] for key, count in sorted(tally.counts.items())]
        whole = [tally.applicants, tally.written, tally.handed_over, counts, tally.fen]
        text = json.dumps([whole, self._blocks]).encode()
        with self.journal.writing():
            self._file.write(text + len(text).to_bytes(8, "little") + MAGIC)
            self._file.close()

    def drop(self) -> None:
        """Remove what was written."""
        with contextlib.suppress(OSError, ValueError):
            self._file.close()
        self.path.unlink(missing_ok=True)


def digest(*parts: bytes) -> str:
    """Return a hash of some bytes, each kept apart from the next."""
    found = hashlib.blake2b(digest_size=20)
    for part in parts:
        found.update(len(part).to_bytes(8, "little") + part)
    return found.hexdigest()


def _end(file: IO[bytes]) -> tuple[Tally, list[tuple[int, bool, int, int]]]:
    """Read what a part comes to, and its blocks. Raises OSError or ValueError if it has no end."""
    file.seek(-_TAIL, os.SEEK_END)
    tail = file.read()
    if tail[8:] != MAGIC:
        raise ValueError("a part without its end")
    length = int.from_bytes(tail[:8], "little")
    file.seek(-_TAIL - length, os.SEEK_END)
    (applicants, rows, handed_over, counts, fen), blocks = json.loads(file.read(length))
    tally = Tally(applicants, rows, handed_over, {(p, m, v): count for p, m, v, count in counts}, fen)
    return tally, blocks


def _lock(file: IO[str], target: Path) -> None:
    """Keep other processes out until the file is closed, where the system has such locks."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Busy(Both(f"另一个进程正在写 {target}", f"another process is writing {target}")) from None
