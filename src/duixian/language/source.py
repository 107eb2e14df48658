"""Reads a pack's YAML into nodes that keep every scalar as text and every place; refuses YAML tricks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from duixian.language.problems import Position, Report

MAX_BYTES = 4_000_000
MAX_DEPTH = 24
MAX_SCALAR = 4_000
_STANDARD = "tag:yaml.org,2002:"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True, frozen=True)
class Scalar:
    """A leaf: its text exactly as written (never a number, a date or a bool) and where it begins."""

    text: str
    position: Position
    inner: Position

    def offset(self, characters: int) -> Position:
        """Return the place of a character inside this scalar (exact for scalars on one line)."""
        return Position(self.inner.file, self.inner.line, self.inner.column + characters)


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
            report.add(start, "too-large", f"the file is over {MAX_BYTES} bytes", "split it into a folder of files")
            return None
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        report.add(start, "not-utf8", f"the file is not UTF-8 text (byte {error.start})", "save it as UTF-8")
        return None
    return parse_yaml(text, name, report)


def parse_yaml(text: str, name: str, report: Report) -> Node | None:
    """Parse YAML text into nodes; see `read_yaml`."""
    deep = _too_deep(text)
    if deep:
        report.add(Position(name, deep, 1), "too-deep", f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        return None
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Position(name, mark.line + 1, mark.column + 1) if mark else Position(name, 1, 1)
        report.add(place, "yaml", f"not valid YAML: {error.problem or error}", "check indentation and quotes")
        return None
    except yaml.YAMLError as error:
        report.add(Position(name, 1, 1), "yaml", f"not valid YAML: {error}", "")
        return None
    if root is None:
        return None
    return _Walk(name, report).node(root, 0)


def _too_deep(text: str) -> int:
    """Return the line at which brackets or indentation nest too deep to be handed to a parser, or 0."""
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) - len(line.lstrip(" ")) > 8 * MAX_DEPTH or line.count("- - ") > MAX_DEPTH:
            return number
        if "[" in line or "{" in line or "]" in line or "}" in line:
            depth += line.count("[") + line.count("{") - line.count("]") - line.count("}")
            if max(depth, line.count("[[")) > MAX_DEPTH or line.count("[") > 40 * MAX_DEPTH:
                return number
            depth = max(depth, 0)
    return 0


class _Walk:
    """Turns PyYAML's nodes into ours, refusing anchors, tags, merge keys and duplicate keys."""

    def __init__(self, name: str, report: Report) -> None:
        self.name = name
        self.report = report
        self.seen: set[int] = set()

    def place(self, node: yaml.Node) -> Position:
        return Position(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def node(self, node: yaml.Node, depth: int) -> Node | None:
        place = self.place(node)
        if depth > MAX_DEPTH:
            self.report.add(place, "too-deep", f"nested deeper than {MAX_DEPTH} levels", "flatten it")
            return None
        if id(node) in self.seen:
            self.report.add(place, "alias", "YAML anchors and aliases are not allowed", "write the value out")
            return None
        self.seen.add(id(node))
        if not node.tag.startswith(_STANDARD) or "python" in node.tag or node.tag.endswith(":binary"):
            self.report.add(place, "tag", f"the YAML tag `{node.tag}` is not allowed", "remove the tag")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, place)
        if isinstance(node, yaml.SequenceNode):
            items = [self.node(child, depth + 1) for child in node.value]
            return Items(tuple(item for item in items if item is not None), place)
        return self.mapping(node, place, depth)

    def scalar(self, node: yaml.ScalarNode, place: Position) -> Scalar | None:
        if len(node.value) > MAX_SCALAR:
            self.report.add(place, "too-long", f"a text of more than {MAX_SCALAR} characters", "shorten it")
            return None
        quoted = 1 if node.style in ("'", '"') else 0
        return Scalar(node.value, place, Position(place.file, place.line, place.column + quoted))

    def mapping(self, node: yaml.MappingNode, place: Position, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        for key_node, value_node in node.value:
            key_place = self.place(key_node)
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
                self.report.add(key_place, "key", "a key must be plain text", "write the keys out")
                continue
            if key_node.value in entries:
                first = keys[key_node.value]
                self.report.add(
                    key_place,
                    "duplicate-key",
                    f"the key `{key_node.value}` stands twice (first in line {first.line})",
                    "keep one of them",
                )
                continue
            value = self.node(value_node, depth + 1)
            if value is not None:
                entries[key_node.value] = value
                keys[key_node.value] = key_place
        return Mapping(entries, keys, place)
