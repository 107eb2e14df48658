"""Reads a day, or a month, from the text that a person wrote; never guesses what was left out.

`Refusal` stands here because every floor above reads text too: one family of errors, each of which says in
both languages what was found, what is expected and what to do.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

import msgspec

from duixian.calendar.numerals import parse_numeral

Language = Literal["zh", "en"]

_SHOWN: Final = 60  # characters of a found text that a message repeats


class Both(NamedTuple):
    """One message in the two languages; index it with `both.zh`, `both.en` or `both.text(lang)`."""

    zh: str
    en: str

    def text(self, lang: Language) -> str:
        """The message in one language."""
        return self.zh if lang == "zh" else self.en


class Refusal(ValueError):  # noqa: N818 - a refusal is an answer to a person, named for what it is
    """A value that cannot be taken as it stands: what was found, what is expected, what to do.

    `found` is the text as it was given; `expected` and `remedy` are in both languages. `text(lang)` is the
    whole message in one language; `str()` is both, Chinese first.
    """

    def __init__(self, found: str, expected: Both, remedy: Both) -> None:
        super().__init__(found, expected, remedy)
        self.found = found
        self.expected = expected
        self.remedy = remedy

    def text(self, lang: Language) -> str:
        """The whole message in one language."""
        found = self.found if len(self.found) <= _SHOWN else f"{self.found[:_SHOWN]}…"
        if lang == "zh":
            return f"读到「{found}」，应为{self.expected.zh}；{self.remedy.zh}"
        return f"found '{found}', expected {self.expected.en}; {self.remedy.en}"

    def __str__(self) -> str:
        return f"{self.text('zh')} | {self.text('en')}"


class DayProblem(Refusal):
    """A text, or a value, from which no day can be taken."""


class UnreadableDay(DayProblem):
    """Not in any of the forms in which a date is written."""


class AmbiguousDay(DayProblem):
    """Could be more than one day: the year is last, short or absent."""


class NoSuchDay(DayProblem):
    """Well written, but the calendar has no such day or month."""


class DayMissing(DayProblem):
    """A month was given where a day is needed."""


class Month(msgspec.Struct, frozen=True, order=True):
    """A month of a year: what a date written without its day says, and no more."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise NoSuchDay(str(self), _A_MONTH, _CHECK)

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day of the month."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


_A_DAY: Final = Both(
    "年、月、日俱全的日期，如 2023-05-01 或 2023年5月1日",
    "a date with year, month and day, such as 2023-05-01 or 2023年5月1日",
)
_A_MONTH: Final = Both("公元1至9999年的1月至12月", "a month from 1 to 12 of a year from 1 to 9999")
_CHECK: Final = Both("请核对原件", "check it against the original")
_WRITE: Final = Both("请按 2023-05-01 的样子填写", "write it like 2023-05-01")
_WRITE_YEAR_FIRST: Final = Both(
    "无法分清年、月、日：请先写四位数的年份，如 2023-05-01",
    "year, month and day cannot be told apart: write the four-digit year first, like 2023-05-01",
)
_SERIAL: Final = Both(
    "这像是电子表格的日期序号：请将该单元格设为日期格式后重新导出",
    "this looks like a spreadsheet's serial number: format the cell as a date and export again",
)
_GIVE_THE_DAY: Final = Both("只写到月，请补上日期中的「日」", "only a month is given: add the day")

