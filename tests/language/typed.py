"""Expressions resolved and typed as in a pack, for the tests of what they mean."""

from duixian.language import tree as t
from duixian.language.problems import PackError, Position, Report
from duixian.language.resolve import resolve
from duixian.language.scope import Scope, Used
from duixian.language.source import Scalar
from duixian.language.units import Type
from duixian.language.vocabulary import shared_vocabulary

READINGS = {"last_day": ("day_before", "anniversary"), "base": ("net", "gross"), "open": ("yes", "no")}
DOCUMENTS = frozenset({"elsewhere-2020"})


def scope_of(per: str = "year", used: Used | None = None) -> Scope:
    """The names that a measure's expressions may use."""
    return Scope(shared_vocabulary(), READINGS, DOCUMENTS, used or Used(), entity=per, slot="m.amount")


def scalar(text: str) -> Scalar:
    """An expression that stands alone in a file."""
    start = Position("x", 1, 1)
    return Scalar(text, start, start)


def typed(
    text: str, per: str = "year", expected: Type | None = None, scope: Scope | None = None
) -> t.AnyNode:
    """The typed node of an expression. Raises PackError."""
    report = Report()
    node = resolve(scalar(text), scope or scope_of(per), report, expected)
    report.raise_if_any()
    assert node is not None
    return node


def refusal(text: str, per: str = "year", expected: Type | None = None) -> str:
    """`column: code: message` of the problem of an expression, empty if there is none."""
    try:
        typed(text, per, expected)
    except PackError as error:
        return "; ".join(f"{p.position.column}: {p.code}: {p.message}" for p in error.problems)
    return ""
