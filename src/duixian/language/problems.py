"""What is wrong with a pack, told so that its author can mend it: place, line, message, suggestion."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

MAX_BYTES = 4_000_000
"""The largest file of a pack, in bytes; a larger one is neither read nor shown."""
_WIDTH = 120
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where YAML ends a line."""
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)


class Position(msgspec.Struct, frozen=True, order=True):
    """A place in a file: path as given, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return `file:line:column`, the form that editors jump to."""
        return f"{self.file}:{self.line}:{self.column}"


class Problem(msgspec.Struct, frozen=True):
    """One fault: a stable code for tests and tools, a message, and what to do about it."""

    position: Position
    code: str
    message: str
    suggestion: str = ""


class Report:
    """Collects every problem of a pack; `raise_if_any` ends the load with all of them."""

    def __init__(self) -> None:
        """Start empty."""
        self.problems: list[Problem] = []

    def add(self, position: Position, code: str, message: str, suggestion: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(position, code, message, suggestion))

    def raise_if_any(self) -> None:
        """Raise PackError with all problems in the order of their places, if there are any."""
        if self.problems:
            raise PackError(sorted(self.problems, key=lambda p: p.position))


class PackError(Exception):
    """A pack cannot be used; `problems` holds all that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems; the message is the rendered report."""
        self.problems = problems
        super().__init__(render(problems))


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or list the known ones if they are few."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    if 0 < len(words) <= 16:
        return "known here: " + ", ".join(words)
    return ""


def render(problems: list[Problem]) -> str:
    """Return the report as text: each problem with its line of source and a mark under the column."""
    lines: list[str] = []
    sources: dict[str, list[str]] = {}
    for problem in problems:
        place = problem.position
        lines.append(f"{place}: {problem.code}: {_printable(problem.message)}")
        if place.file not in sources:
            sources[place.file] = _source(Path(place.file))
        source = sources[place.file]
        if 0 < place.line <= len(source):
            text, column = _window(_printable(source[place.line - 1]), place.column)
            lines.append("    " + text)
            lines.append("    " + _padding(text[: column - 1]) + "^")
        if problem.suggestion:
            lines.append("    → " + _printable(problem.suggestion))
    count = len(problems)
    lines.append(f"{count} problem{'s' if count != 1 else ''}")
    return "\n".join(lines)


def _source(path: Path) -> list[str]:
    """Return the lines of a file as YAML counts them; none if it cannot be shown."""
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return []
    return LINE_BREAK.split(path.read_text("utf-8-sig", errors="replace"))


def _window(text: str, column: int) -> tuple[str, int]:
    """Return the part of a long line around a column, and the column in it."""
    if len(text) <= _WIDTH:
        return text, column
    start = max(0, min(column - 1 - _WIDTH // 2, len(text) - _WIDTH))
    return text[start : start + _WIDTH], column - start


def _padding(text: str) -> str:
    # Chinese characters are two columns wide in a terminal: the ideographic space keeps the mark below.
    return "".join("\u3000" if _WIDE.match(sign) else " " for sign in text)


def _printable(text: str) -> str:
    """Return a text of a pack, which may come from anyone, as a terminal can safely show it."""
    return "".join(
        sign
        if sign.isprintable() or sign == "\u3000"
        else " "
        if sign == "\t"
        else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )
