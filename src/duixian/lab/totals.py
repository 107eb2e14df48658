"""The totals that a synthetic register is calibrated to, read from a YAML file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from duixian.calendar.days import Both
from duixian.lab.population.society import CITIES
from duixian.lab.population.titles import CERTIFICATES, TITLES
from duixian.language import shape as s
from duixian.language.problems import Position, Report, nearest
from duixian.language.source import Scalar, read_yaml
from duixian.register.amounts import ValueProblem, parse_count, parse_money

_CITIES: Final = tuple(city.code for city in CITIES)
SHAPE: Final = s.Record(
    "the totals",
    {
        "firms_over": s.MapOf(s.Text()),
        "revenue": s.MapOf(s.Text(), s.Text("[0-9]{6}", "a city's six-digit code, in quotes")),
        "certified": s.MapOf(s.Text()),
        "titled": s.MapOf(s.Text()),
    },
)


class CalibrationError(Exception):
    """The totals cannot be met; `what` says which and what could be, in both languages."""

    def __init__(self, what: Both) -> None:
        self.what = what
        super().__init__(what.en)


class Totals(msgspec.Struct, frozen=True):
    """What is known of the whole: of the firms in the last fiscal year, before any fact is made missing.

    `firms_over` says how many firms have at least so much revenue (fen), `revenue` the sum of it (fen) by
    city (GB/T 2260), `certified` how many firms hold a certificate of a scheme, `titled` how many a title.
    """

    firms_over: dict[int, int] = {}
    revenue: dict[str, int] = {}
    certified: dict[str, int] = {}
    titled: dict[str, int] = {}

    def as_metadata(self) -> dict[str, dict[str, int]]:
        """The totals as the register's metadata keep them."""
        return {
            "firms_over": {str(fen): count for fen, count in self.firms_over.items()},
            "revenue": dict(self.revenue),
            "certified": dict(self.certified),
            "titled": dict(self.titled),
        }


def read_totals(path: Path) -> Totals:
    """Read a file of totals.

    Raises:
        PackError: every fault, with its line.
    """
    report = Report()
    node = read_yaml(path, report)
    root = s.read(node, SHAPE, report) if node is not None else None
    if root is None and not report.problems:
        report.add(Position(str(path), 1, 1), "empty", "there are no totals", "")
    report.raise_if_any()
    assert isinstance(root, s.Entry)
    reader = _Reader(root, report)
    totals = Totals(
        {reader.fen(key, item): reader.count(item) for key, item in reader.items("firms_over")},
        {
            reader.known(key, item, _CITIES): reader.fen(item.text, item)
            for key, item in reader.items("revenue")
        },
        {
            reader.known(key, item, CERTIFICATES): reader.count(item)
            for key, item in reader.items("certified")
        },
        {reader.known(key, item, TITLES): reader.count(item) for key, item in reader.items("titled")},
    )
    report.raise_if_any()
    return totals


class _Reader:
    """Reads the words and numbers of the file, and notes what they are not."""

    def __init__(self, root: s.Entry, report: Report) -> None:
        self.root = root
        self.report = report

    def items(self, key: str) -> Iterable[tuple[str, Scalar]]:
        found: Mapping[str, Scalar] = self.root.get(key, {})
        return found.items()

    def fen(self, text: str, item: Scalar) -> int:
        try:
            return parse_money(text)
        except ValueProblem as problem:
            self.report.add(item.position, "value", problem.text("en"))
            return 0

    def count(self, item: Scalar) -> int:
        try:
            return parse_count(item.text)
        except ValueProblem as problem:
            self.report.add(item.position, "value", problem.text("en"))
            return 0

    def known(self, word: str, item: Scalar, words: Iterable[str]) -> str:
        if word not in words:
            known = list(words)
            self.report.add(item.position, "unknown-name", f"`{word}` is not known", nearest(word, known))
        return word
