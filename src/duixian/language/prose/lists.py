"""Says what is worked out over lists and tables: counts and totals, first times, steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from duixian.language import tree as t
from duixian.language.prose.facts import beside
from duixian.language.prose.speaker import Bond, Said, Speaker, Table

_AGGREGATES = {
    "count": ("{what}的数量", "the number of {what}"),
    "any": ("有{what}", "there is at least one of the {what}"),
    "none": ("没有{what}", "there are no {what}"),
    "sum": ("{what}的{field}合计", "the total of {field} over the {what}"),
    "highest": ("{what}中{most}的{field}", "the {most} {field} among the {what}"),
    "lowest": ("{what}中{least}的{field}", "the {least} {field} among the {what}"),
}
_MOST = {False: ("最高", "highest"), True: ("最晚", "latest")}
_LEAST = {False: ("最低", "lowest"), True: ("最早", "earliest")}
_OF_TWO = {
    ("min", True): ("较早者", "earlier"),
    ("max", True): ("较晚者", "later"),
    ("min", False): ("较低者", "lower"),
    ("max", False): ("较高者", "higher"),
}


def _aggregate(speaker: Speaker, node: t.Aggregate) -> Said:
    entity = speaker.entity(node.entity)
    where = replace(speaker, listed=True).text(node.where) if node.where is not None else ""
    zh = f"满足{speaker.quote(where)}的{entity}记录" if where else f"{entity}记录"
    en = f"“{entity}” records" + (f" with ({where})" if where else "")
    days = _timed(node)
    text = speaker.pick(*_AGGREGATES[node.function]).format(
        what=speaker.pick(zh, en),
        field=speaker.field(node.entity, node.value.field) if isinstance(node.value, t.Get) else "",
        most=speaker.pick(*_MOST[days]),
        least=speaker.pick(*_LEAST[days]),
    )
    return Said(text, Bond.TEST if node.type.kind == "flag" else Bond.WORD)


def _first(speaker: Speaker, node: t.First) -> Said:
    entity = speaker.entity(node.entity)
    keys = speaker.series([speaker.field(node.entity, key) for key in node.keys])
    zh = f"此前没有{keys}相同的{entity}记录" if keys else f"此前没有{entity}记录"
    en = f"there is no earlier “{entity}” record" + (f" with the same {keys}" if keys else "")
    return Said(speaker.pick(zh, en), Bond.TEST)


def _extreme(speaker: Speaker, node: t.Extreme) -> Said:
    days = _timed(node)
    items = speaker.series([speaker.text(item, Bond.SUM) for item in node.items], ("与", "and"))
    zh, en = _OF_TWO[node.function, days]
    if len(node.items) > 2:
        zh, en = (_LEAST if node.function == "min" else _MOST)[days]
        zh = f"{zh}者"
    return Said(speaker.pick(f"{items}中{zh}", f"the {en} of {items}"), Bond.SUM)


def _timed(node: t.AnyNode) -> bool:
    return node.type.kind in ("date", "year")


def _tabled(speaker: Speaker, node: t.Match | t.Steps | t.Crossing) -> Said:
    table = TABLES[type(node)](speaker, node)
    rows = speaker.pick("；", "; ").join((*table.rows, *table.notes))
    return Said(speaker.pick(f"{table.head}确定的数（{rows}）", f"the figure {table.head} ({rows})"))


def _rows(speaker: Speaker, subject: t.AnyNode, rows: Sequence[t.Row], other: str) -> tuple[str, ...]:
    told = (speaker.named(beside(speaker, row.key, subject), speaker.text(row.value)) for row in rows)
    return (*told, other)


def _match(speaker: Speaker, node: t.Match) -> Table:
    subject = speaker.text(node.subject, Bond.SUM)
    other = speaker.pick("其余：没有", "otherwise: nothing")
    return Table(
        speaker.pick(f"按{subject}", f"by {subject}"), _rows(speaker, node.subject, node.rows, other)
    )


def _steps(speaker: Speaker, node: t.Steps) -> Table:
    subject = speaker.text(node.subject, Bond.SUM)
    head = speaker.pick(f"按{subject}达到的最高一档", f"by the highest step that {subject} reaches")
    other = speaker.pick("未达到第一档：没有", "below the first step: nothing")
    return Table(head, _rows(speaker, node.subject, node.rows, other))


def _crossing(speaker: Speaker, node: t.Crossing) -> Table:
    now = speaker.text(node.now, Bond.SUM)
    head = speaker.pick(
        f"按{now}越过而此前没有越过的台阶", f"by the steps that {now} passes and that were not passed before"
    )
    rows = _rows(speaker, node.now, node.rows, speaker.pick("没有越过：没有", "no step passed: nothing"))
    notes = (
        (("此前的数", "the figure before"), node.before),
        (("正好等于台阶不算越过的情形", "a step must be exceeded where"), node.strict),
        (("越过几档即相加的情形（其余只按最高一档）", "several steps add up where"), node.several),
    )
    told = (speaker.named(speaker.pick(*name), speaker.text(part)) for name, part in notes)
    return Table(head, rows, tuple(told))


TABLES: Mapping[type, Callable[[Speaker, Any], Table]] = {
    t.Match: _match,
    t.Steps: _steps,
    t.Crossing: _crossing,
}
SAYS: Mapping[type, Callable[[Speaker, Any], Said]] = {
    t.Aggregate: _aggregate,
    t.First: _first,
    t.Extreme: _extreme,
    t.Match: _tabled,
    t.Steps: _tabled,
    t.Crossing: _tabled,
}
