"""Judges a claim: from conditions that hold or not, and the terms, to a verdict and an interval in fen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from duixian.engine import words
from duixian.engine.context import Context, Frame, Missing
from duixian.engine.result import ConditionResult, Outcome
from duixian.engine.rules import Rule, Sums
from duixian.engine.showing import plain
from duixian.engine.values import Truth, bounds, greatest, least, to_fen
from duixian.language.policy import Verdict
from duixian.register.applicant import Facts

_NOT_OWED: dict[str, Verdict] = {"selected": "competitive_up_to", "case_by_case": "case_by_case"}
_DECIDABLE = ("competitive_up_to", "case_by_case", "eligible_up_to", "amount_not_stated")
NO_NUMBER = ("by_reference", "not_stated")
NOTHING = Outcome("ineligible", 0, 0)
NOT_IN_FORCE = Outcome("not_in_force", 0, 0)
NONE: tuple[ConditionResult, ...] = ()


class Paid(NamedTuple):
    """What was already paid for a claim, in fen, and what is not known of payments that may be for it."""

    fen: int = 0
    missing: tuple[Missing, ...] = ()


NOT_PAID = Paid()

Judgement = tuple[Outcome, tuple[ConditionResult, ...]]
"""An outcome as if the policy were in force, and the conditions that the sum and a decision add."""


def judge(
    rule: Rule, record: Facts | None, context: Context, holds: Sequence[Truth], paid: Paid, lang: str
) -> Judgement:
    """Return the outcome of a claim whose conditions hold so, net of what was paid."""
    if False in holds:
        context.missing.clear()
        return NOTHING, NONE
    outcome, extra = _outcome(rule, context, holds, paid, lang)
    decision = _decision(rule, record, context.frame) if outcome.verdict in _DECIDABLE else None
    if decision is not None:
        sums = terms(rule, context)
        if sums.terms.right in _NOT_OWED or "amount" in decision:
            condition = _selected(rule, decision, lang)
            return _decided(sums, outcome, decision, context, paid.fen), (condition,)
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


def _outcome(rule: Rule, context: Context, holds: Sequence[Truth], payments: Paid, lang: str) -> Judgement:
    paid = payments.fen
    sums, *others = _possible(rule, context) if rule.instead else (rule.sums,)
    if others:
        tops = [_interval(item, context, paid)[1] for item in (sums, *others)]
        if all(top == 0 for top in tops) and payments == NOT_PAID:
            return _nothing(rule, context, lang)
        context.missing.extend(payments.missing)
        known_tops = [top for top in tops if top is not None]
        return Outcome("undetermined", 0, max(known_tops) if len(known_tops) == len(tops) else None), NONE
    known = None not in holds
    if sums.terms.sum in NO_NUMBER:
        if not known:
            return Outcome("undetermined", 0, None), NONE
        case = sums.terms.right == "case_by_case"
        return Outcome("case_by_case" if case else "amount_not_stated", None, None), NONE
    low, high, settled = _interval(sums, context, paid)
    if high == 0 and payments == NOT_PAID:
        return _nothing(rule, context, lang)
    if not known or not settled or payments.missing:
        context.missing.extend(payments.missing)
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


def paid_for(rule: Rule, record: Facts | None, frame: Frame) -> Paid:
    """Return what was already paid under a measure for a record; a payment of unknown record may be for it."""
    total, missing = 0, []
    for payment in frame.lists.get("payment", ()):
        if _names(payment, rule):
            about, amount, id = payment.get("record"), payment.get("amount"), str(payment.get("id", ""))
            if record is not None and about is None:
                missing.append(("payment.record", id))
            elif record is None or about == record.get("id"):
                if isinstance(amount, int):
                    total += amount
                else:
                    missing.append(("payment.amount", id))
    return Paid(total, tuple(missing))


def _decision(rule: Rule, record: Facts | None, frame: Frame) -> Facts | None:
    """Return the authority's last decision on this claim by the day of application, None if there is none.

    One that names no record is about the only one there is; where there are several it settles none.
    """
    found: list[tuple[dt.date, str, Facts]] = []
    for decision in frame.lists.get("decision", ()):
        if _names(decision, rule) and _about(decision, rule, record, frame):
            decided = decision.get("decided")
            day = decided if isinstance(decided, dt.date) else dt.date.min
            if day <= frame.day:
                found.append((day, str(decision.get("id", "")), decision))
    return max(found, key=lambda item: item[:2])[2] if found else None


def _about(decision: Facts, rule: Rule, record: Facts | None, frame: Frame) -> bool:
    about = decision.get("record")
    if record is None or about is not None:
        return record is None or about == record.get("id")
    guard = rule.guard
    records = frame.lists.get(rule.measure.per, ())
    return sum(1 for item in records if guard is None or item.get(guard[0], guard[1]) == guard[1]) == 1


def _selected(rule: Rule, decision: Facts, lang: str) -> ConditionResult:
    """Return the condition that the authority must have chosen it, with what it decided."""
    chosen = decision.get("selected")
    held = chosen if isinstance(chosen, bool) else None
    shown = {"decision.selected": plain(chosen)}
    if "amount" in decision:
        shown["decision.amount"] = plain(decision["amount"])
    return ConditionResult("selected", held, words.selected(lang), rule.measure.at, shown)


def _decided(sums: Sums, outcome: Outcome, decision: Facts, context: Context, paid: int) -> Outcome:
    """Return the outcome after the authority's decision: its own sum if it named one, never above the ceiling.

    Whoever is chosen without a sum has a right to the least of a range. A sum that the clause does not allow
    (none of its options, less than its least) settles nothing but the choice.
    """
    chosen, amount = decision.get("selected"), decision.get("amount")
    if not isinstance(chosen, bool):
        return outcome
    if not chosen:
        return NOTHING
    low = _interval(sums, context, paid)[0]
    if isinstance(amount, int) and _allowed(sums, amount, context):
        fen = amount if outcome.max_fen is None else min(amount, outcome.max_fen + paid)
        fen = max(0, fen - paid)
        return Outcome("eligible", fen, fen)
    if outcome.max_fen is None:
        return outcome
    if not isinstance(amount, int) and sums.terms.sum == "exact" and sums.terms.right == "selected":
        return Outcome("eligible", outcome.max_fen, outcome.max_fen)
    return Outcome("eligible_up_to", low, outcome.max_fen)


def _allowed(sums: Sums, amount: int, context: Context) -> bool:
    """Say whether a decided sum is one that the clause allows; above its ceiling it is lowered later."""
    caps = [code(context) for code in sums.caps]
    if sums.terms.sum == "one_of":
        return any(to_fen(least([code(context), *caps])) == amount for code in sums.options)
    if sums.terms.sum == "range" and sums.least is not None:
        return bool(amount >= least([sums.least(context), *caps]))
    return True


def _names(item: Facts, rule: Rule) -> bool:
    return item.get("measure") in rule.names
