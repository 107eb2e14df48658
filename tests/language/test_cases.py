"""Worked cases read from a pack: bases laid under facts, records merged by id, everything they name known."""

from pathlib import Path

import pytest
from tests.language.test_bad import BASE, laid_over
from tests.language.test_source import plain

from duixian.language.cases import Case, load_cases, load_with_cases, merge
from duixian.language.pack import load_pack
from duixian.language.problems import PackError, Report
from duixian.language.source import parse_yaml


@pytest.mark.parametrize(
    ("under", "over", "merged"),
    [
        ("{a: 1, b: 2}", "{b: 3, c: 4}", {"a": "1", "b": "3", "c": "4"}),
        ("{a: {b: 1}}", "{a: {c: 2}}", {"a": {"b": "1", "c": "2"}}),
        ("{a: [x, y]}", "{a: [z]}", {"a": ["z"]}),
        ("{a: 1}", "{a: [x]}", {"a": ["x"]}),
        (
            "{y: [{id: p, v: 1}, {id: q, v: 2}]}",
            "{y: [{id: q, w: 3}, {id: r}]}",
            {"y": [{"id": "p", "v": "1"}, {"id": "q", "v": "2", "w": "3"}, {"id": "r"}]},
        ),
        ("{y: [{id: p}]}", "{y: [{v: 1}]}", {"y": [{"v": "1"}]}),
        ("{y: [{id: p, v: 1}]}", "{y: [{id: q}, {id: q}]}", {"y": [{"id": "p", "v": "1"}, {"id": "q"}, {"id": "q"}]}),
        ("{y: [{id: p}, {id: p}]}", "{y: []}", {"y": [{"id": "p"}, {"id": "p"}]}),
    ],
)  # fmt: skip
def test_facts_are_laid_over_a_base(under: str, over: str, merged: object) -> None:
    nodes = [parse_yaml(text, "x", Report()) for text in (under, over)]
    assert plain(merge(nodes[0], nodes[1])) == merged  # type: ignore[arg-type]


def cases_of(tmp_path: Path, text: str) -> tuple[Case, ...]:
    pack = laid_over(BASE, tmp_path)
    (pack / "cases.yaml").write_text(text, "utf-8")
    return load_with_cases(pack)[1]


CASE = (
    "  - {{id: {id}, measure: rnd, zh: 例, on: 2023-06-01, why: 算, expect: {{verdict: {expect}}}{more}}}\n"
)


def test_a_case_with_everything(tmp_path: Path) -> None:
    (case,) = cases_of(
        tmp_path,
        """
bases:
  firm: {kind: enterprise, division: "420106", year: [{id: y, year: 2022, revenue: 500万元}]}
  small: {size: small}
cases:
  - id: one
    at: 一#1
    zh: 例
    on: 2023-06-01
    if_adopted: 2023-01-01
    given: [firm, small]
    facts: {size: 不详, year: [{id: y, rnd_spend: 5万元}]}
    readings: {last_day: anniversary}
    with: [wuhan-digital-economy-2022]
    expect: {record: y, verdict: not_in_force, failed: revenue, missing: [year.rnd_spend], payable: 0元,
             set_aside_for: rnd, would_be: {verdict: eligible, sum: 1.5万元}}
    why: 算
    blind: true
    doubt: 无
""",
    )
    assert plain(case.facts) == {
        "kind": "enterprise",
        "division": "420106",
        "size": "不详",
        "year": [{"id": "y", "year": "2022", "revenue": "500万元", "rnd_spend": "5万元"}],
    }
    assert (str(case.on), str(case.if_adopted), case.at, case.measure, case.blind) == (
        "2023-06-01",
        "2023-01-01",
        "一#1",
        "",
        True,
    )
    assert (case.readings, case.policies) == ({"last_day": "anniversary"}, ("wuhan-digital-economy-2022",))
    expected = case.expected
    assert (expected.failed, expected.missing, expected.sums) == (
        ("revenue",),
        ("year.rnd_spend",),
        {"payable": "0元"},
    )
    assert expected.would_be is not None
    assert expected.would_be.sums == {"sum": "1.5万元"}


@pytest.mark.parametrize("sum", ["open", "0元", "1,200万元", "0.5亿元"])
def test_a_sum_is_written_with_its_unit(tmp_path: Path, sum: str) -> None:
    (case,) = cases_of(tmp_path, "cases:\n" + CASE.format(id="a", expect=f'eligible, sum: "{sum}"', more=""))
    assert case.expected.sums == {"sum": sum}


@pytest.mark.parametrize("sum", ["5", "5人", "5万元 + 1元", "very much", "五万元"])
def test_what_is_no_sum_is_refused(tmp_path: Path, sum: str) -> None:
    with pytest.raises(PackError, match="is not a sum with its unit"):
        cases_of(tmp_path, "cases:\n" + CASE.format(id="a", expect=f"eligible, sum: {sum}", more=""))


def test_all_problems_of_pack_and_cases_come_together(tmp_path: Path) -> None:
    pack = laid_over(BASE, tmp_path)
    for name, old, new in (
        ("policy", "default: day_before", "default: x"),
        ("cases", "given: firm", "given: x"),
    ):
        path = pack / f"{name}.yaml"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(PackError) as caught:
        load_with_cases(pack)
    assert [problem.code for problem in caught.value.problems] == ["unknown-name", "unknown-value"]
    with pytest.raises(PackError):
        load_with_cases(tmp_path)


def test_cases_alone_are_checked_against_a_policy(tmp_path: Path) -> None:
    pack = laid_over(BASE, tmp_path)
    assert [case.id for case in load_cases(pack, load_pack(pack))] == ["rnd-holds"]
    (pack / "cases.yaml").write_text(
        "cases:\n" + CASE.format(id="a", expect="eligible", more=", with: [x]"), "utf-8"
    )
    with pytest.raises(PackError, match="`x` is not a known policy"):
        load_cases(pack, load_pack(pack))
    (pack / "cases.yaml").write_text("", "utf-8")
    with pytest.raises(PackError, match="empty: the file is empty"):
        load_cases(pack, load_pack(pack))
    (pack / "cases.yaml").unlink()
    assert load_cases(pack, load_pack(pack)) == ()


def test_an_incomplete_case_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        cases_of(
            tmp_path,
            "cases:\n  - {id: a, measure: rnd, zh: 例, why: 算, on: 2023-02-30, expect: {verdict: open}}\n  - {}\n",
        )
    assert [problem.code for problem in caught.value.problems].count("missing-key") == 5
    assert "the day 2023-02-30 does not exist" in str(caught.value)
