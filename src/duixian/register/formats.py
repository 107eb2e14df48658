"""How a cell shows its number: a unit, a percent sign or a month that only the cell's format holds.

What a person sees in a cell is the stored number in its format. 500 in the format `0"万元"` is seen as
500万元, 0.5 in `0.0"%"` as 0.5%, the day 2023-05-01 in `yyyy"年"m"月"` as 2023年5月, its day made up by the
program. To read the stored number alone would be to read another one than was meant.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Final, NamedTuple

SCALED: Final = "#SCALED!"
"""What stands for a number that its format shows divided, as 万 or 千: what is seen is not what is stored."""


class Format(NamedTuple):
    """What a number format adds to a number: texts, a percent sign, leading zeros up to so many digits.

    `day_parts` are the parts of a day that it shows; `scaled` says that it shows another number.
    """

    prefix: str = ""
    suffix: str = ""
    zeros: int = 1
    percent: bool = False
    scaled: bool = False
    day_parts: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Whether what is seen is what is stored."""
        adds = self.prefix or self.suffix or self.percent or self.scaled or self.zeros > 1
        return not adds and self.day_parts in _WHOLE


_WHOLE: Final = (frozenset[str](), frozenset("ymd"))
_MONTH, _NO_YEAR = Format(day_parts=frozenset("ym")), Format(day_parts=frozenset("md"))
BUILT_IN: Final = {
    **dict.fromkeys((9, 10), Format(percent=True)),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), _MONTH),  # ECMA-376 18.8.30, those from 27 on as in zh-CN
    **dict.fromkeys((16, 28, 29, 51, 53, 54, 58), _NO_YEAR),
}
"""The formats that a workbook names by number only, as far as they are not plain."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[\$(?P<symbol>[^\]-]*)[^\]]*\]|\[(?P<elapsed>[hms]+)\]|\[[^\]]*\]'
    r"|(?P<general>General|G/通用格式)|(?P<digit>[0#?]+|(?-i:E)[+-])|(?P<ampm>am/pm|a/p|上午/下午)"
    r"|(?P<date>y+|e+|m+|d+|h+|s+|a{3,4})|(?P<comma>,)|(?P<percent>%)|(?P<point>\.)|(?P<text>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SYSTEM_DATE = re.compile(r"\[\$-F(?:800|400)\]", re.IGNORECASE)
_NOISE = re.compile(r"[-+()\s\u3000:/]+")
_DIGITS: Final = 15


def read_format(code: str) -> Format:
    """What a format code adds; where its sections (for negatives, for zero) differ, `scaled`."""
    if _SYSTEM_DATE.search(code):
        return Format()
    sections = [section for section in _sections(code) if "@" not in section]
    formats = [_read_section(section) for section in sections]
    known = {found for found in formats if found is not None}
    if len(known) > 1:
        return Format(scaled=True)
    return known.pop() if known else Format()


def as_shown(value: object, form: Format) -> object:
    """The cell as a person sees it: a number with its unit as text, a month as a month; else the value."""
    if isinstance(value, dt.date):
        return _shown_day(value, form.day_parts)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if form.scaled:
        return SCALED
    number = Decimal(repr(value))
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > _DIGITS:
        return value  # refused as the residue of a computation, whatever its format
    if form.percent:
        return f"{_plain(number * 100)}%"
    return value if form.is_plain else f"{form.prefix}{_plain(number).zfill(form.zeros)}{form.suffix}"


def _shown_day(day: dt.date, parts: frozenset[str]) -> object:
    if parts == frozenset("ym"):
        return f"{day.year}年{day.month}月"
    if parts == frozenset("md"):
        return f"{day.month}月{day.day}日"
    return f"{day.year}年" if parts == frozenset("y") else day


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _sections(code: str) -> list[str]:
    """The parts of a format between semicolons that are not quoted."""
    sections, quoted, escaped = [""], False, False
    for sign in code:
        if sign == ";" and not quoted and not escaped:
            sections.append("")
            continue
        quoted ^= sign == '"' and not escaped
        escaped = sign in "\\!" and not escaped and not quoted
        sections[-1] += sign
    return sections


class _Section:
    """One section of a format, as it is read from left to right."""

    def __init__(self) -> None:
        self.texts = ["", ""]  # before and after the digits
        self.between = ""
        self.dates: list[str] = []
        self.digits = self.percent = self.general = False
        self.comma_last = self.scaled = self.point = False
        self.zeros = 0

    def add(self, kind: str, text: str) -> None:
        if kind in ("digit", "general"):
            self.scaled |= bool(_NOISE.sub("", self.between)) and self.digits
            self.between, self.digits, self.comma_last = "", True, False
            self.texts[1] = ""
            self.zeros += 0 if self.point else text.count("0")
        elif kind == "comma":
            self.comma_last = self.digits
        elif kind == "point":
            self.point = True
        elif kind == "percent":
            self.percent = True
        elif kind in ("date", "elapsed"):
            self.dates.append(text.lower())
        elif kind in ("quoted", "escaped", "symbol", "other"):
            self.texts[self.digits] += text
            self.between += text


def _read_section(section: str) -> Format | None:
    """What one section adds; None for one that shows no number, as `"-"` for zero."""
    read = _Section()
    for match in _TOKEN.finditer(section):
        if match.lastgroup:
            read.add(match.lastgroup, match[match.lastgroup])
    if read.dates:
        return Format(day_parts=_day_parts(read.dates))
    if not read.digits:
        return None
    prefix, suffix = (_NOISE.sub("", text) for text in read.texts)
    return Format(prefix, suffix, max(read.zeros, 1), read.percent, read.scaled or read.comma_last)


def _day_parts(tokens: list[str]) -> frozenset[str]:
    """Which of year, month and day are shown; minutes are no months, weekdays no days."""
    parts = set()
    for number, token in enumerate(tokens):
        before = tokens[number - 1][0] if number else ""
        after = tokens[number + 1][0] if number + 1 < len(tokens) else ""
        if token[0] in "ye":
            parts.add("y")
        elif token[0] == "m" and before != "h" and after != "s":
            parts.add("m")
        elif token in ("d", "dd"):
            parts.add("d")
    return frozenset(parts)
