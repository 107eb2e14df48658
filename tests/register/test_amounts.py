"""What people put in a cell: sums, counts, ratios, areas, prices and flags, read exactly or refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.register.amounts import (
    FEN_PER,
    LIMIT,
    MoneyUnit,
    ValueProblem,
    format_money,
    is_none_word,
    is_unknown_word,
    parse_area,
    parse_count,
    parse_flag,
    parse_money,
    parse_price_per_area,
    parse_ratio,
)

YUAN = 100
WAN = 10**6


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        ("500万元", 500 * WAN),
        ("500万", 500 * WAN),
        ("500 万元", 500 * WAN),
        ("500万元整", 500 * WAN),
        ("1.2亿", 12_000 * WAN),
        ("1.2亿元", 12_000 * WAN),
        ("1.5万亿元", 150_000_000 * WAN),
        ("12,345.6万", 12_345_600_000),
        ("3,000", 3_000 * YUAN),
        ("￥500", 500 * YUAN),
        ("¥500", 500 * YUAN),
        ("RMB 75,000", 75_000 * YUAN),
        ("cny500", 500 * YUAN),
        ("人民币500万元", 500 * WAN),
        ("500万元人民币", 500 * WAN),
        ("500 元", 500 * YUAN),
        ("500圆", 500 * YUAN),
        ("５００．５０元", 50_050),
        ("１，０００元", 1_000 * YUAN),
        ("0", 0),
        ("0.01", 1),
        ("500.000", 500 * YUAN),
        ("0.000001万元", 1),
        ("1,234,567.89元", 123_456_789),
        ("\u3000500\xa0元 ", 500 * YUAN),
        (500, 500 * YUAN),
        (0, 0),
        (Decimal("12.34"), 1_234),
        (Decimal("1E+3"), 1_000 * YUAN),
        (Decimal("0E-99999"), 0),
        (0.1, 10),
        (1234.56, 123_456),
        (-0.0, 0),
        (1e12, 10**14),
        ("92233720368547758.07", LIMIT),
    ],
)
def test_money(value: Any, fen: int) -> None:
    assert parse_money(value) == fen


@pytest.mark.parametrize(
    ("value", "unit", "fen"),
    [
        ("12.5", "万元", 12_500_000),
        (12.5, "万元", 12_500_000),
        (Decimal("0.000001"), "万元", 1),
        (3, "亿元", 3 * 10**10),
        ("1.2", "亿元", 12_000 * WAN),
        ("500元", "万元", 500 * YUAN),
        ("500万", "亿元", 500 * WAN),
        ("¥500元", "万元", 500 * YUAN),
    ],
)
def test_money_in_a_column_with_a_unit(value: Any, unit: MoneyUnit, fen: int) -> None:
    assert parse_money(value, unit=unit) == fen


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("", "a blank is unknown: treat it as unknown, not as a number"),
        ("五百万元", "use Arabic figures, and no scale but 万 or 亿, as in 500万元"),
        ("5百万", "use Arabic figures, and no scale but 万 or 亿, as in 500万元"),
        ("5千元", "use Arabic figures, and no scale but 万 or 亿, as in 500万元"),
        ("-5万", "check the sign: a negative number is not accepted here"),
        ("−5万", "check the sign: a negative number is not accepted here"),
        ("(500)", "check the sign: a negative number is not accepted here"),
        ("负500", "check the sign: a negative number is not accepted here"),
        (-1, "check the sign: a negative number is not accepted here"),
        (-0.5, "check the sign: a negative number is not accepted here"),
        ("约500万", "write the exact number, not about"),
        ("500万左右", "write the exact number, not about"),
        ("500多万", "write the exact number, not about"),
        ("~500万", "write the exact number, not about"),
        ("不超过500万", "write the number itself, not a bound"),
        ("500万以上", "write the number itself, not a bound"),
        (">500", "write the number itself, not a bound"),
        ("500-600万", "write one number, not a range"),
        ("500万~600万", "write one number, not a range"),
        ("500至600万元", "write one number, not a range"),
        ("5e6", "write all the digits, not scientific notation"),
        ("1.5E+7", "write all the digits, not scientific notation"),
        ("5×10^6", "write all the digits, not scientific notation"),
        ("500万美元", "convert it to renminbi"),
        ("$500", "convert it to renminbi"),
        ("HKD 500", "convert it to renminbi"),
        ("0.001", "money goes down to the fen: write no smaller part"),
        ("0.0000001万元", "money goes down to the fen: write no smaller part"),
        (0.125, "money goes down to the fen: write no smaller part"),
        (Decimal("0.001"), "money goes down to the fen: write no smaller part"),
        (0.1 + 0.2, None),
        (9007199254740993.0, None),
        ("92233720368547758.08", f"above the limit of {LIMIT} (for money, in fen)"),
        (2**63, f"above the limit of {LIMIT} (for money, in fen)"),
        (10**400, f"above the limit of {LIMIT} (for money, in fen)"),
        (Decimal("1E+999999"), f"above the limit of {LIMIT} (for money, in fen)"),
        (1e300, f"above the limit of {LIMIT} (for money, in fen)"),
        (Decimal("1E-999999"), "write one definite number and one unit"),
        (float("nan"), "write one definite number and one unit"),
        (float("inf"), "write one definite number and one unit"),
        (Decimal("sNaN"), "write one definite number and one unit"),
        (True, "write one definite number and one unit"),
        ("1,2345", "write one definite number and one unit"),
        ("1,23", "write one definite number and one unit"),
        ("1 000", "write one definite number and one unit"),
        ("1.2.3", "write one definite number and one unit"),
        ("5.", "write one definite number and one unit"),
        (".5万", "write one definite number and one unit"),
        ("1亿2000万", "write one definite number and one unit"),
        ("500万股", "write one definite number and one unit"),
        ("500整", "write one definite number and one unit"),
        ("5²元", "write one definite number and one unit"),
        ("٥٠٠", "write one definite number and one unit"),
        ("无", "write one definite number and one unit"),
        ("9" * 65, "write one definite number and one unit"),
    ],
)
def test_money_refused(value: Any, remedy: str | None) -> None:
    with pytest.raises(ValueProblem) as refusal:
        parse_money(value)
    assert refusal.value.expected.en == "a sum that is not negative, such as 500万元"
    float_residue = (
        "more than 15 significant digits: a computation's residue, or digits are lost; write the exact number"
    )
    assert refusal.value.remedy.en == (remedy or float_residue)


def test_a_refusal_in_both_languages() -> None:
    with pytest.raises(ValueProblem) as refusal:
        parse_money("约500万")
    assert refusal.value.found == "约500万"
    assert (
        refusal.value.text("zh") == "读到「约500万」，应为不为负数的金额，如 500万元；请写确切的数，不写约数"
    )
    assert refusal.value.text("en") == (
        "found '约500万', expected a sum that is not negative, such as 500万元; "
        "write the exact number, not about"
    )


def test_a_lone_currency_sign_in_a_column_of_large_units() -> None:
    with pytest.raises(ValueProblem, match="a currency sign without a unit"):
        parse_money("¥500", unit="万元")


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("1,200", 1200),
        ("35人", 35),
        ("35 人次", 35),
        ("１２家", 12),
        ("1.2万", 12_000),
        ("3万户", 30_000),
        ("3.0", 3),
        (3.0, 3),
        (0, 0),
        (Decimal(7), 7),
        (LIMIT, LIMIT),
    ],
)
def test_count(value: Any, count: int) -> None:
    assert parse_count(value) == count


@pytest.mark.parametrize("value", ["3.5", 3.5, "-3", "约30", "3年", "5万元", "", True, LIMIT + 1, "三"])
def test_count_refused(value: Any) -> None:
    with pytest.raises(ValueProblem):
        parse_count(value)


@pytest.mark.parametrize(
    ("value", "ratio"),
    [
        ("15%", Fraction(3, 20)),
        ("15 %", Fraction(3, 20)),
        ("15％", Fraction(3, 20)),
        ("０．１５", Fraction(3, 20)),
        ("0.15", Fraction(3, 20)),
        (0.15, Fraction(3, 20)),
        (Decimal("0.15"), Fraction(3, 20)),
        ("5‰", Fraction(1, 200)),
        ("100%", Fraction(1)),
        ("250%", Fraction(5, 2)),
        ("0", Fraction(0)),
        ("33.333%", Fraction(33_333, 100_000)),
    ],
)
def test_ratio(value: Any, ratio: Fraction) -> None:
    assert parse_ratio(value) == ratio


@pytest.mark.parametrize("value", ["15", 15, 1, 1.0, "1", "1.5"])
def test_a_ratio_without_its_sign_is_ambiguous(value: Any) -> None:
    with pytest.raises(ValueProblem, match="without a percent sign"):
        parse_ratio(value)


@pytest.mark.parametrize("value", ["-5%", "15-20%", "百分之十五", "约15%", 1 / 3, "15%%", ""])
def test_ratio_refused(value: Any) -> None:
    with pytest.raises(ValueProblem):
        parse_ratio(value)


@pytest.mark.parametrize(
    ("value", "square_metres"),
    [
        ("200平方米", 200),
        ("200㎡", 200),
        ("200 m²", 200),
        ("200M2", 200),
        ("２００平米", 200),
        ("1.5万平方米", 15_000),
        ("0.5平方公里", 500_000),
        ("3公顷", 30_000),
        ("15亩", 10_000),
        ("1亩", Fraction(2000, 3)),
        ("200", 200),
        (200.5, Fraction(401, 2)),
    ],
)
def test_area(value: Any, square_metres: int | Fraction) -> None:
    assert parse_area(value) == square_metres


@pytest.mark.parametrize(
    ("value", "square_metres"), [("15", 10_000), (15, 10_000), ("200㎡", 200), ("3万", 20_000_000)]
)
def test_area_in_a_column_of_mu(value: Any, square_metres: int) -> None:
    assert parse_area(value, unit="亩") == square_metres


@pytest.mark.parametrize("value", ["200元", "-200㎡", "约200㎡", "200立方米", "", False])
def test_area_refused(value: Any) -> None:
    with pytest.raises(ValueProblem):
        parse_area(value)


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        ("8000元/平方米", 800_000),
        ("8,000 元 / ㎡", 800_000),
        ("0.8万元每平方米", 800_000),
        ("¥8000/m²", 800_000),
        ("8000", 800_000),
        (8000, 800_000),
        ("20万元/亩", Fraction(200_000 * 100 * 3, 2000)),
        ("0.001元/平方米", Fraction(1, 10)),
    ],
)
def test_price_per_area(value: Any, fen: int | Fraction) -> None:
    assert parse_price_per_area(value) == fen


@pytest.mark.parametrize(
    "value", ["30元/平方米/月", "30元/人", "每平方米30元", "-30元/㎡", "/㎡", "30元/", "", True]
)
def test_price_per_area_refused(value: Any) -> None:
    with pytest.raises(ValueProblem):
        parse_price_per_area(value)


@pytest.mark.parametrize(
    ("value", "flag"),
    [(word, True) for word in ("是", "有", "true", "TRUE", "Y", "Ｙ", "yes", "√", " 是 ", True)]
    + [(word, False) for word in ("否", "无", "没有", "false", "N", "no", "×", False)],
)
def test_flag(value: Any, flag: bool) -> None:
    assert parse_flag(value) is flag


@pytest.mark.parametrize("value", ["", "x", "不详", "是否", "1", 1, 0, 1.0])
def test_flag_refused(value: Any) -> None:
    with pytest.raises(ValueProblem, match="write 是 or 否"):
        parse_flag(value)


@pytest.mark.parametrize(
    ("text", "unknown", "none"),
    [
        ("", True, False),
        ("　", True, False),
        ("不详", True, False),
        ("未知", True, False),
        ("？", True, False),
        ("?", True, False),
        ("Unknown", True, False),
        ("无", False, True),
        ("没有", False, True),
        ("None", False, True),
        ("0", False, False),
        ("无锡", False, False),
    ],
)
def test_unknown_is_not_none(text: str, unknown: bool, none: bool) -> None:
    assert is_unknown_word(text) is unknown
    assert is_none_word(text) is none


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "0元", "RMB 0"),
        (1, "0.01元", "RMB 0.01"),
        (50, "0.50元", "RMB 0.50"),
        (500_000, "5,000元", "RMB 5,000"),
        (7_500_000, "7.5万元", "RMB 75,000"),
        (500 * WAN, "500万元", "RMB 5,000,000"),
        (12_000 * WAN, "1.2亿元", "RMB 120,000,000"),
        (10_000 * WAN, "1亿元", "RMB 100,000,000"),
        (499_999_999, "4,999,999.99元", "RMB 4,999,999.99"),
        (1_000_100, "10,001元", "RMB 10,001"),
        (1_234_000, "1.234万元", "RMB 12,340"),
        (12_345_678_900, "123,456,789元", "RMB 123,456,789"),
        (123_456 * 10**10, "123,456亿元", "RMB 12,345,600,000,000"),
        (-7_500_000, "-7.5万元", "RMB -75,000"),
    ],
)
def test_money_for_people(fen: int, zh: str, en: str) -> None:
    assert (format_money(fen, "zh"), format_money(fen, "en")) == (zh, en)


SUMS = st.one_of(
    st.integers(0, LIMIT),
    st.integers(0, 10**9).map(lambda wan: wan * WAN),
    st.integers(0, 10**8).map(lambda ten_thousandths: ten_thousandths * 10**6),
)


@given(SUMS, st.sampled_from(("zh", "en")))
def test_a_formatted_sum_reads_back_to_the_same_fen(fen: int, lang: Literal["zh", "en"]) -> None:
    assert parse_money(format_money(fen, lang)) == fen


@given(SUMS, st.sampled_from(sorted(FEN_PER)))
def test_a_sum_is_the_same_from_text_and_decimal(fen: int, unit: MoneyUnit) -> None:
    number = Decimal(fen) / FEN_PER[unit]
    assert parse_money(f"{number:f}{unit}") == parse_money(number, unit=unit) == fen


@given(st.integers(0, 10**15 - 1))
def test_a_float_up_to_fifteen_digits_is_what_was_typed(fen: int) -> None:
    assert parse_money(float(Decimal(fen) / 100)) == fen


@given(
    st.one_of(
        st.text(max_size=24), st.text("0123456789.,-~万亿元¥ %e约十", max_size=12), st.floats(), st.integers()
    ),
    st.sampled_from((parse_money, parse_count, parse_ratio, parse_area, parse_price_per_area)),
)
def test_a_cell_is_a_number_that_is_not_negative_or_a_refusal(value: Any, parse: Any) -> None:
    try:
        assert parse(value) >= 0
    except ValueProblem as refusal:
        assert refusal.text("zh") and refusal.text("en")
