"""Finds every figure in a sentence: sums, shares, counts, periods, days, grades, and digits that are names.

The text is NFKC, as document.split gives it. Each reader below finds one kind and takes its characters out
of what the next one sees, so the order of `_READERS` is the order of precedence. A member of a list or a
range without a unit takes that of the following member: 10、20万元, 2—3家, 三、四、五级.

Kinds and their values:

    money      fen: int (a Fraction if not whole); unit as printed, 万元 or 元/平方米
    currency   money that is not yuan: the amount in that currency; unit 美元
    percent    Fraction of one; unit %, ‰, 百分点 or 分之 (三分之一)
    ratio      Fraction: 1∶2 is 1/2, 3倍 is 3
    count      the number, units like 万 multiplied in; unit the classifier, or empty (不低于1亿)
    period     Period for years to days; the plain number for 工作日, 交易日 and 小时; unit without 个
    date       datetime.date, or (year, month, day) with None for what is left open
    year       the year
    grade      1 for 一级, 3 for 三等奖; unit 级 or 等奖
    ordinal    2 for 第二批; unit the classifier
    document   (year, number) of 〔2019〕30号
    version    the digits: "2.0"
    name       the name: "5G", "48所"
    number     digits with no unit
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from duixian.calendar.numerals import parse_numeral
from duixian.calendar.periods import Period
from duixian.language.figure_words import (
    CLASSIFIERS,
    CURRENCIES,
    IDIOMS,
    MEASURES,
    ORDINALS,
    PERIODS,
    PRICED_BY,
)
from duixian.language.quantities import (
    AMOUNT,
    DIGITS,
    NUMBER,
    NUMERAL,
    PLAIN,
    RANGE,
    RUN,
    SCALE,
    amount,
    members,
    scale_of,
)

Day = tuple[int | None, int | None, int | None]
Value = int | Fraction | str | dt.date | Period | tuple[int, int] | Day
_Found = Iterator[tuple[str, Value, str, int, int]]
_Reader = Callable[[re.Match[str]], _Found]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its kind, exact value, unit, and where it stands (text[start:end] is the literal)."""

    kind: str
    value: Value
    unit: str
    start: int
    end: int
    literal: str


def figures(text: str) -> tuple[Figure, ...]:
    """All figures of a normalised sentence, in their order; every Arabic digit belongs to one of them.

    >>> [(figure.kind, figure.value) for figure in figures("给予30%、最高10万元")]
    [('percent', Fraction(3, 10)), ('money', 10000000)]
    """
    rest = _IDIOM.sub(lambda match: _TAKEN * len(match.group()), text)
    found: list[Figure] = []
    for pattern, read in _READERS:
        at = 0
        while match := pattern.search(rest, at):
            at = match.start() + 1
            for kind, value, unit, start, end in read(match):
                found.append(Figure(kind, value, unit, start, end, text[start:end]))
                rest = rest[:start] + _TAKEN * (end - start) + rest[end:]
                at = max(at, end)
    return tuple(sorted(found, key=lambda figure: figure.start))


_TAKEN = "\0"


def _whole(kind: str, value_of: Callable[[re.Match[str]], Value | None], unit: str = "") -> _Reader:
    """A reader for which the whole match is one figure, or none where it has no value."""

    def read(match: re.Match[str]) -> _Found:
        value = value_of(match)
        if value is not None:
            yield kind, value, unit, match.start(), match.end()

    return read


def _each(kind: str, value_of: Callable[[Fraction, str], Value | None], lists: bool = False) -> _Reader:
    """A reader for a number in group 1 with the unit in group 2, and for the numbers that share the unit."""

    def read(match: re.Match[str]) -> _Found:
        unit = match.group(2).removeprefix("个").strip() or "个"
        for member in members(match, numerals_in_lists=lists):
            value = value_of(member.value, unit)
            if value is not None:
                printed = member.scale + unit if kind == "money" else unit
                yield kind, value, printed, member.start, member.end

    return read


def _plain(value: Fraction) -> int | Fraction:
    """An int where the fraction is whole, so that it prints and compares as one."""
    return value.numerator if value.denominator == 1 else value


def _date(match: re.Match[str]) -> Value:
    written = match.groupdict()
    year, month, day = (_ordinary(written.get(name)) for name in ("year", "month", "day"))
    try:
        return dt.date(year or 0, month or 0, day or 0)
    except ValueError:
        return year, month, day


def _ordinary(text: str | None) -> int | None:
    """A small number in digits or as a numeral."""
    return None if not text else int(text) if text.isdecimal() else parse_numeral(text)


def _part_of(match: re.Match[str]) -> Value | None:
    whole, part = amount(match.group(1)), amount(match.group(2))
    return part / whole if whole and part is not None else None


def _length(value: Fraction, unit: str) -> Value:
    """A Period for years to days (1.5年 is 18 months); the plain number for what no Period can hold."""
    field, size = PERIODS[unit]
    if field == "years" and value.denominator != 1:
        field, size = "months", 12
    if not field or (value * size).denominator != 1:
        return _plain(value)
    return Period(**{field: int(value * size)})


def _prizes(match: re.Match[str]) -> _Found:
    places = [match.start(1) + at for at, mark in enumerate(match.group(1)) if mark != "、"]
    for start in places:
        end = match.end() if start == places[-1] else start + 1
        yield "grade", parse_numeral(match.string[start]) or 0, match.group(2), start, end


