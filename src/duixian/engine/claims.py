"""Assesses one measure for one applicant: a claim for each record, with its verdict, sum and reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from duixian.engine import words
from duixian.engine.context import Context, Frame, Missing
from duixian.engine.result import ConditionResult, Outcome, Verdict
from duixian.engine.rules import Rule, Sums, plain
from duixian.engine.standing import Standing
from duixian.engine.values import UNKNOWN as UNKNOWN_DAY
from duixian.engine.values import Truth, bounds, greatest, least, to_fen
from duixian.register.applicant import Absent, Facts

_NO_RECORD: Facts = {}
_NOT_OWED: dict[str, Verdict] = {"selected": "competitive_up_to", "case_by_case": "case_by_case"}


@dataclass(slots=True)
class Assessed:
    """One claim before take-the-higher: what `result.Claim` needs, and the sums as they compete."""

    rule: Rule
    record: Facts | None
    outcome: Outcome
    conditions: list[ConditionResult]
    missing: list[Missing]
    touched: set[str]
    event: dt.date | None
    sums: Sums
    paid: int
    would_be: Outcome | None = None
    context: Context | None = None
    alternatives: list[Any] = field(default_factory=list)

    @property
    def record_id(self) -> str | None:
        """Return the id of the claim's record; None if it rests on none."""
        return None if self.record is None else str(self.record.get("id", "")) or None

    @property
    def matter(self) -> tuple[str, str] | None:
        """Return what the claim is about: its project, else its record; None if it rests on no record."""
        if self.record_id is None:
            return None
        project = self.record.get(self.rule.project) if self.record and self.rule.project else None
        if isinstance(project, str):
            return ("project", project)
        return (self.rule.measure.per, self.record_id)


