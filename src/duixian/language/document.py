"""Splits the text of a policy document into sentences, each with the place where it stands.

Places are the numbering as printed, in full-width brackets: `二（六）`, `第四条（二）1`, before it the part
(`行动计划/一`). 首 is what stands before the first number, 尾 what follows the last numbered unit. The rules:

- A number opens a place where it begins a line, is greater than its last sibling, and the line before it
  was complete: ended by a stop, a colon or a 责任单位 bracket, or short in a text of even lines.
- The heading, #0, is the rest of the numbered line if that has no stop and is not a full line; otherwise
  the first sentence, if it has at most 40 characters and more text follows, and so have all its siblings.
- A paragraph without a number after the numbered items of an article (第四条（二）) continues the article.
  Elsewhere it continues the item; after the last item of the document, and its 责任单位, it begins 尾.
- In 首 and 尾 each line is a unit, but running text, open brackets and titles (关于…的通知) join lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from duixian.calendar.numerals import parse_numeral
from duixian.language.sentences import (
    RESPONSIBLE,
    STOPS,
    clause_spans,
    ends_with_responsible,
    is_left_open,
    sentences,
)

FRONT = "首"
BACK = "尾"

_N = r"([〇零一二三四五六七八九十百]+)"
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第{_N}[编章]|{_N}、",
        rf"第{_N}节",
        rf"第{_N}条",
        rf"\({_N}\)",
        r"(\d{1,2})[.、](?!\d)",
        r"\((\d{1,2})\)",
    )
)
_ARTICLE, _NUMBER = 2, 4

_BACK_LINE = re.compile(r"(?:抄送|信息公开属性|主题词|附件\d*):")
_RUNNING_TITLE = re.compile(r"关于(?!.*(?:通知|意见|办法|规定|决定|公告|细则|函)\W*$)")
_LONGEST_HEADING = 40
# Even lines are those of a printed page, 20 to 60 characters wide, of which at least a third are full.
_PAGE_WIDTHS = range(40, 121)
_FULL_LINE = 0.75


@dataclass(frozen=True, slots=True)
class Part:
    """One of several texts in a document: it begins at the line that begins with its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its place; number 0 is the heading.

    `label` is the numbering as printed before the first sentence of a numbered place, so that all labels
    and texts together are the whole document.
    """

    place: str
    number: int
    text: str
    clauses: int
    label: str = ""

    @property
    def locator(self) -> str:
        """`place#number`, the name under which a pack cites the sentence."""
        return f"{self.place}#{self.number}"

    def clause(self, number: int) -> str:
        """The n-th clause (from 1), without the comma that ends it; IndexError beyond the last."""
        if not 1 <= number <= self.clauses:
            raise IndexError(f"{self.locator} has {self.clauses} clauses; there is no clause {number}")
        start, end = clause_spans(self.text)[number - 1]
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class Document:
    """A policy's text as located sentences, in the order of the source."""

    sentences: tuple[Sentence, ...]

    def at(self, locator: str) -> Sentence:
        """The sentence named `place#number`; KeyError if there is none."""
        for sentence in self.sentences:
            if sentence.locator == locator:
                return sentence
        raise KeyError(locator)


def split(text: str, parts: Sequence[Part] = ()) -> Document:
    """The located sentences of a policy's source text; ValueError if a part's title begins no line."""
    units = _units(_lines(text), parts)
    unheaded = _unheaded(units)
    located: list[Sentence] = []
    last: dict[str, int] = {}
    for unit in units:
        body = sentences(unit.body)
        heading = unit.heading
        if unit.label and body and not heading and (unit.parent, unit.level) not in unheaded:
            heading = body.pop(0)
        begin = last.get(unit.place, 0) + 1
        last[unit.place] = begin + len(body) - 1
        numbered = [*([(0, heading)] if heading else []), *enumerate(body, start=begin)] or [(0, "")]
        for position, (number, piece) in enumerate(numbered):
            label = "" if position else unit.label
            located.append(Sentence(unit.place, number, piece, len(clause_spans(piece)), label))
    return Document(tuple(located))


