"""The parts of which charts are made: SVG elements, texts whose width is known, and steps of an axis."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape, quoteattr

WIDTH: Final = 760
SIZE: Final = 13
"""Of letters, in the units of the drawing."""
COLOURS: Final = ("#0B3C5D", "#56B4E9", "#E69F00", "#009E73")
"""Of series, told apart by every kind of colour vision and in grey: dark, middle, light, middle."""


def element(name: str, content: str = "", **attributes: str | float) -> str:
    """Return an SVG element; `_` in an attribute's name stands for `-`, and numbers are rounded to 0.1."""
    parts = [name]
    for key, value in attributes.items():
        text = value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
        parts.append(f"{key.rstrip('_').replace('_', '-')}={quoteattr(text)}")
    return f"<{' '.join(parts)}>{content}</{name}>" if content else f"<{' '.join(parts)}/>"


def text(x: float, y: float, words: str, anchor: str = "start", class_: str = "") -> str:
    """Return a text; `anchor` is start, middle or end."""
    more = {"class_": class_} if class_ else {}
    return element("text", escape(words), x=x, y=y, text_anchor=anchor, **more)


def picture(height: float, title: str, parts: Iterable[str]) -> str:
    """Return a drawing of the common width with its title for those who cannot see it."""
    content = f"<title>{escape(title)}</title>" + "".join(parts)
    return element("svg", content, viewBox=f"0 0 {WIDTH} {height:.0f}", role="img", class_="chart")


def width_of(words: str, size: float = SIZE) -> float:
    """Return about how wide a text is: a Chinese character is as wide as it is high."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.56 for letter in words)


def lines_of(words: str, width: float, most: int = 2) -> list[str]:
    """Break a text into at most so many lines; what does not fit ends in an ellipsis."""
    lines: list[str] = [""]
    for piece in _pieces(words):
        if lines[-1] and width_of(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    if len(lines) > most:
        last = lines[most - 1]
        while last and width_of(last + "…") > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + "…"]
    return [line.rstrip() for line in lines]


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for letter in words:
        joins = pieces and ord(letter) < 0x2E80 and ord(pieces[-1][-1]) < 0x2E80 and pieces[-1][-1] != " "
        if joins or (pieces and letter in "，。、；：）」”"):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def steps(low: float, high: float, most: int = 5, whole: bool = False) -> list[float]:
    """Return round numbers from one at or below `low` to one at or above `high`; 0 is always among them.

    >>> steps(0, 14.2)
    [0.0, 5.0, 10.0, 15.0]
    """
    low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or 1.0
    power: float = 10.0 ** floor(log10(span / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if span / (power * factor) <= most)
    if whole:
        step = max(1.0, step)
    first, last = floor(low / step), max(ceil(high / step), 1 if low == 0 else 0)
    return [number * step for number in range(first, last + 1)]


def shown(value: float) -> str:
    """Return a number of an axis or beside a bar: at most two decimals, more only for what is below 0.01."""
    if value == 0:
        return "0"
    if abs(value) < 0.005:
        return f"{value:.2g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def legend(y: float, names: Iterable[str], left: float = 0) -> str:
    """Return a line that says what each colour is."""
    parts, x = [], left
    for colour, name in zip(COLOURS, names, strict=False):
        parts.append(element("rect", x=x, y=y - 10, width=12, height=12, fill=colour))
        parts.append(text(x + 18, y, name))
        x += 18 + width_of(name) + 24
    return "".join(parts)
