import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.calendar.numerals import NUMERAL_CHARACTERS, parse_numeral, write_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("一", 1),
        ("两", 2),
        ("十", 10),
        ("一十", 10),
        ("十九", 19),
        ("二十", 20),
        ("二十三", 23),
        ("一百", 100),
        ("两百", 200),
        ("一百零五", 105),
        ("一百一十", 110),
        ("三百二十一", 321),
        ("一千零一十", 1_010),
        ("两千", 2_000),
        ("五千零五", 5_005),
        ("一万", 10_000),
        ("十万", 100_000),
        ("十万零五百", 100_500),
        ("二十万五千", 205_000),
        ("一百万", 1_000_000),
        ("一千二百三十四万五千六百七十八", 12_345_678),
        ("一亿", 100_000_000),
        ("一亿零五百", 100_000_500),
        ("三亿零二十万", 300_200_000),
        ("两千亿", 200_000_000_000),
    ],
)
def test_numerals_with_units(text: str, value: int) -> None:
    assert parse_numeral(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("二〇二三", 2023), ("二零二三", 2023), ("一九四九", 1949), ("二〇", 20), ("一〇五", 105)],
)
def test_digits_in_place(text: str, value: int) -> None:
    assert parse_numeral(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "甲",
        "3",
        "第三",
        "三四",  # three or four
        "一二三",  # a list
        "一百五",  # 150 in speech, 105 by its signs
        "一百十五",
        "一千五十",
        "百",
        "千万",
        "万",
        "二百三千",
        "十十",
        "一万亿",  # beyond 10^12
        "二〇二三年",
        "两三",
    ],
)
def test_what_is_not_an_exact_numeral(text: str) -> None:
    assert parse_numeral(text) is None


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_writing_and_reading_agree(value: int) -> None:
    assert parse_numeral(write_numeral(value)) == value


@given(st.text(alphabet=NUMERAL_CHARACTERS, max_size=12))
def test_reading_never_fails_otherwise_than_by_none(text: str) -> None:
    value = parse_numeral(text)
    assert value is None or 0 <= value < 10**12


@pytest.mark.parametrize("value", [-1, 10**12])
def test_writing_refuses_what_it_has_no_word_for(value: int) -> None:
    with pytest.raises(ValueError, match="expected a whole number"):
        write_numeral(value)
