"""Lays out prose for a terminal: a title, items with a name, and lines indented under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_INDENT = "  "
Lines = Iterator[tuple[int, str]]
"""Lines of a section, each with its depth."""


@dataclass(slots=True)
class Page:
    """Lines of plain text in one language; names of items are given in both."""

    lang: str
    lines: list[str] = field(default_factory=list)

    def title(self, text: str) -> None:
        """Add the title."""
        self.lines.append(text)

    def item(self, zh: str, en: str, text: str) -> None:
        """Add a name and its text in one line; nothing where there is no text."""
        if text:
            self.lines.append(f"{_INDENT}{en}: {text}" if self.lang == "en" else f"{_INDENT}{zh}：{text}")

    def section(self, zh: str, en: str, lines: Iterable[tuple[int, str]]) -> None:
        """Add a name and under it lines with their depth; nothing where there are no lines."""
        told = [f"{_INDENT * (2 + depth)}{text}" for depth, text in lines]
        if told:
            self.lines += [f"{_INDENT}{en}:" if self.lang == "en" else f"{_INDENT}{zh}：", *told]

    def text(self) -> str:
        """Return the page, ended by a line break."""
        return "\n".join(self.lines) + "\n"
