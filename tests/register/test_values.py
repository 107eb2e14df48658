"""One raw value of each kind of field, as people and spreadsheets write it."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from duixian.calendar.days import Refusal
from duixian.language.units import Type
from duixian.language.vocabulary import Field, Label, shared_vocabulary
from duixian.register.applicant import Absent
from duixian.register.names import Lexicon
from duixian.register.values import column_unit, read_id, read_value

LEXICON = Lexicon(shared_vocabulary())


def field(kind: str, of: str = "", optional: bool = False) -> Field:
    label = Label("某项", "something")
    return Field("some", Type(kind, of), label, label, optional=optional)


@pytest.mark.parametrize(
    ("kind", "of", "unit", "raw", "value"),
    [
        ("money", "", "", 1234.56, 123_456),
        ("money", "", "万元", 12.5, 12_500_000),
        ("money", "", "万元", "500元", 50_000),
        ("money", "", "亿元", Decimal("0.1"), 1_000_000_000),
        ("area", "", "亩", 15.0, Fraction(10_000)),
        ("area", "", "", "200平方米", Fraction(200)),
        ("price_per_area", "", "元/平方米", 8000.0, Fraction(800_000)),
        ("ratio", "", "", "15%", Fraction(3, 20)),
        ("count", "人", "人", 35.0, 35),
        ("year", "", "", 2023.0, 2023),
        ("year", "", "", "二〇二三年度", 2023),
        ("date", "", "", dt.date(2023, 5, 1), dt.date(2023, 5, 1)),
        ("date", "", "", dt.datetime(2023, 5, 1), dt.date(2023, 5, 1)),
        ("date", "", "", 20230501, dt.date(2023, 5, 1)),
        ("flag", "", "", "√", True),
        ("flag", "", "", "无", False),
        ("text", "", "", " 武汉（中国）公司 ", "武汉（中国）公司"),
        ("text", "", "", 12.0, "12"),
        ("division", "", "", 420106.0, "420106"),
        ("enum", "title", "", "little_giant", "little_giant"),
        ("enum", "title", "", "国家级专精特新小巨人企业", "little_giant"),
        ("enum", "scheme", "", "信息安全服务资质", "ccrc"),
        ("enum", "title", "", "National little giant firm", "little_giant"),
        (
            "set",
            "field",
            "",
            "软件、网络安全（网络空间安全、网络信息安全）；光芯屏端网",
            {"software", "cybersecurity", "opto_chip_screen"},
        ),
        ("set", "field", "", [], set()),
        ("set", "field", "", "无", set()),
        ("record", "platform", "", 7.0, "7"),
    ],
)
def test_values(kind: str, of: str, unit: str, raw: object, value: object) -> None:
    found = read_value(field(kind, of), raw, LEXICON, unit)
    assert (found, type(found)) == (value, type(value) if not isinstance(value, set) else frozenset)


@pytest.mark.parametrize("raw", [None, "", "  ", "不详", "unknown"])
@pytest.mark.parametrize("kind", ["money", "flag", "date", "text"])
def test_unknown_is_nothing(kind: str, raw: object) -> None:
    assert read_value(field(kind), raw, LEXICON) is None


@pytest.mark.parametrize("raw", [Absent.NONE, "无", "none"])
def test_none_is_a_fact_of_optional_fields_only(raw: object) -> None:
    assert read_value(field("date", optional=True), raw, LEXICON) is Absent.NONE
    with pytest.raises(Refusal, match="不能填「无」"):
        read_value(field("money"), raw, LEXICON)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("money", dt.date(2023, 5, 1)),
        ("money", True),
        ("money", float("nan")),
        ("money", 0.1 + 0.2),
        ("count", 1.5),
        ("ratio", 15),
        ("date", 2023.5),
        ("date", dt.datetime(2023, 5, 1, 10, 30)),
        ("date", dt.timedelta(1)),
        ("year", 1023),
        ("flag", 1),
        ("text", 1.234567890123457e17),
        ("text", "a\tb"),
        ("division", "990000"),
        ("division", "420106000000"),
    ],
)
def test_refused(kind: str, raw: object) -> None:
    with pytest.raises(Refusal):
        read_value(field(kind), raw, LEXICON)


@pytest.mark.parametrize("raw", ["", 1.5, True, None, dt.date(2023, 5, 1), float("inf")])
def test_no_id(raw: object) -> None:
    with pytest.raises(Refusal):
        read_id(raw)


@pytest.mark.parametrize(
    ("kind", "of", "title", "unit"),
    [
        ("money", "", "万元", "万元"),
        ("money", "", "RMB", "元"),
        ("money", "", "美元", None),
        ("area", "", "㎡", "平方米"),
        ("price_per_area", "", "元/㎡", "元/平方米"),
        ("count", "家", "家", "家"),
        ("count", "家", "人", None),
        ("year", "", "年", "年"),
        ("date", "", "日", None),
    ],
)
def test_units_of_columns(kind: str, of: str, title: str, unit: str | None) -> None:
    assert column_unit(field(kind, of), title) == unit
