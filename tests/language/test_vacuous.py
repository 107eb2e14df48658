"""Conditions that never or always hold are found, and none that can do both is called so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.typed import typed

from duixian.language.vacuous import vacuous

CONDITIONS = [
    ("year.revenue >= 500万元", None),
    ("year.revenue >= 0元", True),
    ("year.revenue < 0元", False),
    ("year.revenue > 5元 and year.revenue < 6元", None),
    ("year.revenue > 5元 and year.revenue < 5.01元", False),
    ("year.headcount > 2人 and year.headcount < 3人", False),
    ("year.headcount > 2.5 and year.headcount < 3.5", None),
    ("year.headcount == 2.5", False),
    ("year.year >= 2022 or year.year < 2022", True),
    ("not (year.revenue > 5元 or year.revenue <= 5元)", False),
    ("applicant.size == small", None),
    ("applicant.size == small and applicant.size == micro", False),
    ("applicant.size != small or applicant.size != micro", True),
    ("applicant.size in [small, micro] and applicant.size == large", False),
    ("applicant.legal_person", None),
    ("applicant.legal_person or not applicant.legal_person", True),
    ("software in applicant.fields and cybersecurity in applicant.fields", None),
    ("software in applicant.fields and not cybersecurity in applicant.fields", None),
    ("software in applicant.fields and not software in applicant.fields", False),
    ("applicant.founded > 2022-01-01 and applicant.founded <= 2022-01-01", False),
    ("applicant.founded > 9999-12-31", False),
    ("applicant.founded >= 2022-01-01", None),
    ("year.revenue > previous(year).revenue", None),
    ("year.revenue > 5元 and previous(year).revenue < 5元", None),
    ("year.revenue > 5元 and starts > issued and year.revenue < 5元", False),
    ("starts > issued or year.revenue > 5元 or year.revenue <= 5元", True),
    ("year.rnd_spend >= 15% * year.revenue", None),
    ("any(year where each.revenue > 5元 and each.revenue < 5元)", None),
    ("applicant.division within city", None),
    ("year.revenue >= 5元 and applicant.legal_person", None),
]


@pytest.mark.parametrize(("text", "held"), CONDITIONS)
def test_conditions_that_cannot_fail_or_cannot_hold(text: str, held: bool | None) -> None:
    assert vacuous(typed(text)) is held


def test_what_is_no_whole_number_can_lie_between_two() -> None:
    assert (
        vacuous(typed("home.market_price > 5元/平方米 and home.market_price < 5.01元/平方米", "home")) is None
    )
    assert (
        vacuous(typed("home.market_price > 5元/平方米 and home.market_price < 5元/平方米", "home")) is False
    )


def test_a_condition_with_very_many_words_is_left_alone() -> None:
    fields = (
        "software manufacturing service agriculture construction finance_guarantee pk_system cybersecurity"
    )
    fields += " information_service digital_economy artificial_intelligence"
    parts = [f"{field} in applicant.fields" for field in fields.split()]
    assert vacuous(typed(" and ".join([*parts, f"not {parts[0]}"]))) is None


COMPARISON = st.builds(
    "year.headcount {} {}".format, st.sampled_from([">=", ">", "<=", "<", "==", "!="]), st.integers(0, 5)
)
TEST = st.recursive(
    COMPARISON,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | inner.map("(not {})".format)
    ),
    max_leaves=5,
)


@settings(max_examples=150)
@given(TEST)
def test_it_says_what_trying_every_value_says(text: str) -> None:
    code = compile(text.replace("year.headcount", "n"), text, "eval")
    results = {bool(eval(code, {"n": n})) for n in range(10)}  # noqa: S307
    assert vacuous(typed(text)) is (results.pop() if len(results) == 1 else None)
