"""Parses an expression into a syntax tree: names are not yet resolved, types not yet known."""

from __future__ import annotations

from dataclasses import dataclass

from duixian.language.lexer import WORDS, ExpressionError, Literal, Token, tokens

MAX_NESTING = 32
"""Of brackets, `if` and calls."""
MAX_DEPTH = 64
"""Of the tree: a sum of n terms is n deep."""
COMPARISONS = (">=", ">", "<=", "<", "==", "!=")


@dataclass(slots=True, frozen=True)
class Lit:
    """A literal."""

    offset: int
    literal: Literal


@dataclass(slots=True, frozen=True)
class Str:
    """A quoted text (the id of a document in `end_of`)."""

    offset: int
    text: str


@dataclass(slots=True, frozen=True)
class Name:
    """A dotted name: `year.revenue`, `reading.last_day`, `dcmm`."""

    offset: int
    parts: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Call:
    """A function or table: arguments, rows `key: value`, a `where` and `by` names, and a field after it."""

    offset: int
    name: str
    arguments: tuple[Syntax, ...]
    rows: tuple[tuple[Syntax, Syntax], ...]
    where: Syntax | None
    by: tuple[Name, ...]
    field: Name | None


@dataclass(slots=True, frozen=True)
class Operation:
    """An operator with its operands: arithmetic, comparison, and, or, not, in, within, if, negate."""

    offset: int
    operator: str
    operands: tuple[Syntax, ...]


Syntax = Lit | Str | Name | Call | Operation


def parse(text: str) -> Syntax:
    """Parse one expression. Raises ExpressionError with the offset of the first fault."""
    parser = _Parser(tokens(text))
    tree = parser.expression()
    parser.expect("end", "the expression should end here")
    _check_depth(tree)
    return tree


def parts(tree: Syntax) -> tuple[Syntax, ...]:
    """Return the direct parts of a tree that are expressions, in the order written."""
    if isinstance(tree, Operation):
        return tree.operands
    if isinstance(tree, Call):
        rows = (part for row in tree.rows for part in row)
        return (*tree.arguments, *rows, *((tree.where,) if tree.where is not None else ()))
    return ()


def _check_depth(tree: Syntax) -> None:
    level: list[Syntax] = [tree]
    for _ in range(MAX_DEPTH):
        level = [part for item in level for part in parts(item)]
        if not level:
            return
    message = f"an expression of more than {MAX_DEPTH} steps"
    raise ExpressionError(tree.offset, message, "split it with `let:`", "too-deep")


def _expected(kind: str) -> str:
    return "a name" if kind == "name" else f"`{kind}`"


