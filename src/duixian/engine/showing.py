"""The facts that a condition shows in its reasons, and values in the plain form of an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from duixian.engine.compiling import compile_node
from duixian.engine.context import Context
from duixian.engine.records import ABSENT, finder
from duixian.engine.result import Plain
from duixian.language import tree as t
from duixian.register.applicant import Absent

Show = Callable[[Context], dict[str, Plain]]
Fetch = tuple[str, str, Any]
"""A fact that a condition shows: its path, and the field of the claim's record or of the applicant (then
the third is None or the word `applicant`), or else the function that finds its value."""


def facts_of(node: t.AnyNode) -> tuple[Fetch, ...]:
    """Return the facts that a tree shows in its reasons: own facts by path, aggregates as one value.

    The second of two aggregates that differ only in what they are over is `count(hire) #2`.
    """
    found: dict[str, tuple[t.AnyNode, Fetch]] = {}
    _collect(node, found)
    return tuple(fetch for _, fetch in found.values())


def _collect(node: t.AnyNode, found: dict[str, tuple[t.AnyNode, Fetch]]) -> None:
    path = fact_path(node)
    if isinstance(node, t.Get):
        of = node.record.of if isinstance(node.record, t.Record) else ""
        simple = {"claim": None, "applicant": "applicant"}
        found.setdefault(path, (node, (path, node.field, simple[of] if of in simple else _fetch(node))))
    elif path:
        own, number = path, 1
        while own in found and bare(found[own][0]) != bare(node):
            number += 1
            own = f"{path} #{number}"
        found.setdefault(own, (node, (own, "", _computed(node))))
    else:
        for child in t.children(node):
            _collect(child, found)


def fact_path(node: t.AnyNode) -> str:
    """Return the name of a fact or an aggregate in reasons and near misses, empty for any other node."""
    if isinstance(node, t.Get):
        before = isinstance(node.record, t.Record) and node.record.of == "previous"
        return f"previous({node.record.entity}).{node.field}" if before else node.path
    if isinstance(node, t.Aggregate):
        field = f".{node.value.field}" if isinstance(node.value, t.Get) else ""
        return f"{node.function}({node.entity}{field})"
    return f"first({node.entity})" if isinstance(node, t.First) else ""


def bare(value: Any) -> Any:
    """Return an expression without its places, so that one that stands twice is told once."""
    if isinstance(value, tuple):
        return tuple(bare(item) for item in value)
    if not isinstance(value, t.Node | t.Row):
        return value
    names = [name for name in value.__struct_fields__ if name not in _PLACES]
    return (type(value).__name__, *(bare(getattr(value, name)) for name in names))


_PLACES = ("line", "column", "text", "parameter")


def _computed(node: t.AnyNode) -> Callable[[Context], Plain]:
    code, key = compile_node(node), id(node)

    def compute(context: Context) -> Plain:
        if key in context.computed:
            return plain(context.computed[key])
        mark = len(context.missing)
        value = plain(code(context))
        del context.missing[mark:]
        return value

    return compute


def _fetch(node: t.Get) -> Callable[[Context], Plain]:
    find, field = finder(node.record), node.field

    def fetch(context: Context) -> Plain:
        mark = len(context.missing)
        record = find(context)
        del context.missing[mark:]
        return None if record is None or record is ABSENT else plain(record.get(field))

    return fetch


def shower(node: t.AnyNode) -> Show:
    """Return the function that gives the facts of a condition in their JSON form."""
    facts = facts_of(node)
    if not facts:
        return lambda context: {}
    if len(facts) == 1 and facts[0][2] is None:
        path, field = facts[0][:2]

        def show_one(context: Context) -> dict[str, Plain]:
            value: Any = context.record.get(field)
            return {path: value if type(value) in AS_IS else plain(value)}

        return show_one

    def show(context: Context) -> dict[str, Plain]:
        shown: dict[str, Plain] = {}
        value: Any
        for path, field, source in facts:
            if source is None:
                value = context.record.get(field)
            elif source == "applicant":
                value = context.frame.facts.get(field)
            else:
                value = source(context)
            shown[path] = value if type(value) in AS_IS else plain(value)
        return shown

    return show


AS_IS = frozenset({int, str, bool, type(None)})
_PLAIN: dict[type, Callable[[Any], Plain]] = {
    Fraction: str,
    frozenset: sorted,
    dt.date: dt.date.isoformat,
    Absent: lambda _: Absent.NONE.value,
}


def plain(value: Any) -> Plain:
    """Return a fact or a computed value in its JSON form; what is not known is null."""
    kind = type(value)
    if kind in AS_IS:
        return value  # type: ignore[no-any-return]
    turn = _PLAIN.get(kind)
    return None if turn is None else turn(value)
