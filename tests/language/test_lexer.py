"""Expressions cut into tokens: literals read exactly, full-width signs in place, everything else refused."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from duixian.calendar.periods import Period
from duixian.language.lexer import COUNT_UNITS, MAX_LENGTH, ExpressionError, tokens

LITERALS = [
    ("500万元", "money", 500_0000_00, ""),
    ("1.2亿元", "money", 1_2000_0000_00, ""),
    ("3百元", "money", 300_00, ""),
    ("2千元", "money", 2000_00, ""),
    ("0.01元", "money", 1, ""),
    ("15%", "ratio", Fraction(15, 100), ""),
    ("0.125%", "ratio", Fraction(1, 800), ""),
    ("20人", "count", 20, "人"),
    ("100家", "count", 100, "家"),
    ("5台套", "count", 5, "台套"),
    ("5台", "count", 5, "台"),
    ("1万次", "count", 10_000, "次"),
    ("3", "count", 3, ""),
    ("2.5", "count", Fraction(5, 2), ""),
    ("200平方米", "area", 200, ""),
    ("8000元/平方米", "price_per_area", 8000_00, ""),
    ("3年", "period", Period(years=3), "年"),
    ("6个月", "period", Period(months=6), "个月"),
    ("30日", "period", Period(days=30), "日"),
    ("30天", "period", Period(days=30), "天"),
    ("2022-06-01", "date", dt.date(2022, 6, 1), ""),
    ("2024-2-29", "date", dt.date(2024, 2, 29), ""),
]
REFUSED = [
    ("2023-02-30", 0, "the day 2023-02-30 does not exist"),
    ("0000-01-01", 0, "the day 0000-01-01 does not exist"),
    ("a = b", 2, "`=` does not belong in an expression"),
    ("a；b", 1, "`；` does not belong in an expression"),
    ("5千万元", 2, "`万` does not belong in an expression"),
    ("10²万元", 2, "`²` does not belong in an expression"),
    ("①", 0, "`①` does not belong in an expression"),
    ("٣", 0, "`٣` does not belong in an expression"),
    ('"open', 0, '`"` does not belong in an expression'),
    ("0.001元", 0, "0.001元 is not a whole number of fen"),
    ("1.5年", 0, "1.5年 is not a whole number of years, months or days"),
    ("10001年", 0, "10001年 is not a whole number of years, months or days"),
    ("1" * 41, 0, "a number of more than 40 digits"),
    ("1" + "0" * 30 + "元", 0, f"the number 1{'0' * 30}元 is too large"),
    ("1" * (MAX_LENGTH + 1), 0, "an expression of more than 2000 characters"),
]
SIGNS = "()+-*/<>=!.,:[]%0123456789abcXYZ_ "
FULL_WIDTH = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in SIGNS if c != " "} | {" ": "\u3000"})


def found(text: str) -> list[tuple[str, int, object]]:
    return [(token.kind, token.offset, token.literal and token.literal.value) for token in tokens(text)]


@pytest.mark.parametrize(("text", "kind", "value", "unit"), LITERALS)
def test_a_literal_is_read_exactly(text: str, kind: str, value: object, unit: str) -> None:
    first, end = tokens(text)
    assert first.literal is not None
    assert (first.literal.kind, first.literal.value, first.literal.unit) == (kind, value, unit)
    assert (first.literal.text, end.kind, end.offset) == (text, "end", len(text))


@pytest.mark.parametrize(("text", "offset", "message"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_is_no_token_is_refused_at_its_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        tokens(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)


def test_words_names_texts_and_signs() -> None:
    kinds = [token.kind for token in tokens('if not a.b in [x] then end_of("y") else ≥ ≤ ≠ × ÷ ><')]
    assert kinds == (
        [
            "if",
            "not",
            "name",
            ".",
            "name",
            "in",
            "[",
            "name",
            "]",
            "then",
            "name",
            "(",
            "text",
            ")",
            "else",
            ">=",
            "<=",
            "!=",
            "*",
            "/",
            ">",
            "<",
            "end",
        ]
    )


@given(st.integers(0, 10**12), st.integers(0, 10**6), st.sampled_from(["", "百", "千", "万", "亿"]))
def test_a_sum_is_its_number_times_its_scale_in_fen(whole: int, decimals: int, scale: str) -> None:
    number = Fraction(f"{whole}.{decimals}")
    fen = number * {"": 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[scale] * 100
    text = f"{whole}.{decimals}{scale}元"
    if fen.denominator != 1 or fen > 10**18:
        with pytest.raises(ExpressionError):
            tokens(text)
    else:
        assert tokens(text)[0].literal.value == fen  # type: ignore[union-attr]


@given(st.text(SIGNS + "万元人年", max_size=40))
@example("（year．revenue ＞＝ ５００万元）")
def test_full_width_signs_are_half_width_ones_in_the_same_places(text: str) -> None:
    try:
        plain = found(text)
    except ExpressionError as error:
        with pytest.raises(ExpressionError) as caught:
            tokens(text.translate(FULL_WIDTH))
        assert caught.value.offset == error.offset
    else:
        assert found(text.translate(FULL_WIDTH)) == plain


@given(st.text(max_size=60))
def test_any_text_gives_tokens_in_order_or_an_expression_error(text: str) -> None:
    try:
        offsets = [token.offset for token in tokens(text)]
    except ExpressionError as error:
        assert 0 <= error.offset <= len(text)
    else:
        assert offsets == sorted(offsets)
        assert offsets[-1] == len(text)


@pytest.mark.parametrize("unit", COUNT_UNITS)
def test_every_count_unit_is_read_whole(unit: str) -> None:
    assert tokens(f"7{unit}")[0].literal.unit == unit  # type: ignore[union-attr]
