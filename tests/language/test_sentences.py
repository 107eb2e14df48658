import pytest

from duixian.language.sentences import clause_spans, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("支持甲。支持乙;支持丙", ["支持甲。", "支持乙;", "支持丙"]),
        ("行吗?行!", ["行吗?", "行!"]),
        ("实行“先买。后补;”办法。", ["实行“先买。后补;”办法。"]),
        ("支持甲(包括乙。)。", ["支持甲(包括乙。)。"]),
        (
            "支持甲。(责任单位:乙)支持丙。〔牵头单位:丁(区)〕",
            ["支持甲。(责任单位:乙)", "支持丙。〔牵头单位:丁(区)〕"],
        ),
        ("支持甲(责任单位:乙)。支持丙。", ["支持甲(责任单位:乙)。", "支持丙。"]),
        ("支持甲(责任单位:乙)支持丙。", ["支持甲(责任单位:乙)", "支持丙。"]),
        ("支持甲。(含乙)支持丙。", ["支持甲。", "(含乙)支持丙。"]),
        ("支持甲(未闭合。支持乙。", ["支持甲(未闭合。", "支持乙。"]),
        ("支持甲)多一个。支持“乙(丙”丁)。", ["支持甲)多一个。", "支持“乙(丙”丁)。"]),
        ("", []),
    ],
)
def test_where_a_sentence_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有效期两年。", ["有效期两年。"]),
        ("符合甲,给予乙,最高丙。", ["符合甲", "给予乙", "最高丙。"]),
        ("甲(含乙,丙),给予“丁,戊”。", ["甲(含乙,丙)", "给予“丁,戊”。"]),
        ("奖励1,000万元,另行公布", ["奖励1,000万元", "另行公布"]),
        ("到2030,40家", ["到2030", "40家"]),
        ("某委员会,", ["某委员会"]),
        ("", []),
    ],
)
def test_where_a_clause_ends(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in clause_spans(text)] == expected
