"""Names places in a document: `若干政策/二（四）#1`, a range `二（一）#1-3`, a clause `二（一）#1.2`."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from duixian.calendar.numerals import NUMERAL_CHARACTERS, parse_numeral
from duixian.language.document import BACK, FRONT

Outline = Mapping[str, Sequence[int]]
"""Place → the clause counts of its sentences #1, #2, …: what document.outline gives and a pack keeps."""

_SENTENCES = re.compile(r"(\d{1,4})(?:[-—–~](\d{1,4})|\.(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Locator:
    """A place, and in it all sentences, a run of them (first to last, 0 the heading) or one clause."""

    place: str
    part: str | None = None
    first: int | None = None
    last: int | None = None
    clause: int | None = None

    @property
    def full_place(self) -> str:
        """The place with its part, as an outline has it."""
        return self.place if self.part is None else f"{self.part}/{self.place}"

    def __str__(self) -> str:
        """The locator as it is written in a pack."""
        if self.first is None:
            return self.full_place
        run = f"-{self.last}" if self.last != self.first else ""
        clause = f".{self.clause}" if self.clause is not None else ""
        return f"{self.full_place}#{self.first}{run}{clause}"


def parse(text: str) -> Locator:
    """Reads a locator; half-width brackets are taken for full-width ones.

    Raises ValueError when the text names no place, or its sentences are not n, n-m or n.clause.

    >>> str(parse("若干政策/二(四)#1-3")), parse("二（六）#1.2").clause
    ('若干政策/二（四）#1-3', 2)
    """
    path, mark, sentences = unicodedata.normalize("NFKC", text).strip().partition("#")
    part, slash, place = path.rpartition("/")
    place = place.replace("(", "（").replace(")", "）")
    if not place or any(character.isspace() for character in path) or "/" in part or (slash and not part):
        raise ValueError(f"{text!r} names no place: expected [part/]place, as in 若干政策/二（四）#1")
    if not mark:
        return Locator(place, part or None)
    found = _SENTENCES.fullmatch(sentences)
    if not found:
        raise ValueError(f"{text!r}: what follows # is {sentences!r}; expected #n, #n-m or #n.clause")
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    clause = int(found[3]) if found[3] else None
    if last < first:
        raise ValueError(f"{text!r}: the sentences run backwards; expected #{last}-{first}")
    if clause is not None and not (first and clause):
        raise ValueError(f"{text!r}: clauses count from 1 in sentences from #1; a heading is cited whole")
    return Locator(place, part or None, first, last, clause)


def check(locator: Locator, outline: Outline) -> str | None:
    """What is wrong with a locator in a document of this outline, or None; with the nearest known place."""
    place = locator.full_place
    if place not in outline:
        return f"there is no place {place}; the nearest is {_nearest(locator, outline)}"
    counts = outline[place]
    if locator.first is None or locator.last is None:
        return None
    if locator.last > len(counts):
        has = _counted(len(counts), "sentence") if counts else "a heading only"
        return f"{place} has {has}; there is no #{locator.last}"
    if locator.first == 0 and place in (FRONT, BACK):
        return f"{place} has no heading; its sentences count from #1"
    if locator.clause is not None and locator.clause > counts[locator.first - 1]:
        has = _counted(counts[locator.first - 1], "clause")
        return f"{place}#{locator.first} has {has}; there is no {locator}"
    return None


def meet(own: Locator, asked: Locator) -> bool:
    """Whether two locators share a sentence; a clause and its whole sentence share it.

    >>> meet(parse("二（一）#1-3"), parse("二（一）#2.1")), meet(parse("二（一）#1.1"), parse("二（一）#1.2"))
    (True, False)
    """
    if own.full_place != asked.full_place:
        return False
    if own.first is None or asked.first is None or own.last is None or asked.last is None:
        return True
    apart = own.first > asked.last or asked.first > own.last
    return not apart and (own.clause is None or asked.clause is None or own.clause == asked.clause)


def expand(locator: Locator, outline: Outline) -> tuple[Locator, ...]:
    """One locator for each sentence that the locator covers; a place stands for its heading and sentences.

    Places below it (二（一） below 二) are not part of it. KeyError if the outline lacks the place.
    """
    if locator.clause is not None:
        return (locator,)
    first, last = locator.first, locator.last
    if first is None or last is None:
        first = 1 if locator.full_place in (FRONT, BACK) else 0
        last = len(outline[locator.full_place])
    return tuple(replace(locator, first=number, last=number) for number in range(first, last + 1))


def _nearest(locator: Locator, outline: Outline) -> str:
    """The known place most like this one apart from its last number, and of those the nearest in number."""
    sought, number = _last_number_apart(locator.full_place)

    def distance(place: str) -> tuple[bool, float, int]:
        frame, other = _last_number_apart(place)
        elsewhere = place.rpartition("/")[2] != locator.place
        return elsewhere, -difflib.SequenceMatcher(None, sought, frame).ratio(), abs(other - number)

    return min(outline, key=distance, default="none: the outline is empty")


def _last_number_apart(place: str) -> tuple[str, int]:
    """A place without its last number, and the number: 二（） and 4 of 二（四）."""
    found = list(re.finditer(rf"\d+|[{NUMERAL_CHARACTERS}]+", place))
    if not found:
        return place, 0
    last = found[-1]
    number = int(last.group()) if last.group().isdecimal() else parse_numeral(last.group())
    return place[: last.start()] + place[last.end() :], number or 0


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
