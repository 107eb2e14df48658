"""Mutants of a policy: each threshold, strictness, condition, cap and reading changed in turn, one at a time."""

import datetime as dt
from pathlib import Path

import pytest
from tests.language.test_bad import BASE, laid_over
from tests.language.test_pack import SAMPLE
from tests.language.typed import typed

from duixian.language import tree as t
from duixian.language.mutate import _off_by_one, mutants, rewrite
from duixian.language.pack import load_pack


def test_the_mutants_of_the_base_pack(tmp_path: Path) -> None:
    policy = load_pack(laid_over(BASE, tmp_path))
    found = {mutant.description: mutant for mutant in mutants(policy)}
    assert sorted(found) == sorted(
        [
            "policy: 2022-06-01 + one unit",
            "policy: 2022-06-01 - one unit",
            "policy: 3年 + one unit",
            "policy: 3年 - one unit",
            "policy: 1日 + one unit",
            "policy: 1日 - one unit",
            "rnd: 10% + one unit",
            "rnd: 10% - one unit",
            "rnd: 100万元 + one unit",
            "rnd: 100万元 - one unit",
            "rnd: 500万元 + one unit",
            "rnd: 500万元 - one unit",
            "rnd: `>=` becomes `>`",
            "rnd: drop `to`",
            "rnd: drop cap 1",
            "rnd: drop the condition `revenue`",
            "reading `last_day`: default anniversary instead of day_before",
            "reading `last_day` dropped: always day_before",
        ]
    )
    assert all(mutant.policy != policy for mutant in found.values())
    flipped = found["rnd: `>=` becomes `>`"]
    assert (flipped.measure, flipped.position.line) == ("rnd", 7)
    assert flipped.policy.measures[0].conditions[0].test.operator == ">"  # type: ignore[union-attr]
    assert found["rnd: drop cap 1"].policy.measures[0].terms.caps == ()
    dropped = found["reading `last_day` dropped: always day_before"].policy
    assert not any(isinstance(node, t.Chosen) for node in t.walk(dropped.ends))  # type: ignore[arg-type]
    assert (
        found["reading `last_day`: default anniversary instead of day_before"].policy.readings[0].default
        == "anniversary"
    )


def test_the_mutants_of_a_pack_with_every_construct() -> None:
    policy = load_pack(SAMPLE)
    found = list(mutants(policy))
    assert all(mutant.policy != policy for mutant in found)
    assert len({(str(m.position), m.description) for m in found}) == len(found)
    kinds = {
        word
        for mutant in found
        for word in ("drop cap", "drop `which`", "of bounds", "of overlap", "drop `instead`")
        if word in mutant.description
    }
    assert len(kinds) == 5


@pytest.mark.parametrize(
    ("text", "less", "more"),
    [
        ("500万元", 500_0000_00 - 1, 500_0000_00 + 1),
        ("20人", 19, 21),
        ("8000元/平方米", 800_000 - 1, 800_000 + 1),
        ("2022-03-01", dt.date(2022, 2, 28), dt.date(2022, 3, 2)),
        ("3年", "2年0个月0日", "4年0个月0日"),
        ("6个月", "0年5个月0日", "0年7个月0日"),
        ("30日", "0年0个月29日", "0年0个月31日"),
        ("0日", None, "0年0个月1日"),
        ("0元", None, 1),
        ("9999-12-31", dt.date(9999, 12, 30), None),
        ("0001-01-01", None, dt.date(1, 1, 2)),
    ],
)
def test_a_literal_is_changed_by_one_unit(text: str, less: object, more: object) -> None:
    node = typed(text)
    assert isinstance(node, t.Constant)
    found = [None if (new := _off_by_one(node, sign)) is None else new.value for sign in (-1, 1)]
    assert [value if value is None or not hasattr(value, "years") else str(value) for value in found] == [
        less,
        more,
    ]


@pytest.mark.parametrize(("text", "more"), [("15%", "4/25"), ("0.5%", "3/500"), ("12.25%", "613/5000")])
def test_a_share_is_changed_in_its_last_digit(text: str, more: str) -> None:
    node = _off_by_one(typed(text), 1)  # type: ignore[arg-type]
    assert node is not None
    assert str(node.value) == more


def test_rewriting_shares_what_it_does_not_touch() -> None:
    node = typed("year.revenue >= 500万元 and applicant.legal_person")
    assert isinstance(node, t.And)
    old = node.parts[0].right  # type: ignore[union-attr]
    new = rewrite(node, old, typed("600万元"))
    assert new.parts[0].right.text == "600万元"
    assert new.parts[1] is node.parts[1]
    assert rewrite(node, typed("5元"), new) is node
