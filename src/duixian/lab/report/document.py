"""A report as data: headline figures, sections with a chart and a table, and where it all comes from."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import msgspec

from duixian.calendar.days import Language

Kind = Literal["text", "word", "fen", "number", "share"]
Cell = str | int | Fraction | None
Row = tuple[Cell, ...]


class Column(msgspec.Struct, frozen=True):
    """A column: its title and what it holds.

    `fen` is a sum, shown in yuan, `share` an exact fraction of 1, `word` a short text that is not broken into lines.
    """

    title: str
    kind: Kind = "text"


class Table(msgspec.Struct, frozen=True):
    """Rows of cells, with a last row of totals where that has a meaning.

    `show` rows and the columns `narrow` (None: all) are enough for a terminal; with `show=0` it is left to the files.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    show: int = 12
    narrow: tuple[int, ...] | None = None


class Series(msgspec.Struct, frozen=True):
    """What one colour of a chart stands for, and its values."""

    name: str
    values: tuple[int, ...]


class Bars(msgspec.Struct, frozen=True):
    """Horizontal bars from zero, one row a label; each colour ends at its value.

    mark: a level to compare with. most: bars end there at the latest. notes: what stands beside each bar, in place of
    its greatest value.
    """

    title: str
    axis: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["fen", "number"] = "fen"
    mark: tuple[str, int] | None = None
    most: int | None = None
    notes: tuple[str, ...] = ()


class Lines(msgspec.Struct, frozen=True):
    """Lines over steps of one parameter, from zero; `mark` is a level to compare with (a budget).

    positions: at which step each label stands, rising from 0; without them they stand side by side.
    """

    title: str
    axis: str
    across: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["fen", "number"] = "fen"
    mark: tuple[str, int] | None = None
    positions: tuple[int, ...] = ()


Chart = Bars | Lines


class Section(msgspec.Struct, frozen=True):
    """One question and its answer. `id` names its CSV file and its sheet's link; `brief` titles the sheet."""

    id: str
    title: str
    brief: str
    table: Table
    note: str = ""
    charts: tuple[Chart, ...] = ()


class Fact(msgspec.Struct, frozen=True):
    """A headline: what it is, the figure, and a word on it."""

    label: str
    figure: str
    note: str = ""


class Report(msgspec.Struct, frozen=True):
    """A whole report. `basis` says what was asked of whom; `warnings` must be read first; `source` ends it."""

    lang: Language
    title: str
    basis: tuple[str, ...]
    warnings: tuple[str, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    source: tuple[str, ...]

    def headlines(self, say: Callable[[str, str], str]) -> Table:
        """Return the headlines as a table; `say` picks the Chinese or the English words."""
        columns = (
            Column(say("项目", "figure")),
            Column(say("数值", "value")),
            Column(say("说明", "note")),
        )
        return Table(columns, tuple((fact.label, fact.figure, fact.note) for fact in self.facts))


def yuan(fen: int) -> str:
    """Return a sum in yuan, to the fen, with no separators: for programs and spreadsheets.

    >>> yuan(-123456)
    '-1234.56'
    """
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"


def percent(share: Fraction) -> str:
    """Return a share in percent with one decimal, rounded half up.

    >>> percent(Fraction(1, 3)), percent(Fraction(-1, 200))
    ('33.3%', '-0.5%')
    """
    tenths = (abs(share) * 1000 + Fraction(1, 2)).__floor__()
    return f"{'-' if share < 0 and tenths else ''}{tenths // 10}.{tenths % 10}%"
