"""Declares what keys a file may have and reads nodes against that, reporting every misfit at its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from duixian.language.problems import Position, Report, nearest
from duixian.language.source import Items, Mapping, Node, Scalar

Reading = tuple[Node, Report, str]


@dataclass(frozen=True, slots=True)
class Text:
    """A text, never empty; with `pattern` it must match, and `what` says what is expected.

    `taken` are words that match but mean something else already.
    """

    pattern: str = ""
    what: str = "a text"
    choices: tuple[str, ...] = ()
    taken: frozenset[str] = frozenset()


ANY = Text()


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; a single value counts as a list of one when `single`; `filled` if it may not be empty."""

    item: Shape
    single: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping with free keys."""

    item: Shape
    key: Text = ANY


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; `required` ones must be there. `shorthand` takes a scalar as that key."""

    name: str
    keys: dict[str, Shape]
    required: tuple[str, ...] = ()
    shorthand: str = ""


@dataclass(frozen=True, slots=True)
class Anything:
    """A part read elsewhere (the facts of a case)."""


Shape = Text | ListOf | MapOf | Record | Anything


@dataclass(slots=True)
class Entry:
    """A record that was read: its values by key, the place of each, and its own place."""

    position: Position
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Position] = field(default_factory=dict)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or the default."""
        return self.values.get(key, default)

    def text(self, key: str, default: str = "") -> str:
        """Return a text value without its place."""
        value = self.values.get(key)
        return value.text if isinstance(value, Scalar) else default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts without their places."""
        return tuple(item.text for item in self.values.get(key, ()) if isinstance(item, Scalar))

    def place(self, key: str) -> Position:
        """Return where a key stands (or the record, if the key is absent)."""
        return self.places.get(key, self.position)


ZH_EN = Record("text in two languages", {"zh": Text(), "en": Text()}, ("zh", "en"))


def read(node: Node, shape: Shape, report: Report, where: str = "") -> Any:
    """Read a node: Scalar for Text, list for ListOf, dict for MapOf, Entry for Record; None if it misfits."""
    return _READERS[type(shape)](node, shape, report, where)


def _nothing(node: Node) -> bool:
    """Say whether a node is empty, or a plain `~` or `null`."""
    return isinstance(node, Scalar) and (not node.text.strip() or (node.text in _NULL and not node.quote))


_NULL = ("~", "null", "Null", "NULL")


def _kind(node: Node) -> str:
    if _nothing(node):
        return "nothing"
    return {Scalar: "a text", Items: "a list", Mapping: "a mapping"}[type(node)]


def _misfit(node: Node, report: Report, expected: str, where: str) -> None:
    report.add(node.position, "wrong-form", f"{where or 'this'} must be {expected}, found {_kind(node)}", "")


def _text(node: Node, shape: Text, report: Report, where: str) -> Scalar | None:
    if not isinstance(node, Scalar):
        _misfit(node, report, shape.what, where)
        return None
    if _nothing(node):
        report.add(node.position, "wrong-form", f"{where or 'this'} must be {shape.what}, found nothing", "")
        return None
    if shape.choices and node.text not in shape.choices:
        message = f"`{node.text}` is not a value of {where or 'this key'}"
        report.add(node.position, "unknown-value", message, nearest(node.text, shape.choices))
        return None
    _free(node.text, node.position, shape, report)
    return node if _spelt(node.text, node.position, shape, report) else None


def _spelt(text: str, place: Position, shape: Text, report: Report) -> bool:
    if shape.pattern and not re.fullmatch(shape.pattern, text):
        report.add(place, "wrong-form", f"`{text}` is not {shape.what}", "")
        return False
    return True


def _free(text: str, place: Position, shape: Text, report: Report) -> None:
    """Report a name that means something else; it is read all the same, so that nothing seems to be missing."""
    if text in shape.taken:
        message = f"`{text}` has a meaning of its own in the language"
        report.add(place, "reserved", message, "choose another name")


def _list(node: Node, shape: ListOf, report: Report, where: str) -> list[Any] | None:
    if isinstance(node, Items):
        if shape.filled and not node.nodes:
            report.add(node.position, "wrong-form", f"{where or 'this list'} must not be empty", "")
            return None
        items = [read(child, shape.item, report, where) for child in node.nodes]
        return [item for item in items if item is not None]
    if shape.single:
        item = read(node, shape.item, report, where)
        return None if item is None else [item]
    _misfit(node, report, "a list", where)
    return None


def _map(node: Node, shape: MapOf, report: Report, where: str) -> dict[str, Any] | None:
    if not isinstance(node, Mapping):
        _misfit(node, report, "a mapping", where)
        return None
    found: dict[str, Any] = {}
    for key, child in node.entries.items():
        if not _spelt(key, node.keys[key], shape.key, report):
            continue
        _free(key, node.keys[key], shape.key, report)
        value = read(child, shape.item, report, f"{where}.{key}" if where else key)
        if value is not None:
            found[key] = value
    return found


def _record(node: Node, shape: Record, report: Report, where: str) -> Entry | None:
    if isinstance(node, Scalar) and shape.shorthand:
        value = read(node, shape.keys[shape.shorthand], report, where)
        return None if value is None else Entry(node.position, {shape.shorthand: value}, {})
    if not isinstance(node, Mapping):
        _misfit(node, report, f"a mapping ({shape.name})", where)
        return None
    entry = Entry(node.position)
    meant: set[str] = set()
    for key, child in node.entries.items():
        if key not in shape.keys:
            hint = nearest(key, shape.keys)
            report.add(node.keys[key], "unknown-key", f"{shape.name} has no key `{key}`", hint)
            meant.update(name for name in shape.required if f"`{name}`" in hint)
            continue
        entry.places[key] = child.position
        value = read(child, shape.keys[key], report, key)
        if value is not None:
            entry.values[key] = value
    for key in shape.required:
        if key not in node.keys and key not in meant:
            report.add(node.position, "missing-key", f"{shape.name} needs the key `{key}`", f"add `{key}:`")
    return entry


def _anything(node: Node, shape: Anything, report: Report, where: str) -> Node:
    return node


_READERS: dict[type, Callable[..., Any]] = {
    Text: _text,
    ListOf: _list,
    MapOf: _map,
    Record: _record,
    Anything: _anything,
}


def json_schema(shape: Shape) -> dict[str, Any]:
    """Return the JSON Schema of a shape, for completion in editors."""
    if isinstance(shape, Text):
        schema: dict[str, Any] = {"type": ["string", "number", "boolean"]}
        if shape.choices:
            schema = {"enum": list(shape.choices)}
        elif shape.pattern:
            schema["pattern"] = f"^(?:{shape.pattern})$"
        return schema
    if isinstance(shape, ListOf):
        item = json_schema(shape.item)
        many: dict[str, Any] = {"type": "array", "items": item, **({"minItems": 1} if shape.filled else {})}
        return {"anyOf": [item, many]} if shape.single else many
    if isinstance(shape, MapOf):
        keys = {"propertyNames": {"pattern": f"^(?:{shape.key.pattern})$"}} if shape.key.pattern else {}
        return {"type": "object", "additionalProperties": json_schema(shape.item), **keys}
    if isinstance(shape, Record):
        schema = {
            "type": "object",
            "title": shape.name,
            "properties": {key: json_schema(child) for key, child in shape.keys.items()},
            "required": list(shape.required),
            "additionalProperties": False,
        }
        return {"anyOf": [schema, json_schema(shape.keys[shape.shorthand])]} if shape.shorthand else schema
    return {}
