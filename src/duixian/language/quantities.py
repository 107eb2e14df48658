"""Reads the numbers of a Chinese sentence: digits with scales, numerals, and lists that share one unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from duixian.calendar.numerals import NUMERAL_CHARACTERS, parse_numeral

SCALES = {
    "": 1,
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "个亿": 10**8,
    "万亿": 10**12,
}
SCALE = "(?:万亿|个亿|千万|百万|十万|亿|万|千|百)"
PLAIN = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
"""Digits, with grouping commas and decimals."""
DIGITS = rf"(?<!\d)(?<!\d\.){PLAIN}(?!\d)"
AMOUNT = rf"(?:{DIGITS}\s*亿\s*)?{DIGITS}(?:\s*{SCALE})?"
"""Digits with a scale: 5000, 1.2亿, 1亿5000万."""
RUN = f"[{NUMERAL_CHARACTERS}]+"
NUMERAL = rf"(?<![第\d{NUMERAL_CHARACTERS}])(?<![几数上近成](?=[十百千万亿])){RUN}"
"""A Chinese numeral that is neither an ordinal (第三) nor a guess (几十, 上百)."""
NUMBER = f"({AMOUNT}|{NUMERAL})"
RANGE = "(?:至|到|~|[—–-]{1,2})"

_BEFORE = re.compile(rf"{NUMBER}\s*({RANGE}|、|和|及|或|与)\s*$")
_REACH = 40


@dataclass(frozen=True, slots=True)
class Member:
    """A number in the text: its value, the scale in it (万) or lent to it, and where it stands."""

    value: Fraction
    scale: str
    start: int
    end: int


def amount(text: str, scale: str = "") -> Fraction | None:
    """The number that digits or a numeral name, times the scale where the digits have none of their own.

    A numeral may begin with a bare 百 or 千 (百万元 is one million yuan); None if it is not exact (三四).

    >>> amount("1.2亿"), amount("5", "万"), amount("三百"), amount("三四")
    (Fraction(120000000, 1), Fraction(50000, 1), Fraction(300, 1), None)
    """
    if is_numeral(text):
        value = parse_numeral("一" + text if text[0] in "百千" else text)
        return None if value is None else Fraction(value)
    parts = re.findall(rf"([\d,.]+)\s*({SCALE}?)", text)
    return sum(
        (Fraction(digits.replace(",", "")) * SCALES[own or scale] for digits, own in parts), Fraction(0)
    )


def scale_of(text: str) -> str:
    """The scale at the end of an amount in digits: 万 of 100万; empty for a numeral."""
    return "" if is_numeral(text) else re.sub(r"^.*[\d\s]", "", text)


def is_numeral(text: str) -> bool:
    """Whether a number is written in Chinese characters."""
    return text[0] in NUMERAL_CHARACTERS


def members(match: re.Match[str], numerals_in_lists: bool = False) -> Iterator[Member]:
    """The number in group 1 of a match, then those before it in its list or range, from right to left.

    A number without a scale takes that of the number after it (10、20万元), in a range only where the range
    then ascends (5000至1万元). Numerals are joined by 至 and the like; by 、 only if the caller says so,
    for 一 before 、 is mostly the end of a word.
    """
    text = match.group(1)
    value = amount(text)
    if value is None:
        return
    numeral = is_numeral(text)
    member = Member(value, scale_of(text), match.start(1), match.end())
    yield member
    while before := _BEFORE.search(match.string, max(0, member.start - _REACH), member.start):
        text = before.group(1)
        ranged = re.fullmatch(RANGE, before.group(2)) is not None
        if is_numeral(text) != numeral or (numeral and not ranged and not numerals_in_lists):
            return
        scale = scale_of(text) or member.scale
        value = amount(text, scale)
        if ranged and value is not None and value > member.value:
            scale, value = scale_of(text), amount(text)
        if value is None:
            return
        member = Member(value, scale, before.start(), before.end(1))
        yield member
