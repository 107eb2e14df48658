"""Judges a claim: from conditions that hold or not, and the terms, to a verdict and an interval in fen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from duixian.engine import words
from duixian.engine.context import Context, Frame
from duixian.engine.result import ConditionResult, Outcome, Verdict
from duixian.engine.rules import Rule, Sums
from duixian.engine.showing import plain
from duixian.engine.values import Truth, bounds, greatest, least, to_fen
from duixian.register.applicant import Facts

_NOT_OWED: dict[str, Verdict] = {"selected": "competitive_up_to", "case_by_case": "case_by_case"}
_DECIDABLE = ("competitive_up_to", "case_by_case", "eligible_up_to")
NO_NUMBER = ("by_reference", "not_stated")
NOTHING = Outcome("ineligible", 0, 0)
NOT_IN_FORCE = Outcome("not_in_force", 0, 0)
NONE: tuple[ConditionResult, ...] = ()
Judgement = tuple[Outcome, tuple[ConditionResult, ...]]
"""An outcome as if the policy were in force, and the conditions that the sum and a decision add."""


def judge(
    rule: Rule, record: Facts | None, context: Context, holds: Sequence[Truth], paid: int, lang: str
) -> Judgement:
    """Return the outcome of a claim whose conditions hold so, net of what was paid."""
    if False in holds:
        context.missing.clear()
        return NOTHING, NONE
    outcome, extra = _outcome(rule, context, holds, paid, lang)
    decision = _decision(rule, record, context.frame) if outcome.verdict in _DECIDABLE else None
    if decision is not None and (outcome.verdict in _NOT_OWED.values() or "amount" in decision):
        low = _interval(terms(rule, context), context, paid)[0]
        return _decided(rule, outcome, decision, paid, low, lang)
    return outcome, extra


def terms(rule: Rule, context: Context) -> Sums:
    """Return the terms that hold: those of the first override whose condition holds, else the measure's.

    Where that is not known, the first that may hold.
    """
    return next(_possible(rule, context))


def _possible(rule: Rule, context: Context) -> Iterator[Sums]:
    """Yield the terms that may hold as far as is known; only one where the overrides are settled."""
    for when, sums in rule.instead:
        held = when(context)
        if held is not False:
            yield sums
        if held:
            return
    yield rule.sums


def _outcome(rule: Rule, context: Context, holds: Sequence[Truth], paid: int, lang: str) -> Judgement:
    sums, *others = _possible(rule, context) if rule.instead else (rule.sums,)
    if others:
        tops = [_interval(item, context, paid)[1] for item in (sums, *others)]
        if all(top == 0 for top in tops) and not paid:
            return _nothing(rule, context, lang)
        known_tops = [top for top in tops if top is not None]
        return Outcome("undetermined", 0, max(known_tops) if len(known_tops) == len(tops) else None), NONE
    known = None not in holds
    if sums.terms.sum in NO_NUMBER:
        if not known:
            return Outcome("undetermined", 0, None), NONE
        case = sums.terms.right == "case_by_case"
        return Outcome("case_by_case" if case else "amount_not_stated", None, None), NONE
    low, high, settled = _interval(sums, context, paid)
    if settled and high == 0 and not paid:
        return _nothing(rule, context, lang)
    if not known or not settled:
        return Outcome("undetermined", 0, high), NONE
    special = _NOT_OWED.get(sums.terms.right)
    if special is not None:
        return Outcome(special, 0, high), NONE
    return Outcome("eligible" if sums.terms.sum == "exact" else "eligible_up_to", low, high), NONE


def _nothing(rule: Rule, context: Context, lang: str) -> Judgement:
    """Return the outcome of a sum that comes to nothing whatever is still open."""
    context.missing.clear()
    return NOTHING, (ConditionResult("positive", False, words.positive(lang), rule.measure.at, {}),)


def _interval(sums: Sums, context: Context, paid: int) -> tuple[int, int | None, bool]:
    """Return least and greatest in fen, net of what was paid, and whether known facts settle both."""
    kind = sums.terms.sum
    if kind in NO_NUMBER:
        return 0, None, True
    caps = [code(context) for code in sums.caps]
    codes = sums.options if kind == "one_of" else () if sums.amount is None else (sums.amount,)
    capped = [least([code(context), *caps]) for code in codes]
    top_low, top_high = bounds(greatest(capped))
    settled = top_low is not None and top_low == top_high
    bottom: Any = 0
    if kind == "exact":
        bottom = top_low
    elif kind == "one_of":
        bottom = bounds(least(capped))[0]
    elif kind == "range" and sums.least is not None:
        bottom, bottom_high = bounds(least([sums.least(context), *caps]))
        settled = settled and bottom == bottom_high
    return _net(bottom, paid) or 0, _net(top_high, paid), settled


def _net(amount: int | Fraction | None, paid: int) -> int | None:
    return None if amount is None else max(0, to_fen(amount) - paid)


def paid_for(rule: Rule, record: Facts | None, frame: Frame) -> int:
    """Return what was already paid under a measure for a record, in fen."""
    total = 0
    for payment in frame.lists.get("payment", ()):
        if _names(payment, rule) and (record is None or payment.get("record") == record.get("id")):
            amount = payment.get("amount")
            total += amount if isinstance(amount, int) else 0
    return total


def _decision(rule: Rule, record: Facts | None, frame: Frame) -> Facts | None:
    """Return the authority's last decision on this claim by the day of application, None if there is none."""
    found: list[tuple[dt.date, str, Facts]] = []
    for decision in frame.lists.get("decision", ()):
        about = decision.get("record")
        if _names(decision, rule) and (record is None or about is None or about == record.get("id")):
            decided = decision.get("decided")
            day = decided if isinstance(decided, dt.date) else dt.date.min
            if day <= frame.day:
                found.append((day, str(decision.get("id", "")), decision))
    return max(found, key=lambda item: item[:2])[2] if found else None


def _decided(rule: Rule, outcome: Outcome, decision: Facts, paid: int, low: int, lang: str) -> Judgement:
    """Return the outcome after the authority's decision: its own sum if it named one, never above the ceiling.

    Whoever is chosen without a sum has a right to the least of a range, `low`.
    """
    chosen = decision.get("selected")
    held: Truth = chosen if isinstance(chosen, bool) else None
    shown = {"decision.selected": plain(chosen)}
    extra = (ConditionResult("selected", held, words.selected(lang), rule.measure.at, shown),)
    if held is not True:
        return (outcome if held is None else NOTHING), extra
    amount = decision.get("amount")
    if isinstance(amount, int):
        fen = amount if outcome.max_fen is None else min(amount, outcome.max_fen + paid)
        fen = max(0, fen - paid)
        return Outcome("eligible", fen, fen), extra
    if rule.sums.terms.sum == "exact" and rule.sums.terms.right == "selected":
        return Outcome("eligible", outcome.max_fen, outcome.max_fen), extra
    if outcome.max_fen is None:
        return outcome, extra
    return Outcome("eligible_up_to", low, outcome.max_fen), extra


def _names(item: Facts, rule: Rule) -> bool:
    return item.get("measure") in rule.names
