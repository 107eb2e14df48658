"""What number formats add to a number, and the cell as a person sees it."""

import datetime as dt
from fractions import Fraction

import pytest

from duixian.register.amounts import parse_ratio
from duixian.register.formats import BUILT_IN, SCALED, Format, as_shown, read_format

DAY = dt.date(2023, 5, 1)


PLAIN = (
    "General|G/通用格式|0|0_ |#,##0.00|0.00E+00|# ?/?|@|0.00_);[Red](0.00)|[$-804]0|#,##0.00_ ;[Red]\\-#,##0.00\\ |"
    'yyyy-mm-dd|yyyy"年"m"月"d"日";@|[$-F800]dddd, mmmm dd, yyyy|yyyy/m/d h:mm|[DBNum1][$-804]yyyy年m月d日|'
    "h:mm:ss|[h]:mm|aaaa"
)


@pytest.mark.parametrize("code", PLAIN.split("|"))
def test_plain(code: str) -> None:
    assert read_format(code).is_plain


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ('0"万元"', 500.0, "500万元"),
        ("0.00元", 0.5, "0.5元"),
        ('#,##0.00"元";-#,##0.00"元"', 1234.5, "1234.5元"),
        ('"¥"#,##0.00', 500.0, "¥500"),
        ('_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', 500.0, "¥500"),
        ("[$€-2] #,##0", 500.0, "€500"),
        ("0%", 0.15, "15%"),
        ("0.00%", 1.5, "150%"),
        ('0.0"%"', 0.5, "0.5%"),
        ('"A"000', 1.0, "A001"),
        ("000000", 42.0, "000042"),
        ("0.00", 42.0, 42.0),
        ("0%", 1 / 3, 1 / 3),
        ("0%", "text", "text"),
        ("0%", True, True),
        ('0.0,"千"', 5000.0, SCALED),
        ('0!.0,"万"', 5000.0, SCALED),
        ("0\\.0000", 5000.0, SCALED),
        ('[>=10000]0!.0,"万";0', 50.0, SCALED),
        ('0"元";0"万元"', 50.0, SCALED),
        ('yyyy"年"m"月"', DAY, "2023年5月"),
        ("mmm-yy", DAY, "2023年5月"),
        ('m"月"d"日"', DAY, "5月1日"),
        ("d-mmm", DAY, "5月1日"),
        ("yyyy", DAY, "2023年"),
        ("e-mm", DAY, "2023年5月"),
        ("h:mm", DAY, DAY),
    ],
)
def test_shown(code: str, value: object, shown: object) -> None:
    assert as_shown(value, read_format(code)) == shown


def test_formats_named_by_number() -> None:
    assert as_shown(DAY, BUILT_IN[57]) == "2023年5月"
    assert as_shown(DAY, BUILT_IN[58]) == "5月1日"
    assert 31 not in BUILT_IN


def test_a_percentage_is_read_and_a_plain_number_is_not() -> None:
    assert parse_ratio(str(as_shown(1.5, Format(percent=True)))) == Fraction(3, 2)
    with pytest.raises(ValueError, match="15%"):
        parse_ratio("15")
