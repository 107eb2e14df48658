"""The report on how far a plan's targets are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from duixian import __version__
from duixian.lab.registers import Register
from duixian.lab.report.common import register_line, warnings
from duixian.lab.report.document import Bars, Column, Fact, Report, Row, Section, Series, Table
from duixian.lab.report.words import Words
from duixian.lab.targets import Progress, Shown, State, Targets
from duixian.language.figures import figures
from duixian.language.policy import Goal, Target
from duixian.language.render import expression

_STATES: dict[State, tuple[str, str]] = {
    "reached": ("已达到", "reached"),
    "open": ("不能断定", "cannot be told"),
    "short": ("未达到", "not reached"),
}
_THAN = {
    "over": ("超过{}", "over {}"),
    "at_least": ("{}以上（含）", "at least {}"),
    "at_most": ("不超过{}", "at most {}"),
    "about": ("约{}", "about {}"),
    "": ("达到{}", "{}"),
}
_MOST = 200
"""Percent of the target at which a bar of the chart ends."""


def targets_report(found: Targets, register: Register, words: Words) -> Report:
    """Return the report: which targets are reached, how each was measured, and what a register cannot answer."""
    say, policy = words.say, found.basis.policy
    as_of = say(
        f"{words.policy(policy)}，计量日 {found.basis.on}；已到期的目标按其截止日计量",
        f"{words.policy(policy)}, as of {found.basis.on}; a target due earlier is measured as of its deadline",
    )
    return Report(
        lang=words.lang,
        title=say(f"计划目标：{words.policy(policy)}", f"How far the targets are: {words.policy(policy)}"),
        basis=(as_of, register_line(words, found.basis)),
        warnings=warnings(words, register, found.basis),
        facts=tuple(_facts(found, words)),
        sections=(
            *([_progress(found, words), _how(found, words)] if found.measured else []),
            _unanswered(found, words),
        ),
        source=_source(register, words),
    )


def _facts(found: Targets, words: Words) -> Iterator[Fact]:
    states = [item.state for item in found.measured]
    notes = {
        "reached": words.say("无论未知之处如何", "whatever is not known"),
        "open": words.say("要看未知的事实", "it rests on what is not known"),
        "short": words.say("未知之处都算上也不够", "even with all that is not known"),
    }
    count = words.say("{} 项", "{}")
    for state, (zh, en) in _STATES.items():
        yield Fact(words.say(zh, en), count.format(states.count(state)), notes[state])
    rest = len(found.unmeasured) + len(found.wordless)
    note = words.say("见最后一表", "see the last table")
    yield Fact(words.say("登记表答不了", "no answer in a register"), count.format(rest), note)


def _quantity(goal: Goal, value: int, words: Words) -> str:
    assert goal.value is not None
    if goal.value.type.kind == "money":
        return words.money(value)
    return f"{value:,}" + (goal.value.type.of if words.lang == "zh" else "")


def _wanted(goal: Goal, words: Words) -> str:
    """Return the figure to be reached, with its comparison."""
    low, high = (_written(text, words) for text in (goal.figure.value, goal.upper))
    if goal.value is not None:
        low, high = (
            _quantity(goal, end.value, words) if end is not None and isinstance(end.value, int) else ""
            for end in (goal.value, goal.to)
        )
    return words.say(*_THAN[goal.figure.than]).format(_range(goal, low, high, words))


def _written(text: str, words: Words) -> str:
    """Return a figure as the pack writes it; in English a number without the Chinese measure word."""
    found = figures(text) if words.lang == "en" else ()
    counted = len(found) == 1 and found[0].kind == "count"
    return f"{found[0].value:,}" if counted else text


def _range(goal: Goal, low: str, high: str, words: Words) -> str:
    """Return two ends as one text; the unit of a number is written once."""
    if not high:
        return low
    unit = goal.value.type.of if goal.value is not None and words.lang == "zh" else ""
    return words.say(f"{low.removesuffix(unit)}–{high}", f"{low} to {high.removeprefix('RMB ')}")


def _reached(item: Progress, words: Words) -> str:
    """Return what the register shows, in a few words."""
    say, goal, shown = words.say, item.goal, item.shown
    assert shown is not None
    low = _quantity(goal, _rounded(goal, shown.low), words)
    if shown.high is None:
        return say(f"至少{low}", f"at least {low}")
    high = _quantity(goal, -_rounded(goal, -shown.high), words)
    return low if shown.high == shown.low else _range(goal, low, high, words)


def _rounded(goal: Goal, value: int) -> int:
    """Return a sum rounded down to three or more digits, so that it stays a bound; a number as it is."""
    if goal.value is None or goal.value.type.kind != "money":
        return value
    step = next((step for step in (10**8, 10**6, 10**4) if abs(value) >= step * 100), 1)
    return value // step * step


def _share(item: Progress, value: int | None) -> Fraction | None:
    """Return a quantity as a part of the target."""
    wanted = item.goal.value.value if item.goal.value is not None else None
    if value is None or not isinstance(wanted, int) or not wanted:
        return None
    return Fraction(value, wanted)


def _progress(found: Targets, words: Words) -> Section:
    say = words.say
    columns = (
        Column(say("目标", "target")),
        Column(say("应达到", "to reach")),
        Column(say("至少", "at least"), "word"),
        Column(say("至多", "at most"), "word"),
        Column(say("至少完成", "done at least"), "share"),
        Column(say("未定的主体", "applicants not settled"), "number"),
        Column(say("结论", "so it is"), "word"),
        Column(say("计量日", "as of"), "word"),
    )
    rows = tuple(_row(item, item.shown, words) for item in found.measured if item.shown is not None)
    note = say(
        "“至少”只计已知的事实，“至多”把未知的都算上；金额未知、名单不完整的，无从知道至多多少。"
        "“未定的主体”缺少事实，不知是否算数或算多少。目标写成一个范围的，达到下端即为达到。",
        "“At least” counts what is known, “at most” everything that is not known as well; where a sum is not known "
        "or a list is not whole, nobody knows how much there is at most. “Not settled” are applicants of whom it is "
        "not known whether, or with how much, they count. A range is reached at its lower end.",
    )
    shown = [item for item in found.measured if item.shown is not None]
    chart = Bars(
        say(
            f"登记表所示占目标的百分比（最多画到 {_MOST}%）",
            f"What the register shows, in percent of the target (drawn up to {_MOST}%)",
        ),
        say("占目标（%）", "percent of the target"),
        tuple(item.goal.figure.label.text(words.lang) for item in shown),
        (
            Series(say("已知", "known"), tuple(_percent(item, _low(item)) for item in shown)),
            Series(say("未知的都算上", "with all that is not known"), tuple(_upper(item) for item in shown)),
        ),
        "number",
        (say("目标", "target"), 100),
        _MOST,
        tuple(_reached(item, words) for item in shown),
    )
    title = say("完成多少", "How far they are")
    table = Table(columns, rows, show=40, narrow=(0, 1, 2, 3, 5, 6))
    return Section("progress", title, say("完成情况", "progress"), table, note, (chart,))


def _row(item: Progress, shown: Shown, words: Words) -> Row:
    assert item.state is not None
    say = words.say
    return (
        item.goal.figure.label.text(words.lang),
        _wanted(item.goal, words),
        _quantity(item.goal, shown.low, words),
        say("不定", "unknown") if shown.high is None else _quantity(item.goal, shown.high, words),
        _share(item, shown.low),
        shown.unsettled,
        words.say(*_STATES[item.state]),
        shown.as_of.isoformat(),
    )


def _low(item: Progress) -> int:
    assert item.shown is not None
    return item.shown.low


def _percent(item: Progress, value: int) -> int:
    """Return a part of the target in percent for the chart, rounded down; the bars end at twice the target."""
    share = _share(item, value)
    return 0 if share is None else min((share * 100).__floor__(), _MOST)


def _upper(item: Progress) -> int:
    assert item.shown is not None
    return _MOST if item.shown.high is None else _percent(item, item.shown.high)


def _how(found: Targets, words: Words) -> Section:
    say = words.say
    policy = words.policies[found.basis.policy]
    rows = tuple(
        (
            item.goal.figure.label.text(words.lang),
            _counted(item.shown, words)
            + expression(item.shown.measure, words.vocabulary, words.lang, policy),
            say("、", ", ").join(item.target.place.at),
        )
        for item in found.measured
        if item.shown is not None
    )
    columns = (
        Column(say("目标", "target")),
        Column(say("怎么计量", "how it is measured")),
        Column(say("出处", "place")),
    )
    title = say("怎么计量", "How each was measured")
    table = Table(columns, rows, show=0)
    note = say(
        "计量方法写在政策包的 plan.yaml 里，是对文件的一种理解；几个主体共有的记录（如共建的平台）在各主体各计一次。",
        "How to measure is written in plan.yaml of the pack, and is one understanding of the document. A record that "
        "several applicants share (a platform built together) counts once with each.",
    )
    return Section("how", title, say("计量方法", "how"), table, note)


def _counted(shown: Shown, words: Words) -> str:
    if shown.measure.type.kind == "flag":
        return words.say("符合下列条件的主体数：", "applicants for which: ")
    return words.say("各主体之和：", "added up over applicants: ")


def _unanswered(found: Targets, words: Words) -> Section:
    say = words.say
    silent = say("政策包没有写明怎么计量", "the pack does not say how to measure it")
    rows: list[Row] = [
        (
            item.target.label.text(words.lang),
            item.goal.figure.label.text(words.lang),
            _wanted(item.goal, words),
            item.goal.why_not.text(words.lang) if item.goal.why_not else silent,
            _places(item.target, words),
        )
        for item in found.unmeasured
    ]
    rows += [
        (target.label.text(words.lang), "", "", say("没有数字", "it has no figure"), _places(target, words))
        for target in found.wordless
    ]
    columns = (
        Column(say("目标", "target")),
        Column(say("数字", "figure")),
        Column(say("应达到", "to reach")),
        Column(say("为什么答不了", "why not")),
        Column(say("出处", "place")),
    )
    title = say("登记表答不了的目标", "What a register cannot answer")
    table = Table(columns, tuple(rows), narrow=(0, 2, 3))
    return Section("unanswered", title, say("答不了的", "unanswered"), table)


def _places(target: Target, words: Words) -> str:
    return words.say("、", ", ").join(target.place.at)


def _source(register: Register, words: Words) -> tuple[str, ...]:
    made = words.say(
        f"来源：{register.name}，由 duixian {__version__} 按政策包的计量方法逐户计算。",
        f"Source: {register.name}, worked out applicant by applicant by duixian {__version__} as the pack says.",
    )
    return (made, *warnings(words, register))
