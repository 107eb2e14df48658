"""Turns one raw value of a field (text, number, day, list) into the model's value, or refuses it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

from duixian.calendar.days import Both, fold_width, parse_day, require_day
from duixian.calendar.numerals import parse_numeral
from duixian.language.vocabulary import Field
from duixian.register.amounts import (
    AreaUnit,
    MoneyUnit,
    Number,
    ValueProblem,
    is_none_word,
    is_unknown_word,
    parse_area,
    parse_count,
    parse_flag,
    parse_money,
    parse_price_per_area,
    parse_ratio,
)
from duixian.register.applicant import Absent, Value
from duixian.register.names import Lexicon

YEARS: Final = range(1949, 2101)
"""The fiscal years that can be meant."""
DAYS: Final = (dt.date(1800, 1, 1), dt.date(2199, 12, 31))
"""The first and the last day that can be meant: a university may be older than the republic."""
LONGEST: Final = 500
"""Characters of a text or an id."""

_MONEY_UNITS: Final[dict[str, MoneyUnit]] = {
    **dict.fromkeys(("元", "人民币元", "yuan", "RMB", "CNY"), "元"),
    **dict.fromkeys(("万元", "人民币万元", "10,000 yuan"), "万元"),
    **dict.fromkeys(("亿元", "人民币亿元", "100 million yuan"), "亿元"),
}
_AREA_UNITS: Final[dict[str, AreaUnit]] = {
    **dict.fromkeys(("平方米", "㎡", "m2", "m²"), "平方米"),
    **dict.fromkeys(("平方公里", "km2", "km²"), "平方公里"),
    "公顷": "公顷",
    "亩": "亩",
}
_PRICE_UNITS: Final = ("元/平方米", "元/㎡", "元/m2", "元/m²", "yuan/m2")
_DIVISION = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}")  # GB/T 2260
_YEAR = re.compile(r"([0-9]{4})(?:年度?)?")
_YEAR_ZH = re.compile(r"([〇零一二三四五六七八九]{4})年?度?")

_EXPECTED: Final = {
    "money": Both("金额，如 500万元", "a sum such as 500万元"),
    "area": Both("面积，如 200平方米", "an area such as 200平方米"),
    "price_per_area": Both("单位面积的价格，如 8000元/平方米", "a price per area such as 8000元/平方米"),
    "ratio": Both("比例，如 15%", "a ratio such as 15%"),
    "count": Both("整数", "a whole number"),
    "year": Both(
        f"{YEARS[0]}至{YEARS[-1]}的年度，如 2023", f"a year from {YEARS[0]} to {YEARS[-1]}, as 2023"
    ),
    "date": Both("日期，如 2023-05-01", "a date such as 2023-05-01"),
    "flag": Both("是或否", "yes or no: 是 or 否"),
    "text": Both("文字", "a text"),
    "division": Both(
        "六位行政区划代码（GB/T 2260），如 420106", "a six-digit division code (GB/T 2260), as 420106"
    ),
    "enum": Both("所列选项之一", "one of the listed values"),
    "set": Both("所列选项，以顿号分隔", "listed values, separated by 、"),
    "record": Both("所属记录的编号", "the id of a record"),
}
_CHOOSE = Both("请从所列选项中选择", "choose from the list: `duixian vocabulary` shows it")
_CHECK = Both("请核对", "check it")
_NOT_NONE = Both(
    "该项不能填「无」：不知道请留空，数额为零请填 0",
    "`none` means nothing here: leave it empty if it is not known, write 0 if it is zero",
)
_CODE = Both("请填代码而不填地名，可查民政部公布的代码表", "write the code, not the name of the place")
_AS_TEXT = Both(
    "数字超过15位会失真：请将该单元格设为文本格式后重新填写",
    "a number of more than 15 digits loses its last ones: format the cell as text and write it again",
)
_NUMBER_AS_DAY = Both(
    "这是一个数，不是日期（如 2023.10 存成数会变为 2023.1）：请写成 2023-05-01",
    "this is a number and no date (2023.10 becomes 2023.1 as a number): write it like 2023-05-01",
)
_ONE_LINE = Both(f"请写成一行，不超过{LONGEST}字", f"write it on one line, at most {LONGEST} characters")


def read_value(field: Field, raw: object, lexicon: Lexicon, unit: str = "") -> Value | None:
    """The value that was given for a field; None if it says that the fact is not known.

    Plain numbers are in yuan, square metres, yuan a square metre, or in `unit`, that of the column. `无` is
    `Absent.NONE` for an optional field, the empty set for a set, 否 for a flag, and refused elsewhere.

    Raises:
        Refusal: what was found, what is expected, what to do.
    """
    if raw is None or (isinstance(raw, str) and is_unknown_word(raw)):
        return None
    if raw is Absent.NONE or (isinstance(raw, str) and is_none_word(raw)):
        if field.optional:
            return Absent.NONE
        if field.type.kind == "set":
            return frozenset()
        if field.type.kind != "flag":
            raise ValueProblem(
                "无" if raw is Absent.NONE else str(raw), _EXPECTED[field.type.kind], _NOT_NONE
            )
    if field.name == "uscc":
        from duixian.register.identity import check_uscc

        return check_uscc(_text(field, raw))
    if field.type.kind in ("enum", "set"):
        return _ENUMS[field.type.kind](field, raw, lexicon)
    if field.type.kind in _MEASURED:
        return _MEASURED[field.type.kind](_number(field, raw), unit)
    return _PLAIN[field.type.kind](field, raw)


def is_money_unit(text: str) -> bool:
    """Whether the text is a unit in which sums of money can be given."""
    return text in _MONEY_UNITS


def column_unit(field: Field, text: str) -> str | None:
    """The unit in the title of a field's column, in its standard form; None if it does not fit."""
    kind = field.type.kind
    if kind == "money":
        return _MONEY_UNITS.get(text)
    if kind == "area":
        return _AREA_UNITS.get(text)
    if kind == "price_per_area":
        return _PRICE_UNITS[0] if text in _PRICE_UNITS else None
    if kind == "count":
        return text if text == field.type.of else None
    return text if kind == "year" and text == "年" else None


