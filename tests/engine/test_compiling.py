"""Every kind of node with known and unknown facts: the value, what is missing for it, and no later surprise."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.seen import allows, applicant_of, context_of, plain, seen, settled
from tests.language.typed import typed

from duixian.engine.compiling import compile_node
from duixian.language import tree as t
from duixian.language.tree import walk
from duixian.register.applicant import Applicant

YEAR = {"id": "y", "year": 2022, "revenue": "500万元", "headcount": 20}
FIRM = {"id": "a", "kind": "enterprise", "division": "420106", "fields": ["software"], "size": "small"}
FULL = {**FIRM, "legal_person": True, "leading_firm": False, "year": [YEAR], "complete": "all"}
FEN = 500_0000_00

KNOWN = [
    ("500万元", FEN),
    ("15% * year.revenue", FEN * 15 // 100),
    ("year.revenue * 15%", FEN * 15 // 100),
    ("1/3 * year.headcount", "20/3"),
    ("0.1% * 5.55元", "111/200"),
    ("year.revenue + 1元 - 2元", FEN - 100),
    ("year.revenue / 2元", FEN // 200),
    ("year.year - 1", 2021),
    ("year.year + 2年", 2024),
    ("starts + 3年 - 1日", "2025-05-31"),
    ("issued", "2022-04-28"),
    ("application_day", "2023-06-01"),
    ("event_day", "2022-12-31"),
    ("city", "420100"),
    ('end_of("elsewhere-2020")', "2024-12-31"),
    ("reading.base == net", True),
    ("reading.base != net", False),
    ("match(reading.base, net: 1, gross: 2)", 1),
    ("year.revenue >= 500万元", True),
    ("year.revenue > 500万元", False),
    ("500万元 <= year.revenue", True),
    ("applicant.kind == enterprise", True),
    ("applicant.size in [micro, medium]", False),
    ("applicant.size in [micro, small]", True),
    ("software in applicant.fields", True),
    ("cybersecurity in applicant.fields", False),
    ("applicant.division within city", True),
    ("city within applicant.division", "?"),
    ("applicant.legal_person and not applicant.leading_firm", True),
    ("applicant.leading_firm or not applicant.legal_person", False),
    ("applicant.legal_person == applicant.leading_firm", False),
    ("if applicant.legal_person then 1元 else 2元", 100),
    ("if applicant.leading_firm then 1元 else 2元", 200),
    ("has(year.revenue)", True),
    ("exists(previous(year))", False),
    ("min(year.revenue, 100万元)", FEN // 5),
    ("max(year.headcount, 5, 100)", 100),
    ("latest(starts, issued)", "2022-06-01"),
    ("steps(year.revenue, 100万元: 1万元, 500万元: 5万元)", 5_0000_00),
    ("crossing(year.revenue, 0元, reading.base == gross, reading.base == net, 1元: 1元, 2元: 2元)", 300),
    ("year_of(issued)", 2022),
    ("year_end(year.year)", "2022-12-31"),
    ("count(year) + sum(year.headcount)", 21),
    ("first(year by headcount)", True),
    ("applicant.fields == applicant.fields", True),
]
UNKNOWN = [
    ("year.rnd_spend", (0, None), ["year.rnd_spend y"]),
    ("10% * year.rnd_spend", (0, None), ["year.rnd_spend y"]),
    ("min(year.rnd_spend, 5元)", (0, 500), ["year.rnd_spend y"]),
    ("year.rnd_spend >= 0元", True, []),
    ("0元 <= year.rnd_spend", True, []),
    ("year.rnd_spend < 0元", False, []),
    ("year.rnd_spend >= 5元", "?", ["year.rnd_spend y"]),
    ("year.rnd_spend + 1元 > 1元 - 1元", True, []),
    ("applicant.legal_person", "?", ["applicant.legal_person"]),
    ("not applicant.legal_person", "?", ["applicant.legal_person"]),
    ("applicant.legal_person or year.revenue > 5元", True, []),
    ("applicant.legal_person and year.revenue < 5元", False, []),
    (
        "applicant.legal_person and applicant.leading_firm",
        "?",
        ["applicant.legal_person", "applicant.leading_firm"],
    ),
    (
        "applicant.legal_person == applicant.leading_firm",
        "?",
        ["applicant.legal_person", "applicant.leading_firm"],
    ),
    ("if applicant.legal_person then 1元 else 3元", (100, 300), ["applicant.legal_person"]),
    ("if applicant.legal_person then 1元 else 1元", 100, []),
    ("if applicant.legal_person then starts else issued", "?", ["applicant.legal_person"]),
    ("starts + (if applicant.legal_person then 3年 else 2年)", "?", ["applicant.legal_person"]),
    ("applicant.tax_division within city", "?", ["applicant.tax_division"]),
    ("reading.open == yes", "?", ["reading.open"]),
    ("match(reading.open, yes: 1, no: 2)", (0, 2), ["reading.open"]),
    ("applicant.founded > starts", "?", ["applicant.founded"]),
    ("applicant.founded + 3年 > starts", "?", ["applicant.founded"]),
    ("year_of(applicant.founded) >= 2022", "?", ["applicant.founded"]),
    ("year_end(year_of(applicant.founded)) > starts", "?", ["applicant.founded"]),
    ("latest(applicant.founded, starts) >= starts", "?", ["applicant.founded"]),
    ("has(applicant.settled)", "?", ["applicant.settled"]),
    ("exists(previous(year))", "?", ["year"]),
    ("previous(year).revenue > 5元", "?", ["year.revenue"]),
    ("previous(year).revenue >= 0元", True, []),
    ("count(hire) >= 1", "?", ["hire"]),
    ("count(year) >= 1", True, []),
    ("steps(year.rnd_spend, 1元: 1元, 2元: 2元)", (0, 200), ["year.rnd_spend y"]),
    ("year.rnd_spend / year.main_revenue", (0, None), ["year.rnd_spend y", "year.main_revenue y"]),
    ("applicant.name == applicant.uscc", "?", ["applicant.name", "applicant.uscc"]),
    ("year.rnd_spend in [1元, 2元]", "?", ["year.rnd_spend y"]),
    ("year.revenue in [500万元, 2元]", True, []),
]


def text_of(value: Any) -> Any:
    if isinstance(value, bool | int | frozenset) or not settled(value):
        return plain(value)
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else str(value)


@pytest.mark.parametrize(("text", "value"), KNOWN)
def test_with_every_fact_known(text: str, value: object) -> None:
    facts = {**FULL, "year": [{**YEAR, "rnd_spend": "5元"}]}
    found, missing = seen(text, facts)
    assert (text_of(found), missing) == (value, [])


@pytest.mark.parametrize(("text", "value", "missing"), UNKNOWN)
def test_with_facts_that_are_not_known(text: str, value: object, missing: list[str]) -> None:
    assert (text_of(seen(text, {**FIRM, "year": [YEAR]})[0]), seen(text, {**FIRM, "year": [YEAR]})[1]) == (
        value,
        missing,
    )


PLATFORM = {"id": "p", "opened": "2021-05-01", "kind": "public_service"}
RUN = {"id": "r22", "platform": "p", "year": 2022, "service_cost": "5万元"}
RECORDS = [
    ("hire", "has(hire.left)", [{"id": "h", "left": "无"}], False, []),
    ("hire", "has(hire.left)", [{"id": "h", "left": "2022-01-01"}], True, []),
    ("hire", "has(hire.left)", [{"id": "h"}], "?", ["hire.left h"]),
    ("hire", "not has(hire.left) or hire.left > starts", [{"id": "h", "left": "无"}], True, []),
    ("hire", "hire.left > starts", [{"id": "h", "left": "无"}], "?", ["hire.left h"]),
    ("project", "event_day >= starts", [{"id": "j"}], "?", []),
    ("project", "event_day + 6个月 >= starts", [{"id": "j", "approved": "2022-01-01"}], True, []),
    (
        "recognition",
        "recognition.project.invested > 5元",
        [{"id": "c", "project": "无"}],
        "?",
        ["project.invested"],
    ),
    ("recognition", "has(recognition.project.invested)", [{"id": "c", "project": "无"}], False, []),
    (
        "recognition",
        "recognition.project.invested > 5元",
        [{"id": "c"}],
        "?",
        ["recognition.project c", "project.invested"],
    ),
    (
        "recognition",
        "has(recognition.project.invested)",
        [{"id": "c"}],
        "?",
        ["recognition.project c", "project.invested"],
    ),
    ("recognition", "has(recognition.project)", [{"id": "c", "project": "无"}], False, []),
]


REQUIRED = {"hire": {"kind": "ai_urgent"}, "recognition": {"title": "star_park"}}


@pytest.mark.parametrize(("per", "text", "records", "value", "missing"), RECORDS)
def test_records_and_what_they_refer_to(
    per: str, text: str, records: list[Any], value: object, missing: list[str]
) -> None:
    found, without = seen(
        text, {**FIRM, per: [{**REQUIRED.get(per, {}), **record} for record in records]}, per
    )
    assert (plain(found), without) == (value, missing)


def test_the_record_that_a_record_refers_to() -> None:
    facts = {**FIRM, "platform": [PLATFORM], "platform_year": [RUN]}
    assert str(seen("platform_year.platform.opened", facts, "platform_year")[0]) == "2021-05-01"
    assert seen("platform_year.platform == previous(platform_year).platform", facts, "platform_year") == (
        None,
        ["platform_year.platform"],
    )


@pytest.mark.parametrize(
    ("others", "complete", "value"),
    [
        ([], True, "absent"),
        ([], False, (0, None)),
        ([{**RUN, "id": "r21", "year": 2021, "service_cost": "3元"}], False, 300),
        ([{**RUN, "id": "r20", "year": 2020, "service_cost": "3元"}], True, "absent"),
        ([{**RUN, "id": "q21", "year": 2021, "platform": "q", "service_cost": "7元"}], True, "absent"),
        (
            [
                {**RUN, "id": "q21", "year": 2021, "platform": "q"},
                {**RUN, "id": "r21", "year": 2021, "service_cost": "3元"},
            ],
            True,
            300,
        ),
    ],
)
def test_the_year_before_of_the_same_platform(others: list[Any], complete: bool, value: object) -> None:
    platforms = [PLATFORM, {**PLATFORM, "id": "q"}]
    facts = {
        **FIRM,
        "platform": platforms,
        "platform_year": [RUN, *others],
        **({"complete": "all"} if complete else {}),
    }
    found, _ = seen("previous(platform_year).service_cost", facts, "platform_year")
    there, _ = seen("exists(previous(platform_year))", facts, "platform_year")
    assert plain(found) == ((0, None) if value == "absent" else value)
    assert there is (False if value == "absent" else True if isinstance(value, int) else None)


@pytest.mark.parametrize("without", ["platform", "year"])
def test_the_year_before_is_open_where_a_record_does_not_say_whose_it_is(without: str) -> None:
    own = {"id": "r22", "platform": "p", "year": 2022}
    other = {
        key: value for key, value in {"id": "r21", "platform": "p", "year": 2021}.items() if key != without
    }
    firm = Applicant("a", {}, {"platform_year": (own, other)}, frozenset({"platform_year"}))
    code = compile_node(typed("exists(previous(platform_year))", "platform_year"))
    assert code(context_of(firm, "platform_year")) is None


def test_the_claim_of_a_record_without_a_year_has_no_year_before() -> None:
    context = context_of(applicant_of({**FIRM, "complete": "all"}))
    assert compile_node(typed("exists(previous(year))"))(context) is None


def test_years_beyond_the_calendar_are_open() -> None:
    facts = {**FULL, "year": [YEAR]}
    assert plain(seen("year_end(year.year + 9999年)", facts)[0]) == "?"
    assert plain(seen("starts + 9999年", facts)[0]) == "?"


# What is said with facts left out is never taken back when they are filled in.

PROPERTIES = [
    *(text for text, *_ in (*KNOWN, *UNKNOWN)),
    "year.rnd_spend - year.revenue",
    "(year.rnd_spend - year.revenue) / year.main_revenue",
    "year.revenue / (year.rnd_spend - year.main_revenue)",
    "(year.revenue - year.rnd_spend) * (year.headcount - 3)",
    "year.revenue - previous(year).revenue >= 15% * previous(year).revenue",
    "if exists(previous(year)) then previous(year).revenue else 0元",
    "crossing(year.revenue, previous(year).revenue, reading.base == net, applicant.legal_person, 1元: 1元, 3元: 7元)",
    "crossing(year.revenue, highest(year.revenue where each.year < year.year), applicant.legal_person,"
    " reading.base == net, 2元: year.rnd_spend, 4元: 9元)",
    "match(year.headcount, 1: year.revenue, 2: 5元, 3: year.rnd_spend)",
    "match(applicant.size, small: 1, micro: year.headcount)",
    "steps(year.revenue, 1元: 1元, 2元: year.rnd_spend, 4元: 2元)",
    "count(year where each.revenue > year.rnd_spend)",
    "sum(year.revenue where each.year <= year.year)",
    "lowest(year.revenue where each.headcount > 1)",
    "any(year where each.revenue == year.revenue and each.year != year.year)",
    "none(year where each.headcount >= 3)",
    "first(year by headcount)",
    "max(year.revenue, min(year.rnd_spend, previous(year).revenue))",
    "applicant.size == small and (year.revenue > 2元 or not applicant.legal_person) or year.headcount != 2",
    "year_end(year_of(applicant.founded)) >= applicant.founded + 3个月",
    "applicant.division within city or applicant.tax_division within applicant.division",
]
SMALL = st.integers(0, 5)


@st.composite
def firms(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts of a firm in part and in full."""
    full: dict[str, Any] = {
        "kind": "enterprise",
        "division": draw(st.sampled_from(["420106", "420100", "420000", "430100"])),
        "tax_division": draw(st.sampled_from(["420106", "430100"])),
        "size": draw(st.sampled_from(["small", "micro", "large"])),
        "legal_person": draw(st.booleans()),
        "leading_firm": draw(st.booleans()),
        "founded": draw(st.sampled_from(["2021-12-31", "2022-06-01", "2020-02-29"])),
        "settled": draw(st.sampled_from(["无", "2022-01-01"])),
        "fields": draw(st.sampled_from([[], ["software"], ["software", "service"]])),
        "name": "甲",
    }
    years = []
    for year in draw(st.lists(st.sampled_from([2019, 2020, 2021, 2023]), unique=True, max_size=3)):
        years.append(_year(draw, year))
    full["year"] = [_year(draw, 2022), *years]
    if draw(st.booleans()):
        full["hire"] = [{"id": "h", "kind": "ai_urgent"}]
    part = {key: value for key, value in full.items() if key in ("kind", "year") or draw(st.booleans())}
    whole = draw(st.booleans())
    shown = [item for item in full["year"] if item["year"] == 2022 or whole or draw(st.booleans())]
    part["year"] = [
        {key: value for key, value in item.items() if key in ("id", "year") or draw(st.booleans())}
        for item in shown
    ]
    full["complete"] = "all"
    part["complete"] = ["year"] if whole else []
    return {"id": "a", **part}, {"id": "a", **full}


def _year(draw: st.DrawFn, year: int) -> dict[str, Any]:
    money = {key: f"{draw(SMALL)}元" for key in ("revenue", "rnd_spend", "main_revenue")}
    return {"id": f"y{year}", "year": year, "headcount": draw(SMALL), **money}


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(firms())
def test_what_is_said_of_facts_in_part_holds_for_all_of_them(
    firm: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    part, full = (context_of(applicant_of(facts)) for facts in firm)
    for text, code in CODES.items():
        part.missing.clear()
        said, known = code(part), code(full)
        assert allows(said, known), text
        if settled(said):
            assert not part.missing, text


CODES = {text: compile_node(typed(text)) for text in PROPERTIES}


def test_every_kind_of_node_is_tried() -> None:
    tried = {type(node) for text in PROPERTIES for node in walk(typed(text))}
    assert set(t.AnyNode.__args__) - tried == {t.Follow}  # type: ignore[attr-defined]
