"""Says the terms of a measure: whether it is owed, what kind of figure it has, in what form, and how much."""

from __future__ import annotations

from duixian.language import tree as t
from duixian.language.policy import Terms
from duixian.language.prose.operators import falls_back
from duixian.language.prose.page import Lines
from duixian.language.prose.speaker import Bond, Speaker, Table

RIGHTS = {
    "entitled": ("符合条件的即应给予", "owed where the conditions hold"),
    "automatic": ("免申即享：符合条件的无须申请", "automatic: owed and paid without an application"),
    "selected": (
        "择优：符合条件的，还须经主管部门评选",
        "competitive: only if the authority chooses it",
    ),
    "case_by_case": ("一事一议：由主管部门逐案决定", "case by case: each is for the authority to decide"),
    "fund": ("设立资金，不由单个主体申请", "money set aside; nothing for an applicant to claim"),
    "none": ("只作鼓励，没有承诺资金", "encouraged only; no money is promised"),
}
SHORT_RIGHTS = {
    "entitled": ("应给予", "owed"),
    "automatic": ("免申即享", "automatic"),
    "selected": ("择优", "competitive"),
    "case_by_case": ("一事一议", "case by case"),
    "fund": ("设立资金", "a fund"),
    "none": ("鼓励", "encouragement"),
}
SUMS = {
    "exact": ("按以下数额给予", "this sum"),
    "up_to": ("上限，实际数额可以低于此数", "a ceiling; less may be given"),
    "range": ("区间，实际数额由主管部门在其中确定", "a range; the authority sets the sum within it"),
    "one_of": ("几档之一，由主管部门选定", "one of several sums; the authority picks it"),
    "by_reference": ("数额按其他规定执行，本文件没有写明", "by other rules; this document states no sum"),
    "not_stated": ("数额没有写明", "no sum is stated"),
}
FORMS = {
    "cash": ("现金", "cash"),
    "equity_and_cash": ("股权投资与资金结合", "equity and cash"),
    "voucher": ("服务券", "voucher"),
    "project_money": ("项目资金", "project money"),
    "housing": ("购房支持", "housing"),
    "other": ("其他方式", "other"),
}

_BRIEF = 60


def gives(speaker: Speaker, terms: Terms) -> Lines:
    """Yield what the terms give as lines with their depth: the sum, its tables, its ceilings."""
    if not numbered(terms):
        yield 0, speaker.pick(*SUMS[terms.sum])
        return
    told = list(_sum(speaker, terms))
    caps = _caps(speaker, terms)
    if len(told) == 1:
        yield 0, speaker.pick("，", ", ").join([told[0][1], *caps])
    else:
        yield from told
        yield from ((0, cap) for cap in caps)
    if terms.sum != "exact":
        yield 0, speaker.pick(*SUMS[terms.sum])


def brief(speaker: Speaker, terms: Terms) -> str:
    """Return what the terms give in a few words, for a list of measures."""
    if not numbered(terms):
        return speaker.pick(*SUMS[terms.sum])
    if terms.caps:
        return speaker.pick("，", ", ").join(
            [speaker.pick("按公式计算", "by a formula"), *_caps(speaker, terms)]
        )
    parts = [part for node in (terms.amount, *terms.options) if node is not None for part in t.walk(node)]
    if any(speaker.table(part) for part in parts):
        return speaker.pick("分档计算", "by a table")
    told = list(_sum(speaker, terms))
    if len(told) > 1 or len(told[0][1]) > _BRIEF:
        return speaker.pick("按公式计算", "by a formula")
    ceiling = terms.sum == "up_to"
    return speaker.pick("最高" if ceiling else "", "up to " if ceiling else "") + told[0][1]


def _caps(speaker: Speaker, terms: Terms) -> list[str]:
    return [speaker.pick("最高", "at most ") + speaker.text(cap) for cap in terms.caps]


def numbered(terms: Terms) -> bool:
    """Whether the text gives a sum, or sums to choose from."""
    return terms.amount is not None or bool(terms.options)


def _sum(speaker: Speaker, terms: Terms) -> Lines:
    if terms.sum == "one_of":
        yield 0, speaker.series([speaker.text(option) for option in terms.options], ("或", "or"))
    elif terms.sum == "range" and terms.least is not None and terms.amount is not None:
        least, most = speaker.text(terms.least), speaker.text(terms.amount)
        yield 0, speaker.pick(f"{least}至{most}", f"from {least} to {most}")
    elif terms.amount is not None:
        yield from _lines(speaker, terms.amount)


def _lines(speaker: Speaker, node: t.AnyNode, depth: int = 0) -> Lines:
    """Yield a sum in words: a choice with both its sides, a table with its rows, else one line."""
    table, times = _tabled(speaker, node)
    if table is not None:
        yield (
            depth,
            speaker.pick(f"{table.head}确定的数", f"the figure {table.head}") + times
            if times
            else table.head,
        )
        yield from ((depth + 1, row) for row in table.rows)
        yield from ((depth, note) for note in table.notes)
    elif isinstance(node, t.If) and not falls_back(node):
        yield depth, speaker.pick("如果", "if ") + speaker.text(node.condition)
        yield from _lines(speaker, node.yes, depth + 1)
        yield depth, speaker.pick("否则", "else")
        yield from _lines(speaker, node.no, depth + 1)
    else:
        yield depth, speaker.text(node)


def _tabled(speaker: Speaker, node: t.AnyNode) -> tuple[Table | None, str]:
    """Return the table that a node is, or that it is a multiple of, and the words of the multiple."""
    if isinstance(node, t.Arithmetic) and node.operator == "*" and speaker.table(node.right) is None:
        return speaker.table(node.left), f" × {speaker.text(node.right, Bond.WORD)}"
    return speaker.table(node), ""
