"""The report on a policy over a range of its literals."""

from __future__ import annotations

from collections.abc import Iterator

from duixian.lab.registers import Register
from duixian.lab.report.common import basis_line, level_series, levels, register_line, source, warnings
from duixian.lab.report.document import Bars, Chart, Column, Fact, Lines, Report, Row, Section, Series, Table
from duixian.lab.report.words import Words
from duixian.lab.sweeping import Point, Sweep
from duixian.lab.variants import Vary, shown

_BARS = 24
"""Points that are drawn as bars where they do not lie on one even range."""


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
        warnings=warnings(words, register),
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
    yield Fact(say(f"现行，{most}", f"as it stands, {most}"), words.money(now))
    costs = [point.sums.at_most_fen for point in found.points]
    yield Fact(
        say(f"范围内，{most}", f"over the range, {most}"),
        say(
            f"{words.money(min(costs))} 至 {words.money(max(costs))}",
            f"{words.money(min(costs))} to {words.money(max(costs)).removeprefix('RMB ')}",
        ),
        say(f"{len(costs)} 个方案", f"{len(costs)} variants"),
    )
    if found.budget_fen is None:
        return
    label = say(f"预算 {words.money(found.budget_fen)} 以内", f"within {words.money(found.budget_fen)}")
    if found.within is None:
        yield Fact(label, say("没有", "none"), say("范围内每个方案都超出", "every variant costs more"))
        return
    point = found.points[found.within]
    cost = words.money(point.sums.at_most_fen)
    setting = say("、", ", ").join(_values(found, point, words))
    note = say(f"{most} {cost}，惠及 {point.reached:,} 个主体", f"{most} {cost}, {point.reached:,} reached")
    yield Fact(label, setting, note)


def _section(found: Sweep, words: Words) -> Section:
    say, policy = words.say, found.basis.policy
    columns = (
        *(Column(vary.address) for vary in found.varies),
        *(Column(name, "fen") for name in levels(words)),
        Column(say("较现行（最高）", "against now (at most)"), "fen"),
        Column(say("申请", "claims"), "number"),
        Column(say("主体", "applicants"), "number"),
        Column(say("备注", "remark")),
    )
    rows = tuple(_row(found, place, words) for place in range(len(found.points)))
    note = say(
        "每个方案都通过政策包的装载检查；只变动所列参数，其余规则不变，申报主体的行为也视为不变。",
        "Every variant passes the checks of a pack. Only the parameters named are varied; all other rules, and "
        "what applicants do, are taken as they are.",
    )
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
        remarks.append(words.say("预算以内最高", "most within the budget"))
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
        mark = None
        if found.budget_fen is not None:
            mark = (say("预算", "budget"), found.budget_fen)
        yield Lines(titles[0], axes[0], names, labels, cost, "fen", mark)
        yield Lines(titles[1], axes[1], names, labels, reach, "number")
        return
    some = slice(0, _BARS)
    cut = [Series(item.name, item.values[some]) for item in cost]
    more = say(f"（前{_BARS}个方案）", f" (the first {_BARS} variants)") if len(labels) > _BARS else ""
    yield Bars(titles[0] + more, axes[0], labels[some], tuple(cut))
    reached = Series(reach[0].name, reach[0].values[some])
    yield Bars(titles[1] + more, axes[1], labels[some], (reached,), "number")
