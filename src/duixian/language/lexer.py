"""Cuts the text of an expression into tokens, each with its place; reads literals exactly."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction

from duixian.calendar.periods import Period

MAX_LENGTH = 2_000
MAX_NUMBER = 10**18
COUNT_UNITS = ("台套", "个", "家", "人", "项", "台", "次", "级", "等", "名", "件", "辆", "月")
_MULTIPLIERS = {"": 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
WORDS = frozenset({"and", "or", "not", "if", "then", "else", "in", "within", "where", "by"})
"""The words of the language itself: no choice, reading or named expression may be called so."""
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<multiplier>[百千万亿]?)"
    r"(?P<unit>元/平方米|元|%|平方米|年|个月|日|天|" + "|".join(COUNT_UNITS) + r")?"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r'|(?P<text>"[^"]*")'
    r"|(?P<sign>>=|<=|==|!=|≥|≤|≠|[><+\-*/×÷().,:\[\]])"
)
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Only the full-width forms, one for one, so that places stay; NFKC would also read `5²` as 52."""
_SAME_SIGN = {"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/"}
_HINTS = {
    "=": "equality is written `==`",
    "!": "write `not`, or `!=`",
    "&": "write `and`",
    "|": "write `or`",
    "'": "no quotation marks are needed",
    **dict.fromkeys("十百千万亿", "write digits and at most one of 百 千 万 亿, such as 5000万元"),
}


class ExpressionError(ValueError):
    """An expression cannot be read; `offset` is the character (from 0) where it goes wrong."""

    def __init__(self, offset: int, message: str, suggestion: str = "", code: str = "syntax") -> None:
        """Keep the place, the message, what to do and the problem code."""
        super().__init__(message)
        self.offset = offset
        self.message = message
        self.suggestion = suggestion
        self.code = code


@dataclass(slots=True, frozen=True)
class Literal:
    """A literal as written: its type kind, exact value and unit; money in fen, shares as fractions."""

    kind: str
    value: Fraction | dt.date | Period
    unit: str
    text: str


@dataclass(slots=True, frozen=True)
class Token:
    """One token: kind is `literal`, `name`, `text`, `end`, or the sign or word itself."""

    kind: str
    text: str
    offset: int
    literal: Literal | None = None


def tokens(text: str) -> list[Token]:
    """Cut an expression into tokens (full-width signs count as their plain forms).

    Raises ExpressionError where a character fits nothing, a number is too large or a day does not exist.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            0, f"an expression of more than {MAX_LENGTH} characters", "split it with `let:`", "too-long"
        )
    plain = text.translate(_HALF_WIDTH)
    found: list[Token] = []
    at = 0
    while at < len(plain):
        match = _TOKEN.match(plain, at)
        if match is None:
            raise ExpressionError(at, f"`{text[at]}` does not belong in an expression", _hint(plain[at]))
        if match.lastgroup != "space":
            found.append(_token(match, text))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _hint(character: str) -> str:
    if character in _HINTS:
        return _HINTS[character]
    return "texts for people go into zh: and en:" if ord(character) > 0x2E7F else ""


def _token(match: re.Match[str], original: str) -> Token:
    offset = match.start()
    written = original[offset : match.end()]
    if match.group("date"):
        return Token(
            "literal", written, offset, Literal("date", _day(match.group("date"), offset), "", written)
        )
    if match.group("number"):
        return Token("literal", written, offset, _number(match, written))
    name = match.group("name")
    if name:
        return Token(name if name in WORDS else "name", name, offset)
    if match.group("text"):
        return Token("text", match.group("text")[1:-1], offset)
    sign = match.group("sign")
    sign = _SAME_SIGN.get(sign, sign)
    return Token(sign, sign, offset)


def _day(text: str, offset: int) -> dt.date:
    year, month, day = (int(part) for part in text.split("-"))
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ExpressionError(offset, f"the day {text} does not exist", "check month and day") from None


def _number(match: re.Match[str], written: str) -> Literal:
    digits = match.group("number")
    unit = match.group("unit") or ""
    if len(digits) > 40:
        raise ExpressionError(
            match.start(), "a number of more than 40 digits", "no policy has one", "huge-number"
        )
    value = Fraction(digits) * _MULTIPLIERS[match.group("multiplier")]
    kind, value = _in_base_unit(unit, value)
    if value > MAX_NUMBER:
        raise ExpressionError(
            match.start(), f"the number {written} is too large", "no policy has one", "huge-number"
        )
    if kind == "period":
        return Literal(kind, _period(unit, value, match.start(), written), unit, written)
    if kind == "money" and value.denominator != 1:
        raise ExpressionError(
            match.start(), f"{written} is not a whole number of fen", "write it in whole fen, such as 0.01元"
        )
    return Literal(kind, value, unit if kind == "count" else "", written)


def _in_base_unit(unit: str, value: Fraction) -> tuple[str, Fraction]:
    if unit == "元":
        return "money", value * 100
    if unit == "元/平方米":
        return "price_per_area", value * 100
    if unit == "%":
        return "ratio", value / 100
    if unit == "平方米":
        return "area", value
    if unit in ("年", "个月", "日", "天"):
        return "period", value
    return "count", value


def _period(unit: str, value: Fraction, offset: int, written: str) -> Period:
    if value.denominator != 1 or value > 10_000:
        raise ExpressionError(offset, f"{written} is not a whole number of years, months or days", "")
    number = int(value)
    if unit == "年":
        return Period(years=number, months=0, days=0)
    if unit == "个月":
        return Period(years=0, months=number, days=0)
    return Period(years=0, months=0, days=number)
