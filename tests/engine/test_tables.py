"""Tables: what match, steps and crossing give, and that what they give for a range covers all it can be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.seen import allows, plain

from duixian.engine import tables
from duixian.engine.values import UNKNOWN, Range

ROWS = ((100, 1), (500, 5), (1000, 20))
NONE: Any = None


def code(value: Any) -> Any:
    return lambda context: value


def rows(pairs: Any = ROWS) -> Any:
    return tuple((key, code(value)) for key, value in pairs)


@pytest.mark.parametrize(
    ("subject", "given_"),
    [
        (100, 1),
        (99, 0),
        (1000, 20),
        (Range(0, None), (0, 20)),
        (Range(None, 99), 0),
        (Range(101, 999), (0, 5)),
        (Range(500, 500), 5),
        (Range(2000, None), 0),
    ],
)
def test_match(subject: Any, given_: object) -> None:
    assert plain(tables.match(code(subject), rows())(NONE)) == given_


def test_match_of_words() -> None:
    words = rows((("a", 1), ("b", Range(2, None))))
    assert tables.match(code("a"), words)(NONE) == 1
    assert tables.match(code("c"), words)(NONE) == 0
    assert plain(tables.match(code(UNKNOWN), words)(NONE)) == (0, None)


@pytest.mark.parametrize(
    ("subject", "given_"),
    [
        (99, 0),
        (100, 1),
        (499, 1),
        (500, 5),
        (1000, 20),
        (10**9, 20),
        (Range(0, None), (0, 20)),
        (Range(0, 99), 0),
        (Range(100, 499), 1),
        (Range(100, 500), (1, 5)),
        (Range(500, None), (5, 20)),
    ],
)
def test_steps(subject: Any, given_: object) -> None:
    assert plain(tables.steps(code(subject), rows())(NONE)) == given_


@pytest.mark.parametrize(
    ("now", "before", "strict", "several", "given_"),
    [
        (1000, 0, False, False, 20),
        (1000, 0, False, True, 26),
        (1000, 0, True, False, 5),
        (1001, 0, True, True, 26),
        (1000, 1000, False, False, 0),
        (1000, 500, False, True, 20),
        (500, 1000, False, True, 0),
        (50, 0, False, False, 0),
        (1000, 0, None, False, (5, 20)),
        (1000, 0, False, None, (20, 26)),
        (999, 0, None, None, (5, 6)),
        (Range(0, None), 0, False, False, (0, 20)),
        (Range(0, None), 0, False, True, (0, 26)),
        (Range(500, None), 0, False, True, (6, 26)),
        (1000, Range(0, None), False, False, (0, 20)),
        (1000, Range(0, 499), False, False, 20),
        (1000, Range(0, 499), False, True, (25, 26)),
    ],
)
def test_crossing(now: Any, before: Any, strict: Any, several: Any, given_: object) -> None:
    parts = [code(part) for part in (now, before, strict, several)]
    assert plain(tables.crossing(parts[0], parts[1], parts[2], parts[3], rows())(NONE)) == given_


def test_crossing_with_rows_that_are_not_known() -> None:
    unknown = rows(((100, Range(-5, None)), (500, Range(None, None))))
    parts = [code(part) for part in (Range(0, None), 0, False, True)]
    assert plain(tables.crossing(parts[0], parts[1], parts[2], parts[3], unknown)(NONE)) == (None, None)


RANGES = st.tuples(st.integers(0, 1200), st.integers(0, 600), st.integers(0, 600), st.booleans()).map(
    lambda item: (Range(item[0] - item[1], None if item[3] else item[0] + item[2]), item[0])
)
TRUTHS = st.booleans().flatmap(lambda truth: st.tuples(st.sampled_from([truth, None]), st.just(truth)))
TABLE = st.lists(
    st.tuples(st.integers(1, 1200), st.integers(0, 50)), min_size=1, max_size=5, unique_by=lambda row: row[0]
).map(lambda found: rows(sorted(found)))


@given(RANGES, TABLE)
def test_steps_and_match_of_a_range_cover_every_number_in_it(subject: tuple[Any, int], table: Any) -> None:
    for build in (tables.steps, tables.match):
        assert allows(build(code(subject[0]), table)(NONE), build(code(subject[1]), table)(NONE))


@given(RANGES, RANGES, TRUTHS, TRUTHS, TABLE)
def test_crossing_of_ranges_covers_every_number_in_them(
    now: tuple[Any, int], before: tuple[Any, int], strict: Any, several: Any, table: Any
) -> None:
    parts = [now, before, strict, several]
    open_, known = ([code(part[side]) for part in parts] for side in (0, 1))
    partial = tables.crossing(open_[0], open_[1], open_[2], open_[3], table)(NONE)
    assert allows(partial, tables.crossing(known[0], known[1], known[2], known[3], table)(NONE))
