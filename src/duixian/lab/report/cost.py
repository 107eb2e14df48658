"""The report on what a policy costs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from duixian.lab.costing import DIMENSIONS, Cost
from duixian.lab.registers import Register
from duixian.lab.report.common import (
    basis_line,
    group_bars,
    levels,
    register_line,
    source,
    warnings,
)
from duixian.lab.report.document import Bars, Column, Fact, Report, Section, Series, Table, percent
from duixian.lab.report.spread import bands, concentration
from duixian.lab.report.words import VERDICTS, Words
from duixian.lab.tally import LEVELS, Group

_TITLES = {
    "measure": ("哪些措施花钱", "What the money is for", "按措施", "by measure", "措施", "measure"),
    "district": ("钱到哪些区", "Where the money goes", "按区", "by district", "区划", "district"),
    "size": ("多大的企业得到", "How large they are", "按规模", "by size", "企业规模", "size"),
    "industry": (
        "哪些行业得到",
        "Which industries",
        "按行业",
        "by industry",
        "行业领域",
        "fields of business",
    ),
    "year": ("哪一年发生", "Which year it is for", "按年度", "by year", "年度", "year"),
}


def cost_report(found: Cost, register: Register, words: Words) -> Report:
    """Return the report: headlines, breakdowns, concentration, caps, budget."""
    say, policy = words.say, found.basis.policy
    return Report(
        lang=words.lang,
        title=say(f"政策成本：{words.policy(policy)}", f"What it costs: {words.policy(policy)}"),
        basis=(basis_line(words, found.basis), register_line(words, found.basis)),
        warnings=warnings(words, register, found.basis),
        facts=tuple(_facts(found, words)),
        sections=(
            *(_breakdown(found, words, name) for name in DIMENSIONS),
            concentration(found.spread, words),
            bands(found.spread, words),
            _limits(found, words),
            *([_budget(found, words)] if found.budget is not None else []),
            _verdicts(found, words),
        ),
        source=source(words, found.basis, register),
    )


def _facts(found: Cost, words: Words) -> Iterator[Fact]:
    say, sums = words.say, found.sums
    certain, most, decided = levels(words)
    yield Fact(certain, words.about(sums.certain_fen), say("无论未定之处如何", "whatever is still open"))
    yield Fact(most, words.about(sums.at_most_fen), say("原则上应支付", "owed in principle"))
    extra = words.about(sums.with_decisions_fen - sums.at_most_fen)
    note = say(f"其中 {extra} 取决于评审或个案决定", f"{extra} of it depends on decisions")
    yield Fact(decided, words.about(sums.with_decisions_fen), note)
    yield Fact(
        say("惠及", "reached"),
        say(f"{found.reached:,} 个主体", f"{found.reached:,} applicants"),
        say(f"{found.claims:,} 项申请，可能得到资金", f"{found.claims:,} claims for which money may come"),
    )
    if found.budget is not None:
        left = found.budget.left_out.at_most_fen
        figure = words.about(left) if left else say("够用", "it suffices")
        note = say(f"预算 {words.about(found.budget.fen)}", f"budget {words.about(found.budget.fen)}")
        yield Fact(say("预算缺口（按最高）", "beyond the budget (at most)"), figure, note)


def _money_columns(words: Words) -> tuple[Column, ...]:
    return tuple(Column(name, "fen") for name in levels(words))


def _ordered(name: str, groups: tuple[Group, ...], words: Words) -> list[Group]:
    """Return years and sizes in their own order, all else as it comes: by cost."""
    if name == "year":
        return sorted(groups, key=lambda group: (group.key is None, group.key or ""))
    sizes = list(words.vocabulary.enums.get("size", {}))
    if name == "size":
        return sorted(groups, key=lambda g: sizes.index(g.key) if g.key in sizes else len(sizes))
    return list(groups)


def _breakdown(found: Cost, words: Words, name: str) -> Section:
    say, policy = words.say, found.basis.policy
    title, brief, head = (say(*_TITLES[name][place : place + 2]) for place in (0, 2, 4))
    groups = _ordered(name, found.by[name], words)
    most = found.sums.at_most_fen
    rows = [
        (
            words.key(policy, name, group.key),
            *_sums(group),
            Fraction(group.sums.at_most_fen, most) if most else None,
            group.claims,
            group.applicants,
        )
        for group in groups
    ]
    columns = (
        Column(head),
        *_money_columns(words),
        Column(say("占最高", "share of at most"), "share"),
        Column(say("申请", "claims"), "number"),
        Column(say("主体", "applicants"), "number"),
    )
    share = Fraction(1) if most else None
    sums = found.sums
    total = (
        say("合计", "total"),
        sums.certain_fen,
        sums.at_most_fen,
        sums.with_decisions_fen,
        share,
        found.claims,
        found.reached,
    )
    chart = group_bars(words, policy, name, groups, say(f"成本，{brief}", f"Cost {brief}"))
    notes = {
        "measure": say(
            "一个主体可有几项申请，因此各行主体数之和可以大于合计。",
            "An applicant may have several claims, so the applicants of the rows may add up to more than the total.",
        ),
        "district": say("按申报主体的注册地。", "By the applicant's place of registration."),
        "industry": say(
            "兼营几个领域的主体，其几个领域合为一行，不重复计算。",
            "An applicant in several fields is counted once, under all of them together.",
        ),
        "year": say(
            "按申请所依据的事件发生的年度，不是付款的年度。",
            "By the year of the event on which the claim rests, not that of payment.",
        ),
    }
    charts = (chart,) if chart.labels else ()
    return Section(
        f"by-{name}", title, brief, Table(columns, tuple(rows), total), notes.get(name, ""), charts
    )


def _sums(group: Group) -> tuple[int, int, int]:
    return group.sums.certain_fen, group.sums.at_most_fen, group.sums.with_decisions_fen


def _limits(found: Cost, words: Words) -> Section:
    say, policy = words.say, found.basis.policy
    rows = tuple(
        (
            words.measure(policy, item.of) if item.kind == "cap" else words.bound(policy, item.of),
            say("封顶", "cap") if item.kind == "cap" else say("共享上限", "shared bound"),
            say("、", ", ").join([*map(words.money, item.fen), *item.figures]) or "—",
            item.binds,
            item.among,
            item.held_back_fen,
        )
        for item in found.limits
    )
    columns = (
        Column(say("措施或上限", "measure or bound")),
        Column(say("种类", "kind")),
        Column(say("限额", "figures")),
        Column(say("触及", "binds"), "number"),
        Column(say("共有", "among"), "number"),
        Column(say("压减", "held back"), "fen"),
    )
    note = say(
        "封顶数的是有金额的申请，压减是没有封顶时各项申请会多出的金额（就高不重复之前）；"
        "共享上限数的是主体，压减是没有它时会多付的金额。",
        "A cap is counted in claims that have a sum; what it holds back is what these would have more without it "
        "(before take-the-higher). A shared bound is counted in applicants; what it holds back is what would "
        "be paid more without it.",
    )
    bound = [(row[0], item.held_back_fen) for row, item in zip(rows, found.limits, strict=True) if item.binds]
    chart = Bars(
        say("封顶和上限压减的金额", "What caps and bounds hold back"),
        say("金额", "sum"),
        tuple(str(name) for name, _ in bound[:10]),
        (Series(say("压减", "held back"), tuple(fen for _, fen in bound[:10])),),
    )
    title = say("哪些封顶起作用", "Which caps bind")
    return Section(
        "caps", title, say("封顶", "caps"), Table(columns, rows), note, (chart,) if chart.labels else ()
    )


def _budget(found: Cost, words: Words) -> Section:
    budget = found.budget
    assert budget is not None
    say, sums, left = words.say, found.sums, budget.left_out
    pairs = [(getattr(sums, level), getattr(left, level)) for level in LEVELS]
    unpaid = ((None, None), (budget.unpaid_least, budget.unpaid_most), (None, None))
    rows = tuple(
        (name, cost, budget.fen, out, *without)
        for name, (cost, out), without in zip(levels(words), pairs, unpaid, strict=True)
    )
    columns = (
        Column(say("哪种成本", "cost")),
        Column(say("金额", "sum"), "fen"),
        Column(say("预算", "budget"), "fen"),
        Column(say("缺口", "beyond the budget"), "fen"),
        Column(say("先付小额，得不到全额的主体", "not paid in full, smallest first"), "number"),
        Column(say("先付大额，得不到全额的主体", "not paid in full, largest first"), "number"),
    )
    note = say("预算足以支付“最高”。", "The budget pays for all that is owed at most.")
    if left.at_most_fen:
        note = say(
            f"按“最高”，预算够付 {percent(budget.share)}。政策没有写明先后：先付小额，"
            f"有 {budget.unpaid_least:,} 户得不到全额；先付大额，有 {budget.unpaid_most:,} 户得不到。",
            f"The budget pays {percent(budget.share)} of what is owed at most. The policy names no order: with the "
            f"smallest sums first {budget.unpaid_least:,} applicants go without their full sum, with the "
            f"largest first {budget.unpaid_most:,}.",
        )
    chart = Bars(
        say("成本与预算", "Cost and budget"),
        say("金额", "sum"),
        (*(str(row[0]) for row in rows), say("预算", "budget")),
        (Series(say("金额", "sum"), (*(int(row[1]) for row in rows), budget.fen)),),
    )
    title = say("预算之外", "What the budget leaves out")
    table = Table(columns, rows, narrow=(0, 1, 2, 3))
    return Section("budget", title, say("预算", "budget"), table, note, (chart,))


def _verdicts(found: Cost, words: Words) -> Section:
    say = words.say
    order = [name for name in VERDICTS if found.verdicts.get(name)]
    rows = tuple((say(*VERDICTS[name]), found.verdicts[name]) for name in order)
    columns = (Column(say("结论", "verdict")), Column(say("申请", "claims"), "number"))
    note = say(
        f"{found.undetermined:,} 项因缺少事实而待定，{found.not_stated:,} 项没有写明金额：它们不在成本之内，"
        "实际支出可能更高。",
        f"{found.undetermined:,} claims are open for want of facts and {found.not_stated:,} promise no stated "
        "sum: they are not in the cost, and more may be spent.",
    )
    total = (say("合计", "total"), sum(found.verdicts.values()))
    title = say("全部申请的结论", "What became of every claim")
    return Section("verdicts", title, say("结论", "verdicts"), Table(columns, rows, total), note)
