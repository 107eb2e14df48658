"""Resolves names and checks types: from the syntax of an expression to a typed node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from duixian.calendar.periods import Period
from duixian.language import functions
from duixian.language import syntax as x
from duixian.language import tree as t
from duixian.language.lexer import COUNT_UNITS, ExpressionError
from duixian.language.problems import Report, nearest
from duixian.language.scope import BUILTINS, Scope
from duixian.language.source import Scalar
from duixian.language.units import (
    COUNT,
    DATE,
    FLAG,
    NUMERIC,
    ORDERED,
    PERIOD,
    Type,
    product,
    total,
    unify,
)
from duixian.language.vocabulary import Field

MAX_NODES = 2_000
MAX_DEPTH = 128
_LENGTHS = ("天", "日", "月")
"""Units of facts that count days or months (居住天数): no period, which begins on some day."""
BROKEN = "broken"
"""The code of an error that only follows from another, which was reported."""


def resolve(source: Scalar, scope: Scope, report: Report, expected: Type | None = None) -> t.AnyNode | None:
    """Parse, resolve and type one expression; problems go to the report and None comes back.

    With `expected` the expression must have that type.
    """
    try:
        tree = x.parse(source.text)
        resolver = Resolver(scope, source, sum(1 for _ in _literals(tree)))
        node = resolver.value(tree, expected)
        if expected is not None and unify(node.type, expected) is None:
            hint = _unit_hint(expected, node.type)
            raise ExpressionError(
                tree.offset, f"this must be {expected}, found {node.type}", hint, "wrong-type"
            )
        _check_size(node)
    except ExpressionError as error:
        if error.code != BROKEN:
            report.add(source.offset(error.offset), error.code, error.message, error.suggestion)
        _count_as_used(source.text, scope)
        return None
    return node


def _count_as_used(text: str, scope: Scope) -> None:
    """Take every name in a wrong expression for used, so that nothing is called unused for its sake."""
    for reading, name in re.findall(r"reading\.(\w+)|([A-Za-z_]\w*)", text):
        scope.used.readings.add(reading)
        scope.used.lets.add(name)


def _counted(tree: x.Lit, unit: str) -> x.Lit:
    """Return `183天` or `36个月` as a number of days or months where a fact counts them, else as it is."""
    literal, period = tree.literal, tree.literal.value
    if not isinstance(period, Period) or unit not in _LENGTHS:
        return tree
    months = period.years * 12 + period.months
    whole = (
        months if unit == "月" and not period.days else period.days if unit != "月" and not months else None
    )
    if whole is None:
        return tree
    return replace(tree, literal=replace(literal, kind="count", value=Fraction(whole), unit=unit))


def _check_size(node: t.AnyNode) -> None:
    """Refuse a tree that named expressions have made huge: each may use the one before it many times."""
    size, level = 0, [node]
    for _ in range(MAX_DEPTH):
        size += len(level)
        if size > MAX_NODES:
            break
        level = [part for item in level for part in t.children(item)]
        if not level:
            return
    message = "with the named expressions in it this expression is too large"
    raise ExpressionError(0, message, "name less, or compute less", "too-large")


def _literals(tree: x.Syntax) -> Iterator[x.Lit]:
    if isinstance(tree, x.Lit):
        yield tree
    for part in x.parts(tree):
        yield from _literals(part)


class Resolver:
    """Turns one expression's syntax into typed nodes."""

    def __init__(self, scope: Scope, source: Scalar, literals: int) -> None:
        """Begin with the scope and how many literals the whole expression has (for parameter names)."""
        self.scope = scope
        self.source = source
        self.literals = literals
        self.count = 0

    def node(self, tree: x.Syntax, expected: Type | None = None) -> t.AnyNode:
        """Return the typed node; raises ExpressionError."""
        if isinstance(tree, x.Lit):
            return self.constant(tree)
        if isinstance(tree, x.Name):
            return self.name(tree, expected)
        if isinstance(tree, x.Call):
            return functions.call(self, tree, expected)
        if isinstance(tree, x.Str):
            raise ExpressionError(tree.offset, "a quoted text has no meaning here", "", "wrong-type")
        return self.operation(tree, expected)

    def value(self, tree: x.Syntax, expected: Type | None = None) -> t.AnyNode:
        """Return the typed node of something that has a value, which a whole record has not."""
        node = self.node(tree, expected)
        if isinstance(node, t.Record | t.Follow):
            hint = f"name one of its fields, such as {node.entity}.{next(iter(self.fields(node)))}"
            raise ExpressionError(
                tree.offset, f"`{node.entity}` is a whole record and no value", hint, "wrong-type"
            )
        return node

    def fields(self, record: t.RecordNode) -> Mapping[str, Field]:
        """Return the fields of a record's type."""
        return self.scope.vocabulary.entities[record.entity].fields

    def place(self, offset: int) -> dict[str, Any]:
        """Return line and column of a character, as node fields."""
        position = self.source.offset(offset)
        return {"line": position.line, "column": position.column}

    def constant(self, tree: x.Lit) -> t.Constant:
        """Return a literal with its parameter name."""
        self.count += 1
        literal = tree.literal
        name = self.scope.slot if self.literals == 1 else f"{self.scope.slot}.{self.count}"
        counted = literal.kind == "count" and literal.unit in (*COUNT_UNITS, *_LENGTHS)
        kind = Type(literal.kind, literal.unit if counted else "")
        place = self.place(tree.offset)
        if isinstance(literal.value, Fraction):
            return t.Constant(
                type=kind,
                numerator=literal.value.numerator,
                denominator=literal.value.denominator,
                text=literal.text,
                parameter=name,
                **place,
            )
        if literal.kind == "date":
            return t.Constant(type=DATE, day=literal.value, text=literal.text, parameter=name, **place)  # type: ignore[arg-type]
        return t.Constant(type=PERIOD, period=literal.value, text=literal.text, parameter=name, **place)  # type: ignore[arg-type]

    def name(self, tree: x.Name, expected: Type | None) -> t.AnyNode:
        """Resolve a name: a reading, a let, a built-in, a word of the expected enum, or a fact."""
        scope, head = self.scope, tree.parts[0]
        if head == "reading":
            return self.reading(tree)
        if len(tree.parts) == 1:
            if expected is not None and expected.kind in ("enum", "set"):
                return self.word(tree, expected)
            if head in scope.lets:
                scope.used.lets.add(head)
                return scope.lets[head]
            if head in scope.used.broken:
                scope.used.lets.add(head)
                raise ExpressionError(tree.offset, f"`{head}` is wrong itself", "", BROKEN)
            if head in scope.builtins:
                return t.Builtin(type=BUILTINS[head], name=head, **self.place(tree.offset))
        record = self.record(head, tree)
        if record is None:
            hint = nearest(head, scope.names())
            if head in scope.vocabulary.records:
                hint = f"`{head}` is a list here: use count({head} where …), any(…) or sum(…)"
            raise ExpressionError(
                tree.offset, f"`{'.'.join(tree.parts)}` is not known here", hint, "unknown-name"
            )
        if len(tree.parts) == 1:
            return record
        return self.path(record, tree.parts[1:], tree.offset, tree.offset + len(head) + 1)

    def record(self, head: str, tree: x.Name) -> t.Record | None:
        """Return the record that a name begins with, or None."""
        scope = self.scope
        kinds = {"applicant": ("applicant", "applicant")}
        if scope.entity and scope.entity != "applicant":
            kinds[scope.entity] = ("claim", scope.entity)
        if scope.each:
            kinds["each"] = ("each", scope.each)
        if head not in kinds:
            return None
        of, entity = kinds[head]
        return t.Record(type=Type("record", entity), of=of, entity=entity, **self.place(tree.offset))

    def path(self, record: t.RecordNode, parts: tuple[str, ...], offset: int, at: int) -> t.AnyNode:
        """Follow fields from a record: references to other records, and at the end a fact.

        `offset` is where the whole name begins and `at` where the first field does.
        """
        for part in parts[:-1]:
            known = self.field(record, part, at)
            if known.type.kind != "record":
                raise ExpressionError(at, f"`{part}` is {known.type} and has no fields", "", "wrong-type")
            record = t.Follow(type=known.type, base=record, field=part, entity=known.type.of)
            at += len(part) + 1
        known = self.field(record, parts[-1], at)
        return t.Get(type=known.type, record=record, field=known.name, **self.place(offset))

    def field(self, record: t.RecordNode, name: str, at: int) -> Field:
        """Return a field of a record's type."""
        fields = self.fields(record)
        if name not in fields:
            message = f"`{record.entity}` has no field `{name}`"
            raise ExpressionError(at, message, nearest(name, fields), "unknown-name")
        return fields[name]

    def reading(self, tree: x.Name) -> t.Chosen:
        """Resolve `reading.ID`."""
        scope = self.scope
        name = tree.parts[1] if len(tree.parts) == 2 else ""
        if name not in scope.readings:
            message = f"`{'.'.join(tree.parts)}` is not a reading of this policy"
            raise ExpressionError(tree.offset, message, nearest(name, scope.readings), "unknown-name")
        scope.used.readings.add(name)
        return t.Chosen(type=Type("enum", f"reading.{name}"), id=name, **self.place(tree.offset))

    def word(self, tree: x.Name, expected: Type) -> t.Word:
        """Resolve a bare word as a value of an enum or a choice of a reading."""
        known = self.choices(expected)
        word = ".".join(tree.parts)
        if word not in known:
            message = f"`{word}` is not a value of `{expected.of}`"
            raise ExpressionError(tree.offset, message, nearest(word, known), "unknown-value")
        return t.Word(type=Type("enum", expected.of), name=tree.parts[0], **self.place(tree.offset))

    def choices(self, kind: Type) -> list[str]:
        """Return the values of an enum or the choices of a reading."""
        if kind.of.startswith("reading."):
            return list(self.scope.readings[kind.of.removeprefix("reading.")])
        return list(self.scope.vocabulary.enums[kind.of])

    def flag(self, tree: x.Syntax) -> t.AnyNode:
        """Return a node that must be a yes/no."""
        node = self.node(tree)
        if node.type.kind != "flag":
            raise ExpressionError(
                tree.offset, f"this must be a yes/no, found {node.type}", "compare it", "wrong-type"
            )
        return node

    def operation(self, tree: x.Operation, expected: Type | None) -> t.AnyNode:
        """Resolve an operator."""
        place = self.place(tree.offset)
        operands = tree.operands
        match tree.operator:
            case "and" | "or":
                kind = t.And if tree.operator == "and" else t.Or
                return kind(type=FLAG, parts=tuple(self.flag(part) for part in operands), **place)
            case "not":
                return t.Not(type=FLAG, part=self.flag(operands[0]), **place)
            case "if":
                return self.choice(tree, expected)
            case "in":
                return self.one_of(tree)
            case "has":
                return self.contains(tree)
            case "within":
                return self.within(tree)
            case "+" | "-" | "*" | "/":
                return self.arithmetic(tree)
            case _:
                return self.compare(tree)

    def choice(self, tree: x.Operation, expected: Type | None) -> t.If:
        """Resolve `if … then … else …`."""
        condition = self.flag(tree.operands[0])
        yes = self.value(tree.operands[1], expected)
        no = self.value(tree.operands[2], expected)
        common = unify(yes.type, no.type)
        if common is None:
            message = f"the two sides differ: {yes.type} and {no.type}"
            hint = _unit_hint(yes.type, no.type)
            raise ExpressionError(tree.operands[2].offset, message, hint, "wrong-type")
        return t.If(type=common, condition=condition, yes=yes, no=no, **self.place(tree.offset))

    def one_of(self, tree: x.Operation) -> t.OneOf:
        """Resolve `x in [a, b]`."""
        item = self.value(tree.operands[0])
        options = tuple(self.comparable(item, option) for option in tree.operands[1:])
        return t.OneOf(type=FLAG, item=item, options=options, **self.place(tree.offset))

    def contains(self, tree: x.Operation) -> t.Contains:
        """Resolve `word in set`."""
        held = self.node(tree.operands[1])
        word = tree.operands[0]
        if held.type.kind != "set" or not isinstance(word, x.Name):
            message = f"`in` needs a set or a list in brackets, found {held.type}"
            raise ExpressionError(tree.operands[1].offset, message, "write `x in [a, b]`", "wrong-type")
        return t.Contains(type=FLAG, word=self.word(word, held.type), set=held, **self.place(tree.offset))

    def within(self, tree: x.Operation) -> t.Within:
        """Resolve `division within city`."""
        both = [self.node(operand) for operand in tree.operands]
        for node, operand in zip(both, tree.operands, strict=True):
            if node.type.kind != "division":
                raise ExpressionError(
                    operand.offset, f"this must be a division, found {node.type}", "", "wrong-type"
                )
        return t.Within(type=FLAG, division=both[0], area=both[1], **self.place(tree.offset))

    def arithmetic(self, tree: x.Operation) -> t.Arithmetic:
        """Resolve `+ - * /`, with the rules of `units`."""
        left, right = (self.node(operand) for operand in tree.operands)
        sign = tree.operator
        combine = product if sign in "*/" else total
        found = combine(left.type, right.type, sign in "/-")
        if found is None:
            message = f"{left.type} {sign} {right.type} has no meaning"
            hint = "one side must be a share or a count" if sign in "*/" else "both sides need the same unit"
            if left.type.kind == right.type.kind == "date":
                hint = "compare days, such as event_day >= starts + 30日"
            raise ExpressionError(tree.offset, message, hint, "wrong-unit")
        if left.type.kind == "year" and right.type.kind == "period":
            _check_whole_years(right, tree.operands[1])
        return t.Arithmetic(type=found, operator=sign, left=left, right=right, **self.place(tree.offset))

    def compare(self, tree: x.Operation) -> t.Compare:
        """Resolve a comparison; a bare word takes its enum from the other side."""
        first, second = tree.operands
        if (
            isinstance(first, x.Name)
            and len(first.parts) == 1
            and isinstance(second, x.Name)
            and len(second.parts) > 1
        ):
            first, second = second, first
        left = self.value(first)
        right = self.comparable(left, second)
        if tree.operator not in ("==", "!=") and left.type.kind not in ORDERED:
            message = f"{left.type} has no order"
            raise ExpressionError(tree.offset, message, "use == or !=", "wrong-type")
        return t.Compare(type=FLAG, operator=tree.operator, left=left, right=right, **self.place(tree.offset))

    def comparable(self, left: t.AnyNode, tree: x.Syntax) -> t.AnyNode:
        """Return the node of the other side of a comparison, of the same type as the left."""
        if isinstance(tree, x.Lit) and left.type.kind == "count":
            tree = _counted(tree, left.type.of)
        right = self.value(tree, left.type if left.type.kind == "enum" else None)
        if unify(left.type, right.type) is not None:
            return right
        message = f"{left.type} cannot be compared with {right.type}"
        raise ExpressionError(tree.offset, message, _unit_hint(left.type, right.type), "wrong-unit")


def _check_whole_years(period: t.AnyNode, tree: x.Syntax) -> None:
    written = period.period if isinstance(period, t.Constant) else None
    if written is None or written.months or written.days:
        message = "a year moves by whole years"
        raise ExpressionError(tree.offset, message, "write the years as a literal, such as 2年", "wrong-unit")


def _unit_hint(left: Type, right: Type) -> str:
    kinds = {left.kind, right.kind}
    if (left.kind, right.kind) == ("count", "money"):
        return "write a count, such as 20人"
    if (left.kind, right.kind) == ("money", "ratio"):
        return "multiply the share by a sum, such as 10% * year.revenue"
    if kinds == {"money", "count"}:
        return "write the sum with its unit, such as 500万元"
    if kinds == {"ratio", "count"}:
        return "write a share with %, such as 15%"
    if left.kind == right.kind == "count":
        return f"the units differ: {left.of} and {right.of}"
    if kinds <= NUMERIC:
        return "both sides need the same unit"
    return "" if COUNT.kind not in kinds else "a number has no meaning here"
