import datetime as dt
import os
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.calendar.periods import Period
from duixian.language.document import split
from duixian.language.figure_words import IDIOMS
from duixian.language.figures import Value, figures

SEEDS = Path(os.environ.get("DUIXIAN_SEEDS") or Path(__file__).parents[3] / "shared" / "seeds")
YUAN = 100
WAN = 10_000 * YUAN
YI = 100_000_000 * YUAN

ONE = [
    # text, kind, value, unit, literal
    ("最高2亿元", "money", 2 * YI, "亿元", "2亿元"),
    ("规模 5000 万元(含)", "money", 5000 * WAN, "万元", "5000 万元"),
    ("每人2000元", "money", 2000 * YUAN, "元", "2000元"),
    ("补3千元", "money", 3000 * YUAN, "千元", "3千元"),
    ("1.25万元", "money", 12_500 * YUAN, "万元", "1.25万元"),
    ("共1,500万元", "money", 1500 * WAN, "万元", "1,500万元"),
    ("1亿5000万元", "money", 15_000 * WAN, "万元", "1亿5000万元"),
    ("一亿五千万元", "money", 15_000 * WAN, "元", "一亿五千万元"),
    ("百万元以上", "money", 100 * WAN, "元", "百万元"),
    ("0.125元/千瓦时", "money", Fraction(25, 2), "元/千瓦时", "0.125元/千瓦时"),
    ("按300元/平方米给予", "money", 300 * YUAN, "元/平方米", "300元/平方米"),
    ("引资100万美元", "currency", 1_000_000, "美元", "100万美元"),
    ("按15%给予", "percent", Fraction(15, 100), "%", "15%"),
    ("提高2.5个百分点", "percent", Fraction(25, 1000), "百分点", "2.5个百分点"),
    ("百分之三十", "percent", Fraction(3, 10), "分之", "百分之三十"),
    ("三分之二以上", "percent", Fraction(2, 3), "分之", "三分之二"),
    ("费率0.5‰", "percent", Fraction(1, 2000), "‰", "0.5‰"),
    ("按1∶ 1比例", "ratio", Fraction(1), "", "1∶ 1"),
    ("按1:2配套", "ratio", Fraction(1, 2), "", "1:2"),
    ("增长1.5倍", "ratio", Fraction(3, 2), "倍", "1.5倍"),
    ("用房200平方米", "count", 200, "平方米", "200平方米"),
    ("设备5000台套", "count", 5000, "台套", "5000台套"),
    ("培训50万人次", "count", 500_000, "人次", "50万人次"),
    ("不低于 1 亿", "count", 100_000_000, "", "1 亿"),
    ("日均60 万", "count", 600_000, "", "60 万"),
    ("融资5个亿", "count", 500_000_000, "", "5个亿"),
    ("等7部门", "count", 7, "部门", "7部门"),
    ("20余家", "count", 20, "家", "20余家"),
    ("不少于两项", "count", 2, "项", "两项"),
    ("分三个阶段", "count", 3, "个", "三个"),
    ("每年一次", "count", 1, "次", "一次"),
    ("算力100PFLOPS", "count", 100, "PFLOPS", "100PFLOPS"),
    ("发电10万千瓦时", "count", 100_000, "千瓦时", "10万千瓦时"),
    ("3 年内", "period", Period(years=3), "年", "3 年"),
    ("近三年", "period", Period(years=3), "年", "三年"),
    ("每两年度", "period", Period(years=2), "年度", "两年度"),
    ("前2个自然年", "period", Period(years=2), "自然年", "2个自然年"),
    ("满6个月", "period", Period(months=6), "月", "6个月"),
    ("满半年", "period", Period(months=6), "年", "半年"),
    ("两年半", "period", Period(months=30), "年半", "两年半"),
    ("1.5年", "period", Period(months=18), "年", "1.5年"),
    ("2个季度", "period", Period(months=6), "季度", "2个季度"),
    ("30日后", "period", Period(days=30), "日", "30日"),
    ("4周内", "period", Period(days=28), "周", "4周"),
    ("公示7 个工作日", "period", 7, "工作日", "7 个工作日"),
    ("24小时内", "period", 24, "小时", "24小时"),
    ("2022 年 4 月 28 日", "date", dt.date(2022, 4, 28), "", "2022 年 4 月 28 日"),
    ("二〇二五年十二月三十一日", "date", dt.date(2025, 12, 31), "", "二〇二五年十二月三十一日"),
    ("2025-03-01 10:30:00", "date", dt.date(2025, 3, 1), "", "2025-03-01 10:30:00"),
    ("自2026年  月  日起", "date", (2026, None, None), "", "2026年  月  日"),
    ("自2026年月日起", "date", (2026, None, None), "", "2026年月日"),
    ("2020年3月", "date", (2020, 3, None), "", "2020年3月"),
    ("每年6月底前", "date", (None, 6, None), "", "6月"),
    ("3月15日前", "date", (None, 3, 15), "", "3月15日"),
    ("2021年2月30日", "date", (2021, 2, 30), "", "2021年2月30日"),
    ("自2020年起", "year", 2020, "年", "2020年"),
    ("2025年度", "year", 2025, "年度", "2025年度"),
    ("二级节点", "grade", 2, "级", "二级"),
    ("五星级园区", "grade", 5, "星级", "五星级"),
    ("第二批", "ordinal", 2, "批", "第二批"),
    ("第四十二条", "ordinal", 42, "条", "第四十二条"),
    ("某府规〔2019〕30号", "document", (2019, 30), "", "〔2019〕30号"),
    ("某府规[2019]3号", "document", (2019, 3), "", "[2019]3号"),
    ("5G 网络", "name", "5G", "", "5G"),
    ("“1234”计划", "name", "1234", "", "1234"),
    ("1234英才计划", "name", "1234", "", "1234"),
    ("电科99所", "name", "99所", "", "99所"),
    ("新建3所院校", "count", 3, "所", "3所"),
    ("世界500强", "name", "世界500强", "", "世界500强"),
    ("GB/T 22239-2019", "name", "GB/T 22239-2019", "", "GB/T 22239-2019"),
    ("等保2.0", "version", "2.0", "", "2.0"),
    ("V3.1版", "version", "3.1", "", "V3.1版"),
    ("拨打12345", "number", 12345, "", "12345"),
    ("统一信用代码911100001000000000", "number", 911100001000000000, "", "911100001000000000"),
    ("编号12345678901234567890", "name", "12345678901234567890", "", "12345678901234567890"),
]


