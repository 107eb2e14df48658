import pytest

from duixian.language.locators import Locator, check, expand, parse

OUTLINE = {
    "首": [1, 2],
    "一": [],
    "一（一）": [1, 3],
    "一（二）": [2],
    "一（十一）": [1],
    "第四条（二）1": [4],
    "若干政策/二（四）": [3, 5, 1],
    "尾": [2],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一（一）", Locator("一（一）")),
        ("一（一）#0", Locator("一（一）", None, 0, 0)),
        ("一（一）#2", Locator("一（一）", None, 2, 2)),
        ("一（一）#1-3", Locator("一（一）", None, 1, 3)),
        ("一（一）#2.3", Locator("一（一）", None, 2, 2, 3)),
        ("若干政策/二（四）#1", Locator("二（四）", "若干政策", 1, 1)),
        ("第四条（二）1#1", Locator("第四条（二）1", None, 1, 1)),
    ],
)
def test_locators_are_read_and_written(text: str, expected: Locator) -> None:
    assert parse(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("一(一)#1", "一（一）#1"), (" 一（一）＃１—３ ", "一（一）#1-3"), ("一（一）#2-2", "一（一）#2")],
)
def test_other_ways_to_write_them(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no place"),
        ("#1", "names no place"),
        ("若干政策/#1", "names no place"),
        ("/二#1", "names no place"),
        ("甲/乙/二#1", "names no place"),
        ("一 （一）#1", "names no place"),
        ("一（一）#", "expected #n, #n-m or #n.clause"),
        ("一（一）#x", "expected #n, #n-m or #n.clause"),
        ("一（一）#1-2.1", "expected #n, #n-m or #n.clause"),
        ("一（一）#3-1", "expected #1-3"),
        ("一（一）#0.1", "a heading is cited whole"),
        ("一（一）#1.0", "clauses count from 1"),
    ],
)
def test_what_is_not_a_locator(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"expected|cited") as error:
        parse(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "首#1",
        "一",
        "一#0",
        "一（一）",
        "一（一）#0-2",
        "一（一）#2.3",
        "若干政策/二（四）#3",
        "第四条（二）1#1.4",
        "尾#1",
    ],
)
def test_locators_that_stand_in_the_outline(text: str) -> None:
    assert check(parse(text), OUTLINE) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("一（三）#1", "there is no place 一（三）; the nearest is 一（二）"),
        ("一（十二）#1", "there is no place 一（十二）; the nearest is 一（十一）"),
        ("二（四）#1", "there is no place 二（四）; the nearest is 若干政策/二（四）"),
        ("行动计划/二（四）#1", "there is no place 行动计划/二（四）; the nearest is 若干政策/二（四）"),
        ("一（一）#3", "一（一） has 2 sentences; there is no #3"),
        ("一（一）#2-4", "一（一） has 2 sentences; there is no #4"),
        ("一#1", "一 has a heading only; there is no #1"),
        ("一（一）#1.2", "一（一）#1 has 1 clause; there is no 一（一）#1.2"),
        ("首#0", "首 has no heading; its sentences count from #1"),
    ],
)
def test_locators_that_do_not(text: str, message: str) -> None:
    assert check(parse(text), OUTLINE) == message


def test_an_empty_outline_has_no_nearest_place() -> None:
    assert check(parse("一"), {}) == "there is no place 一; the nearest is none: the outline is empty"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一（一）#1-2", ["一（一）#1", "一（一）#2"]),
        ("一（一）#2", ["一（一）#2"]),
        ("一（一）#2.1", ["一（一）#2.1"]),
        ("一（一）", ["一（一）#0", "一（一）#1", "一（一）#2"]),
        ("一", ["一#0"]),
        ("首", ["首#1", "首#2"]),
        ("若干政策/二（四）#2-3", ["若干政策/二（四）#2", "若干政策/二（四）#3"]),
    ],
)
def test_each_sentence_that_a_locator_covers(text: str, expected: list[str]) -> None:
    assert [str(one) for one in expand(parse(text), OUTLINE)] == expected
