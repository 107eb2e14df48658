"""The functions and tables of the language: what arguments each takes and the node it makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from duixian.language import syntax as x
from duixian.language import tree as t
from duixian.language.lexer import ExpressionError
from duixian.language.problems import nearest
from duixian.language.units import AMOUNTS, COUNT, DATE, FLAG, NUMERIC, ORDERED, YEAR, Type, unify

if TYPE_CHECKING:
    from duixian.language.resolve import Resolver


def call(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    """Resolve a call; raises ExpressionError for an unknown function or wrong arguments."""
    build = _FUNCTIONS.get(tree.name)
    if build is None:
        raise ExpressionError(
            tree.offset, f"there is no function `{tree.name}`", nearest(tree.name, _FUNCTIONS), "unknown-name"
        )
    if tree.field is not None and tree.name != "previous":
        raise ExpressionError(tree.field.offset, f"`{tree.name}(…)` has no fields", "", "wrong-type")
    return build(resolver, tree, expected)


def _wrong(tree: x.Call, form: str) -> ExpressionError:
    return ExpressionError(tree.offset, f"`{tree.name}` is written {form}", "", "wrong-arguments")


def _plain(tree: x.Call, arguments: int, form: str, table: bool = False) -> None:
    """Refuse a call with another number of arguments, or with a `where` or `by`; only a table has rows."""
    if len(tree.arguments) != arguments or tree.where or tree.by or (tree.rows and not table):
        raise _wrong(tree, form)


def _single(tree: x.Call, form: str) -> x.Syntax:
    _plain(tree, 1, form)
    return tree.arguments[0]


def _aggregate(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    counted = tree.name in ("count", "any", "none")
    form = f"`{tree.name}(list where …)`" if counted else f"`{tree.name}(list.field where …)`"
    if len(tree.arguments) != 1 or tree.rows or tree.by or not isinstance(tree.arguments[0], x.Name):
        raise _wrong(tree, form)
    over = tree.arguments[0]
    records = resolver.scope.vocabulary.records
    if over.parts[0] not in records:
        message = f"`{over.parts[0]}` is not a list of records"
        raise ExpressionError(over.offset, message, nearest(over.parts[0], records), "unknown-name")
    if resolver.scope.each:
        raise ExpressionError(
            tree.offset,
            "lists inside lists are not allowed",
            "name the inner one with `let:`",
            "wrong-arguments",
        )
    if (len(over.parts) == 1) != counted:
        raise _wrong(tree, form)
    entity = over.parts[0]
    outer = resolver.scope
    resolver.scope = outer.inside(entity)
    try:
        value = None if counted else resolver.name(x.Name(over.offset, ("each", *over.parts[1:])), None)
        where = resolver.flag(tree.where) if tree.where is not None else None
    finally:
        resolver.scope = outer
    if value is not None and value.type.kind not in (AMOUNTS if tree.name == "sum" else NUMERIC):
        what = "added up" if tree.name == "sum" else "ordered"
        raise ExpressionError(over.offset, f"{value.type} cannot be {what}", "", "wrong-type")
    kind = COUNT if tree.name == "count" else FLAG if value is None else value.type
    place = resolver.place(tree.offset)
    return t.Aggregate(type=kind, function=tree.name, entity=entity, value=value, where=where, **place)


def _claimed(resolver: Resolver, tree: x.Call, form: str) -> str:
    """Return the type of the claim's own record, which must be the only argument."""
    argument = tree.arguments[0] if len(tree.arguments) == 1 else None
    entity = "" if resolver.scope.entity == "applicant" else resolver.scope.entity
    if (
        not entity
        or not isinstance(argument, x.Name)
        or argument.parts != (entity,)
        or tree.rows
        or tree.where
    ):
        raise _wrong(tree, form.format(entity=entity or "year"))
    return entity


