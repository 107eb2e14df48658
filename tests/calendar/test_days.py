"""Dates as people write them: what is read, what is only a month, and what is refused with which words."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.calendar.days import (
    AmbiguousDay,
    Both,
    DayMissing,
    DayProblem,
    Month,
    NoSuchDay,
    Refusal,
    UnreadableDay,
    fold_width,
    parse_day,
    require_day,
)
from duixian.calendar.numerals import write_numeral

MAY_DAY = date(2023, 5, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-01",
        "2023-5-1",
        "2023/5/1",
        "2023/05/01",
        "2023.5.1",
        "20230501",
        "2023年5月1日",
        "2023年05月01日",
        "2023 年 5 月 1 日",
        "2023年5月1号",
        "２０２３年５月１日",
        "２０２３／５／１",
        "２０２３．５．１",
        "二〇二三年五月一日",
        "二○二三年五月一日",
        "二零二三年五月一日",
        "2023年五月1日",
        "  2023-05-01\u3000",
        "\ufeff2023-05-01",
        "2023-05-01 00:00:00",
        "2023-05-01T00:00:00.000",
        "2023-05-01 0:00",
        MAY_DAY,
        datetime(2023, 5, 1),
    ],
)
def test_one_day_in_many_forms(text: str | date) -> None:
    assert parse_day(text) == MAY_DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二四年二月二十九日", date(2024, 2, 29)),
        ("二〇二三年十二月三十一日", date(2023, 12, 31)),
        ("二〇一〇年十月十日", date(2010, 10, 10)),
        ("2024-02-29", date(2024, 2, 29)),
        ("19990131", date(1999, 1, 31)),
    ],
)
def test_other_days(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text", ["2023.5", "2023.05", "2023-05", "2023/5", "2023年5月", "二〇二三年五月", "２０２３年５月"]
)
def test_a_month_is_not_a_day(text: str) -> None:
    month = parse_day(text)
    assert month == Month(2023, 5)
    with pytest.raises(DayMissing) as refusal:
        require_day(month)
    assert refusal.value.text("zh") == (
        "读到「2023-05」，应为年、月、日俱全的日期，如 2023-05-01 或 2023年5月1日；"
        "只写到月，请补上日期中的「日」"
    )


def test_a_day_is_a_day() -> None:
    assert require_day(MAY_DAY) == MAY_DAY


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("05/01/2023", AmbiguousDay),
        ("25/12/2023", AmbiguousDay),
        ("1.5.2023", AmbiguousDay),
        ("5/2023", AmbiguousDay),
        ("23.5.1", AmbiguousDay),
        ("23-05-01", AmbiguousDay),
        ("23年5月1日", AmbiguousDay),
        ("5.1", AmbiguousDay),
        ("5月1日", AmbiguousDay),
        ("五月一日", AmbiguousDay),
        ("202305", AmbiguousDay),
        ("0023-05-01", AmbiguousDay),
        ("2023-02-30", NoSuchDay),
        ("2023-02-29", NoSuchDay),
        ("2023-13-01", NoSuchDay),
        ("2023.13", NoSuchDay),
        ("2023-00-10", NoSuchDay),
        ("2023-04-31", NoSuchDay),
        ("20230500", NoSuchDay),
        ("二〇二三年二月三十日", NoSuchDay),
        ("", UnreadableDay),
        ("2023", UnreadableDay),
        ("2023年", UnreadableDay),
        ("45047", UnreadableDay),
        ("0203-05-01", UnreadableDay),
        ("2023-5/1", UnreadableDay),
        ("2023年5月1", UnreadableDay),
        ("2023年5月上旬", UnreadableDay),
        ("2023年5月1日前", UnreadableDay),
        ("二三年五月一日", UnreadableDay),
        ("民国112年5月1日", UnreadableDay),
        ("12345678年5月1日", UnreadableDay),
        ("2023-05-01 14:30", UnreadableDay),
        ("2023²05", UnreadableDay),
        ("٢٠٢٣-٠٥-٠١", UnreadableDay),
        (datetime(2023, 5, 1, 14, 30), UnreadableDay),
        (2023.5, UnreadableDay),
        (None, UnreadableDay),
    ],
)
def test_refused(text: Any, problem: type[DayProblem]) -> None:
    with pytest.raises(problem) as refusal:
        parse_day(text)
    assert type(refusal.value) is problem
    assert isinstance(refusal.value, ValueError)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "2023-02-30",
            "读到「2023-02-30」，应为2023年2月的1日至28日；请核对原件",
            "found '2023-02-30', expected a day from 1 to 28 of 2023-02; check it against the original",
        ),
        (
            "05/01/2023",
            "读到「05/01/2023」，应为年、月、日俱全的日期，如 2023-05-01 或 2023年5月1日；"
            "无法分清年、月、日：请先写四位数的年份，如 2023-05-01",
            "found '05/01/2023', expected a date with year, month and day, "
            "such as 2023-05-01 or 2023年5月1日; "
            "year, month and day cannot be told apart: write the four-digit year first, like 2023-05-01",
        ),
        (
            "45047",
            "读到「45047」，应为年、月、日俱全的日期，如 2023-05-01 或 2023年5月1日；"
            "这像是电子表格的日期序号：请将该单元格设为日期格式后重新导出",
            "found '45047', expected a date with year, month and day, such as 2023-05-01 or 2023年5月1日; "
            "this looks like a spreadsheet's serial number: format the cell as a date and export again",
        ),
    ],
)
def test_the_message_says_what_to_do(text: str, zh: str, en: str) -> None:
    with pytest.raises(DayProblem) as refusal:
        parse_day(text)
    assert refusal.value.text("zh") == zh
    assert refusal.value.text("en") == en
    assert str(refusal.value) == f"{zh} | {en}"


def test_a_refusal_keeps_its_fields_across_processes_and_cuts_long_finds() -> None:
    refusal = pickle.loads(pickle.dumps(NoSuchDay("9" * 80, Both("日", "day"), Both("改", "mend"))))  # noqa: S301
    assert (refusal.found, refusal.expected.text("zh"), refusal.remedy.text("en")) == ("9" * 80, "日", "mend")
    assert refusal.text("en") == f"found '{'9' * 60}…', expected day; mend"


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        (Month(2024, 2), date(2024, 2, 1), date(2024, 2, 29)),
        (Month(2023, 2), date(2023, 2, 1), date(2023, 2, 28)),
        (Month(2023, 12), date(2023, 12, 1), date(2023, 12, 31)),
    ],
)
def test_the_days_of_a_month(month: Month, first: date, last: date) -> None:
    assert (month.first, month.last) == (first, last)


@pytest.mark.parametrize(("year", "month"), [(2023, 0), (2023, 13), (0, 1), (10000, 1)])
def test_no_such_month(year: int, month: int) -> None:
    with pytest.raises(NoSuchDay):
        Month(year, month)


def test_width_is_folded_and_nothing_else() -> None:
    assert fold_width("２０㎡　５²％") == "20㎡ 5²%"


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_written_form_of_a_day_reads_back(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    places = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(y))
    forms = (
        day.isoformat(),
        f"{y}/{m}/{d}",
        f"{y}.{m}.{d}",
        f"{y}{m:02d}{d:02d}",
        f"{y}年{m}月{d}日",
        f"{places}年{write_numeral(m)}月{write_numeral(d)}日",
    )
    assert {parse_day(form) for form in forms} == {day}


@given(st.one_of(st.text(max_size=20), st.text("0123456789-/.年月日二〇三十 :", max_size=14)))
def test_a_text_is_a_day_or_a_month_or_a_refusal(text: str) -> None:
    try:
        assert isinstance(parse_day(text), date | Month)
    except Refusal as refusal:
        assert refusal.found == text