class _Parser:
    """A recursive-descent parser over the tokens, with a nesting limit."""

    def __init__(self, found: list[Token]) -> None:
        self.found = found
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.found[self.at]

    def take(self, *kinds: str) -> Token | None:
        token = self.found[self.at]
        if token.kind in kinds:
            self.at += 1
            return token
        return None

    def expect(self, kind: str, why: str) -> Token:
        token = self.take(kind)
        if token is None:
            found = f"`{self.now.text}`" if self.now.text else "the end"
            raise ExpressionError(
                self.now.offset,
                f"{why}, found {found}",
                f"expected {_expected(kind)}" if kind != "end" else "",
            )
        return token

    def expression(self) -> Syntax:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise ExpressionError(
                self.now.offset,
                f"nested deeper than {MAX_NESTING} levels",
                "name a part with `let:`",
                "too-deep",
            )
        start = self.take("if")
        result = self.choice(start) if start else self.disjunction()
        self.depth -= 1
        return result

    def choice(self, start: Token) -> Syntax:
        condition = self.expression()
        self.expect("then", "after `if …`")
        yes = self.expression()
        self.expect("else", "after `then …`")
        return Operation(start.offset, "if", (condition, yes, self.expression()))

    def disjunction(self) -> Syntax:
        return self.chain("or", self.conjunction)

    def conjunction(self) -> Syntax:
        return self.chain("and", self.negation)

    def chain(self, word: str, part: object) -> Syntax:
        assert callable(part)
        first: Syntax = part()
        operands = [first]
        while self.take(word):
            operands.append(part())
        return first if len(operands) == 1 else Operation(first.offset, word, tuple(operands))

    def negation(self) -> Syntax:
        operators: list[Token] = []
        while token := self.take("not"):
            operators.append(token)
            if len(operators) > MAX_NESTING:
                raise ExpressionError(
                    token.offset,
                    f"nested deeper than {MAX_NESTING} levels",
                    "one `not` is enough",
                    "too-deep",
                )
        result = self.comparison()
        for token in reversed(operators):
            result = Operation(token.offset, "not", (result,))
        return result

    def comparison(self) -> Syntax:
        left = self.sum()
        token = self.take(*COMPARISONS, "in", "within")
        if token is None:
            return left
        if token.kind == "in" and self.take("["):
            options = self.series("]")
            return Operation(token.offset, "in", (left, *options))
        right = self.sum()
        again = self.take(*COMPARISONS)
        if again:
            raise ExpressionError(again.offset, "comparisons cannot be chained", "join two with `and`")
        return Operation(token.offset, "has" if token.kind == "in" else token.kind, (left, right))

    def series(self, end: str) -> list[Syntax]:
        items = [self.expression()]
        while self.take(","):
            items.append(self.expression())
        self.expect(end, "the list of choices is open")
        return items

    def sum(self) -> Syntax:
        left = self.term()
        while token := self.take("+", "-"):
            left = Operation(token.offset, token.kind, (left, self.term()))
        return left

    def term(self) -> Syntax:
        left = self.atom()
        while token := self.take("*", "/"):
            left = Operation(token.offset, token.kind, (left, self.atom()))
        return left

    def atom(self) -> Syntax:
        token = self.now
        if token.literal is not None:
            self.at += 1
            return Lit(token.offset, token.literal)
        if self.take("text"):
            return Str(token.offset, token.text)
        if self.take("("):
            inner = self.expression()
            self.expect(")", "a bracket is open")
            return inner
        if self.take("name"):
            return self.call(token) if self.take("(") else Name(token.offset, (token.text, *self.path()))
        if token.kind in WORDS:
            message = f"a value is missing here: `{token.text}` is a word of the language"
            hint = (
                "put `if … then … else …` in brackets"
                if token.kind == "if"
                else "no name or choice can be called so"
            )
            raise ExpressionError(token.offset, message, hint)
        found = f"`{token.text}`" if token.text else "the end"
        raise ExpressionError(token.offset, f"a value is missing here, found {found}", "")

    def path(self) -> tuple[str, ...]:
        parts: list[str] = []
        while self.take("."):
            parts.append(self.expect("name", "a field name follows the dot").text)
        return tuple(parts)

    def call(self, token: Token) -> Syntax:
        arguments: list[Syntax] = []
        rows: list[tuple[Syntax, Syntax]] = []
        where: Syntax | None = None
        by: list[Name] = []
        while not self.take(")"):
            item = self.expression()
            if self.take(":"):
                rows.append((item, self.expression()))
            else:
                arguments.append(item)
            if self.take("where"):
                where = self.expression()
            elif self.take("by"):
                by = self.names()
            if not self.take(","):
                self.expect(")", f"`{token.text}(` is open")
                break
        dot = self.now.offset
        path = self.path()
        after = Name(dot + 1, path) if path else None
        return Call(token.offset, token.text, tuple(arguments), tuple(rows), where, tuple(by), after)

    def names(self) -> list[Name]:
        found: list[Name] = []
        while True:
            token = self.expect("name", "a field name follows `by`")
            found.append(Name(token.offset, (token.text,)))
            if not self.take(","):
                return found
