"""Reads sums, counts, ratios, areas and flags from what people put in a cell; exact, or refused.

Nothing is rounded and nothing is guessed: a text that could mean two numbers is a `ValueProblem`. A binary
float comes from a spreadsheet, which stores what was typed in one. Up to 15 significant digits its shortest
decimal form is what was typed, and that is taken; a longer one is the residue of a computation (0.1 + 0.2 is
0.30000000000000004) or has lost digits, and is refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from duixian.calendar.days import Both, Language, Refusal, fold_width

Number = str | int | float | Decimal
MoneyUnit = Literal["元", "万元", "亿元"]
AreaUnit = Literal["平方米", "平方公里", "公顷", "亩"]

LIMIT: Final = 2**63 - 1
"""The greatest sum (in fen) and the greatest count: what a 64-bit column holds, 92 233 720 亿元."""

FEN_PER: Final[dict[MoneyUnit, int]] = {"元": 100, "万元": 10**6, "亿元": 10**10}


class ValueProblem(Refusal):
    """A cell that holds no such value: `.found`, `.expected` and `.remedy`, in either language by `.text`."""


_SCALES: Final = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_SQUARE_METRES: Final[dict[str, Fraction]] = {
    **dict.fromkeys(("平方米", "平米", "㎡", "m²", "m2"), Fraction(1)),
    **dict.fromkeys(("平方公里", "平方千米", "km²", "km2"), Fraction(10**6)),
    "公顷": Fraction(10**4),
    "亩": Fraction(2000, 3),  # 15 亩 are one hectare
}
# No 年, 月 or 天 among them: a length of time is not a count.
_COUNTERS: Final = "人次|人|名|位|家|户|个|项|件|台|套|次|条|篇|辆|座|间|张|份|场|期"
_TRUE: Final = frozenset({"是", "有", "对", "true", "yes", "y", "t", "√", "✓", "✔"})
_FALSE: Final = frozenset({"否", "无", "没有", "错", "false", "no", "n", "f", "×", "✗", "✘"})
_UNKNOWN: Final = frozenset({"", "不详", "未知", "不清楚", "?", "unknown"})
_NONE: Final = frozenset({"无", "没有", "暂无", "none"})

_NUMBER: Final = r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
_SCALE: Final = r"(?P<scale>万亿|亿|万)?"
_RENMINBI: Final = "[¥￥]|RMB|CNY|人民币"
_CURRENCY = re.compile(_RENMINBI, re.IGNORECASE)
_MONEY = re.compile(
    rf"(?:{_RENMINBI})?\s*{_NUMBER}\s*{_SCALE}(?:(?P<unit>元|圆)整?)?\s*(?:人民币)?", re.IGNORECASE
)
_AREA = re.compile(rf"{_NUMBER}\s*{_SCALE}\s*(?P<unit>{'|'.join(_SQUARE_METRES)})?", re.IGNORECASE)
_COUNT = re.compile(rf"{_NUMBER}\s*{_SCALE}\s*(?P<unit>{_COUNTERS})?")
_RATIO = re.compile(rf"{_NUMBER}\s*(?P<scale>)(?P<unit>[%‰])?")
_PRICE = re.compile(r"(?P<money>.+?)\s*(?:/|每)\s*(?P<area>.+)")
_LONGEST: Final = 64  # characters; a longer text is no number

_A_SUM: Final = Both("不为负数的金额，如 500万元", "a sum that is not negative, such as 500万元")
_A_COUNT: Final = Both("不为负数的整数，如 1,200", "a whole number that is not negative, such as 1,200")
_A_RATIO: Final = Both("比例，如 15% 或 0.15", "a ratio, such as 15% or 0.15")
_AN_AREA: Final = Both("面积，如 200平方米", "an area, such as 200平方米")
_A_PRICE: Final = Both("单位面积的价格，如 8000元/平方米", "a price per area, such as 8000元/平方米")
_A_FLAG: Final = Both("是或否", "yes or no: 是 or 否")

_PLAIN: Final = Both("请只写一个确定的数和一个单位", "write one definite number and one unit")
_NO_SIGN: Final = Both(
    "请核对正负号：此处不接受负数", "check the sign: a negative number is not accepted here"
)
_WHOLE_FEN: Final = Both("金额须精确到分：请写到分为止", "money goes down to the fen: write no smaller part")
_WHOLE: Final = Both("请写整数", "write a whole number")
_SMALLER: Final = Both(f"超出上限 {LIMIT}（金额以分计）", f"above the limit of {LIMIT} (for money, in fen)")
_FLOAT: Final = Both(
    "该数多于15位有效数字，是计算的余差或已失去精度：请写出确切的数",
    "more than 15 significant digits: a computation's residue, or digits are lost; write the exact number",
)
_PERCENT: Final = Both(
    "不带百分号的数须小于1：请写明百分号，如 15%",
    "without a percent sign it must be below 1: write it as 15%",
)
_SIGN_OR_UNIT: Final = Both(
    "有货币符号而无单位，该列单位又不是元：请写明单位，如 500元 或 500万元",
    "a currency sign without a unit, in a column that is not in yuan: write the unit, as in 500元 or 500万元",
)
_REMEDIES: Final[tuple[tuple[re.Pattern[str], Both], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), Both(zh, en))
    for pattern, zh, en in (
        (r"^$", "空白即未知，请由未知值处理", "a blank is unknown: treat it as unknown, not as a number"),
        (r"美元|港[元币]|欧元|日元|英镑|USD|HKD|EUR|[$€£]", "请折算为人民币", "convert it to renminbi"),
        (r"[0-9万亿元%]\s*[-~–—至到]\s*[0-9]", "请写一个数，不写区间", "write one number, not a range"),
        (r"^[-−–(]|负", _NO_SIGN.zh, _NO_SIGN.en),
        (r"[约近余多几数~≈±]|大概|左右|上下", "请写确切的数，不写约数", "write the exact number, not about"),
        (
            r"不超过|最高|至少|以上|以下|以内|超过|[<>≤≥]",
            "请写数值本身",
            "write the number itself, not a bound",
        ),
        (r"[0-9]e[+-]?[0-9]|×\s*10|\^", "请写全各位数字", "write all the digits, not scientific notation"),
        (
            r"[十百千拾佰仟]|[一二三四五六七八九零〇两壹贰叁肆伍陆柒捌玖]",
            "请用阿拉伯数字，单位只用元、万元或亿元，如 500万元",
            "use Arabic figures, and no scale but 万 or 亿, as in 500万元",
        ),
    )
)


def parse_money(value: Number, *, unit: MoneyUnit = "元") -> int:
    """A sum of money, in fen.

    `unit` is that of the column, for a number without one of its own: `500万元`, `1.2亿`, `¥3,000`, `500 元`
    say theirs, `12.5` in a column of 万元 is 125 000 yuan.

    Raises:
        ValueProblem: not one definite sum in renminbi, negative, finer than a fen, or above `LIMIT`.
    """
    fen = _fen(value, unit, _A_SUM)
    if fen.denominator != 1:
        raise ValueProblem(str(value), _A_SUM, _WHOLE_FEN)
    return _within_limit(value, fen.numerator, _A_SUM)


def parse_count(value: Number) -> int:
    """A whole number of people, firms or things: `1,200`, `35人`, `1.2万`, and `3.0` as a spreadsheet has it.

    Raises:
        ValueProblem: not one definite whole number, negative, or above `LIMIT`.
    """
    number, scale, _ = _split(value, _COUNT, _A_COUNT)
    count = number * _SCALES[scale]
    if count.denominator != 1:
        raise ValueProblem(str(value), _A_COUNT, _WHOLE)
    return _within_limit(value, count.numerator, _A_COUNT)


def parse_ratio(value: Number) -> Fraction:
    """A ratio, 1 for the whole: `15%` and `0.15` are 3/20, `5‰` is 1/200, `250%` is 5/2.

    Raises:
        ValueProblem: not a ratio, negative, or a number of 1 or more without its sign (`15`, even `1`): it
            may be meant as percent.
    """
    number, _, unit = _split(value, _RATIO, _A_RATIO)
    if not unit and number >= 1:
        raise ValueProblem(str(value), _A_RATIO, _PERCENT)
    return number / {"%": 100, "‰": 1000, "": 1}[unit]


def parse_area(value: Number, *, unit: AreaUnit = "平方米") -> Fraction:
    """An area, in square metres: `200㎡`, `1.5万平方米`, `3公顷`, `15亩` (10 000 m²).

    `unit` is that of the column, for a number without one of its own.

    Raises:
        ValueProblem: not one definite area, or negative.
    """
    number, scale, own = _split(value, _AREA, _AN_AREA)
    return number * _SCALES[scale] * _SQUARE_METRES[own.lower() or unit]


def parse_price_per_area(value: Number) -> Fraction:
    """A price per area, in fen per square metre: `8000元/平方米`, `0.8万元每㎡`; a plain number is 元/平方米.

    A price per area and month (`30元/平方米/月`) is another quantity and refused.

    Raises:
        ValueProblem: not one definite price per area, or negative.
    """
    if not isinstance(value, str):
        return _fen(value, "元", _A_PRICE)
    match = _PRICE.fullmatch(_tidy(value))
    if match is None:
        return _fen(value, "元", _A_PRICE)
    area = _SQUARE_METRES.get(match["area"].lower())
    if area is None:
        raise ValueProblem(value, _A_PRICE, _PLAIN)
    return _fen(match["money"], "元", _A_PRICE) / area


def parse_flag(value: Number) -> bool:
    """Yes or no: 是/否, 有/无, true/false, yes/no, Y/N, √/×. The letter x is neither a tick nor a cross.

    Raises:
        ValueProblem: any other word, and any number.
    """
    if isinstance(value, bool):
        return value
    word = _tidy(value).lower() if isinstance(value, str) else None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueProblem(str(value), _A_FLAG, Both("请填「是」或「否」", "write 是 or 否"))


def is_unknown_word(text: str) -> bool:
    """Whether a cell says that the fact is not known: blank, 不详, 未知, 不清楚, `?`, unknown. Not zero."""
    return _tidy(text).lower() in _UNKNOWN


def is_none_word(text: str) -> bool:
    """Whether a cell says that there is none: 无, 没有, 暂无, none; for a flag it is no."""
    return _tidy(text).lower() in _NONE


def format_money(fen: int, lang: Language) -> str:
    """A sum for people, exact: in Chinese the shortest of 亿元, 万元 and 元, in English `RMB 75,000`.

    亿元 and 万元 are used from 1 upward and with at most four decimals, so 4 999 999.99 yuan stays
    `4,999,999.99元`. `parse_money` reads every sum that is not negative back to the same fen.
    """
    sign, rest = ("-", -fen) if fen < 0 else ("", fen)
    whole, part = divmod(rest, 100)
    yuan = f"{whole:,}.{part:02d}" if part else f"{whole:,}"
    if lang == "en":
        return f"RMB {sign}{yuan}"
    texts = [*_in_large_unit(rest, "亿元"), *_in_large_unit(rest, "万元"), f"{yuan}元"]
    return sign + min(texts, key=len)


def _in_large_unit(fen: int, unit: MoneyUnit) -> list[str]:
    """The sum in 万元 or 亿元, if it is at least 1 of them and has at most four decimals."""
    per = FEN_PER[unit]
    whole, ten_thousandths = divmod(fen * 10**4 // per, 10**4)
    if not whole or fen * 10**4 % per:
        return []
    decimals = f".{ten_thousandths:04d}".rstrip("0").rstrip(".")
    return [f"{whole:,}{decimals}{unit}"]


def _fen(value: Number, unit: MoneyUnit, expected: Both) -> Fraction:
    """A sum in fen, parts of a fen kept."""
    if not isinstance(value, str):
        return _exact(value, expected) * FEN_PER[unit]
    number, scale, own = _split(value, _MONEY, expected)
    if scale or own:
        return number * _SCALES[scale] * FEN_PER["元"]
    if unit != "元" and _CURRENCY.search(_tidy(value)):
        raise ValueProblem(value, expected, _SIGN_OR_UNIT)
    return number * FEN_PER[unit]


def _split(value: Number, form: re.Pattern[str], expected: Both) -> tuple[Fraction, str, str]:
    """The number, the scale word and the unit of a cell; the last two blank if absent."""
    if not isinstance(value, str):
        return _exact(value, expected), "", ""
    text = _tidy(value)
    match = form.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        remedies = (remedy for pattern, remedy in _REMEDIES if pattern.search(text))
        raise ValueProblem(value, expected, next(remedies, _PLAIN))
    return Fraction(match["number"].replace(",", "")), match["scale"] or "", match["unit"] or ""


def _exact(value: int | float | Decimal, expected: Both) -> Fraction:
    """The number that a cell holds; see the module's sentence on floats."""
    if isinstance(value, bool):
        raise ValueProblem(str(value), expected, _PLAIN)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if number.is_zero():
        return Fraction(0)
    if not number.is_finite():
        raise ValueProblem(str(value), expected, _PLAIN)
    if isinstance(value, float) and len(number.normalize().as_tuple().digits) > 15:
        raise ValueProblem(repr(value), expected, _FLOAT)
    if number < 0:
        raise ValueProblem(str(value), expected, _NO_SIGN)
    if number.adjusted() > 20:
        raise ValueProblem(str(value), expected, _SMALLER)
    if number.adjusted() < -20:
        raise ValueProblem(str(value), expected, _PLAIN)
    return Fraction(number)


def _within_limit(value: Number, number: int, expected: Both) -> int:
    if number > LIMIT:
        raise ValueProblem(str(value), expected, _SMALLER)
    return number


def _tidy(text: str) -> str:
    return fold_width(text).strip()
