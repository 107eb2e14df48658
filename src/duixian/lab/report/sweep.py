"""The report on a policy over a range of its literals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from duixian.lab.registers import Register
from duixian.lab.report.common import (
    basis_line,
    level_series,
    level_title,
    levels,
    register_line,
    source,
    warnings,
)
from duixian.lab.report.document import Bars, Chart, Column, Fact, Lines, Report, Row, Section, Series, Table
from duixian.lab.report.words import Words
from duixian.lab.runs import Point
from duixian.lab.seeking import Direction
from duixian.lab.sweeping import Sweep
from duixian.lab.variants import Vary, shown

_FOUND: dict[Direction, tuple[str, str]] = {
    "rising": ("最大的设定", "largest setting"),
    "falling": ("最小的设定", "smallest setting"),
    "flat": ("最大的设定", "largest setting"),
    "mixed": ("成本最高的方案", "costliest variant"),
}
_WAYS: dict[Direction, tuple[str, str]] = {
    "rising": ("参数越大成本越高，或不变", "a larger one never costs less"),
    "falling": ("参数越大成本越低，或不变", "a larger one never costs more"),
    "flat": ("成本不随参数变化", "the cost is the same"),
    "mixed": ("成本随参数有升有降，不能折半查找", "the cost goes up and down, so it cannot be halved"),
}
_BARS = 24
"""Points that are drawn as bars where they do not lie on one even range."""
_LINES = 4
"""Values of one of two parameters that are drawn as a line each."""


def sweep_report(found: Sweep, register: Register, words: Words) -> Report:
    """Return the report: what the range does to cost and reach, and which setting meets the budget."""
    say, policy = words.say, found.basis.policy
    return Report(
        lang=words.lang,
        title=say(f"参数变动：{words.policy(policy)}", f"What if it changes: {words.policy(policy)}"),
        basis=(
            basis_line(words, found.basis),
            register_line(words, found.basis),
            *(_told(vary, policy, words) for vary in found.varies),
        ),
        warnings=warnings(words, register, found.basis),
        facts=tuple(_facts(found, words)),
        sections=(_section(found, words),),
        source=source(words, found.basis, register),
    )


def _told(vary: Vary, policy: str, words: Words) -> str:
    present = shown(vary.present, words.lang, vary.kind)
    name = _name(vary, policy, words)
    return words.say(f"变动：{name}，现为 {present}", f"Varied: {name}, now {present}")


def _name(vary: Vary, policy: str, words: Words) -> str:
    head = vary.address.partition(".")[0]
    title = words.measure(policy, head)
    return vary.address if title == head else f"{title} [{vary.address}]"


def _values(found: Sweep, point: Point, words: Words) -> list[str]:
    pairs = zip(found.varies, point.values, strict=True)
    return [shown(value, words.lang, vary.kind) for vary, value in pairs]


def _facts(found: Sweep, words: Words) -> Iterator[Fact]:
    say = words.say
    most = say("最高", "at most")
    now = found.present.sums.at_most_fen
    yield Fact(say(f"现行，{most}", f"as it stands, {most}"), words.about(now))
    costs = [point.sums.at_most_fen for point in found.points]
    yield Fact(
        say(f"范围内，{most}", f"over the range, {most}"),
        say(
            f"{words.about(min(costs))}至{words.about(max(costs)).removeprefix('约')}",
            f"{words.about(min(costs))} to {words.about(max(costs)).removeprefix('about ')}",
        ),
        say(f"{len(costs)} 个方案", f"{len(costs)} variants"),
    )
    if found.budget_fen is None:
        return
    budget = words.about(found.budget_fen)
    zh, en = _FOUND[found.search.direction if found.search else "mixed"]
    label = say(f"预算{budget}以内，{zh}", f"{en} within {budget}")
    if found.within is None:
        yield Fact(label, say("没有", "none"), say("范围内每个方案都超出", "every variant costs more"))
        return
    yield Fact(label, _setting(found, found.points[found.within], words), _kept(found, words))


def _setting(found: Sweep, point: Point, words: Words) -> str:
    return words.say("、", ", ").join(_values(found, point, words))


def _kept(found: Sweep, words: Words) -> str:
    """Return what the setting that meets the budget costs, and the next one that does not."""
    assert found.within is not None
    say, point = words.say, found.points[found.within]
    cost = words.money(point.sums.at_most_fen)
    told = say(f"最高 {cost}，惠及 {point.reached:,} 个主体", f"at most {cost}, {point.reached:,} reached")
    beyond = found.search.beyond if found.search else None
    if beyond is None:
        return told
    more, setting = words.money(beyond.sums.at_most_fen), _setting(found, beyond, words)
    return told + say(f"；下一档 {setting} 要 {more}", f"; the next, {setting}, costs {more}")


def _searched(found: Sweep, words: Words) -> str:
    """Return how the setting that meets the budget was looked for."""
    search, tried = found.search, len(found.points)
    if search is None:
        return ""
    zh, en = _WAYS[search.direction]
    if tried == search.of:
        told = words.say(f"范围内 {search.of:,} 个设定都试过。", f"All {search.of:,} settings were tried. ")
    else:
        told = words.say(
            f"范围内 {search.of:,} 个设定，先均匀地试，再逐步逼近预算，共试了 {tried:,} 个。",
            f"Of {search.of:,} settings {tried:,} were tried, first evenly, then ever closer to the budget. ",
        )
    return told + words.say(f"在试过的设定上，{zh}。", f"On those that were tried {en}.")


def _section(found: Sweep, words: Words) -> Section:
    say, policy = words.say, found.basis.policy
    columns = (
        *(Column(vary.address, "word") for vary in found.varies),
        *(Column(name, "fen") for name in levels(words)),
        Column(say("较现行（最高）", "against now (at most)"), "fen"),
        Column(say("申请", "claims"), "number"),
        Column(say("主体", "applicants"), "number"),
        Column(say("备注", "remark"), "word"),
    )
    rows = tuple(_row(found, place, words) for place in range(len(found.points)))
    note = say(
        "每个方案都通过政策包的装载检查；只变动所列参数，其余规则不变，申报主体的行为也视为不变。",
        "Every variant passes the checks of a pack. Only the parameters named are varied; all other rules, and "
        "what applicants do, are taken as they are.",
    )
    note = say("", " ").join(filter(None, (_searched(found, words), note)))
    names = "；".join(_name(vary, policy, words) for vary in found.varies)
    title = say("成本与惠及面", "Cost and reach")
    many = len(found.varies)
    narrow = (*range(many), *(many + place for place in (1, 2, 3, 5, 6)))
    table = Table(columns, rows, show=60, narrow=narrow)
    charts = tuple(_charts(found, names, words))
    return Section("sweep", title, say("方案", "variants"), table, note, charts)


def _row(found: Sweep, place: int, words: Words) -> Row:
    point = found.points[place]
    sums, now = point.sums, found.present
    remarks = [words.say("现行", "as it stands")] if point.values == now.values else []
    if place == found.within:
        remarks.append(words.say("选定", "chosen"))
    elif found.budget_fen is not None and sums.at_most_fen <= found.budget_fen:
        remarks.append(words.say("预算内", "in budget"))
    return (
        *_values(found, point, words),
        sums.certain_fen,
        sums.at_most_fen,
        sums.with_decisions_fen,
        sums.at_most_fen - now.sums.at_most_fen,
        point.claims,
        point.reached,
        words.say("，", ", ").join(remarks),
    )


def _charts(found: Sweep, names: str, words: Words) -> Iterator[Chart]:
    say = words.say
    labels = tuple(say("、", ", ").join(_values(found, point, words)) for point in found.points)
    cost = level_series(words, [point.sums for point in found.points])
    reach = (Series(say("主体", "applicants"), tuple(point.reached for point in found.points)),)
    titles = say("成本", "Cost"), say("惠及多少主体", "How many are reached")
    axes = say("金额", "cost"), say("主体（户）", "applicants")
    if len(found.varies) == 1 and found.varies[0].even and len(labels) > 1:
        steps = {value: place for place, value in enumerate(found.varies[0].values)}
        positions = tuple(steps[point.values[0]] for point in found.points)
        mark = None
        if found.budget_fen is not None:
            mark = (say("预算", "budget"), found.budget_fen)
        yield Lines(titles[0], axes[0], names, labels, cost, "fen", mark, positions)
        yield Lines(titles[1], axes[1], names, labels, reach, "number", None, positions)
        return
    if len(found.varies) == 2 and min(len(vary.values) for vary in found.varies) <= _LINES:
        yield from _crossed(found, words)
        return
    begin = max(0, min((found.within or 0) - _BARS // 2, len(labels) - _BARS))
    some = slice(begin, begin + _BARS)
    cut = [Series(item.name, item.values[some]) for item in cost]
    shown_ = f"{begin + 1}–{min(begin + _BARS, len(labels))}"
    more = say(f"（第{shown_}个方案）", f" (variants {shown_})") if len(labels) > _BARS else ""
    budget = None if found.budget_fen is None else (say("预算", "budget"), found.budget_fen)
    title = level_title(words, titles[0]) + more
    yield Bars(title, axes[0], labels[some], tuple(cut), mark=budget)
    reached = Series(reach[0].name, reach[0].values[some])
    yield Bars(titles[1] + more, axes[1], labels[some], (reached,), "number")


def _crossed(found: Sweep, words: Words) -> Iterator[Chart]:
    """Draw two parameters: the steps of one from left to right, a line for each value of the other."""
    say, policy = words.say, found.basis.policy
    lines = 1 if len(found.varies[1].values) <= _LINES else 0
    steps, of = found.varies[1 - lines], found.varies[lines]
    points = {point.values: point for point in found.points}

    def values(figure: Callable[[Point], int]) -> tuple[Series, ...]:
        made = [tuple(figure(points[(x, y) if lines else (y, x)]) for x in steps.values) for y in of.values]
        if len(set(made)) == 1:
            return (Series(say("各值相同", "all alike"), made[0]),)
        names = [shown(value, words.lang, of.kind) for value in of.values]
        return tuple(Series(name, line) for name, line in zip(names, made, strict=True))

    told = say(f"，每线一个 {_name(of, policy, words)}", f", one line for each {_name(of, policy, words)}")
    labels = tuple(shown(value, words.lang, steps.kind) for value in steps.values)
    across = _name(steps, policy, words)
    mark = None if found.budget_fen is None else (say("预算", "budget"), found.budget_fen)
    cost = values(lambda point: point.sums.at_most_fen)
    title = say("成本（最高）", "Cost (at most)") + told
    yield Lines(title, say("金额", "cost"), across, labels, cost, "fen", mark)
    reach = values(lambda point: point.reached)
    title = say("惠及多少主体", "How many are reached") + told
    yield Lines(title, say("主体（户）", "applicants"), across, labels, reach, "number")
