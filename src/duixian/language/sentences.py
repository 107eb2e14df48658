"""Divides running text into sentences and clauses, with an eye for brackets and quotation marks."""

from __future__ import annotations

import re
from itertools import pairwise

STOPS = "。;!?"
RESPONSIBLE = re.compile(r"[(〔\[](?:责任|牵头|主办|配合|实施)(?:单位|部门)")
"""How a bracket begins that names who is responsible for what stands before it."""

_OPENING = "([{〔《〈【“‘「『"
_CLOSING = ")]}〕》〉】”’」』"
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")


def sentences(text: str) -> list[str]:
    """The sentences of a normalised text, nothing left out; the last one may lack its stop.

    A sentence ends at 。 ; ! ? outside brackets and quotation marks. A bracket that names who is
    responsible belongs to the sentence before it, and ends it where no stop does.
    """
    pairs, depths = bracket_pairs(text), bracket_depths(text)
    named = {pairs[match.start()] for match in RESPONSIBLE.finditer(text) if match.start() in pairs}
    found = []
    start = at = 0
    while at < len(text):
        if (depths[at] == 0 and text[at] in STOPS) or (depths[at] == 1 and at in named):
            while at + 1 < len(text) and (text[at + 1] in STOPS or pairs.get(at + 1) in named):
                at = pairs.get(at + 1, at + 1)
            found.append(text[start : at + 1])
            start = at + 1
        at += 1
    return [*found, text[start:]] if text[start:] else found


def ends_with_responsible(text: str) -> bool:
    """Whether the text ends with the bracket that names who is responsible."""
    pairs = bracket_pairs(text)
    return any(pairs.get(match.start()) == len(text) - 1 for match in RESPONSIBLE.finditer(text))


def clause_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each clause of a normalised sentence: what stands between its commas.

    Commas in brackets and quotation marks, and those that group thousands (1,000), divide nothing.

    >>> [text[start:end] for text in ["有效期三年,从其规定(甲,乙)。"] for start, end in clause_spans(text)]
    ['有效期三年', '从其规定(甲,乙)。']
    """
    depths = bracket_depths(text)
    grouped = {at for match in _THOUSANDS.finditer(text) for at in range(*match.span())}
    cuts = [at for at, mark in enumerate(text) if mark == "," and depths[at] == 0 and at not in grouped]
    edges = [-1, *cuts, len(text)]
    return tuple((left + 1, right) for left, right in pairwise(edges) if left + 1 < right)


def bracket_pairs(text: str) -> dict[int, int]:
    """Where each bracket or quotation mark closes; marks without a partner are left out."""
    pairs: dict[int, int] = {}
    waiting: list[tuple[int, str]] = []
    for at, mark in enumerate(text):
        if mark in _OPENING:
            waiting.append((at, _CLOSING[_OPENING.index(mark)]))
        elif mark in _CLOSING:
            partner = next((i for i in reversed(range(len(waiting))) if waiting[i][1] == mark), None)
            if partner is not None:
                pairs[waiting[partner][0]] = at
                del waiting[partner:]
    return pairs


def bracket_depths(text: str) -> list[int]:
    """How many brackets and quotations each character stands in, the marks themselves included."""
    depths = [0] * len(text)
    for start, end in bracket_pairs(text).items():
        for at in range(start, end + 1):
            depths[at] += 1
    return depths


def is_left_open(text: str) -> bool:
    """Whether a bracket or quotation begins in the text and does not end there."""
    return sum(mark in _OPENING for mark in text) > len(bracket_pairs(text))
