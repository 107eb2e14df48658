"""What every long command shows while it runs, and how Ctrl-C ends it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from duixian.calendar.days import Language
    from duixian.engine.progress import Progress, Tell

_LINE_S = 5.0
"""How often a line tells the progress where there is no terminal."""
INTERRUPTED = 130
AGAIN = ("；再次运行同一命令即从停下处继续", "; run the same command again to go on from here")
"""What is added where a run that is stopped can go on: Chinese, English."""


@contextmanager
def telling(lang: Language, quiet: bool) -> Iterator[Tell]:
    """Give what shows the progress: a bar on a terminal, a line now and then elsewhere, or nothing."""
    if quiet:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield _Lines(lang)
    else:
        from rich import progress as bars
        from rich.console import Console

        columns = (
            bars.BarColumn(None),
            bars.TaskProgressColumn(),
            bars.TextColumn("{task.fields[told]}"),
        )
        with bars.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            task = shown.add_task("", total=None, told="")
            yield lambda at: shown.update(
                task, completed=at.done, total=at.total, told=progress_text(lang, at)
            )


class _Lines:
    """Writes a line when enough time has passed, and one at the end."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang
        self.last = time.monotonic()
        self.ended = False

    def __call__(self, at: Progress) -> None:
        now, ends = time.monotonic(), at.done == at.total
        if (ends and not self.ended) or (not ends and now - self.last >= _LINE_S):
            self.last = now
            click.echo(progress_text(self.lang, at), err=True)
        self.ended = ends


def progress_text(lang: Language, at: Progress) -> str:
    """Say how many are done, how many a second, and how long it will take."""
    zh = lang == "zh"
    text = f"{at.done:,} / {at.total:,}"
    if at.turn:
        text = f"第{at.turn}轮 · {text}" if zh else f"turn {at.turn} · {text}"
    if at.resumed:
        text += f"（其中 {at.resumed:,} 为上次已完成）" if zh else f" ({at.resumed:,} from an earlier run)"
    if at.seconds_left is None:
        return text
    left = round(at.seconds_left)
    clock = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
    if zh:
        return text + f" · 每秒 {at.rows_per_s:,.0f} · 还需 {clock}"
    return text + f" · {at.rows_per_s:,.0f} a second · {clock} left"


@contextmanager
def stoppable(lang: Language, zh: str = "", en: str = "") -> Iterator[None]:
    """Answer Ctrl-C with a sentence and exit code 130; `zh` and `en` go on after "stopped, nothing was written"."""
    try:
        yield
    except KeyboardInterrupt:
        stop(lang, f"没有写出文件{zh}", f"nothing was written{en}")


def stop(lang: Language, zh: str, en: str) -> NoReturn:
    """End a command that was interrupted, saying what has become of its files."""
    click.echo(f"\n已停止，{zh}" if lang == "zh" else f"\nstopped, {en}", err=True)
    raise SystemExit(INTERRUPTED) from None