_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")  # what exports append to a date; any other hour is kept
_SPACES = re.compile(r"\s*([年月日号])\s*")
_FORMS: Final = (
    re.compile(r"(?P<y>[0-9]{4})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?:(?P=s)(?P<d>[0-9]{1,2}))?"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    re.compile(r"(?P<y>[^年月日号\s]+)年(?P<m>[^年月日号\s]+)月(?:(?P<d>[^年月日号\s]+)[日号])?"),
)
_REFUSED: Final[tuple[tuple[re.Pattern[str], type[DayProblem], Both], ...]] = (
    (
        re.compile(r"[0-9]{1,2}[-/.]([0-9]{1,2}[-/.])?([0-9]{4}|[0-9]{1,2})"),
        AmbiguousDay,
        _WRITE_YEAR_FIRST,
    ),
    (re.compile(r"[0-9]{6}"), AmbiguousDay, _WRITE_YEAR_FIRST),
    (re.compile(r"[^年月日号\s]{1,3}月[^年月日号\s]{1,3}[日号]"), AmbiguousDay, _WRITE_YEAR_FIRST),
    (re.compile(r"[0-9]{5}"), UnreadableDay, _SERIAL),
)

_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0xFEFF: ""}
_ROUND_ZERO: Final = {ord("○"): "〇", ord("◯"): "〇"}  # what many keyboards give for 〇


def fold_width(text: str) -> str:
    """The text with full-width ASCII signs made half-width, and odd spaces made plain ones.

    Narrower than Unicode NFKC on purpose, which would also turn `5²` into `52`.
    """
    return text.translate(_WIDE)


def parse_day(text: str | date) -> date | Month:
    """The day that a text writes, or the `Month` if the text stops at the month.

    Read are `2023-05-01`, `2023/5/1`, `2023.5.1`, `20230501`, `2023年5月1日`, the same in full-width digits,
    `二〇二三年五月一日`, and without the day `2023.5`, `2023-05`, `2023年5月`, `二〇二三年五月`. A `date`, or
    a `datetime` at midnight (as spreadsheets hand over), is taken as it is; a number is not, for `2023.10`
    has lost its zero by then.

    Raises:
        UnreadableDay: not a date in any known form, or a date with an hour.
        AmbiguousDay: `05/01/2023`, `23.5.1`, `202305`, `5月1日`.
        NoSuchDay: `2023-02-30`, `2023-13-01`.
    """
    if isinstance(text, datetime):
        text = text.isoformat(" ")
    elif isinstance(text, date):
        return text
    if not isinstance(text, str):
        raise UnreadableDay(repr(text), _A_DAY, _WRITE)
    plain = _SPACES.sub(r"\1", _MIDNIGHT.sub("", fold_width(text).strip()))
    for form in _FORMS:
        if match := form.fullmatch(plain):
            return _built(text, match["y"], match["m"], match["d"])
    for pattern, problem, remedy in _REFUSED:
        if pattern.fullmatch(plain):
            raise problem(text, _A_DAY, remedy)
    raise UnreadableDay(text, _A_DAY, _WRITE)


def require_day(parsed: date | Month) -> date:
    """The day itself, for a caller that cannot do with a month.

    Raises:
        DayMissing: only a month is known.
    """
    if isinstance(parsed, Month):
        raise DayMissing(str(parsed), _A_DAY, _GIVE_THE_DAY)
    return parsed


def _built(found: str, year: str, month: str, day: str | None) -> date | Month:
    """The day or month of three written numbers; `found` is the whole text, for the message."""
    y, m = _number(found, year), _number(found, month)
    if y < 100:
        raise AmbiguousDay(found, _A_DAY, _WRITE_YEAR_FIRST)
    if y not in range(1000, 10000):
        raise UnreadableDay(found, _A_DAY, _WRITE_YEAR_FIRST)
    if not 1 <= m <= 12:
        raise NoSuchDay(found, Both("1月至12月中的一个月", "a month from 1 to 12"), _CHECK)
    if day is None:
        return Month(y, m)
    d, length = _number(found, day), monthrange(y, m)[1]
    if not 1 <= d <= length:
        expected = Both(f"{y}年{m}月的1日至{length}日", f"a day from 1 to {length} of {y:04d}-{m:02d}")
        raise NoSuchDay(found, expected, _CHECK)
    return date(y, m, d)


def _number(found: str, part: str) -> int:
    """A part of a date in Arabic or Chinese figures."""
    value = int(part) if re.fullmatch(r"[0-9]{1,4}", part) else parse_numeral(part.translate(_ROUND_ZERO))
    if value is None:
        raise UnreadableDay(found, _A_DAY, _WRITE)
    return value
