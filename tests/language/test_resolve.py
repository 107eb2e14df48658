"""Names resolved and types checked: what each construct is, with places and parameter names."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.language.typed import refusal, scalar, scope_of, typed

from duixian.language import tree as t
from duixian.language.lexer import ExpressionError
from duixian.language.problems import PackError, Report
from duixian.language.resolve import MAX_NODES, resolve
from duixian.language.scope import Used
from duixian.language.units import FLAG, MONEY, RATIO

TYPES = [
    ("500万元", "a sum of money"),
    ("year.revenue", "a sum of money"),
    ("15% * year.revenue", "a sum of money"),
    ("year.rnd_spend / year.revenue", "a share"),
    ("10% * year.headcount", "a count (人)"),
    ("year.year - 1", "a year"),
    ("year.year - year.year", "a count"),
    ("year.year - 2年", "a year"),
    ("event_day + 6个月", "a day"),
    ("year_of(event_day)", "a year"),
    ("year_end(year.year)", "a day"),
    ("year_end(2022)", "a day"),
    ("latest(starts, 2022-01-01)", "a day"),
    ("earliest(issued, application_day)", "a day"),
    ('end_of("elsewhere-2020")', "a day"),
    ("min(year.headcount, 20)", "a count (人)"),
    ("max(5元, 6元, year.revenue)", "a sum of money"),
    ("count(hire)", "a count"),
    ("count(hire where each.from_outside)", "a count"),
    ("any(hire where each.from_outside)", "a yes/no"),
    ("none(sanction)", "a yes/no"),
    ("sum(contract.transacted where each.year == year.year)", "a sum of money"),
    ("highest(year.revenue where each.year < year.year)", "a sum of money"),
    ("lowest(year.year)", "a year"),
    ("previous(year).revenue", "a sum of money"),
    ("exists(previous(year))", "a yes/no"),
    ("applicant.division within city", "a yes/no"),
    ("software in applicant.fields", "a yes/no"),
    ("applicant.size in [small, micro]", "a yes/no"),
    ("enterprise == applicant.kind", "a yes/no"),
    ("applicant.kind", "one of an enum (applicant_kind)"),
    ("applicant.fields", "a set (field)"),
    ("applicant.legal_person == applicant.leading_firm", "a yes/no"),
    ("reading.last_day", "one of an enum (reading.last_day)"),
    ("reading.last_day == anniversary", "a yes/no"),
    ("match(year.year, 2022: 1万元, 2023: 2万元)", "a sum of money"),
    ("match(reading.base, net: 10%, gross: 5%)", "a share"),
    ("steps(year.revenue, 100万元: 1, 500万元: 20人)", "a count (人)"),
    ("steps(event_day, 2022-01-01: 1, 2023-01-01: 2)", "a count"),
    ("crossing(year.revenue, 0元, applicant.legal_person, reading.base == net, 1元: 2元)", "a sum of money"),
    ("if applicant.legal_person then 5元 else year.revenue", "a sum of money"),
    ("if applicant.legal_person then 3年 else 2年", "a period"),
    ("starts + (if applicant.legal_person then 3年 else 2年)", "a day"),
]
PER_RECORD = [
    ("platform_year", "platform_year.platform.opened", "a day"),
    ("platform_year", "platform_year.platform", "a record (platform)"),
    ("platform_year", "platform_year.platform == previous(platform_year).platform", "a yes/no"),
    ("hire", "not has(hire.left) or hire.left > starts", "a yes/no"),
    ("home", "200平方米 * home.market_price", "a sum of money"),
    ("certification", "first(certification by scheme, level)", "a yes/no"),
    ("certification", "first(certification)", "a yes/no"),
]


@pytest.mark.parametrize(("text", "type"), TYPES)
def test_the_type_of_an_expression(text: str, type: str) -> None:
    assert str(typed(text).type) == type


@pytest.mark.parametrize(("per", "text", "type"), PER_RECORD)
def test_the_type_of_an_expression_about_a_record(per: str, text: str, type: str) -> None:
    assert str(typed(text, per).type) == type


def test_a_fact_names_its_record_and_path() -> None:
    node = typed("platform_year.platform.opened", "platform_year")
    assert isinstance(node, t.Get)
    assert node.path == "platform.opened"
    assert isinstance(node.record, t.Follow)
    assert node.record.base == typed("platform_year.platform", "platform_year").record  # type: ignore[union-attr]


def test_the_year_before_is_that_of_the_same_platform() -> None:
    node = typed("previous(platform_year).service_cost", "platform_year")
    assert isinstance(node, t.Get)
    assert isinstance(node.record, t.Record)
    assert (node.record.of, node.record.same) == ("previous", ("platform",))
    assert typed("previous(year).revenue").record.same == ()  # type: ignore[union-attr]


def test_literals_are_parameters_of_the_place_where_they_stand() -> None:
    assert [item.parameter for item in t.constants(typed("100万元"))] == ["m.amount"]
    several = typed("min(10% * year.revenue, 100万元) + match(year.year, 2022: 1元)")
    assert [(item.text, item.parameter) for item in t.constants(several)] == [
        ("10%", "m.amount.1"),
        ("100万元", "m.amount.2"),
        ("2022", "m.amount.3"),
        ("1元", "m.amount.4"),
    ]


def test_nodes_know_their_place() -> None:
    node = typed("year.revenue >= 500万元")
    assert isinstance(node, t.Compare)
    assert (node.left.column, node.column, node.right.column) == (1, 14, 17)


def test_what_is_used_is_noted_and_what_is_wrong_counts_as_used() -> None:
    used = Used()
    resolve(scalar("if reading.base == net then 5元 else 6元"), scope_of(used=used), Report())
    assert used.readings == {"base"}
    resolve(scalar("reading.last_day == nothing and half"), scope_of(used=used), report := Report())
    assert {"base", "last_day"} <= used.readings
    assert "half" in used.lets
    assert len(report.problems) == 1


@pytest.mark.parametrize(
    ("text", "expected", "told"),
    [
        ("10%", MONEY, "1: wrong-type: this must be a sum of money, found a share"),
        ("5元 + 6元", RATIO, "4: wrong-type: this must be a share, found a sum of money"),
        ("year", None, "1: wrong-type: `year` is a whole record and no value"),
        (
            "if applicant.legal_person then year else year",
            None,
            "32: wrong-type: `year` is a whole record and no value",
        ),
        ("each.year == 2022", FLAG, "1: unknown-name: `each.year` is not known here"),
        (
            "reading.last_day.x == y",
            FLAG,
            "1: unknown-name: `reading.last_day.x` is not a reading of this policy",
        ),
        ("reading == y", FLAG, "1: unknown-name: `reading` is not a reading of this policy"),
        ("software.x in applicant.fields", FLAG, "1: unknown-value: `software.x` is not a value of `field`"),
        (
            "any(hire where each.kind.x == y)",
            FLAG,
            "21: wrong-type: `kind` is one of an enum (hire_kind) and has no fields",
        ),
        (
            "small in applicant.size",
            FLAG,
            "10: wrong-type: `in` needs a set or a list in brackets, found one of an enum (size)",
        ),
        (
            "5 in applicant.fields",
            FLAG,
            "6: wrong-type: `in` needs a set or a list in brackets, found a set (field)",
        ),
        (
            "exists(previous(year by year))",
            FLAG,
            "8: wrong-arguments: `previous` is written `previous(year).field`",
        ),
        ("count(hire where eech.left > starts) > 1", FLAG, "18: unknown-name: `eech.left` is not known here"),
        ("highest(applicant.revenue)", None, "9: unknown-name: `applicant` is not a list of records"),
        ("starts + 3年 + year.year", None, "13: wrong-unit: a day + a year has no meaning"),
        (
            "year.year + (if applicant.legal_person then 1年 else 2年)",
            None,
            "14: wrong-unit: a year moves by whole years",
        ),
        (
            "match(applicant.kind, 3: 5元)",
            None,
            "23: wrong-unit: one of an enum (applicant_kind) cannot be compared with a count",
        ),
    ],
)
def test_what_has_no_meaning_is_told_at_its_place(text: str, expected: object, told: str) -> None:
    assert refusal(text, expected=expected) == told  # type: ignore[arg-type]


def test_named_expressions_cannot_make_a_huge_tree() -> None:
    scope = scope_of()
    node = typed("year.revenue + 1元")
    with pytest.raises(PackError, match="too-large"):
        for _ in range(20):
            scope.lets["x"] = node  # type: ignore[index]
            node = typed("x + x", scope=scope)
    assert sum(1 for _ in t.walk(node)) <= MAX_NODES


def test_children_are_in_the_order_written() -> None:
    node = typed("match(year.year, 2022: 1万元, 2023: year.revenue)")
    assert [type(part).__name__ for part in t.children(node)] == [
        "Get",
        "Constant",
        "Constant",
        "Constant",
        "Get",
    ]


WORDS = st.sampled_from(
    [
        "year.revenue",
        "year.year",
        "applicant.kind",
        "enterprise",
        "hire",
        "each.left",
        "year",
        "reading.base",
        "net",
        "5",
        "5万元",
        "15%",
        "3年",
        "20人",
        "2022-06-01",
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        "+",
        "-",
        "*",
        "/",
        ">=",
        "==",
        "and",
        "or",
        "not",
        "if",
        "then",
        "else",
        "in",
        "within",
        "where",
        "by",
        "count(",
        "match(",
        "first(",
        "previous(",
        "has(",
        "exists(",
        "steps(",
        "sum(",
        "year_of(",
        "end_of(",
        "min(",
        '"x"',
        "event_day",
    ]
)


@settings(max_examples=400)
@given(st.lists(WORDS, max_size=14).map(" ".join))
@example("previous ( year ) . revenue . x")
@example("count( hire where count( hire ) >= 5 ) >= 5")
def test_resolving_raises_nothing_but_reports_inside_the_text(text: str) -> None:
    report = Report()
    try:
        node = resolve(scalar(text), scope_of(), report)
    except ExpressionError as error:  # pragma: no cover
        raise AssertionError(text) from error
    assert (node is None) == bool(report.problems)
    assert all(1 <= problem.position.column <= len(text) + 1 for problem in report.problems)