def read_id(raw: object) -> str:
    """An id as text: `A-1`, or a whole number as a spreadsheet has it. Raises Refusal for anything else."""
    expected = Both("编号", "an id")
    if isinstance(raw, float | Decimal) and not _is_whole(raw):
        raise ValueProblem(str(raw), expected, _CHECK)
    text = _written(raw, expected)
    if not text:
        raise ValueProblem("", expected, Both("请填写编号", "give it an id"))
    return text


def _written(raw: object, expected: Both, fold: bool = True) -> str:
    """A short text on one line; a number as its digits. `fold` makes full-width signs half-width."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise ValueProblem(str(raw), expected, _CHECK)
    if isinstance(raw, float) and abs(raw) >= 10**15:
        raise ValueProblem(repr(raw), expected, _AS_TEXT)
    text = _digits(raw) if not isinstance(raw, str) else (fold_width(raw) if fold else raw).strip()
    if len(text) > LONGEST or any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise ValueProblem(text, expected, _ONE_LINE)
    return text


def _digits(raw: int | float | Decimal) -> str:
    """A number as text, whole ones without a point."""
    return str(int(raw)) if _is_whole(raw) else str(raw)


def _is_whole(raw: int | float | Decimal) -> bool:
    number = Decimal(str(raw))
    return number.is_finite() and number.adjusted() < 20 and number == number.to_integral_value()


def _number(field: Field, raw: object) -> Number:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise ValueProblem(str(raw), _EXPECTED[field.type.kind], _CHECK)
    return int(raw) if isinstance(raw, float) and _is_whole(raw) and abs(raw) < 10**15 else raw


def _flag(field: Field, raw: object) -> bool:
    return parse_flag(raw if isinstance(raw, str | bool | int | float | Decimal) else str(raw))


def _text(field: Field, raw: object) -> str:
    return _written(raw, _EXPECTED[field.type.kind], fold=field.type.kind != "text")


def _day(field: Field, raw: object) -> dt.date:
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        if not _is_whole(raw):
            raise ValueProblem(str(raw), _EXPECTED["date"], _NUMBER_AS_DAY)
        raw = _digits(raw)
    day = require_day(parse_day(raw if isinstance(raw, str | dt.date) else str(raw)))
    if not DAYS[0] <= day <= DAYS[1]:
        expected = Both(
            f"{DAYS[0].year}至{DAYS[1].year}年的日期", f"a day from {DAYS[0].year} to {DAYS[1].year}"
        )
        raise ValueProblem(day.isoformat(), expected, _CHECK)
    return day


def _year(field: Field, raw: object) -> int:
    text = _written(raw, _EXPECTED["year"]).replace(" ", "")
    match, chinese = _YEAR.fullmatch(text), _YEAR_ZH.fullmatch(text)
    year = int(match[1]) if match else parse_numeral(chinese[1]) if chinese else None
    if year is None or year not in YEARS:
        raise ValueProblem(text, _EXPECTED["year"], _CHECK)
    return year


def _division(field: Field, raw: object) -> str:
    code = _written(raw, _EXPECTED["division"])
    if not _DIVISION.fullmatch(code):
        raise ValueProblem(code, _EXPECTED["division"], _CODE)
    return code


def _enum(field: Field, raw: object, lexicon: Lexicon) -> str:
    word = _text(field, raw)
    names = lexicon.enum(field.type.of)
    value = names.find(word)
    if value is None:
        near = names.nearest(word)
        raise ValueProblem(word, _EXPECTED[field.type.kind], near if near.zh else _CHOOSE)
    return value


def _set(field: Field, raw: object, lexicon: Lexicon) -> frozenset[str]:
    if isinstance(raw, str):
        known = lexicon.enum(field.type.of).find(raw)
        items: Iterable[object] = (raw,) if known else split_outside_brackets(raw)
    elif isinstance(raw, list | tuple | set | frozenset):
        items = raw
    else:
        raise ValueProblem(str(raw), _EXPECTED["set"], _CHECK)
    return frozenset(_enum(field, item, lexicon) for item in items)


def split_outside_brackets(text: str) -> list[str]:
    """The parts of a text between 、，,;； and line breaks, those inside brackets not counted."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "（([【") - (sign in "）)]】")
        if depth <= 0 and sign in "、，,;；\n":
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