class Assessor:
    """Assesses the measures of one policy for one applicant."""

    def __init__(self, frame: Frame, standing: Standing, readings: Mapping[str, str], lang: str) -> None:
        """Take the applicant's frame, how the policy stands, the choices of readings and the language."""
        self.frame = frame
        self.standing = standing
        self.readings = readings
        self.lang = lang

    def measure(self, rule: Rule) -> Iterator[Assessed]:
        """Yield the claims of one measure: one a record that it speaks of, or one that says why there is none."""
        measure = rule.measure
        kind = self.frame.facts.get("kind")
        if kind is not None and measure.to and kind not in measure.to:
            yield self.not_addressed(rule)
            return
        if measure.per == "applicant":
            yield self.assess(rule, None, self.frame.day, None)
            return
        none = True
        for record in self.frame.lists.get(measure.per, ()):
            event = event_of(record, rule.event)
            if rule.which is None:
                none = False
                yield self.assess(rule, record, event, None)
                continue
            context = self.context(record, event)
            speaks = rule.which(context)
            if speaks is not False:
                none = False
                yield self.assess(rule, record, event, context if speaks is None or context.touched else None)
        if none:
            yield self.no_record(rule)

    def one(self, rule: Rule, record: Facts | None) -> Assessed:
        """Assess the claim of one record again (under other readings)."""
        if record is None:
            return self.assess(rule, None, self.frame.day if rule.measure.per == "applicant" else None, None)
        context = self.context(record, event_of(record, rule.event))
        speaks = True if rule.which is None else rule.which(context)
        event = event_of(record, rule.event)
        if speaks is False:
            return Assessed(rule, record, NOTHING, [], [], set(), event, rule.sums, 0, self.hypothetical(NOTHING))
        return self.assess(rule, record, event, context if speaks is None else None)

    def context(self, record: Facts, event: dt.date | None) -> Context:
        """Return a fresh context for a claim."""
        context = Context(self.frame, self.standing.days, self.readings)
        context.record = record
        context.event = UNKNOWN_DAY if event is None else event
        return context

    def not_addressed(self, rule: Rule) -> Assessed:
        """Return the claim of an applicant of a kind to which the measure does not speak."""
        condition = ConditionResult("to", False, words.to(rule.measure.to, self.lang), rule.measure.at, {"applicant.kind": plain(self.frame.facts.get("kind"))})
        return Assessed(rule, None, NOTHING, [condition], [], set(), None, rule.sums, 0, self.hypothetical(NOTHING))

    def no_record(self, rule: Rule) -> Assessed:
        """Return the claim of an applicant with no record of the kind: ineligible if the list is whole."""
        entity = rule.measure.per
        whole = entity in self.frame.complete
        condition = ConditionResult("record", False if whole else None, words.record(entity, self.lang), rule.measure.at, {})
        if whole:
            return Assessed(rule, None, NOTHING, [condition], [], set(), None, rule.sums, 0, self.hypothetical(NOTHING))
        # What could still turn up is judged by what is known of the applicant alone.
        found = self.assess(rule, _NO_RECORD, None, None)
        found.record = None
        found.missing = [(entity, "")]
        if found.outcome.verdict not in ("ineligible", "not_in_force") or (found.would_be and found.would_be.verdict != "ineligible"):
            found.conditions.insert(0, condition)
            open_ = Outcome("undetermined", 0, found.outcome.max_fen)
            in_force = self.standing.in_force is not False
            found.outcome = open_ if in_force else found.outcome
            found.would_be = None if in_force else open_
        found.touched = set()
        return found

    def hypothetical(self, outcome: Outcome) -> Outcome | None:
        """Return the outcome as `would_be` if the policy is not in force, else None."""
        return outcome if self.standing.in_force is False else None

    def assess(self, rule: Rule, record: Facts | None, event: dt.date | None, doubtful: Context | None) -> Assessed:
        """Assess one claim. `doubtful` is the context in which it stayed open whether the measure speaks of it."""
        context = self.context(record if record is not None else _NO_RECORD, event)
        context.touched.update(self.standing.matters)
        conditions = list(self.own_conditions(rule, context, record))
        if doubtful is not None:
            context.touched |= doubtful.touched
            if doubtful.missing:
                context.missing.extend(doubtful.missing)
                conditions.append(ConditionResult("which", None, words.which(self.lang), rule.measure.at, {}))
        for test in rule.tests:
            held = test.code(context)
            shown = {path: fetch(context) for path, fetch in test.facts}
            label = test.condition.label
            text = label.en if self.lang == "en" else label.zh
            conditions.append(ConditionResult(test.condition.id, held, text, test.at, shown))
        sums = self.terms(rule, context)
        paid = self.paid(rule, record)
        outcome = self.outcome(rule, sums, context, conditions, paid)
        decided = self.decision(rule, record) if outcome.verdict in _DECIDABLE else None
        if decided is not None:
            outcome = self.decided(rule, outcome, decided, conditions, paid)
        would_be = None
        if self.standing.in_force is False:
            would_be, outcome = outcome, NOT_IN_FORCE
        elif self.standing.in_force is None and outcome.verdict != "ineligible":
            context.missing.extend(self.standing.missing)
            outcome = Outcome("undetermined", 0, outcome.max_fen)
        return Assessed(rule, record, outcome, conditions, context.missing, context.touched, event, sums, paid, would_be, context)

    def own_conditions(self, rule: Rule, context: Context, record: Facts | None) -> Iterator[ConditionResult]:
        """Yield the conditions that every claim has: kind of applicant, role, and that the event has happened."""
        measure = rule.measure
        if measure.to and "kind" not in self.frame.facts:
            context.missing.append(("applicant.kind", ""))
            yield ConditionResult("to", None, words.to(measure.to, self.lang), measure.at, {"applicant.kind": None})
        if measure.roles:
            role = context.record.get("role")
            held: Truth = None if role is None or role is Absent.NONE else role in measure.roles
            if held is None:
                context.missing.append((f"{measure.per}.role", str(context.record.get("id", ""))))
            yield ConditionResult("role", held, words.role(measure.roles, self.lang), measure.at, {f"{measure.per}.role": plain(role)})
        if record is not None and rule.event:
            happened: Truth = None if context.event is UNKNOWN_DAY else context.event <= self.frame.day
            if happened is not True:
                path = f"{measure.per}.{rule.event}"
                if happened is None:
                    context.missing.append((path, str(record.get("id", ""))))
                yield ConditionResult("happened", happened, words.happened(self.lang), measure.at, {path: plain(record.get(rule.event))})

    def terms(self, rule: Rule, context: Context) -> Sums:
        """Return the terms that hold: those of the first override whose condition holds, else the measure's."""
        for when, sums in rule.instead:
            if when(context) is not False:
                return sums
        return rule.sums

    def outcome(self, rule: Rule, sums: Sums, context: Context, conditions: list[ConditionResult], paid: int) -> Outcome:
        """Return the verdict and the interval from the conditions and the terms."""
        holds: Truth = True
        for condition in conditions:
            if condition.holds is False:
                context.missing.clear()
                return NOTHING
            if condition.holds is None:
                holds = None
        low, high, settled = self.interval(sums, context, paid)
        for when, _ in rule.instead:
            if when(context) is None:
                holds = None
        if sums.terms.sum in ("by_reference", "not_stated"):
            verdict: Verdict = "case_by_case" if sums.terms.right == "case_by_case" else "amount_not_stated"
            return Outcome(verdict, None, None) if holds else Outcome("undetermined", 0, None)
        if settled and high == 0 and not paid:
            conditions.append(ConditionResult("positive", False, words.positive(self.lang), rule.measure.at, {}))
            context.missing.clear()
            return NOTHING
        if holds is None or not settled:
            return Outcome("undetermined", 0, high)
        special = _NOT_OWED.get(sums.terms.right)
        if special is not None:
            return Outcome(special, 0, high)
        return Outcome("eligible" if sums.terms.sum == "exact" else "eligible_up_to", low, high)

    def interval(self, sums: Sums, context: Context, paid: int) -> tuple[int, int | None, bool]:
        """Return least and greatest in fen, net of what was paid, and whether both are settled by known facts."""
        kind = sums.terms.sum
        if kind in ("by_reference", "not_stated"):
            return 0, None, True
        caps = [code(context) for code in sums.caps]
        values = [code(context) for code in sums.options] if kind == "one_of" else [sums.amount(context)] if sums.amount else []
        capped = [least([value, *caps]) for value in values]
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
        return net(bottom, paid) or 0, net(top_high, paid), settled

    def paid(self, rule: Rule, record: Facts | None) -> int:
        """Return what was already paid under this measure for this record, in fen."""
        total = 0
        for payment in self.frame.lists.get("payment", ()):
            if _names(payment, rule) and (record is None or payment.get("record") == record.get("id")):
                amount = payment.get("amount")
                total += amount if isinstance(amount, int) else 0
        return total

    def decision(self, rule: Rule, record: Facts | None) -> Facts | None:
        """Return the authority's decision on this claim, None if there is none."""
        for decision in self.frame.lists.get("decision", ()):
            about = decision.get("record")
            if _names(decision, rule) and (record is None or about is None or about == record.get("id")):
                decided = decision.get("decided")
                if not isinstance(decided, dt.date) or decided <= self.frame.day:
                    return decision
        return None

    def decided(self, rule: Rule, outcome: Outcome, decision: Facts, conditions: list[ConditionResult], paid: int) -> Outcome:
        """Return the outcome after the authority's decision: its own sum if it named one, never above the ceiling."""
        chosen = decision.get("selected")
        held: Truth = chosen if isinstance(chosen, bool) else None
        conditions.append(ConditionResult("selected", held, words.selected(self.lang), rule.measure.at, {"decision.selected": plain(chosen)}))
        if held is not True:
            return outcome if held is None else NOTHING
        amount = decision.get("amount")
        if isinstance(amount, int):
            fen = amount if outcome.max_fen is None else min(amount, outcome.max_fen + paid)
            fen = max(0, fen - paid)
            return Outcome("eligible", fen, fen)
        exact = rule.sums.terms.sum == "exact" and rule.sums.terms.right == "selected"
        if exact:
            return Outcome("eligible", outcome.max_fen, outcome.max_fen)
        return outcome if outcome.max_fen is None else Outcome("eligible_up_to", outcome.min_fen, outcome.max_fen)


_DECIDABLE = ("competitive_up_to", "case_by_case")
NOTHING = Outcome("ineligible", 0, 0)
NOT_IN_FORCE = Outcome("not_in_force", 0, 0)


def event_of(record: Facts, event: str) -> dt.date | None:
    """Return the day a record's claim rests on: its event field, the last day of the year for a year."""
    value = record.get(event) if event else None
    if isinstance(value, dt.date):
        return value
    return dt.date(value, 12, 31) if isinstance(value, int) and 0 < value < 10_000 else None


def net(amount: int | Fraction | None, paid: int) -> int | None:
    """Return a sum in fen less what was paid, never below zero; None stays unbounded."""
    return None if amount is None else max(0, to_fen(amount) - paid)


def _names(item: Facts, rule: Rule) -> bool:
    return item.get("measure") in (rule.measure.id, f"{rule.policy.id}/{rule.measure.id}")

