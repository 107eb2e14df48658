"""Tells the readings of a policy, and finds those on which a measure rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duixian.language import tree as t
from duixian.language.policy import Measure, Policy, Reading
from duixian.language.prose import relations
from duixian.language.prose.page import Lines
from duixian.language.prose.speaker import Speaker


def readings(speaker: Speaker, found: Iterable[Reading]) -> Lines:
    """Yield readings with their question, choices and reason."""
    for reading in found:
        yield 0, speaker.named(reading.id, speaker.label(reading.question))
        for choice in reading.choices:
            default = speaker.pick("（默认）", " (default)") if choice.id == reading.default else ""
            yield 1, speaker.named(choice.id, speaker.label(choice.label)) + default
        if not reading.default:
            yield 1, speaker.pick("没有默认选择，结果待定", "no default: the answer stays open")
        yield 1, speaker.named(speaker.pick("理由", "reason"), speaker.label(reading.reason))


def rests_on(policy: Policy, measure: Measure) -> tuple[Reading, ...]:
    """Return the readings that a measure rests on, its bounds, conflicts and days in force included."""
    if not measure.claimable:
        return ()
    nodes = [*expressions(measure), policy.starts, policy.ends]
    nodes += [item.when for item in relations.overlap_of(policy, measure)]
    for bound in relations.bounds_of(policy, measure):
        nodes += [bound.ceiling, bound.at_most, bound.when]
    parts = (part for node in nodes if node is not None for part in t.walk(node))
    used = {part.id for part in parts if isinstance(part, t.Chosen)}
    return tuple(reading for reading in policy.readings if reading.id in used)


def expressions(measure: Measure) -> Iterator[t.AnyNode]:
    """Yield every expression of a measure, inherited conditions included."""
    nodes = [measure.which, *(condition.test for condition in measure.conditions)]
    for terms in (measure.terms, *(item.terms for item in measure.instead)):
        nodes += [terms.amount, terms.least, *terms.options, *terms.caps]
    nodes += [measure.apply_by, *(item.when for item in measure.instead)]
    for stage in measure.stages:
        nodes += [stage.share, stage.begins, *(condition.test for condition in stage.conditions)]
    if measure.claw_back:
        nodes.append(measure.claw_back.until)
    return (node for node in nodes if node is not None)
