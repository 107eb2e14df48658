"""Which claims are left out where only a number of them may be paid."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from duixian.engine.counting import MANY, Limit, solve_counted
from duixian.engine.overlap import Ceiling, Item, Why, solve


def limit(members: tuple[int, ...], number: int) -> Limit:
    return Limit(members, number, "policy/bound", "一#1")


def items(*fen: int | None) -> list[Item]:
    return [Item(index, sum_) for index, sum_ in enumerate(fen)]


def test_the_greatest_are_kept() -> None:
    found = solve_counted(items(10, 30, 20), [], [], [limit((0, 1, 2), 2)])
    assert found.chosen == {1, 2}
    assert found.total == 50


def test_of_equal_claims_the_earlier_are_kept() -> None:
    assert solve_counted(items(10, 10, 10), [], [], [limit((0, 1, 2), 1)]).chosen == {0}


def test_a_limit_that_is_not_passed_changes_nothing() -> None:
    assert solve_counted(items(10, 20), [], [], [limit((0, 1), 2)]).total == 30


def test_a_limit_used_up_leaves_nothing() -> None:
    assert solve_counted(items(10, 20), [], [], [limit((0, 1), 0)]).chosen == frozenset()


def test_the_lower_is_kept_where_a_ceiling_makes_the_higher_worth_less() -> None:
    # 50 falls under a ceiling of 5, 40 does not.
    found = solve_counted(items(50, 40), [], [Ceiling((0,), 5)], [limit((0, 1), 1)])
    assert found.chosen == {1}


def test_a_conflict_is_weighed_with_the_limit() -> None:
    # 30 excludes 25, so keeping 20 and 25 is better.
    found = solve_counted(items(30, 20, 25), [(0, 2)], [], [limit((0, 1), 1)])
    assert found.chosen == {1, 2}


def test_limits_that_share_members() -> None:
    found = solve_counted(items(30, 20, 10), [], [], [limit((0, 1), 1), limit((0, 1, 2), 2)])
    assert found.chosen == {0, 2}


def test_beside_a_claim_without_a_number_the_choice_is_open() -> None:
    found = solve_counted(items(10, None), [], [], [limit((0, 1), 1)])
    assert found.open_items == {0, 1}


def test_too_many_ways_are_left_open() -> None:
    many = 14
    fen = [100 + index for index in range(many)]
    pairs = [(index, many) for index in range(many)]
    found = solve_counted(items(*fen, 1), pairs, [], [limit(tuple(range(many)), 7)])
    assert found.open_why[Why.LIMIT] == frozenset(range(many))
    assert MANY < 3432


@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=6),
    st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4),
    st.integers(0, 80),
    st.lists(st.tuples(st.sets(st.integers(0, 5), min_size=1), st.integers(0, 3)), min_size=1, max_size=2),
)
def test_no_choice_is_better(
    fen: list[int], pairs: set[tuple[int, int]], ceiling: int, limits: list[tuple[set[int], int]]
) -> None:
    known = range(len(fen))
    edges = {(a, b) for a, b in pairs if a < b < len(fen)}
    bounds = [Ceiling((0, 1), ceiling)]
    over = [limit(tuple(i for i in sorted(members) if i < len(fen)), number) for members, number in limits]
    found = solve_counted(items(*fen), edges, bounds, over)
    allowed = [
        set(kept)
        for size in range(len(fen) + 1)
        for kept in combinations(known, size)
        if all(len(set(kept) & set(bound.members)) <= bound.number for bound in over)
    ]
    assert set(found.chosen) in allowed
    best = 0
    for kept in allowed:
        left = [item for item in items(*fen) if item.index in kept]
        ceilings = [Ceiling(tuple(i for i in (0, 1) if i in kept), ceiling)] if kept & {0, 1} else []
        inside = {pair for pair in edges if set(pair) <= kept}
        best = max(best, solve(left, inside, ceilings).total)
    assert found.total == best
