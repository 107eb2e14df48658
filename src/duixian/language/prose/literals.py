"""Writes the literals of a rule for people: sums, shares, counts, periods, days, areas and prices."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from duixian.calendar.periods import Period
from duixian.language.tree import Constant

_LARGE = {"zh": (("亿元", 10**10), ("万元", 10**6)), "en": ((" billion", 10**11), (" million", 10**8))}
_DECIMALS = 4


def constant(node: Constant, lang: str) -> str:
    """Write a literal by its value (not as it is written in the pack)."""
    if node.day is not None:
        return day(node.day, lang)
    if node.period is not None:
        return period(node.period, lang)
    return number(exact(node), node.type.kind, node.type.of, lang)


def exact(node: Constant) -> Fraction:
    """Return the number of a literal that is neither a day nor a period."""
    return Fraction(node.numerator, node.denominator)


def number(value: Fraction, kind: str, unit: str, lang: str) -> str:
    """Write a number of one of the numeric kinds of `units` (money in fen, prices in fen a square metre)."""
    english = lang == "en"
    match kind:
        case "money":
            return money(value, lang)
        case "price_per_area":
            return money(value, lang) + ("/m²" if english else "/平方米")
        case "ratio":
            return share(value)
        case "area":
            return _plain(value) + (" m²" if english else "平方米")
        case "year":
            return f"{value}" if english else f"{value}年"
        case _:
            return _count(value, unit, lang)


def money(fen: int | Fraction, lang: str) -> str:
    """Write a sum exactly, in the largest unit that leaves few decimals.

    >>> money(5 * 10**8, "zh"), money(5 * 10**8, "en"), money(7_500_000, "zh"), money(7_500_000, "en")
    ('500万元', 'RMB 5 million', '7.5万元', 'RMB 75,000')
    """
    sign, rest = ("-", -fen) if fen < 0 else ("", fen)
    prefix, plain = ("RMB ", "") if lang == "en" else ("", "元")
    for unit, per in _LARGE["en" if lang == "en" else "zh"]:
        if rest >= per and (Fraction(rest, per) * 10**_DECIMALS).denominator == 1:
            return f"{prefix}{sign}{_plain(Fraction(rest, per))}{unit}"
    return f"{prefix}{sign}{_plain(Fraction(rest, 100))}{plain}"


def share(value: Fraction) -> str:
    """Write a share in percent, or as a fraction where the percentage does not end.

    >>> share(Fraction(3, 20)), share(Fraction(1, 3))
    ('15%', '1/3')
    """
    percent = value * 100
    ends = (percent * 10**_DECIMALS).denominator == 1
    return f"{_plain(percent)}%" if ends else str(value)


def period(value: Period, lang: str) -> str:
    """Write a period: 3年, 6个月; 3 years, 6 months."""
    parts = [(value.years, "年", "year"), (value.months, "个月", "month"), (value.days, "日", "day")]
    given = [part for part in parts if part[0]] or parts[-1:]
    if lang == "en":
        return " ".join(f"{count} {en}" + ("" if count == 1 else "s") for count, _, en in given)
    return "".join(f"{count}{zh}" for count, zh, _ in given)


def day(value: dt.date, lang: str) -> str:
    """Write a day: 2022年6月1日; 2022-06-01."""
    return value.isoformat() if lang == "en" else f"{value.year}年{value.month}月{value.day}日"


def _count(value: Fraction, unit: str, lang: str) -> str:
    if lang == "en":
        return _plain(value)
    large = value >= 10**4 and Fraction(value, 10**3).denominator == 1
    return (f"{_plain(Fraction(value, 10**4))}万" if large else _plain(value)) + unit


def _plain(value: Fraction) -> str:
    """Write a number with decimals where they end, commas from 10,000 upward."""
    whole, rest = divmod(value, 1)
    digits = f"{whole:,}" if whole >= 10**4 else f"{whole}"
    if not rest:
        return digits
    scaled = rest * 10**_DECIMALS
    return f"{digits}.{int(scaled):0{_DECIMALS}d}".rstrip("0") if scaled.denominator == 1 else str(value)
