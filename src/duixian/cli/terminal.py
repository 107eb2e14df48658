"""Prints to a terminal, a pipe or a file: how wide a line is, and tables that know how wide Chinese is."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDEST = 120
PIPE = 100
_NO_LINE_START = "，。；：、？！）》」』”’】…%,.;:?!)]}"
_NO_LINE_END = "（《「『“‘【([{"


class _Trimmed:
    """A stream that drops the blanks with which tables fill their lines; they spoil diffs and copies."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        import click

        click.echo("\n".join(line.rstrip(" ") for line in text.split("\n")), nl=False)
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def console() -> Console:
    """Return a console on standard output: as wide as the terminal or COLUMNS, up to 120; a pipe: 100."""
    from rich.console import Console

    asked = os.environ.get("COLUMNS", "")
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else PIPE
    if asked.isdigit() and int(asked) >= 40:
        width = int(asked)
    return Console(
        file=cast("IO[str]", _Trimmed()),
        width=min(width, WIDEST),
        force_terminal=terminal,
        highlight=False,
        markup=False,
        emoji=False,
    )


def table(*columns: str, right: tuple[int, ...] = (), title: str = "") -> Table:
    """Return a table with a ruled header and no box; `right` are the columns of numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(
        box=SIMPLE_HEAD, pad_edge=False, title=title or None, title_justify="left", title_style="bold"
    )
    for number, name in enumerate(columns):
        made.add_column(name, justify="right" if number in right else "left", overflow="fold")
    return made


def wrap(text: str, width: int, hang: int = 0) -> str:
    """Break a text into lines of a width in columns, as Chinese is set: between any two Chinese characters.

    No line begins with a closing mark or ends with an opening one; Latin words and numbers stay whole where
    they fit, and break after a hyphen where they do not. `hang` indents all lines but the first.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _fitting(paragraph, width):
            if line and width_of(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = " " * hang + piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return "\n".join(lines)


def width_of(text: str) -> int:
    """Return how many columns a text takes."""
    from rich.cells import cell_len

    return cell_len(text)


def _fitting(text: str, width: int) -> Iterator[str]:
    """Yield the parts between which a line may break; those too long for a line break after their hyphens."""
    for piece in _pieces(text):
        yield from [piece] if width_of(piece.rstrip()) <= width else re.split(r"(?<=[a-z]-)(?=[a-z])", piece)


def _pieces(text: str) -> list[str]:
    """Return the parts between which a line may break."""
    pieces: list[str] = []
    for character in text:
        if pieces and not _may_break(pieces[-1][-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _may_break(before: str, after: str) -> bool:
    if after in _NO_LINE_START or before in _NO_LINE_END:
        return False
    if before == " ":
        return after != " "
    return after == " " or ord(before) > 0x2E7F or ord(after) > 0x2E7F