@pytest.mark.parametrize(("text", "kind", "value", "unit", "literal"), ONE, ids=[case[0] for case in ONE])
def test_one_figure(text: str, kind: str, value: Value, unit: str, literal: str) -> None:
    (figure,) = figures(text)
    assert (figure.kind, figure.value, figure.unit, figure.literal) == (kind, value, unit, literal)
    assert text[figure.start : figure.end] == literal


SEVERAL: list[tuple[str, str, list[tuple[str, Value]]]] = [
    # text, kind of all, (literal, value) of each
    ("给予100万、50万、30万元", "money", [("100万", 100 * WAN), ("50万", 50 * WAN), ("30万元", 30 * WAN)]),
    ("给予10、20、30万元", "money", [("10", 10 * WAN), ("20", 20 * WAN), ("30万元", 30 * WAN)]),
    ("10万元至20万元", "money", [("10万元", 10 * WAN), ("20万元", 20 * WAN)]),
    ("1000—2000万元", "money", [("1000", 1000 * WAN), ("2000万元", 2000 * WAN)]),
    ("5000至1万元", "money", [("5000", 5000 * YUAN), ("1万元", WAN)]),
    ("10-20%", "percent", [("10", Fraction(1, 10)), ("20%", Fraction(1, 5))]),
    ("2~3家", "count", [("2", 2), ("3家", 3)]),
    ("1—2项", "count", [("1", 1), ("2项", 2)]),
    ("100、150平方米", "count", [("100", 100), ("150平方米", 150)]),
    ("三至五年", "period", [("三", Period(years=3)), ("五年", Period(years=5))]),
    ("30至60日", "period", [("30", Period(days=30)), ("60日", Period(days=60))]),
    ("(2019—2021年)", "year", [("2019", 2019), ("2021年", 2021)]),
    ("2019和2020年", "year", [("2019", 2019), ("2020年", 2020)]),
    ("获一二三等奖的", "grade", [("一", 1), ("二", 2), ("三等奖", 3)]),
    ("获一、二等奖的", "grade", [("一", 1), ("二等奖", 2)]),
    ("三、四、五级", "grade", [("三", 3), ("四", 4), ("五级", 5)]),
    ("三级、二级、一级", "grade", [("三级", 3), ("二级", 2), ("一级", 1)]),
    ("第一、二、三名", "ordinal", [("第一", 1), ("二", 2), ("三名", 3)]),
    ("第1—3名", "ordinal", [("第1", 1), ("3名", 3)]),
    ("三、五家", "count", [("五家", 5)]),
    ("三四至五年", "period", [("五年", Period(years=5))]),
    ("6月1日至6月30日", "date", [("6月1日", (None, 6, 1)), ("6月30日", (None, 6, 30))]),
]