_ENUMS: Final[dict[str, Callable[[Field, object, Lexicon], Value]]] = {"enum": _enum, "set": _set}
_MEASURED: Final[dict[str, Callable[[Number, str], int | Fraction]]] = {
    "money": lambda raw, unit: parse_money(raw, unit=_MONEY_UNITS[unit or "元"]),
    "area": lambda raw, unit: parse_area(raw, unit=_AREA_UNITS[unit or "平方米"]),
    "price_per_area": lambda raw, unit: parse_price_per_area(raw),
    "ratio": lambda raw, unit: parse_ratio(raw),
    "count": lambda raw, unit: parse_count(raw),
}
_PLAIN: Final[dict[str, Callable[[Field, object], Value]]] = {
    "flag": _flag,
    "text": _text,
    "date": _day,
    "year": _year,
    "division": _division,
    "record": lambda field, raw: read_id(raw),
}


def check_value(field: Field, value: Value, lexicon: Lexicon) -> None:
    """Refuse a value that is already in the model's form (from Parquet) but could not have been read.

    Raises:
        Refusal: as `read_value`.
    """
    kind = field.type.kind
    if value is Absent.NONE:
        return
    if isinstance(value, int | Fraction) and kind in _MEASURED:
        if value < 0:
            raise ValueProblem(str(value), _EXPECTED[kind], Both("不接受负数", "a negative is not accepted"))
        return
    if isinstance(value, frozenset):
        _set(field, value, lexicon)
    elif kind != "flag":
        read_value(field, value, lexicon)
