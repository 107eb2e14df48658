"""Tells a policy as a whole: the document, whom it is for, its measures a line each, and its readings."""

from __future__ import annotations

from duixian.language.policy import Policy
from duixian.language.prose import literals, relations, terms
from duixian.language.prose.measure import conditions
from duixian.language.prose.page import Lines, Page
from duixian.language.prose.readings import readings
from duixian.language.prose.speaker import Speaker

_KINDS = {
    "issued": ("正式印发", "issued"),
    "draft": ("草案，通过之前不产生权利", "a draft, which gives no right until it is adopted"),
}


def write(speaker: Speaker, page: Page, policy: Policy) -> None:
    """Write what a policy is and all that it holds, each measure in one line."""
    page.title(f"{speaker.label(policy.title)} [{policy.id}]")
    page.item("文号", "Number", policy.number)
    page.item("发文机关", "Issuer", speaker.comma(policy.issuer))
    page.item("行政区划", "Division", policy.city)
    page.item("性质", "Kind", speaker.pick(*_KINDS[policy.kind]))
    _days(speaker, page, policy)
    page.section("相关文件", "Documents named", _documents(speaker, policy))
    page.section("共同条件", "Conditions of every measure", conditions(speaker, policy.scope))
    count = len(policy.measures)
    page.section(f"措施（{count}项）", f"Measures ({count})", _measures(speaker, policy))
    page.section("就高不重复", "Take the higher", relations.conflicts(speaker, policy, policy.overlap))
    page.section("合计上限", "Shared ceilings", relations.ceilings(speaker, policy, policy.bounds))
    count = len(policy.readings)
    page.section(f"解释口径（{count}项）", f"Readings ({count})", readings(speaker, policy.readings))
    page.item("不给资金的语句", "Statements that give no money", str(len(policy.statements)))
    page.item("目标和任务", "Targets and tasks", str(len(policy.targets)))


def _days(speaker: Speaker, page: Page, policy: Policy) -> None:
    if policy.issued:
        page.item("印发", "Issued", literals.day(policy.issued, speaker.lang))
    blank = speaker.pick("没有写明", "not stated")
    page.item("施行", "Starts", speaker.text(policy.starts) if policy.starts else blank)
    page.item("失效", "Ends", speaker.text(policy.ends) if policy.ends else blank)


def _documents(speaker: Speaker, policy: Policy) -> Lines:
    for name, document in policy.documents.items():
        ends = speaker.pick("失效日不详", "last day unknown")
        if document.ends:
            day = literals.day(document.ends, speaker.lang)
            ends = speaker.pick(f"{day}失效", f"last day {day}")
        yield 0, speaker.named(f"{speaker.label(document.title)} {document.number} [{name}]", ends)


def _measures(speaker: Speaker, policy: Policy) -> Lines:
    for item in policy.measures:
        short = speaker.pick(*terms.SHORT_RIGHTS[item.terms.right])
        if item.claimable:
            short = terms.brief(speaker, item.terms) + speaker.pick("，", ", ") + short
        yield 0, speaker.named(f"{item.at} {speaker.label(item.title)} [{item.id}]", short)
