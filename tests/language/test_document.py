import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.language.document import Document, Part, outline, split
from duixian.language.locators import check, expand, parse

SEEDS = Path(os.environ.get("DUIXIAN_SEEDS") or Path(__file__).parents[3] / "shared" / "seeds")

# Items run on through the chapters; each paragraph is one line.
MEASURES = """
附件：
某市支持养蜂业若干措施
（试行）
蜂业是小产业。为支持蜂业，制定本措施。

一、扩大规模
（一）支持建设蜂场。新建蜂场的，给予10万元补助；扩建的，减半执行。（责任单位：市农业局、市财政局）
（二）支持购置蜂箱。实行“先买，后补。”办法，每箱补助50元(含税，运费另计)。（责任单位：市农业局）再给予一次性奖励。
二、扩大销售
（三）支持参展。参展的给予补助。（责任单位：市商务局）
同一蜂场就高不重复。
本措施自2030年 月 日起施行，有效期2年。

抄送：市委办公厅，
市人大常委会办公厅。
"""


def listed(document: Document) -> list[tuple[str, int, str, str]]:
    return [(s.locator, s.clauses, s.label, s.text) for s in document.sentences]


def test_measures_whose_items_run_on_through_the_chapters() -> None:
    assert listed(split(MEASURES)) == [
        ("首#1", 1, "", "附件:"),
        ("首#2", 1, "", "某市支持养蜂业若干措施"),
        ("首#3", 1, "", "(试行)"),
        ("首#4", 1, "", "蜂业是小产业。"),
        ("首#5", 2, "", "为支持蜂业,制定本措施。"),
        ("一#0", 1, "一、", "扩大规模"),
        ("一（一）#0", 1, "(一)", "支持建设蜂场。"),
        ("一（一）#1", 2, "", "新建蜂场的,给予10万元补助;"),
        ("一（一）#2", 2, "", "扩建的,减半执行。(责任单位:市农业局、市财政局)"),
        ("一（二）#0", 1, "(二)", "支持购置蜂箱。"),
        ("一（二）#1", 2, "", "实行“先买,后补。”办法,每箱补助50元(含税,运费另计)。(责任单位:市农业局)"),
        ("一（二）#2", 1, "", "再给予一次性奖励。"),
        ("二#0", 1, "二、", "扩大销售"),
        ("二（三）#0", 1, "(三)", "支持参展。"),
        ("二（三）#1", 1, "", "参展的给予补助。(责任单位:市商务局)"),
        ("尾#1", 1, "", "同一蜂场就高不重复。"),
        ("尾#2", 2, "", "本措施自2030年月日起施行,有效期2年。"),
        ("尾#3", 2, "", "抄送:市委办公厅,市人大常委会办公厅。"),
    ]


# Broken in the middle of words, with empty lines between: a line may begin like a number (三、四类).
WRAPPED = """
某市人民政府关于印发支持桥梁建设若干

政策的通知

各区人民政府：

为贯彻落实上级部署，推进全市桥梁建设工作再上新的台阶，结合本市实际

情况，制定本政策。

一、支持新建桥梁和改造桥梁

（一）支持新建桥梁。 对新建的桥梁给予补助；对获得验收评定（ＱＬ）

三、四类的桥梁，给予 ２０ 万元、３０

万元奖励。 （责任单位：建设局，各区）

（二）支持改造桥梁。 改造旧桥的，按照改造面积给予补助。每年由市建设局

组织一次检查，并及时公布结果。 （责任单位：市建设局）
"""


def test_lines_broken_in_the_middle_of_words() -> None:
    assert listed(split(WRAPPED)) == [
        ("首#1", 1, "", "某市人民政府关于印发支持桥梁建设若干政策的通知"),
        ("首#2", 1, "", "各区人民政府:"),
        ("首#3", 4, "", "为贯彻落实上级部署,推进全市桥梁建设工作再上新的台阶,结合本市实际情况,制定本政策。"),
        ("一#0", 1, "一、", "支持新建桥梁和改造桥梁"),
        ("一（一）#0", 1, "(一)", "支持新建桥梁。"),
        ("一（一）#1", 1, "", "对新建的桥梁给予补助;"),
        (
            "一（一）#2",
            2,
            "",
            "对获得验收评定(QL)三、四类的桥梁,给予20万元、30万元奖励。(责任单位:建设局,各区)",
        ),
        ("一（二）#0", 1, "(二)", "支持改造桥梁。"),
        ("一（二）#1", 2, "", "改造旧桥的,按照改造面积给予补助。"),
        ("一（二）#2", 2, "", "每年由市建设局组织一次检查,并及时公布结果。(责任单位:市建设局)"),
    ]


