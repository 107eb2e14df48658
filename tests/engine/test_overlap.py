"""Take-the-higher against hand-worked cases and against plain enumeration."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duixian.engine.overlap import LIMIT, Ceiling, Choice, Item, Why, set_aside, solve

Edges = frozenset[tuple[int, int]]


def items_of(*weights: int | None) -> list[Item]:
    return [Item(index, weight) for index, weight in enumerate(weights)]


class Case(NamedTuple):
    name: str
    weights: tuple[int | None, ...]
    edges: set[tuple[int, int]]
    ceilings: tuple[Ceiling, ...]
    paid: dict[int, int]
    chosen_without_number: frozenset[int] = frozenset()
    aside: Mapping[int, tuple[int, ...]] = MappingProxyType({})
    open_why: Mapping[Why, set[int]] = MappingProxyType({})


TRIANGLE = {(0, 1), (1, 2), (0, 2)}
PATH = {(0, 1), (1, 2), (2, 3)}

CASES = [
    Case("nothing claimed", (), set(), (), {}),
    Case("no conflict: all are paid", (5, 0, 7), set(), (), {0: 5, 1: 0, 2: 7}),
    Case(
        "no conflict: a claim without a number is chosen, unpaid",
        (5, None),
        set(),
        (),
        {0: 5},
        frozenset({1}),
    ),
    Case("of two the higher", (5, 7), {(0, 1)}, (), {1: 7}, aside={0: (1,)}),
    Case("a pair in either order is one conflict", (5, 7), {(0, 1), (1, 0)}, (), {1: 7}, aside={0: (1,)}),
    Case("a tie goes to the earlier claim", (7, 7), {(0, 1)}, (), {0: 7}, aside={1: (0,)}),
    Case("one of three", (5, 9, 7), TRIANGLE, (), {1: 9}, aside={0: (1,), 2: (1,)}),
    Case(
        "two small beat the great one between",
        (6, 10, 6),
        {(0, 1), (1, 2)},
        (),
        {0: 6, 2: 6},
        aside={1: (0, 2)},
    ),
    Case("a chain: the ends", (6, 5, 5, 6), PATH, (), {0: 6, 3: 6}, aside={1: (0,), 2: (3,)}),
    Case("a chain: tie of three sets", (5, 5, 5, 5), PATH, (), {0: 5, 2: 5}, aside={1: (0, 2), 3: (2,)}),
    Case(
        "one policy wholly against another: the greater sum of each",
        (6, 6, 10, 1),
        {(0, 2), (0, 3), (1, 2), (1, 3)},
        (),
        {0: 6, 1: 6},
        aside={2: (0, 1), 3: (0, 1)},
    ),
    Case(
        "worth nothing, and still not set aside by what loses",
        (0, 3, 9),
        {(0, 1), (1, 2)},
        (),
        {0: 0, 2: 9},
        aside={1: (0, 2)},
    ),
    Case(
        "a ceiling fills earlier claims first", (5, 5, 5), set(), (Ceiling((0, 1, 2), 8),), {0: 5, 1: 3, 2: 0}
    ),
    Case("a ceiling that does not bind", (5, 5), set(), (Ceiling((0, 1), 10),), {0: 5, 1: 5}),
    Case("a ceiling over one claim", (5, 5), {(0, 1)}, (Ceiling((0,), 4),), {1: 5}, aside={0: (1,)}),
    Case(
        "the least of equal ceilings",
        (5, 5),
        set(),
        (Ceiling((0, 1), 8), Ceiling((1, 0, 1), 6)),
        {0: 5, 1: 1},
    ),
    Case(
        "the ceiling makes the tie, the order breaks it",
        (6, 9),
        {(0, 1)},
        (Ceiling((0, 1), 6),),
        {0: 6},
        aside={1: (0,)},
    ),
    Case(
        "the ceiling turns the choice",
        (10, 9, 8),
        {(0, 1)},
        (Ceiling((0, 2), 12),),
        {1: 9, 2: 8},
        aside={0: (1,)},
    ),
    Case(
        "a ceiling within a ceiling",
        (5, 5, 5, 5),
        set(),
        (Ceiling((0, 1), 6), Ceiling((0, 1, 2, 3), 14)),
        {0: 5, 1: 1, 2: 5, 3: 3},
    ),
    Case(
        "crossing ceilings (a project, a year): the first claim yields so that the whole is greatest",
        (5, 5, 5),
        set(),
        (Ceiling((0, 1), 5), Ceiling((0, 2), 5)),
        {0: 0, 1: 5, 2: 5},
    ),
    Case(
        "three ceilings that cross each other are open, the rest is paid",
        (5, 5, 5, 2),
        set(),
        (Ceiling((0, 1), 5), Ceiling((1, 2), 5), Ceiling((0, 2), 5)),
        {3: 2},
        open_why={Why.CROSSING: {0, 1, 2}},
    ),
    Case(
        "one ceiling never binds; what it linked is solved apart",
        (5, 5, 9, 4, 4, 4),
        {(0, 1), (3, 2)},
        (Ceiling((0, 1, 2), 14), Ceiling((3, 4, 5), 7)),
        {0: 5, 2: 9, 4: 4, 5: 3},
        aside={1: (0,), 3: (2,)},
    ),
    Case(
        "a claim without a number contests",
        (5, None, 7),
        {(0, 1)},
        (),
        {0: 5, 2: 7},
        open_why={Why.UNPRICED: {1}, Why.CONTESTED: {0}},
    ),
    Case(
        "contested and set aside",
        (5, None, 7),
        {(0, 1), (0, 2)},
        (),
        {2: 7},
        aside={0: (2,)},
        open_why={Why.UNPRICED: {1}, Why.CONTESTED: {0}},
    ),
    Case("two without a number", (None, None), {(0, 1)}, (), {}, open_why={Why.UNPRICED: {0, 1}}),
    Case("worth nothing against no number", (0, None), {(0, 1)}, (), {}, frozenset({1}), {0: (1,)}),
    Case(
        "used-up ceiling against no number",
        (9, None),
        {(0, 1)},
        (Ceiling((0, 1), 0),),
        {},
        frozenset({1}),
        {0: (1,)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    items = items_of(*case.weights)
    choice = solve(items, case.edges, case.ceilings)
    assert choice.paid == case.paid
    assert choice.total == sum(case.paid.values())
    assert choice.chosen == case.paid.keys() | case.chosen_without_number
    assert set_aside(choice, items, case.edges) == case.aside
    assert choice.open_why == case.open_why
    assert choice.open is bool(case.open_why)
    assert choice.open_items == set().union(*case.open_why.values())
    assert choice.contested == case.open_why.get(Why.CONTESTED, set())


@pytest.mark.parametrize(
    ("items", "edges", "ceilings", "message"),
    [
        ([Item(1, 5), Item(1, 6)], set(), (), "same index"),
        (items_of(-1), set(), (), "claim 0 has a negative sum: -1 fen"),
        (items_of(1), {(0, 0)}, (), "claim 0 conflicts with itself"),
        (items_of(1), {(0, 4)}, (), r"unknown claims: \[4\]"),
        (items_of(1), set(), (Ceiling((0,), -1),), "negative: -1 fen"),
        (items_of(1), set(), (Ceiling((0, 4), 1),), "unknown claim 4"),
    ],
)
def test_refused(
    items: list[Item], edges: set[tuple[int, int]], ceilings: tuple[Ceiling, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        solve(items, edges, ceilings)


# --- against enumeration ---


def enumerate_best(
    worth: Mapping[int, int], edges: Edges, ceilings: tuple[Ceiling, ...]
) -> tuple[int, tuple[bool, ...], tuple[int, ...]]:
    """The best (total, chosen?, paid) by trying each claim out and in, at each sum, in order of index."""
    order = sorted(worth)

    @cache
    def best(
        rank: int, barred: frozenset[int], left: tuple[int, ...]
    ) -> tuple[int, tuple[bool, ...], tuple[int, ...]]:
        if rank == len(order):
            return 0, (), ()
        index = order[rank]
        total, chosen, paid = best(rank + 1, barred - {index}, left)
        found = [(total, (False, *chosen), (0, *paid))]
        if index not in barred:
            over = [index in ceiling.members for ceiling in ceilings]
            most = min([worth[index], *(fen for fen, held in zip(left, over, strict=True) if held)])
            rivals = {b if a == index else a for a, b in edges if index in (a, b)}
            barred = (barred | {rival for rival in rivals if rival > index}) - {index}
            for fen in range(most + 1) if any(over) else [most]:
                rest = tuple(now - fen if held else now for now, held in zip(left, over, strict=True))
                total, chosen, paid = best(rank + 1, barred, rest)
                found.append((total + fen, (True, *chosen), (fen, *paid)))
        return max(found)

    return best(0, frozenset(), tuple(ceiling.fen for ceiling in ceilings))


def check(items: list[Item], edges: Edges, ceilings: tuple[Ceiling, ...]) -> Choice:
    """The whole contract of `solve`, told a second time without any of its cleverness."""
    choice = solve(items, edges, ceilings)
    worth = {
        index: weight if weight is None else min([weight, *(c.fen for c in ceilings if index in c.members)])
        for index, weight in items
    }
    rivals = {i: {b if a == i else a for a, b in edges if i in (a, b)} for i in worth}
    unpriced = {i for i in worth if worth[i] is None}
    undecided = {i for i in unpriced if any(worth[rival] != 0 for rival in rivals[i])}
    contested = {i for i in worth if worth[i] and rivals[i] & unpriced}
    beaten = {rival for i in unpriced - undecided for rival in rivals[i]}
    assert choice.open_why.get(Why.UNPRICED, set()) == undecided
    assert choice.contested == contested

    crossed = choice.open_why.get(Why.CROSSING, frozenset())
    assert Why.LIMIT not in choice.open_why
    priced = {i: fen for i, fen in worth.items() if fen is not None and i not in beaten | crossed}
    kept = frozenset((a, b) for a, b in edges if a in priced and b in priced)
    total, chosen, paid = enumerate_best(priced, kept, ceilings)
    assert choice.total == total
    order = sorted(priced)
    assert choice.chosen - unpriced == {i for i, taken in zip(order, chosen, strict=True) if taken}
    assert choice.chosen & unpriced == unpriced - undecided
    assert choice.paid == {i: fen for i, fen, taken in zip(order, paid, chosen, strict=True) if taken}

    aside = set_aside(choice, items, edges)
    assert aside.keys() == worth.keys() - choice.chosen - undecided - crossed
    assert all(causes and set(causes) == rivals[i] & choice.chosen for i, causes in aside.items())
    return choice


@st.composite
def conflicts(draw: st.DrawFn, most: int, weight: st.SearchStrategy[int | None]) -> tuple[list[Item], Edges]:
    items = items_of(*draw(st.lists(weight, min_size=1, max_size=most)))
    density = draw(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]))
    luck = draw(st.randoms(use_true_random=False))
    pairs = [(a, b) for a in range(len(items)) for b in range(a)]
    return items, frozenset(pair for pair in pairs if luck.random() < density)


def nested(luck: random.Random, members: list[int], fens: int) -> list[Ceiling]:
    """Random ceilings that are nested or disjoint."""
    found = [Ceiling(tuple(members), luck.randrange(fens))] if luck.random() < 0.6 else []
    if len(members) < 2:
        return found
    members = luck.sample(members, len(members))
    cut = luck.randrange(1, len(members))
    return found + nested(luck, members[:cut], fens) + nested(luck, members[cut:], fens)


NUMBER = st.one_of(st.none(), st.just(0), st.integers(0, 4), st.integers(0, 10**12))
SMALL = st.one_of(st.none(), *[st.integers(0, 4)] * 4)


@settings(deadline=None)
@given(conflicts(14, NUMBER))
def test_conflicts_equal_enumeration(given_: tuple[list[Item], Edges]) -> None:
    check(*given_, ())


@settings(deadline=None)
@given(conflicts(9, SMALL), st.randoms(use_true_random=False))
def test_nested_ceilings_equal_enumeration(given_: tuple[list[Item], Edges], luck: random.Random) -> None:
    items, edges = given_
    choice = check(items, edges, tuple(nested(luck, list(range(len(items))), 12)[:5]))
    assert Why.CROSSING not in choice.open_why


@settings(deadline=None)
@given(conflicts(7, SMALL), st.randoms(use_true_random=False))
def test_two_families_of_ceilings_equal_enumeration(
    given_: tuple[list[Item], Edges], luck: random.Random
) -> None:
    items, edges = given_
    everyone = list(range(len(items)))
    ceilings = nested(luck, everyone, 9)[:3] + nested(luck, everyone, 9)[:3]
    choice = check(items, edges, tuple(ceilings))
    assert Why.CROSSING not in choice.open_why


@settings(deadline=None)
@given(conflicts(7, SMALL), st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_ceilings_equal_enumeration_or_are_open(
    given_: tuple[list[Item], Edges], luck: random.Random, count: int
) -> None:
    items, edges = given_
    everyone = range(len(items))
    ceilings = tuple(
        Ceiling(tuple(luck.sample(everyone, luck.randint(0, len(items)))), luck.randrange(9))
        for _ in range(count)
    )
    check(items, edges, ceilings)


@settings(deadline=None)
@given(conflicts(12, NUMBER), st.randoms(use_true_random=False))
def test_the_order_of_claims_breaks_ties_only(given_: tuple[list[Item], Edges], luck: random.Random) -> None:
    items, edges = given_
    ceilings = tuple(nested(luck, list(range(len(items))), 10**12))
    choice = solve(items, edges, ceilings)
    shuffled = luck.sample(items, len(items))
    assert solve(shuffled, frozenset((b, a) for a, b in edges), ceilings[::-1]) == choice
    name = [item.index * 3 + 5 for item in shuffled]
    relabelled = solve(
        [Item(name[index], weight) for index, weight in items],
        {(name[a], name[b]) for a, b in edges},
        [Ceiling(tuple(name[i] for i in members), fen) for members, fen in ceilings],
    )
    assert relabelled.total == choice.total
    assert relabelled.open_items == {name[i] for i in choice.open_items}


# --- the limit ---


def tangle(size: int, density: float) -> tuple[list[Item], Edges]:
    luck = random.Random(20261122)  # noqa: S311
    pairs = [(a, b) for a in range(size) for b in range(a) if luck.random() < density]
    return items_of(*(luck.randrange(1, 10**9) for _ in range(size))), frozenset(pairs)


def test_beyond_the_limit_a_group_is_open_and_the_others_are_paid() -> None:
    items = items_of(6, 5, 5, 6, 3, 4)
    edges = PATH | {(4, 5)}
    choice = solve(items, edges, limit=0)
    assert choice.open_why == {Why.LIMIT: {0, 1, 2, 3}}
    assert choice.paid == {5: 4}
    assert set_aside(choice, items, edges) == {4: (5,)}
    assert not solve(items, edges, limit=1).open


def test_the_limit_counts_ceilings_too() -> None:
    items, edges = items_of(5, 5, 5, 5), {(0, 1)}
    ceilings = (Ceiling((0, 2), 6), Ceiling((1, 2, 3), 9))
    assert solve(items, edges, ceilings, limit=3).open_why == {Why.LIMIT: {0, 1, 2, 3}}
    assert not solve(items, edges, ceilings).open


def test_a_tangle_is_open_and_a_smaller_one_is_not() -> None:
    assert solve(*tangle(200, 0.1)).open
    assert not solve(*tangle(40, 0.2)).open


def test_a_chain_deeper_than_the_depth_limit_is_open() -> None:
    chain = {(index, index + 1) for index in range(999)}
    assert solve(items_of(*range(1, 1001)), chain).open_why == {Why.LIMIT: frozenset(range(1000))}


def test_an_ordinary_applicant_takes_microseconds() -> None:
    items = items_of(*((7 * index) % 11 * 10**6 for index in range(24)))
    edges = frozenset((a, b) for a in range(24) for b in range(a) if a // 3 == b // 3)
    taken = []
    for _ in range(50):
        start = time.perf_counter()
        solve(items, edges, limit=LIMIT)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.0005  # about 0.00003 on the machine that this was written on