@pytest.mark.parametrize(("text", "kind", "expected"), SEVERAL, ids=[case[0] for case in SEVERAL])
def test_members_of_lists_and_ranges(text: str, kind: str, expected: list[tuple[str, Value]]) -> None:
    found = figures(text)
    assert {figure.kind for figure in found} == {kind}
    assert [(figure.literal, figure.value) for figure in found] == expected


def test_a_sentence_with_figures_of_many_kinds() -> None:
    found = figures(
        "对2024年营收超1亿元、增速20%以上且5G终端达3万台的前5家企业,3年内每年给予一次性奖励50万元。"
    )
    assert [(figure.kind, figure.literal) for figure in found] == [
        ("year", "2024年"),
        ("money", "1亿元"),
        ("percent", "20%"),
        ("name", "5G"),
        ("count", "3万台"),
        ("count", "5家"),
        ("period", "3年"),
        ("money", "50万元"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *IDIOMS,
        "一事一议",
        "一企一策",
        "新一代",
        "一批项目",
        "一体化",
        "二次申报",
        "二期工程",
        "几十家",
        "数百万元",
        "上千万元",
        "两三家",
        "千兆光网",
        "万元",
        "双一流",
        "上半年",
        "三农",
        "第几批",
        "第三四批",
        "零分之一",
        "国家级",
        "百亿级",
    ],
)
def test_words_that_state_no_figure(text: str) -> None:
    assert figures(f"的{text}的") == ()


def test_an_idiom_lends_its_numeral_to_no_list() -> None:
    assert [figure.literal for figure in figures("坚持统一、三级联动")] == ["三级"]


@given(
    st.text(alphabet="一二三十百千万亿两〇第、至—~.,059年月日元%级个家项等奖和/:∶号〔〕() 分之半倍GA“”")
    | st.text()
)
def test_figures_never_overlap_and_cover_every_digit(text: str) -> None:
    covered: set[int] = set()
    for figure in figures(text):
        span = set(range(figure.start, figure.end))
        assert span and not span & covered
        assert figure.literal == text[figure.start : figure.end]
        covered |= span
    assert {at for at, mark in enumerate(text) if mark in "0123456789"} <= covered


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the source documents are not at {SEEDS}")
@pytest.mark.parametrize("number", range(5))
def test_source_documents_keep_their_figures(number: int) -> None:
    (path,) = SEEDS.glob(f"{number:03}_*.txt")
    source = "".join(unicodedata.normalize("NFKC", path.read_text(encoding="utf-8")).split())
    found = [
        figure
        for sentence in split(path.read_text(encoding="utf-8")).sentences
        for figure in figures(sentence.text)
    ]
    sums = [figure.literal for figure in found if figure.kind == "money" and figure.literal.endswith("元")]
    shares = [figure for figure in found if figure.kind == "percent"]
    assert len(sums) == source.count("元") - sum(source.count(word) for word in ("元器件", "元宇宙"))
    assert len(shares) == source.count("%")
