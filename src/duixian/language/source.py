"""Reads a pack's YAML into nodes that keep every scalar as text and every place; refuses YAML tricks.

The parser's events are read one by one, so that a file nested too deep is left before it can do harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from duixian.language.problems import LINE_BREAK, MAX_BYTES, Position, Report

MAX_DEPTH = 24
MAX_SCALAR = 4_000
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
"""What no text of a pack holds: control characters, and those that make a line look other than it is."""


@dataclass(slots=True, frozen=True)
class Scalar:
    """A leaf: its text exactly as written (never a number, a date or a bool) and where it begins.

    `inner` is the place of its first character. `raw` is the source from there, kept only where a place
    inside the text cannot be had by counting (several lines, escapes); `quote` is its quotation mark.
    """

    text: str
    position: Position
    inner: Position
    raw: str = ""
    quote: str = ""

    def offset(self, characters: int) -> Position:
        """Return the place of a character inside this scalar."""
        if not self.raw:
            return Position(self.inner.file, self.inner.line, self.inner.column + characters)
        # Folding changes nothing but white space: the same visible character is the place.
        wanted = sum(1 for sign in self.text[:characters] if not sign.isspace())
        at = self._visible(wanted)
        before = self.raw[:at]
        line = self.inner.line + before.count("\n")
        column = at - before.rfind("\n") if "\n" in before else self.inner.column + at
        return Position(self.inner.file, line, column)

    def _visible(self, wanted: int) -> int:
        """Return where in `raw` the visible character of this number (from 0) stands."""
        escape = {'"': "\\", "'": "'"}.get(self.quote)
        at = 0
        while at < len(self.raw):
            escaped = self.raw[at] == escape and at + 1 < len(self.raw)
            if not self.raw[at].isspace():
                if wanted == 0:
                    return at
                wanted -= 1
            at += 2 if escaped else 1
        return len(self.raw.rstrip())


@dataclass(slots=True, frozen=True)
class Items:
    """A list of nodes."""

    nodes: tuple[Node, ...]
    position: Position


@dataclass(slots=True, frozen=True)
class Mapping:
    """Keys and nodes in the order written; keys are unique."""

    entries: dict[str, Node]
    keys: dict[str, Position]
    position: Position


Node = Scalar | Items | Mapping


def read_yaml(path: Path, report: Report) -> Node | None:
    """Read one file; problems go to the report; None if there is nothing usable in it."""
    name = str(path)
    start = Position(name, 1, 1)
    try:
        if path.stat().st_size > MAX_BYTES:
            report.add(
                start, "too-large", f"the file is over {MAX_BYTES} bytes", "split it into a folder of files"
            )
            return None
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        report.add(start, "not-utf8", f"the file is not UTF-8 text (byte {error.start})", "save it as UTF-8")
        return None
    return parse_yaml(text, name, report)


def parse_yaml(text: str, name: str, report: Report) -> Node | None:
    """Parse YAML text into nodes; see `read_yaml`."""
    for number, line in enumerate(LINE_BREAK.split(text), 1) if _CONTROL.search(text) else ():
        for found in _CONTROL.finditer(line):
            report.add(
                Position(name, number, found.start() + 1), "control", _control(found.group()), "remove it"
            )
    text = _CONTROL.sub(" ", text)
    try:
        return _Reader(yaml.parse(text, Loader=_Loader), text, name, report).document()
    except yaml.YAMLError as error:
        _not_yaml(error, name, report)
    except _TooDeepError:
        pass
    return None


def _control(character: str) -> str:
    return f"the character U+{ord(character):04X} cannot be seen and is not allowed"


def _not_yaml(error: yaml.YAMLError, name: str, report: Report) -> None:
    """Report where the text stops being YAML and what was open there."""
    mark, problem = getattr(error, "problem_mark", None), str(getattr(error, "problem", error))
    context, opened = getattr(error, "context", None), getattr(error, "context_mark", None)
    if context and opened:
        problem += f" ({context} that begins in line {opened.line + 1})"
    place = Position(name, mark.line + 1, mark.column + 1) if mark else Position(name, 1, 1)
    hint = (
        "indent with spaces, never tabs"
        if "tab" in problem or "\\t" in problem
        else "check indentation and quotes"
    )
    report.add(place, "yaml", f"not valid YAML: {problem}", hint)


class _TooDeepError(Exception):
    """The file is nested too deep to read on; it was reported."""


class _Reader:
    """Turns PyYAML's events into nodes, refusing anchors, tags, merge keys and duplicate keys."""

    def __init__(self, events: Iterator[Any], text: str, name: str, report: Report) -> None:
        self.events = events
        self.text = text
        self.name = name
        self.report = report

    def place(self, event: Any) -> Position:
        return Position(self.name, event.start_mark.line + 1, event.start_mark.column + 1)

    def document(self) -> Node | None:
        """Return the node of the only document, None if the file is empty."""
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        root = self.node(next(self.events), 0)
        next(self.events)
        more = next(self.events)
        if isinstance(more, yaml.DocumentStartEvent):
            self.report.add(
                self.place(more),
                "documents",
                "a file holds one YAML document",
                "remove the `---` and what follows",
            )
        return root

    def node(self, event: Any, depth: int) -> Node | None:
        place = self.place(event)
        if depth > MAX_DEPTH:
            self.report.add(place, "too-deep", f"nested deeper than {MAX_DEPTH} levels", "flatten it")
            raise _TooDeepError
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self.report.add(place, "alias", "YAML anchors and aliases are not allowed", "write the value out")
            if isinstance(event, yaml.AliasEvent):
                return None
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.report.add(place, "tag", f"the YAML tag `{tag}` is not allowed", "remove the tag")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.items(place, depth)
        return self.mapping(place, depth)

    def scalar(self, event: Any, place: Position) -> Scalar | None:
        if len(event.value) > MAX_SCALAR:
            self.report.add(place, "too-long", f"a text of more than {MAX_SCALAR} characters", "shorten it")
            return None
        hidden = _CONTROL.search(event.value)
        if hidden:
            self.report.add(place, "control", _control(hidden.group()), "remove it")
        first, last = event.start_mark, event.end_mark
        if event.style in ("|", ">"):
            start = self.text.find("\n", first.index) + 1
            return Scalar(
                event.value, place, Position(place.file, place.line + 1, 1), self.text[start : last.index]
            )
        quote = event.style or ""
        inner = Position(place.file, place.line, place.column + len(quote))
        raw = self.text[first.index + len(quote) : last.index - len(quote)]
        return Scalar(event.value, place, inner, "" if raw == event.value else raw, quote)

    def items(self, place: Position, depth: int) -> Items:
        nodes: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            node = self.node(event, depth + 1)
            if node is not None:
                nodes.append(node)
        return Items(tuple(nodes), place)

    def mapping(self, place: Position, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_place = self.place(event)
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.report.add(key_place, "key", "a key must be plain text", "write the keys out")
            elif key.text == "<<":
                self.report.add(
                    key_place, "merge-key", "the merge key `<<` is not allowed", "write the keys out"
                )
            elif key.text in keys:
                message = f"the key `{key.text}` stands twice (first in line {keys[key.text].line})"
                self.report.add(key_place, "duplicate-key", message, "keep one of them")
            else:
                keys[key.text] = key_place
                if value is not None:
                    entries[key.text] = value
        return Mapping(entries, keys, place)