# Articles, items without headings, and a paragraph that returns to the article.
ARTICLES = """
第一章 总 则
第一条 为管好专项资金，制定本办法。
第二章 条 件
第二条 申报条件
（一）奖励类
1.在本市注册的单位。三年内无事故；
2.在外地注册的单位。
（二）补助类
1.单位规模达到要求。
两类单位均应守信。并如实申报。
第三条 本办法由某局解释。
另一款。
抄送：某局。
"""


def test_articles_with_items_and_a_paragraph_that_returns_to_the_article() -> None:
    assert listed(split(ARTICLES)) == [
        ("第一章#0", 1, "第一章", "总则"),
        ("第一条#1", 2, "第一条", "为管好专项资金,制定本办法。"),
        ("第二章#0", 1, "第二章", "条件"),
        ("第二条#0", 1, "第二条", "申报条件"),
        ("第二条（一）#0", 1, "(一)", "奖励类"),
        ("第二条（一）1#1", 1, "1.", "在本市注册的单位。"),
        ("第二条（一）1#2", 1, "", "三年内无事故;"),
        ("第二条（一）2#1", 1, "2.", "在外地注册的单位。"),
        ("第二条（二）#0", 1, "(二)", "补助类"),
        ("第二条（二）1#1", 1, "1.", "单位规模达到要求。"),
        ("第二条#1", 1, "", "两类单位均应守信。"),
        ("第二条#2", 1, "", "并如实申报。"),
        ("第三条#1", 1, "第三条", "本办法由某局解释。"),
        ("第三条#2", 1, "", "另一款。"),
        ("尾#1", 1, "", "抄送:某局。"),
    ]


# Two parts that number alike; the first runs on after its title.
TWO_PARTS = """
某办发〔2031〕5号
《某市种茶行动计划》《某市种茶若干政策》已经同意，现印发给你们。
某市种茶行动计划为推广种茶，制定本计划。
一、目标
到2033年，茶园成片。
———面积扩大。新增3个茶园；
二、任务
（一）扩大种植
1. 选种，育苗。选育良种。（牵头单位：市农业局，责任单位：各区）
2. 施肥。科学施肥。
某市种茶若干政策
一、范围
本政策适用于茶农。
二、附则
（一）同一茶农不重复享受。另有规定的除外。
（二）本政策自2031年1月1日起施行。
某市种茶若干政策是网页标题
浏览量：100
"""
PARTS = (Part("计划", "某市种茶行动计划"), Part("政策", "某市种茶若干政策"))


def test_parts_that_number_alike() -> None:
    assert listed(split(TWO_PARTS, PARTS)) == [
        ("首#1", 1, "", "某办发〔2031〕5号"),
        ("首#2", 2, "", "《某市种茶行动计划》《某市种茶若干政策》已经同意,现印发给你们。"),
        ("计划/首#0", 1, "", "某市种茶行动计划"),
        ("计划/首#1", 2, "", "为推广种茶,制定本计划。"),
        ("计划/一#0", 1, "一、", "目标"),
        ("计划/一#1", 2, "", "到2033年,茶园成片。"),
        ("计划/一#2", 1, "", "———面积扩大。"),
        ("计划/一#3", 1, "", "新增3个茶园;"),
        ("计划/二#0", 1, "二、", "任务"),
        ("计划/二（一）#0", 1, "(一)", "扩大种植"),
        ("计划/二（一）1#0", 2, "1.", "选种,育苗。"),
        ("计划/二（一）1#1", 1, "", "选育良种。(牵头单位:市农业局,责任单位:各区)"),
        ("计划/二（一）2#0", 1, "2.", "施肥。"),
        ("计划/二（一）2#1", 1, "", "科学施肥。"),
        ("政策/首#0", 1, "", "某市种茶若干政策"),
        ("政策/一#0", 1, "一、", "范围"),
        ("政策/一#1", 1, "", "本政策适用于茶农。"),
        ("政策/二#0", 1, "二、", "附则"),
        # One of the two is a single sentence, so neither first sentence is a heading.
        ("政策/二（一）#1", 1, "(一)", "同一茶农不重复享受。"),
        ("政策/二（一）#2", 1, "", "另有规定的除外。"),
        ("政策/二（二）#1", 1, "(二)", "本政策自2031年1月1日起施行。"),
        ("尾#1", 1, "", "某市种茶若干政策是网页标题"),
        ("尾#2", 1, "", "浏览量:100"),
    ]


