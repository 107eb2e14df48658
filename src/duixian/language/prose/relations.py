"""Tells how claims bear on each other: take the higher, what stacks on purpose, and shared ceilings."""

from __future__ import annotations

from collections.abc import Iterable

from duixian.language.policy import Bound, Measure, Overlap, Policy
from duixian.language.prose.page import Lines
from duixian.language.prose.speaker import Speaker

_SAME = {
    ("matter", "ever"): ("同一事项", "the same matter"),
    ("matter", "year"): ("同一事项同一年度", "the same matter and year"),
    ("enterprise", "ever"): ("同一申报主体", "the same applicant"),
    ("enterprise", "year"): ("同一申报主体同一年度", "the same applicant and year"),
}
_PARTNERS = {
    "city": ("本市其他政策", "another policy of the city"),
    "document": ("本文件其他措施", "another measure of this document"),
}
_SHARED = {
    "applicant": ("申报主体", "applicant"),
    "matter": ("事项", "matter"),
    "record": ("记录", "record"),
    "year": ("年度", "year"),
}


def overlap_of(policy: Policy, measure: Measure) -> tuple[Overlap, ...]:
    """Return the conflict relations that can concern a measure: those for its kinds of applicant."""
    if not measure.claimable:
        return ()
    return tuple(
        item
        for item in policy.overlap
        if (not item.only or set(item.only) & set(measure.to))
        and (not item.between or measure.id in item.between)
    )


def bounds_of(policy: Policy, measure: Measure) -> tuple[Bound, ...]:
    """Return the shared ceilings over a measure."""
    return tuple(bound for bound in policy.bounds if measure.id in bound.over)


def conflicts(speaker: Speaker, policy: Policy, items: Iterable[Overlap]) -> Lines:
    """Yield conflict relations: what must be the same, with what, and when they hold."""
    for item in items:
        same = speaker.pick(*_SAME[item.same, item.period])
        if item.between:
            named = [one for one in policy.measures if one.id in item.between]
            titles = [speaker.quote(speaker.label(one.title)) for one in named]
            both = speaker.series(titles, ("和", "and"))
            text = speaker.pick(f"{same}，{both}只给其中一项", f"{same}: only one of {both} is given")
        else:
            partners = speaker.series([_partner(speaker, name) for name in item.partners], ("或", "or"))
            text = speaker.pick(
                f"{same}，与{partners}重复的，只给较高的一项",
                f"{same}: where {partners} supports it too, only the higher is given",
            )
        yield 0, f"{text} [{item.id} {speaker.comma(item.at)}]"
        if item.only:
            kinds = speaker.series(speaker.words("applicant_kind", item.only))
            yield 1, speaker.named(speaker.pick("只对", "only for"), kinds)
        if item.when is not None:
            yield 1, speaker.where(item.when)


def _partner(speaker: Speaker, name: str) -> str:
    return speaker.pick(*_PARTNERS[name]) if name in _PARTNERS else f"[{name}]"


def stacking(speaker: Speaker, policy: Policy, measure: Measure) -> Lines:
    """Yield what a measure is given in addition to, and what it carries out."""
    for other in policy.measures:
        if other.id in measure.in_addition_to or measure.id in other.in_addition_to:
            title = speaker.quote(speaker.label(other.title))
            yield 0, speaker.pick(f"可与{title}叠加", f"stacks with {title}") + f" [{other.id}]"
    for other_id in measure.implements:
        zh, en = f"与 [{other_id}] 是同一项支持，只计一次", f"the same support as [{other_id}], counted once"
        yield 0, speaker.pick(zh, en)


def _key(speaker: Speaker, name: str) -> str:
    entity, _, field = name.partition(".")
    if field:
        return speaker.field(entity, field)
    return speaker.pick(*_SHARED[name]) if name in _SHARED else speaker.entity(name)


def ceilings(speaker: Speaker, policy: Policy, bounds: Iterable[Bound]) -> Lines:
    """Yield shared ceilings and numbers: how much, over which measures, and what the claims share."""
    for bound in bounds:
        yield 0, f"{speaker.label(bound.label)} [{bound.id} {speaker.comma(bound.at)}]"
        per = speaker.series([_key(speaker, name) for name in bound.per], ("和", "and"))
        if bound.ceiling is not None:
            most = speaker.text(bound.ceiling)
            yield 1, speaker.pick(f"同一{per}合计最高{most}", f"for the same {per} at most {most} in total")
        if bound.at_most is not None:
            most = speaker.text(bound.at_most)
            yield (
                1,
                speaker.pick(f"同一{per}最多支持{most}", f"for the same {per} at most {most} are supported"),
            )
        titles = [speaker.label(measure.title) for measure in policy.measures if measure.id in bound.over]
        yield 1, speaker.named(speaker.pick("包括", "over"), speaker.comma(titles))
        if bound.when is not None:
            yield 1, speaker.where(bound.when)
