"""Ranges of numbers: whatever the unknown numbers are, the result lies in the range and no comparison lies."""

import datetime as dt
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.engine.seen import allows, plain

from duixian.calendar.periods import Period
from duixian.engine.values import (
    UNKNOWN,
    Range,
    bounds,
    divide,
    greatest,
    hull,
    least,
    multiply,
    narrow,
    negate,
    shift,
    to_fen,
)

NUMBER = st.integers(-50, 50) | st.fractions(-20, 20, max_denominator=7)


@st.composite
def held(draw: st.DrawFn) -> tuple[Any, Any]:
    """A value, known or a range that may have no bound, and a number that it can be."""
    number = draw(NUMBER)
    if draw(st.booleans()):
        return number, number
    low, high = (draw(st.none() | st.integers(0, 30)) for _ in range(2))
    return Range(None if low is None else number - low, None if high is None else number + high), number


OPERATIONS: list[Callable[[Any, Any], Any]] = [
    operator.add,
    operator.sub,
    multiply,
    lambda a, b: least([a, b]),
    lambda a, b: greatest([a, b]),
    lambda a, b: hull([a, b]) if isinstance(a, Range) else a,
]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]


@given(held(), held(), st.sampled_from(OPERATIONS[:5]))
def test_the_result_for_the_numbers_lies_in_the_result_for_the_ranges(
    left: tuple[Any, Any], right: tuple[Any, Any], operation: Callable[[Any, Any], Any]
) -> None:
    assert allows(operation(left[0], right[0]), operation(left[1], right[1]))


@given(held(), held())
@example((Range(0, None), 5), (Range(-5, 5), -5))
@example((3, 3), (Range(0, 2), 1))
@example((Range(1, 2), 1), (Range(None, -1), -3))
def test_a_quotient_lies_in_the_quotient_of_the_ranges(left: tuple[Any, Any], right: tuple[Any, Any]) -> None:
    result = divide(left[0], right[0])
    if right[1] == 0:
        assert isinstance(result, Range)
        assert result.high is None
    else:
        assert allows(result, Fraction(left[1]) / right[1])
    assert allows(result, divide(left[1], right[1]))


@given(held(), held(), st.sampled_from(COMPARISONS))
def test_a_comparison_is_true_false_or_open_and_never_wrong(
    left: tuple[Any, Any], right: tuple[Any, Any], compare: Callable[[Any, Any], Any]
) -> None:
    assert compare(left[0], right[0]) in (compare(left[1], right[1]), None)


@given(held(), held())
def test_comparisons_do_not_contradict_each_other(left: tuple[Any, Any], right: tuple[Any, Any]) -> None:
    a, b = left[0], right[0]
    assert (a < b) is negate(a >= b)
    assert (a <= b) is negate(a > b)
    assert (a == b) is negate(a != b)
    assert (a < b) is (b > a)
    assert (a == b) is (b == a)


@given(st.lists(held(), min_size=1, max_size=4))
def test_a_hull_allows_every_value_in_it(items: list[tuple[Any, Any]]) -> None:
    found = hull(value for value, _ in items)
    assert all(allows(found, value) and allows(found, number) for value, number in items)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 1], 1),
        ([1, Fraction(2, 2)], 1),
        ([1, 3, 2], (1, 3)),
        ([0, Range(5, None)], (0, None)),
        ([True, True], True),
        ([True, False], "?"),
        ([None, True], "?"),
        (["a", "a"], "a"),
        (["a", "b"], "?"),
        ([dt.date(2022, 1, 1), dt.date(2022, 1, 2)], "?"),
        ([UNKNOWN, UNKNOWN], "?"),
        ([Period(years=1), Period(years=1)], Period(years=1)),
        ([Period(years=1), Period(years=2)], "?"),
    ],
)
def test_hulls(values: list[Any], found: object) -> None:
    assert plain(hull(values)) == found


def test_what_is_unknown_compares_openly_with_everything() -> None:
    for other in (1, "a", dt.date(2022, 1, 1), frozenset(), UNKNOWN):
        for compare in COMPARISONS:
            assert compare(UNKNOWN, other) is None
            assert compare(other, UNKNOWN) is None
    assert repr(UNKNOWN) == "unknown"
    assert repr(Range(0, None)) == "[0, None]"


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [
        (6, 4, Fraction(3, 2)),
        (6, 0, (0, None)),
        (-6, 0, (None, None)),
        (Range(None, 3), 0, (None, None)),
        (6, Range(2, None), (0, 3)),
        (6, Range(2, 3), (2, 3)),
        (6, Range(0, 3), (0, None)),
        (6, Range(-3, 3), (None, None)),
        (6, Range(None, None), (None, None)),
        (6, -3, -2),
        (Range(6, 12), -3, (-4, -2)),
        (0, Range(2, None), 0),
    ],
)
def test_quotients(left: Any, right: Any, quotient: object) -> None:
    assert plain(divide(left, right)) == quotient


@pytest.mark.parametrize(
    ("left", "right", "product"),
    [
        (Range(2, 3), Range(4, 5), (8, 15)),
        (Range(0, None), Range(0, None), (0, None)),
        (Range(-2, 3), Range(4, 5), (-10, 15)),
        (Range(-2, None), 4, (None, None)),
        (0, Range(0, None), 0),
        (Range(None, None), 0, 0),
        (Range(2, 2), 3, 6),
        (Fraction(1, 3), 3, 1),
    ],
)
def test_products(left: Any, right: Any, product: object) -> None:
    assert plain(multiply(left, right)) == product


def test_extremes_of_days_and_of_what_is_not_known() -> None:
    early, late = dt.date(2022, 1, 1), dt.date(2023, 1, 1)
    assert (least([late, early]), greatest([late, early])) == (early, late)
    assert least([early, UNKNOWN]) is greatest([early, UNKNOWN]) is UNKNOWN
    assert plain(least([5, Range(3, None)])) == (3, 5)
    assert plain(greatest([5, Range(3, None)])) == (5, None)
    assert plain(least([Range(None, None), Range(3, None)])) == (None, None)
    assert plain(greatest([Range(None, 9), Range(None, 3)])) == (None, 9)


def test_days_and_years_move_by_periods() -> None:
    day = dt.date(2024, 2, 29)
    assert shift(day, Period(years=1), back=False) == dt.date(2025, 2, 28)
    assert shift(day, Period(days=1), back=True) == dt.date(2024, 2, 28)
    assert shift(2024, Period(years=2), back=True) == 2022
    assert plain(shift(Range(2020, None), Period(years=1), back=False)) == (2021, None)
    assert shift(UNKNOWN, Period(years=1), back=False) is UNKNOWN
    assert shift(day, UNKNOWN, back=False) is UNKNOWN
    assert shift(day, Period(years=9999), back=False) is shift(day, Period(years=9999), back=True) is UNKNOWN


def test_bounds_and_fen() -> None:
    assert (bounds(5), bounds(Range(1, None)), bounds(UNKNOWN)) == ((5, 5), (1, None), (None, None))
    assert (narrow(1, 1), plain(narrow(None, None))) == (1, (None, None))
    assert [to_fen(amount) for amount in (5, Fraction(11, 2), Fraction(-11, 2))] == [5, 5, -6]