def test_a_part_whose_title_begins_no_line() -> None:
    with pytest.raises(ValueError, match="part '附件': no line begins with its title '某市种茶细则'"):
        split(TWO_PARTS, [Part("附件", "某市种茶细则")])


def test_an_earlier_part_has_a_back_matter_of_its_own() -> None:
    text = "甲计划\n一、目标\n茶园成片。\n抄送:某局\n乙政策\n一、范围\n适用于茶农。\n"
    places = [s.place for s in split(text, [Part("甲", "甲计划"), Part("乙", "乙政策")]).sentences]
    assert places == ["甲/首", "甲/一", "甲/一", "甲/尾", "乙/首", "乙/一", "乙/一"]


def test_an_outline_has_the_clauses_of_each_sentence() -> None:
    assert outline(split(MEASURES)) == {
        "首": [1, 1, 1, 1, 2],
        "一": [],
        "一（一）": [2, 2],
        "一（二）": [2, 1],
        "二": [],
        "二（三）": [1],
        "尾": [1, 2, 2],
    }


def test_clauses_are_cut_at_commas_outside_brackets_and_quotations() -> None:
    document = split(MEASURES)
    sentence = document.at("一（二）#1")
    assert sentence.clause(1) == "实行“先买,后补。”办法"
    assert sentence.clause(2) == "每箱补助50元(含税,运费另计)。(责任单位:市农业局)"
    with pytest.raises(IndexError, match="一（二）#1 has 2 clauses; there is no clause 3"):
        sentence.clause(3)
    with pytest.raises(KeyError):
        document.at("一（二）#9")


def test_latin_words_keep_their_space_and_layout_spaces_go() -> None:
    assert split("一、甲\n支 持 open\nsource 软件").at("一#1").text == "支持open source软件"


def test_an_empty_text_has_no_sentences() -> None:
    assert split(" \n\n").sentences == ()


def test_a_number_that_goes_back_is_text() -> None:
    places = [s.place for s in split("一、甲\n二、乙\n一、又是甲\n1. 丙\n2. 丁\n1. 又是丙").sentences]
    assert places == ["一", "二", "二", "二1", "二2", "二2"]


def test_a_third_and_a_fourth_level_and_a_section() -> None:
    text = "第一章 甲\n第一节 乙\n第一条 丙：\n（一）丁：\n1.戊：\n（1）己。\n（2）庚。"
    assert [s.locator for s in split(text).sentences] == [
        "第一章#0",
        "第一章第一节#0",
        "第一条#0",
        "第一条（一）#0",
        "第一条（一）1#0",
        "第一条（一）1（1）#1",
        "第一条（一）1（2）#1",
    ]


LAYOUT = "一二三、（）()第章条1.。；，：\n 责任单位某市对给予A“”《》"


@given(st.text(alphabet=LAYOUT, max_size=150) | st.text(max_size=60))
def test_nothing_is_lost_and_every_locator_names_one_sentence(text: str) -> None:
    assert_whole(text, split(text))


def assert_whole(text: str, document: Document) -> None:
    """Labels and texts together are the source, and each locator stands in the outline."""
    together = "".join(sentence.label + sentence.text for sentence in document.sentences)
    assert "".join(together.split()) == "".join(unicodedata.normalize("NFKC", text).split())
    locators = [sentence.locator for sentence in document.sentences]
    assert len(set(locators)) == len(locators)
    places = outline(document)
    assert [problem for locator in locators if (problem := check(parse(locator), places))] == []


SOURCES = {
    # number: places (front, chapters, items, …, back), sentences with headings
    0: (5 + 11 + 2, 59),
    1: (6 + 23 + 2, 91),
    2: (1 + 1 + 3 + 5 + 18 + 3 + 1 + 3 + 10 + 3 + 1, 170),
    3: (1 + 5 + 15 + 4 + 9, 58),
    4: (5 + 23 + 2, 98),
}
CHANGSHA = (
    Part("行动计划", "长沙市加快网络安全产业发展三年(2019—2021年)行动计划"),
    Part("若干政策", "长沙市加快网络安全产业发展若干政策"),
)


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the source documents are not at {SEEDS}")
@pytest.mark.parametrize("number", SOURCES)
def test_source_documents_are_split_whole(number: int) -> None:
    (path,) = SEEDS.glob(f"{number:03}_*.txt")
    text = path.read_text(encoding="utf-8")
    document = split(text, CHANGSHA if number == 2 else ())
    assert_whole(text, document)
    places = outline(document)
    assert (len(places), len(document.sentences)) == SOURCES[number]
    whole = [str(one) for place in places for one in expand(parse(place), places)]
    assert {sentence.locator for sentence in document.sentences} <= set(whole)
