"""Expressions parsed into trees: precedence, calls and tables, faults with their places, nothing deep or endless."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duixian.language.lexer import ExpressionError
from duixian.language.syntax import MAX_DEPTH, MAX_NESTING, Call, Lit, Name, Operation, Str, Syntax, parse


def shown(tree: Syntax) -> str:
    """The tree as text, each operation and call in brackets."""
    if isinstance(tree, Lit):
        return tree.literal.text
    if isinstance(tree, Str):
        return f'"{tree.text}"'
    if isinstance(tree, Name):
        return ".".join(tree.parts)
    if isinstance(tree, Operation):
        return f"({tree.operator} {' '.join(shown(part) for part in tree.operands)})"
    parts = [shown(part) for part in tree.arguments]
    parts += [f"{shown(key)}: {shown(value)}" for key, value in tree.rows]
    where = f" where {shown(tree.where)}" if tree.where else ""
    by = f" by {', '.join(shown(name) for name in tree.by)}" if tree.by else ""
    field = f".{shown(tree.field)}" if tree.field else ""
    return f"{tree.name}[{', '.join(parts)}{where}{by}]{field}"


TREES = [
    ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"),
    ("1 / 2 / 3", "(/ (/ 1 2) 3)"),
    ("(1 + 2) * 3", "(* (+ 1 2) 3)"),
    ("a and b or c and not d", "(or (and a b) (and c (not d)))"),
    ("a or b or c", "(or a b c)"),
    ("not not a", "(not (not a))"),
    ("a.b >= 500万元", "(>= a.b 500万元)"),
    ("a != b + 1", "(!= a (+ b 1))"),
    ("x in [a, b]", "(in x a b)"),
    ("software in applicant.fields", "(has software applicant.fields)"),
    ("applicant.division within city", "(within applicant.division city)"),
    ("if a then 1 else if b then 2 else 3", "(if a 1 (if b 2 3))"),
    ("(if a then 1 else 2) + 3", "(+ (if a 1 2) 3)"),
    ("count(hire where each.from_outside and a)", "count[hire where (and each.from_outside a)]"),
    ("first(certification by scheme, level)", "first[certification by scheme, level]"),
    ("previous(year).revenue", "previous[year].revenue"),
    ("match(level, 3: 20万元, 4: 30万元,)", "match[level, 3: 20万元, 4: 30万元]"),
    ("crossing(a, b, c, d, 1元: 2元)", "crossing[a, b, c, d, 1元: 2元]"),
    ('latest(end_of("x"), starts)', 'latest[end_of["x"], starts]'),
    ("now()", "now[]"),
]
FAULTS = [
    ("", 0, "a value is missing here, found the end"),
    ("a and", 5, "a value is missing here, found the end"),
    ("a > b > c", 6, "comparisons cannot be chained"),
    ("a b", 2, "the expression should end here, found `b`"),
    ("if a", 4, "after `if …`, found the end"),
    ("if a then b", 11, "after `then …`, found the end"),
    ("a.", 2, "a field name follows the dot, found the end"),
    ("a.within", 2, "a field name follows the dot, found `within`"),
    ("x == within", 5, "a value is missing here: `within` is a word of the language"),
    ("1 + if a then b else c", 4, "a value is missing here: `if` is a word of the language"),
    ("first(a by)", 10, "a field name follows `by`, found `)`"),
    ("f(a", 3, "`f(` is open, found the end"),
    ("f(a b", 4, "`f(` is open, found `b`"),
    ("(a", 2, "a bracket is open, found the end"),
    ("x in [a", 7, "the list of choices is open, found the end"),
    ("-1", 0, "a value is missing here, found `-`"),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_the_tree_of_an_expression(text: str, tree: str) -> None:
    assert shown(parse(text)) == tree


@pytest.mark.parametrize(("text", "offset", "message"), FAULTS)
def test_a_fault_is_told_at_its_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "a",
        "(" * 500 + "a" + ")" * 500,
        "not " * 400 + "a",
        "f(" * 400 + "a",
        "if " * 400 + "a",
        "+".join("a" * 900),
        "*".join("a" * 900),
        "(" * 30 + "+".join("a" * 60) + ")" * 30 + "+a" * 60,
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == "too-deep"


def brackets(count: int) -> str:
    return "(" * count + "a" + ")" * count


def terms(count: int) -> str:
    return "+".join("a" * count)


def test_what_is_just_not_too_deep_is_read() -> None:
    assert shown(parse(brackets(MAX_NESTING - 1))) == "a"
    assert shown(parse(terms(MAX_DEPTH))).count("(+ ") == MAX_DEPTH - 1
    assert shown(parse(" and ".join("a" * 300))) == f"(and {' '.join('a' * 300)})"  # side by side, not nested


@pytest.mark.parametrize("text", [brackets(MAX_NESTING), terms(MAX_DEPTH + 1)], ids=["brackets", "terms"])
def test_one_step_more_is_too_deep(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == "too-deep"


WORDS = st.sampled_from(
    [
        "a",
        "each",
        "year.revenue",
        "5",
        "5万元",
        "15%",
        "3年",
        "2022-06-01",
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        ".",
        "+",
        "-",
        "*",
        "/",
        ">=",
        "<",
        "==",
        "!=",
        "and",
        "or",
        "not",
        "if",
        "then",
        "else",
        "in",
        "within",
        "where",
        "by",
        "count(",
        "match(",
        "first(",
        "previous(",
        '"x"',
        "（",
        "，",
        "：",
    ]
)


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=40))
@example("x in [")
def test_parsing_raises_nothing_but_an_expression_error(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError as error:
        assert 0 <= error.offset <= len(text)
        assert error.message
    else:
        assert isinstance(tree, Lit | Str | Name | Call | Operation)
