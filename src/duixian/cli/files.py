"""Writes files whole or not at all: to a temporary name beside the target, then renamed over it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from duixian.cli.options import Stuck

if TYPE_CHECKING:
    from duixian.calendar.days import Language


@contextmanager
def replacing(target: Path, lang: Language) -> Iterator[Path]:
    """Give a path to write to; it takes the target's place when the block ends well, else it is removed.

    A link is followed. An existing file keeps its permissions; a new one gets those of any new file. Raises Stuck
    with what stands in the way, if the file cannot be written.
    """
    with told(target, lang), _beside(target) as path:
        yield path


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    target = Path(os.path.realpath(target))
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def told(target: Path, lang: Language) -> Iterator[None]:
    """Tell what stands in the way of writing a file. Raises Stuck."""
    from duixian.engine.disk import why_not_written

    try:
        yield
    except OSError as error:
        raise Stuck(f"{target}{'：' if lang == 'zh' else ': '}{why_not_written(error).text(lang)}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