def outline(document: Document) -> dict[str, list[int]]:
    """Each place with the clause counts of its sentences #1, #2, …; a place of a heading only has []."""
    places: dict[str, list[int]] = {}
    for sentence in document.sentences:
        counts = places.setdefault(sentence.place, [])
        if sentence.number > 0:
            counts.append(sentence.clauses)
    return places


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the normalised text; `full` when it fills the width of a text of even lines."""

    text: str
    full: bool


@dataclass(slots=True)
class _Unit:
    """A stretch of text at one place: a numbered unit, or a paragraph that continues one or has no number."""

    place: str
    body: str = ""
    heading: str = ""
    label: str = ""
    parent: str = ""
    level: int = -1
    leaf: bool = True

    def add(self, text: str) -> None:
        """Joins one more line to the body; only two Latin words keep a space between them."""
        words = re.search(r"[A-Za-z]$", self.body) and re.match(r"[A-Za-z]", text)
        self.body += (" " if words else "") + text

    @property
    def over(self) -> bool:
        """Whether the text so far could be a whole paragraph."""
        return self.body.endswith(tuple(STOPS)) or ends_with_responsible(self.body)


def _lines(text: str) -> list[_Line]:
    """The lines that hold text, in NFKC and without layout spaces (a space between Latin words stays)."""
    rows = [row.strip() for row in re.split(r"[\n\r\f\v]+", text) if row.strip()]
    widths = [sum(unicodedata.east_asian_width(mark) in "WFA" for mark in row) + len(row) for row in rows]
    widest = max(widths, default=0)
    full = [width >= _FULL_LINE * widest for width in widths]
    even = widest in _PAGE_WIDTHS and 3 * sum(full) >= len(rows)
    plain = [" ".join(unicodedata.normalize("NFKC", row).split()) for row in rows]
    plain = [re.sub(r"(?<![0-9A-Za-z]) | (?![0-9A-Za-z])", "", row) for row in plain]
    return [_Line(row, even and is_full) for row, is_full in zip(plain, full, strict=True)]


def _units(lines: Sequence[_Line], parts: Sequence[Part]) -> list[_Unit]:
    """The front matter, the numbered units and the back matter of all parts, in order."""
    if not parts:
        return _part(lines, "", BACK)
    titles = ["".join(line.text for line in _lines(part.title)) for part in parts]
    starts: list[int] = []
    for part, title in zip(parts, titles, strict=True):
        begin = starts[-1] + 1 if starts else 0
        at = next((at for at in range(begin, len(lines)) if lines[at].text.startswith(title)), None)
        if at is None:
            raise ValueError(f"part {part.id!r}: no line begins with its title {part.title!r}")
        starts.append(at)
    units = _matter(lines[: starts[0]], FRONT)
    for part, title, begin, end in zip(parts, titles, starts, [*starts[1:], len(lines)], strict=True):
        prefix = f"{part.id}/"
        units.append(_Unit(prefix + FRONT, heading=title))
        rest = lines[begin].text[len(title) :]
        own = [_Line(rest, lines[begin].full)] if rest else []
        units += _part([*own, *lines[begin + 1 : end]], prefix, BACK if end == len(lines) else prefix + BACK)
    return units


def _part(lines: Sequence[_Line], prefix: str, back: str) -> list[_Unit]:
    """The units of one part: its front matter, its numbered units, and what follows them."""
    units: list[_Unit] = []
    numbering = _Numbering(prefix)
    front = len(lines)
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else _Line("", full=False)
        ended = bool(units) and units[-1].over and (not before.full or ends_with_responsible(units[-1].body))
        complete = ended or not before.full or before.text.endswith((*STOPS, ":"))
        opened = numbering.open(line) if complete else None
        if opened:
            front = min(front, at)
            units.append(opened)
        elif units:
            article = numbering.article
            if ended and (_BACK_LINE.match(line.text) or (not article and numbering.is_done(lines[at:]))):
                units += _matter(lines[at:], back)
                break
            if ended and article and units[-1].place != article:
                units.append(_Unit(article))
            units[-1].add(line.text)
    return _matter(lines[:front], prefix + FRONT) + units


def _matter(lines: Sequence[_Line], place: str) -> list[_Unit]:
    """Letterheads, titles, notices and imprints: each line a unit, lines that run on joined."""
    units: list[_Unit] = []
    runs_on = False
    for line in lines:
        if not runs_on:
            units.append(_Unit(place))
        units[-1].add(line.text)
        text = units[-1].body
        unfinished = line.full or "," in line.text or _RUNNING_TITLE.search(text) or is_left_open(text)
        runs_on = bool(unfinished) and not text.endswith((*STOPS, ":"))
    return units


class _Numbering:
    """Recognises the numbers that open a place, and names the place."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._above: list[_Unit] = []
        self._highest: dict[tuple[str, int], int] = {}

    @property
    def article(self) -> str | None:
        """The place of the article in which the text stands, if any."""
        return next((unit.place for unit in self._above if unit.level == _ARTICLE), None)

    def is_done(self, lines: Sequence[_Line]) -> bool:
        """Whether the lines hold no further number, and no further bracket of who is responsible."""
        return not any(self._read(line) or RESPONSIBLE.search(line.text) for line in lines)

    def open(self, line: _Line) -> _Unit | None:
        """The unit that the line's number opens, or None when the line only goes on with the text."""
        found = self._read(line)
        if found is None:
            return None
        unit, number = found
        rest = line.text[len(unit.label) :]
        if line.full or any(stop in rest for stop in STOPS):
            unit.body = rest
        else:
            unit.heading = rest
        self._highest[unit.parent, unit.level] = number
        self._above = [above for above in self._above if above.level < unit.level]
        for above in self._above:
            above.leaf = False
        self._above.append(unit)
        return unit

    def _read(self, line: _Line) -> tuple[_Unit, int] | None:
        """The empty unit and its number, if the line begins with a number that goes on its siblings'."""
        for level, pattern in enumerate(_LEVELS):
            match = pattern.match(line.text)
            enclosing = [above.place for above in self._above if above.level < level]
            if not match or (level >= _NUMBER and not enclosing):
                continue
            printed = next(group for group in match.groups() if group)
            number = int(printed) if printed.isdecimal() else parse_numeral(printed)
            parent = enclosing[-1] if enclosing and level != _ARTICLE else self._prefix
            if number is not None and number > self._highest.get((parent, level), 0):
                label = match.group()
                place = parent + re.sub(r"[.、]$", "", label).replace("(", "（").replace(")", "）")
                return _Unit(place, label=label, parent=parent, level=level), number
        return None


def _unheaded(units: Sequence[_Unit]) -> set[tuple[str, int]]:
    """The runs of siblings (parent, level) in which one does not begin with a sentence for a heading."""
    runs = set()
    for unit in units:
        if unit.label and not unit.heading:
            first, *others = sentences(unit.body) or [""]
            more = bool(others) or not unit.leaf
            if not (first.endswith("。") and len(first) <= _LONGEST_HEADING and more):
                runs.add((unit.parent, unit.level))
    return runs