def _ordinals(match: re.Match[str]) -> _Found:
    numbers = list(re.finditer(rf"第?\s*({AMOUNT}|{RUN})", match.group(1)))
    for found in numbers:
        value = amount(found.group(1))
        end = match.end() if found is numbers[-1] else match.start() + found.end()
        if value is not None:
            yield "ordinal", _plain(value), match.group(2) or "", match.start() + found.start(), end


def _bare(match: re.Match[str]) -> _Found:
    kind = "count" if scale_of(match.group()) else "number"
    yield kind, _plain(amount(match.group()) or Fraction(0)), "", match.start(), match.end()


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_IDIOM = re.compile(_any(IDIOMS))
_YEAR = r"(?:(?<!\d)(?:19|20)\d{2}|[一二][〇零一二三四五六七八九]{3})"
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_ABOUT = r"\s*[余多]?\s*"
_LATIN = _any(word for word in MEASURES if word.isascii()) + r"(?![A-Za-z])"
_ORDER = rf"(?:{AMOUNT}|{RUN})"
_name = _whole("name", lambda match: match.group())
_day = _whole("date", _date)
_number = _each("count", lambda value, _: _plain(value))

_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.VERBOSE), read)
    for pattern, read in (
        (r"\d{19,} | (?:https?:)?//[A-Za-z0-9_./%?=&\#-]+", _name),
        (
            r"〔(\d{4})〕\s*第?\s*(\d+)(?:\s*号)?  |  [\[(](\d{4})[\])]\s*第?\s*(\d+)\s*号",
            _whole("document", lambda match: (int(match[1] or match[3]), int(match[2] or match[4]))),
        ),
        (r"(?:GB|ISO|IEC|GM|YD|DB|RFC|IEEE)(?:/[A-Z]{1,3})*\s?\d+(?:\.\d+)*(?:[-—]\d+)*", _name),
        (r"[A-Z]{2,}(?:[—-]\d+)+", _name),
        (
            r"(?<!\d)(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)"
            r"(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?",
            _day,
        ),
        (
            rf"(?P<year>{_YEAR})\s*年\s*(?:(?P<month>{_SMALL})\s*月(?:\s*(?P<day>{_SMALL})?\s*日)?|月\s*日)",
            _day,
        ),
        (r"(?<!\d)(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*日)?", _day),
        (
            r"[Vv](\d+(?:\.\d+)+)版? | (\d+(?:\.\d+)+)版 | (?<=等保)(\d\.\d) | (?<=工业)(\d\.\d)",
            _whole("version", lambda match: next(group for group in match.groups() if group)),
        ),
        (rf"\d+(?:\.\d+)?(?!{_LATIN})[A-Za-z]+[A-Za-z\d]* | [A-Za-z]+-?\d[A-Za-z\d]*(?:\.\d+)*", _name),
        (r"(?<=[“‘「\"'])\d+(?=[”’」\"'])", _name),
        (r"(?<=[科工院核船器])\d+所(?!院校|学校|高校|大学|中学|小学)", _name),
        (r"(?:世界|全球|中国|全国|民营企业)?\d+强 | (?:985|211)(?=[高院工])", _name),
        (
            rf"({DIGITS})\s*[∶:比/]\s*([1-9]\d*(?:\.\d+)?)(?!\d)",
            _whole("ratio", lambda match: Fraction(match[1]) / Fraction(match[2])),
        ),
        (
            rf"({_YEAR})\s*(年度|年)(?!代)",
            _each("year", lambda value, _: int(value) if 1900 <= value < 2100 else None),
        ),
        (r"((?:[一二三四五六]、?)+)(等奖)", _prizes),
        (
            rf"{NUMBER}\s*(星级|级)",
            _each("grade", lambda value, _: int(value) if value <= 20 else None, lists=True),
        ),
        (rf"(第\s*{_ORDER}(?:\s*(?:{RANGE}|、|和|及)\s*第?\s*{_ORDER})*)\s*({_any(ORDINALS)})?", _ordinals),
        (rf"({NUMERAL})分之({RUN})", _whole("percent", _part_of, "分之")),
        (rf"{NUMBER}\s*(%|个?百分点)", _each("percent", lambda value, _: value / 100)),
        (rf"{NUMBER}\s*(‰)", _each("percent", lambda value, _: value / 1000)),
        (rf"{NUMBER}{_ABOUT}(倍)", _each("ratio", lambda value, _: value)),
        (rf"{NUMBER}{_ABOUT}({_any(CURRENCIES)})", _each("currency", lambda value, _: _plain(value))),
        (
            rf"{NUMBER}{_ABOUT}(元(?:[/·]{_any(PRICED_BY)})*)(?!宇宙|器件|素)",
            _each("money", lambda value, _: _plain(value * 100)),
        ),
        (rf"{NUMBER}\s*(年半)", _each("period", lambda value, _: Period(months=int(value * 12) + 6))),
        (
            rf"{NUMBER}{_ABOUT}(个\s*{_any(PERIODS)}|{_any(PERIODS.keys() - {'月', '季度'})})(?!级|代)",
            _each("period", _length),
        ),
        (r"(?<![上下])半年", _whole("period", lambda _: Period(months=6), "年")),
        (rf"({AMOUNT}){_ABOUT}({_any(MEASURES)})(?!亿)", _number),
        # A bare 二 before a classifier tells the order (二期, 二次); two of something are 两.
        (rf"(?!二(?!十|百|千|万|亿))({NUMERAL}){_ABOUT}({_any(CLASSIFIERS)})", _number),
        (r"\d{3,4}(?=[\u4e00-\u9fff]{0,4}(?:计划|工程))", _name),
        (rf"{PLAIN}(?:\s*{SCALE})?", _bare),
    )
)
