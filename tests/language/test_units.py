"""How units combine: what a product, a sum and a comparison of two types are, and which have no meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.language.units import AMOUNTS, NUMERIC, ORDERED, Type, product, total, unify

PEOPLE, FIRMS = Type("count", "人"), Type("count", "家")
MONEY, AREA, PRICE, RATIO, COUNT, YEAR, DATE, PERIOD = (
    Type(kind) for kind in ("money", "area", "price_per_area", "ratio", "count", "year", "date", "period")
)
PRODUCTS = [
    (MONEY, RATIO, MONEY),
    (RATIO, MONEY, MONEY),
    (MONEY, COUNT, MONEY),
    (MONEY, PEOPLE, MONEY),
    (AREA, PRICE, MONEY),
    (RATIO, RATIO, RATIO),
    (COUNT, COUNT, COUNT),
    (COUNT, RATIO, COUNT),
    (RATIO, PEOPLE, PEOPLE),
    (COUNT, PEOPLE, PEOPLE),
    (PEOPLE, FIRMS, COUNT),
    (MONEY, MONEY, None),
    (PRICE, PRICE, None),
    (YEAR, COUNT, None),
    (DATE, COUNT, None),
    (MONEY, AREA, None),
]
QUOTIENTS = [
    (MONEY, MONEY, RATIO),
    (COUNT, COUNT, RATIO),
    (PEOPLE, RATIO, PEOPLE),
    (RATIO, PEOPLE, RATIO),
    (MONEY, COUNT, MONEY),
    (MONEY, RATIO, MONEY),
    (MONEY, AREA, PRICE),
    (MONEY, PRICE, AREA),
    (RATIO, MONEY, None),
    (AREA, MONEY, None),
]
SUMS = [
    (MONEY, MONEY, MONEY, MONEY),
    (PEOPLE, COUNT, PEOPLE, PEOPLE),
    (PEOPLE, FIRMS, None, None),
    (MONEY, COUNT, None, None),
    (DATE, PERIOD, DATE, DATE),
    (YEAR, PERIOD, YEAR, YEAR),
    (YEAR, COUNT, YEAR, YEAR),
    (YEAR, PEOPLE, None, None),
    (YEAR, YEAR, None, COUNT),
    (DATE, DATE, None, None),
    (PERIOD, PERIOD, None, None),
    (PERIOD, DATE, None, None),
]
UNIFIED = [
    (PEOPLE, COUNT, PEOPLE),
    (COUNT, FIRMS, FIRMS),
    (PEOPLE, FIRMS, None),
    (YEAR, COUNT, YEAR),
    (COUNT, YEAR, YEAR),
    (YEAR, PEOPLE, None),
    (PEOPLE, YEAR, None),
    (MONEY, COUNT, None),
    (Type("enum", "size"), Type("enum", "size"), Type("enum", "size")),
    (Type("enum", "size"), Type("enum", "role"), None),
]
TYPES = st.sampled_from(
    [*(Type(kind) for kind in sorted(NUMERIC | {"date", "period", "flag"})), PEOPLE, FIRMS]
)


@pytest.mark.parametrize(("left", "right", "found"), PRODUCTS)
def test_products(left: Type, right: Type, found: Type | None) -> None:
    assert product(left, right, divide=False) == found


@pytest.mark.parametrize(("left", "right", "found"), QUOTIENTS)
def test_quotients(left: Type, right: Type, found: Type | None) -> None:
    assert product(left, right, divide=True) == found


@pytest.mark.parametrize(("left", "right", "added", "subtracted"), SUMS)
def test_sums_and_differences(left: Type, right: Type, added: Type | None, subtracted: Type | None) -> None:
    assert total(left, right, subtract=False) == added
    assert total(left, right, subtract=True) == subtracted


@pytest.mark.parametrize(("left", "right", "found"), UNIFIED)
def test_common_types(left: Type, right: Type, found: Type | None) -> None:
    assert unify(left, right) == found


@given(TYPES, TYPES)
def test_a_product_is_the_same_both_ways_and_a_common_type_too(left: Type, right: Type) -> None:
    assert product(left, right, divide=False) == product(right, left, divide=False)
    assert unify(left, right) == unify(right, left)


@given(TYPES, TYPES)
def test_division_undoes_multiplication_but_for_counts(left: Type, right: Type) -> None:
    made = product(left, right, divide=False)
    if made is not None and "count" not in (left.kind, right.kind):
        back = product(made, right, divide=True)
        assert back is not None
        assert back.kind == left.kind


def test_a_year_and_a_period_are_no_amounts() -> None:
    assert {"year", "period", "date"}.isdisjoint(AMOUNTS)
    assert "period" not in ORDERED
    assert str(PEOPLE) == "a count (人)"
    assert str(MONEY) == "a sum of money"
