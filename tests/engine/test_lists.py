"""Aggregates over lists of which records or facts may be lacking: against every way to complete the list."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.seen import allows, applicant_of, context_of, plain, seen, settled
from tests.language.typed import typed

from duixian.engine.compiling import compile_node

OWN = {"id": "own", "year": 2022, "revenue": "10元"}
FIRM = {"id": "a", "kind": "enterprise"}


def year(id: str, year: int, **facts: Any) -> dict[str, Any]:
    return {"id": id, "year": year, **facts}


A, B = year("a", 2020, revenue="3元", headcount=2), year("b", 2021, revenue="7元", headcount=5)
DIM = year("c", 2019)

AGGREGATES = [
    # whole lists
    ("count(year)", [A, B], True, 3),
    ("count(year where each.headcount > 2)", [A, B], True, (1, 2)),
    ("sum(year.revenue)", [A, B], True, 2000),
    ("sum(year.revenue where each.year < year.year)", [A, B], True, 1000),
    ("highest(year.revenue where each.year < year.year)", [A, B], True, 700),
    ("lowest(year.revenue)", [A, B], True, 300),
    ("highest(hire.ai_experience)", [], True, 0),
    ("lowest(hire.ai_experience)", [], True, 0),
    ("sum(contract.amount)", [], True, 0),
    ("any(year where each.revenue > 5元)", [A], True, True),
    ("any(year where each.revenue > 50元)", [A], True, False),
    ("none(year where each.revenue > 50元)", [A], True, True),
    ("none(sanction)", [], True, True),
    # lists that may lack records
    ("count(year)", [A], False, (2, None)),
    ("count(year) >= 2", [A], False, True),
    ("count(year) >= 3", [A], False, "?"),
    ("count(year) < 3", [A], False, "?"),
    ("sum(year.revenue)", [A, B], False, (2000, None)),
    ("highest(year.revenue)", [A, B], False, (1000, None)),
    ("lowest(year.revenue)", [A, B], False, (0, 300)),
    ("any(year where each.revenue > 5元)", [A], False, True),
    ("any(sanction)", [], False, "?"),
    ("none(sanction)", [], False, "?"),
    # records of which not all is known
    ("sum(year.revenue)", [DIM], True, (1000, None)),
    ("highest(year.revenue)", [DIM], True, (1000, None)),
    ("highest(year.revenue where each.revenue < 5元)", [DIM], True, (0, None)),
    ("highest(year.revenue where each.headcount > 1)", [A], True, (300, 1000)),
    ("highest(year.revenue where each.headcount > 1)", [B], True, (700, 1000)),
    ("lowest(year.revenue where each.headcount > 1)", [A], True, (0, 300)),
    ("lowest(year.revenue where each.headcount > 1)", [DIM], True, (0, None)),
    ("count(year where each.revenue > 5元)", [A, DIM], True, (1, 2)),
    ("any(year where each.revenue > 50元)", [DIM], True, "?"),
]


@pytest.mark.parametrize(("text", "others", "whole", "value"), AGGREGATES)
def test_an_aggregate(text: str, others: list[Any], whole: bool, value: object) -> None:
    facts = {**FIRM, "year": [OWN, *others], **({"complete": "all"} if whole else {})}
    assert plain(seen(text, facts)[0]) == value


def test_what_settles_an_aggregate_misses_nothing() -> None:
    facts = {**FIRM, "year": [OWN, DIM]}
    assert seen("any(year where each.revenue > 5元)", facts) == (True, [])
    assert seen("count(year) >= 2", facts) == (True, [])
    value, missing = seen("sum(year.revenue) >= 100元", facts)
    assert value is None
    assert missing == ["year.revenue c", "year"]


def test_an_item_of_a_list_is_not_confused_with_the_claim() -> None:
    facts = {**FIRM, "year": [OWN, A, B], "complete": "all"}
    assert (
        seen(
            "count(year where each.revenue < year.revenue) + count(year where each.year == year.year)", facts
        )[0]
        == 3
    )


MONEY = st.integers(0, 4)
MAYBE = st.none() | MONEY
RECORD = st.fixed_dictionaries({"revenue": MAYBE, "headcount": MAYBE, "rnd_spend": MAYBE})
FULL_RECORD = st.fixed_dictionaries({"revenue": MONEY, "headcount": MONEY, "rnd_spend": MONEY})
TEXTS = [
    f"{function}(year.revenue{where})"
    for function, where in product(
        ["sum", "highest", "lowest"],
        ["", " where each.headcount > 1", " where each.headcount > 1 or each.rnd_spend == each.revenue"],
    )
] + [
    f"{function}(year{where})"
    for function, where in product(
        ["count", "any", "none"], [" where each.headcount > 2", " where each.revenue == 3元"]
    )
]
CODES = {text: compile_node(typed(text)) for text in TEXTS}


def written(records: list[dict[str, Any]], whole: bool) -> dict[str, Any]:
    years = []
    for number, record in enumerate(records):
        money = {key: f"{record[key]}元" for key in ("revenue", "rnd_spend") if record[key] is not None}
        head = {} if record["headcount"] is None else {"headcount": record["headcount"]}
        years.append({"id": f"y{number}", "year": 2000 + number, **money, **head})
    return {**FIRM, "year": years, "complete": "all" if whole else []}


@settings(max_examples=150)
@given(st.lists(RECORD, max_size=4), st.booleans(), st.lists(FULL_RECORD, max_size=2), st.data())
def test_an_aggregate_over_part_of_a_list_allows_every_completion(
    records: list[dict[str, Any]], whole: bool, more: list[dict[str, Any]], data: st.DataObject
) -> None:
    filled = [
        {key: data.draw(MONEY) if value is None else value for key, value in item.items()} for item in records
    ]
    part = context_of(applicant_of(written(records, whole)))
    full = context_of(applicant_of(written(filled + ([] if whole else more), True)))
    for text, code in CODES.items():
        said, known = code(part), code(full)
        assert settled(known)
        assert allows(said, known), text


GRANT = {"id": "g2", "scheme": "dcmm", "level": 3, "granted": "2022-05-01"}
FIRSTS = [
    ([], True, True, []),
    ([], False, "?", ["certification"]),
    ([{**GRANT, "id": "g1", "granted": "2021-05-01"}], False, False, []),
    ([{**GRANT, "id": "g1", "granted": "2023-05-01"}], True, True, []),
    ([{**GRANT, "id": "g1"}], True, False, []),
    ([{**GRANT, "id": "g3"}], True, True, []),
    ([{**GRANT, "id": "g1", "level": 2, "granted": "2021-05-01"}], True, True, []),
    ([{**GRANT, "id": "g1", "level": None, "granted": "2021-05-01"}], True, "?", ["certification.level g1"]),
    ([{**GRANT, "id": "g1", "granted": None}], True, "?", ["certification.granted g1"]),
    ([{**GRANT, "id": "g1", "level": 2, "granted": None}], True, True, []),
    ([{**GRANT, "id": "g1", "level": None, "granted": "2023-05-01"}], True, True, []),
    (
        [{**GRANT, "id": "g1", "level": None}, {**GRANT, "id": "g0", "granted": "2021-05-01"}],
        True,
        False,
        [],
    ),
]


@pytest.mark.parametrize(("others", "whole", "value", "missing"), FIRSTS)
def test_the_first_of_its_kind(others: list[Any], whole: bool, value: object, missing: list[str]) -> None:
    records = [{key: fact for key, fact in item.items() if fact is not None} for item in (GRANT, *others)]
    facts = {**FIRM, "certification": records, **({"complete": "all"} if whole else {})}
    found, without = seen("first(certification by scheme, level)", facts, "certification")
    assert (plain(found), without) == (value, missing)


def test_the_first_of_years() -> None:
    facts = {**FIRM, "year": [OWN, {**A, "revenue": "10元"}], "complete": "all"}
    assert seen("first(year by revenue)", facts)[0] is False
    assert seen("first(year by headcount)", facts) == (None, ["year.headcount own"])
