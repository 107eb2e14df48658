"""What all reports of the lab share: their basis, warnings, source lines, and charts of a breakdown."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from duixian import __version__
from duixian.lab.costing import Basis
from duixian.lab.registers import Register
from duixian.lab.report.document import Bars, Series
from duixian.lab.report.words import Words
from duixian.lab.tally import Group, Sums
from duixian.register.conform import in_words

_MOST = 10
"""Bars of one chart; the rest is one bar together."""


def levels(words: Words) -> tuple[str, str, str]:
    """Return the names of the three costs."""
    return (
        words.say("确定", "certain"),
        words.say("最高", "at most"),
        words.say("含评审", "with decisions"),
    )


def basis_line(words: Words, basis: Basis, readings: Collection[str] = ()) -> str:
    """Say of which policy and day the figures are, and under which readings: those chosen, and these others."""
    line = words.say(
        f"{words.policy(basis.policy)}，申报日 {basis.on}",
        f"{words.policy(basis.policy)}, applied for on {basis.on}",
    )
    if basis.if_adopted is not None:
        line += words.say(f"，假设草案于 {basis.if_adopted} 施行", f", if adopted on {basis.if_adopted}")
    chosen = {name.rpartition("/")[2]: choice for name, choice in basis.readings.items()}
    for id in sorted({*chosen, *readings}):
        told = words.reading(basis.policy, id, chosen.get(id, ""))
        line += words.say(f"，口径：{told}", f"; reading: {told}")
    return line


def register_line(words: Words, basis: Basis) -> str:
    """Say of which register the figures are."""
    return words.say(
        f"登记表：{basis.register}，{basis.applicants:,} 个申报主体",
        f"Register: {basis.register}, {basis.applicants:,} applicants",
    )


def warnings(words: Words, register: Register, *bases: Basis) -> tuple[str, ...]:
    """Return what must be said first of the register, and of the columns that it lacks for these figures."""
    notes = [register.note.text(words.lang)] if register.note.zh else []
    if bases and not bases[0].applicants:
        notes.append(words.say("登记表里没有申报主体", "There is no applicant in the register"))
    lacking = dict.fromkeys(column for basis in bases for column in basis.missing)
    if lacking:
        names = list(map(in_words, lacking))
        zh, en = "、".join(names), ", ".join(names)
        notes.append(
            words.say(
                f"登记表没有这些列，按未知处理，结果可能因此偏低：{zh}",
                f"The register lacks these columns; their facts are unknown, so figures may be too low: {en}",
            )
        )
    return tuple(notes)


def source(words: Words, basis: Basis, register: Register) -> tuple[str, ...]:
    """Return the lines that end a report: from what, by what, and what the three costs mean."""
    meaning = words.say(
        "确定：无论未定之处如何都应支付；最高：原则上应支付，按上限计；含评审：若择优评审和个案决定都有利。"
        "均已扣除就高不重复和共享上限；缺少事实而待定的、没有写明金额的申请不计入。",
        "Certain: owed whatever is still open. At most: owed in principle, ceilings counted in full. With "
        "decisions: if every selection and case-by-case decision falls well. All after take-the-higher and "
        "shared ceilings; claims that are open for want of facts, or promise no stated sum, are not in them.",
    )
    made = words.say(
        f"来源：{register.name}，由 duixian {__version__} 按政策规则逐户计算；"
        "图中数字四舍五入，每种颜色止于其金额；表和 CSV 精确到分。",
        f"Source: {register.name}, worked out applicant by applicant by duixian {__version__}. Figures in "
        "charts are rounded, and each colour ends at its sum; tables and CSV are exact to the fen.",
    )
    return (meaning, made, *warnings(words, register))


def level_series(words: Words, rows: Sequence[Sums]) -> tuple[Series, ...]:
    """Return the three costs of several rows as the series of a chart."""
    columns = zip(*((row.certain_fen, row.at_most_fen, row.with_decisions_fen) for row in rows), strict=True)
    found = list(columns) or [(), (), ()]
    return tuple(Series(name, tuple(values)) for name, values in zip(levels(words), found, strict=True))


def level_title(words: Words, title: str) -> str:
    """Return the title of a chart of the three costs with what the one figure beside each bar is."""
    return words.say(f"{title}（条旁数字为含评审）", f"{title} (beside each bar: with decisions)")


def group_bars(words: Words, policy: str, dimension: str, groups: Sequence[Group], title: str) -> Bars:
    """Return a chart of a breakdown: the groups as they come, the rest beyond ten as one bar."""
    groups = [group for group in groups if group.sums != Sums()]
    shown, rest = groups[:_MOST], groups[_MOST:]
    labels = [words.key(policy, dimension, group.key) for group in shown]
    sums = [group.sums for group in shown]
    if rest:
        labels.append(words.say(f"其余{len(rest)}项", f"the other {len(rest)}"))
        sums.append(sum((group.sums for group in rest), start=Sums()))
    return Bars(
        level_title(words, title), words.say("金额", "cost"), tuple(labels), level_series(words, sums)
    )