def _previous(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    entity = _claimed(resolver, tree, "`previous({entity}).field`, of the claim's own record")
    if tree.by:
        raise _wrong(tree, f"`previous({entity}).field`")
    fields = resolver.scope.vocabulary.entities[entity].fields
    if "year" not in fields or not fields["year"].required:
        raise ExpressionError(
            tree.offset, f"`{entity}` has no year of its own, so no previous one", "", "wrong-type"
        )
    same = tuple(name for name, known in fields.items() if known.required and name != "year")
    place = resolver.place(tree.offset)
    record = t.Record(type=Type("record", entity), of="previous", entity=entity, same=same, **place)
    return (
        record
        if tree.field is None
        else resolver.path(record, tree.field.parts, tree.offset, tree.field.offset)
    )


def _first(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    entity = _claimed(resolver, tree, "`first({entity} by field, …)`, of the claim's own record")
    known = resolver.scope.vocabulary.entities[entity]
    for name in tree.by:
        if name.parts[0] not in known.fields:
            message = f"`{entity}` has no field `{name.parts[0]}`"
            raise ExpressionError(name.offset, message, nearest(name.parts[0], known.fields), "unknown-name")
    keys = tuple(name.parts[0] for name in tree.by)
    return t.First(type=FLAG, entity=entity, keys=keys, **resolver.place(tree.offset))


def _has(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    argument = _single(tree, "`has(record.field)`")
    node = resolver.node(argument)
    if not isinstance(node, t.Get):
        raise ExpressionError(argument.offset, "`has` takes a fact, such as hire.left", "", "wrong-arguments")
    return t.Has(type=FLAG, fact=node, **resolver.place(tree.offset))


def _exists(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    argument = _single(tree, "`exists(previous(year))`")
    node = resolver.node(argument)
    if not isinstance(node, t.Record | t.Follow):
        raise ExpressionError(
            argument.offset, "`exists` takes a record", "such as previous(year)", "wrong-arguments"
        )
    return t.Exists(type=FLAG, record=node, **resolver.place(tree.offset))


def _extreme(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    form = f"`{tree.name}(a, b, …)`"
    if len(tree.arguments) < 2:
        raise _wrong(tree, form)
    _plain(tree, len(tree.arguments), form)
    items = [resolver.node(argument, expected) for argument in tree.arguments]
    common: Type | None = items[0].type
    for item, argument in zip(items, tree.arguments, strict=True):
        common = unify(common, item.type) if common else None
        if common is None or common.kind not in ORDERED:
            message = f"`{tree.name}` needs values of one unit, found {items[0].type} and {item.type}"
            raise ExpressionError(argument.offset, message, "", "wrong-unit")
    assert common is not None
    function = {"earliest": "min", "latest": "max"}.get(tree.name, tree.name)
    return t.Extreme(type=common, function=function, items=tuple(items), **resolver.place(tree.offset))


def _rows(
    resolver: Resolver, tree: x.Call, subject: t.AnyNode, expected: Type | None
) -> tuple[Type, tuple[t.Row, ...]]:
    rows: list[t.Row] = []
    common: Type | None = None
    for key, value in tree.rows:
        row = t.Row(resolver.comparable(subject, key), resolver.node(value, expected))
        common = row.value.type if not rows else unify(common, row.value.type) if common else None
        if common is None:
            raise ExpressionError(
                value.offset, f"the rows differ: this one is {row.value.type}", "", "wrong-unit"
            )
        if common.kind not in AMOUNTS:
            message = f"a table gives sums or numbers, found {common}"
            raise ExpressionError(value.offset, message, "use `if … then … else …`", "wrong-type")
        rows.append(row)
    assert common is not None
    return common, tuple(rows)


def _table(tree: x.Call, arguments: int, form: str) -> None:
    _plain(tree, arguments, form, table=True)
    if not tree.rows:
        raise _wrong(tree, form)


def _match(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    _table(tree, 1, "`match(value, key: result, …)`")
    subject = resolver.node(tree.arguments[0])
    kind, rows = _rows(resolver, tree, subject, expected)
    keys: list[Any] = []
    for number, row in enumerate(rows):
        if not isinstance(row.key, t.Word | t.Constant):
            raise ExpressionError(
                tree.rows[number][0].offset, "a key must be a literal or a word", "", "wrong-type"
            )
        keys.append(row.key.name if isinstance(row.key, t.Word) else row.key.value)
        if keys[-1] in keys[:number]:
            raise ExpressionError(
                tree.rows[number][0].offset, "this key stands twice", "keep one row", "table-order"
            )
    return t.Match(type=kind, subject=subject, rows=rows, **resolver.place(tree.offset))


def _ascending(tree: x.Call, subject: t.AnyNode, rows: tuple[t.Row, ...]) -> None:
    if subject.type.kind not in ORDERED:
        raise ExpressionError(
            tree.arguments[0].offset, f"{subject.type} has no order", "use `match`", "wrong-type"
        )
    steps: list[Any] = []
    for number, row in enumerate(rows):
        if not isinstance(row.key, t.Constant):
            raise ExpressionError(tree.rows[number][0].offset, "a step must be a literal", "", "table-order")
        value = row.key.value
        if steps and not steps[-1] < value:
            message = f"the steps must rise: {row.key.text} is not above the step before it"
            raise ExpressionError(
                tree.rows[number][0].offset, message, "put the rows in order", "table-order"
            )
        steps.append(value)


def _steps(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    _table(tree, 1, "`steps(value, step: result, …)`")
    subject = resolver.node(tree.arguments[0])
    kind, rows = _rows(resolver, tree, subject, expected)
    _ascending(tree, subject, rows)
    return t.Steps(type=kind, subject=subject, rows=rows, **resolver.place(tree.offset))


def _crossing(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    _table(tree, 4, "`crossing(now, before, strict, several, step: result, …)`")
    now = resolver.node(tree.arguments[0])
    before = resolver.comparable(now, tree.arguments[1])
    strict, several = resolver.flag(tree.arguments[2]), resolver.flag(tree.arguments[3])
    kind, rows = _rows(resolver, tree, now, expected)
    _ascending(tree, now, rows)
    place = resolver.place(tree.offset)
    return t.Crossing(type=kind, now=now, before=before, strict=strict, several=several, rows=rows, **place)


def _year_of(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    argument = _single(tree, "`year_of(day)`")
    node = resolver.node(argument)
    if node.type.kind != "date":
        raise ExpressionError(argument.offset, f"`year_of` takes a day, found {node.type}", "", "wrong-type")
    return t.YearOf(type=YEAR, day=node, **resolver.place(tree.offset))


def _year_end(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    argument = _single(tree, "`year_end(year)`")
    node = resolver.node(argument)
    if unify(node.type, YEAR) is None:
        raise ExpressionError(
            argument.offset, f"`year_end` takes a year, found {node.type}", "", "wrong-type"
        )
    return t.YearEnd(type=DATE, year=node, **resolver.place(tree.offset))


def _end_of(resolver: Resolver, tree: x.Call, expected: Type | None) -> t.AnyNode:
    argument = _single(tree, '`end_of("document")`')
    if not isinstance(argument, x.Str):
        raise _wrong(tree, '`end_of("document")`')
    if argument.text not in resolver.scope.documents:
        message = f"`{argument.text}` is neither a known policy nor listed under documents:"
        raise ExpressionError(
            argument.offset, message, nearest(argument.text, resolver.scope.documents), "unknown-policy"
        )
    return t.EndOf(type=DATE, id=argument.text, **resolver.place(tree.offset))


_FUNCTIONS: dict[str, Callable[[Resolver, x.Call, Type | None], t.AnyNode]] = {
    **dict.fromkeys(("count", "any", "none", "sum", "highest", "lowest"), _aggregate),
    **dict.fromkeys(("min", "max", "earliest", "latest"), _extreme),
    "previous": _previous,
    "first": _first,
    "has": _has,
    "exists": _exists,
    "match": _match,
    "steps": _steps,
    "crossing": _crossing,
    "year_of": _year_of,
    "year_end": _year_end,
    "end_of": _end_of,
}
