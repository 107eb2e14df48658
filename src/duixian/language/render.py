"""Renders checked rules as prose: an expression, a measure with its cases, a whole policy; in zh or en."""

from __future__ import annotations

from collections.abc import Iterable

from duixian.language import tree as t
from duixian.language.cases import Case
from duixian.language.policy import Measure, Policy
from duixian.language.prose import facts, lists, operators, terms
from duixian.language.prose import measure as measures
from duixian.language.prose import policy as policies
from duixian.language.prose.page import Page
from duixian.language.prose.speaker import Speaker
from duixian.language.vocabulary import Vocabulary, shared_vocabulary

_SAYS = {**facts.SAYS, **operators.SAYS, **lists.SAYS}


def expression(node: t.AnyNode, vocabulary: Vocabulary, lang: str, policy: Policy | None = None) -> str:
    """Return an expression in words; with its policy, readings and documents are called by their names.

    `lang` is `zh` or `en`. Literals are written by their values, so that a varied rule reads as varied.
    """
    return _speaker(vocabulary, lang, policy).text(node)


def measure_prose(
    policy: Policy, measure: Measure, cases: Iterable[Case], lang: str, vocabulary: Vocabulary | None = None
) -> str:
    """Return a measure as plain text for a terminal, with those of the cases that are its own."""
    speaker = _speaker(vocabulary or shared_vocabulary(), lang, policy)
    page = Page(lang)
    measures.write(speaker, page, policy, measure, cases)
    return page.text()


def amount_prose(
    policy: Policy, measure: Measure, lang: str, vocabulary: Vocabulary | None = None
) -> tuple[str, ...]:
    """Return how a measure's sum is found, as lines; then what it gives instead in some cases, by name."""
    speaker = _speaker(vocabulary or shared_vocabulary(), lang, policy)
    if not terms.numbered(measure.terms):
        return ()
    told = ["  " * depth + text for depth, text in terms.gives(speaker, measure.terms)]
    others = [speaker.label(item.label) for item in measure.instead]
    if others:
        told.append(speaker.named(speaker.pick("另有规定", "other terms"), speaker.comma(others)))
    return tuple(told)


def policy_prose(policy: Policy, lang: str, vocabulary: Vocabulary | None = None) -> str:
    """Return a policy as plain text for a terminal: the document, its measures a line each, its readings."""
    speaker = _speaker(vocabulary or shared_vocabulary(), lang, policy)
    page = Page(lang)
    policies.write(speaker, page, policy)
    return page.text()


def _speaker(vocabulary: Vocabulary, lang: str, policy: Policy | None) -> Speaker:
    return Speaker(vocabulary, lang, policy, _SAYS, lists.TABLES)
