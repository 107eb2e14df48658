"""Assesses one measure for one applicant: a claim for each record, with its verdict, sum and reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from duixian.engine import words
from duixian.engine.context import Context, Frame, Missing
from duixian.engine.result import Claim, ConditionResult, Outcome, Verdict
from duixian.engine.rules import Rule, Sums, Test, plain, show
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
    finished: Claim | None = None

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

    def __init__(
        self, frame: Frame, standing: Standing, readings: Mapping[str, str], lang: str, refusals: Refusals
    ) -> None:
        """Take the applicant's frame, how the policy stands, the choices of readings and the language.

        `refusals` keeps the claims that say no for a reason that is the same for all applicants.
        """
        self.frame = frame
        self.standing = standing
        self.readings = readings
        self.lang = lang
        self.refusals = refusals
        self.known: dict[tuple[int, str], tuple[ConditionResult, list[Missing], set[str]]] = {}

    def measure(self, rule: Rule) -> Iterator[Assessed]:
        """Yield the claims of one measure: one a record that it speaks of, or one that says why there is none."""
        measure = rule.measure
        kind = self.frame.facts.get("kind")
        if kind is not None and measure.to and kind not in measure.to:
            text = words.to(measure.to, self.lang)
            yield self.refusal(rule, str(kind), ConditionResult("to", False, text, measure.at, {"applicant.kind": plain(kind)}))
            return
        if measure.per == "applicant":
            yield self.assess(rule, None, self.frame.day, None)
            return
        none = True
        guard = rule.guard
        for record in self.frame.lists.get(measure.per, ()):
            if guard is not None and record.get(guard[0], guard[1]) != guard[1]:
                continue
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

    def again(self, claim: Assessed) -> tuple[Outcome, Outcome | None]:
        """Return outcome and would-be of a claim under this assessor's readings, without reasons."""
        rule, record = claim.rule, claim.record
        context = self.context(record if record is not None else _NO_RECORD, claim.event)
        holds: list[Truth] = [] if rule.which is None or record is None else [rule.which(context)]
        # What holds for every claim (kind, role, event) knows no readings, so it stays as it was.
        holds += [item.holds for item in claim.conditions if item.id in _OWN]
        if False not in holds:
            for test in rule.tests:
                held = test.code(context)
                holds.append(held)
                if held is False:
                    break
        outcome, _ = self.judge(rule, record, context, holds, claim.paid)
        return self.standing_outcome(outcome, context)

    def context(self, record: Facts, event: dt.date | None) -> Context:
        """Return a fresh context for a claim."""
        context = Context(self.frame, self.standing.days, self.readings)
        context.record = record
        context.event = UNKNOWN_DAY if event is None else event
        return context

    def refusal(self, rule: Rule, why: str, condition: ConditionResult) -> Assessed:
        """Return a claim that fails by one condition alone, made once for all applicants."""
        key = (rule.policy.id, rule.measure.id, why)
        if key not in self.refusals:
            outcome, would_be = (NOT_IN_FORCE, NOTHING) if self.standing.in_force is False else (NOTHING, None)
            self.refusals[key] = Assessed(rule, None, outcome, [condition], [], set(), None, rule.sums, 0, would_be)
        return self.refusals[key]

    def no_record(self, rule: Rule) -> Assessed:
        """Return the claim of an applicant with no record of the kind: ineligible if the list is whole."""
        entity = rule.measure.per
        whole = entity in self.frame.complete
        held = False if whole else None
        condition = ConditionResult("record", held, words.record(entity, self.lang), rule.measure.at, {})
        if whole:
            return self.refusal(rule, "record", condition)
        # What could still turn up is judged by what is known of the applicant alone.
        found = self.assess(rule, _NO_RECORD, None, None)
        found.record = None
        found.missing = [(entity, ""), *(item for item in found.missing if item[0].startswith("applicant."))]
        shown = found.would_be or found.outcome
        if shown.verdict != "ineligible":
            found.conditions.insert(0, condition)
            unsettled = Outcome("undetermined", 0, shown.max_fen)
            found.outcome, found.would_be = (NOT_IN_FORCE, unsettled) if found.would_be else (unsettled, None)
        found.touched = set()
        return found

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
        firm = False in (item.holds for item in conditions)
        for test in rule.tests:
            result = self.fixed(test, context) if test.fixed else self.test(test, context)
            conditions.append(result)
            if result.holds is False and not test.reads:
                firm = True
        if firm:
            # It fails whatever the readings are, so no other choice need be tried.
            context.touched.clear()
            context.touched.update(self.standing.matters)
        paid = self.paid(rule, record)
        outcome, extra = self.judge(rule, record, context, [item.holds for item in conditions], paid)
        conditions += extra
        outcome, would_be = self.standing_outcome(outcome, context)
        sums = self.terms(rule, context)
        return Assessed(rule, record, outcome, conditions, context.missing, context.touched, event, sums, paid, would_be, context)

    def test(self, test: Test, context: Context) -> ConditionResult:
        """Return the result of one condition, with its words and facts."""
        held = test.code(context)
        label = test.condition.label
        text = label.en if self.lang == "en" else label.zh
        return ConditionResult(test.condition.id, held, text, test.at, show(test.facts, context))

    def fixed(self, test: Test, context: Context) -> ConditionResult:
        """Return the result of a condition on the applicant alone, worked out once for all its claims."""
        key = (id(test.condition), test.at)
        known = self.known.get(key)
        if known is None:
            own = self.context(context.record, None)
            known = (self.test(test, own), own.missing, own.touched)
            self.known[key] = known
        result, missing, touched = known
        context.missing.extend(missing)
        context.touched |= touched
        return result

    def judge(
        self, rule: Rule, record: Facts | None, context: Context, holds: list[Truth], paid: int
    ) -> tuple[Outcome, list[ConditionResult]]:
        """Return the outcome as if the policy were in force, and the conditions that the sum and a decision add."""
        sums = self.terms(rule, context)
        outcome, extra = self.outcome(rule, sums, context, holds, paid)
        decided = self.decision(rule, record) if outcome.verdict in _DECIDABLE else None
        if decided is not None and (outcome.verdict in _NOT_OWED.values() or "amount" in decided):
            return self.decided(rule, outcome, decided, paid)
        return outcome, extra

    def standing_outcome(self, outcome: Outcome, context: Context) -> tuple[Outcome, Outcome | None]:
        """Return the outcome given how the policy stands on its day, and what it would be if it were in force."""
        if self.standing.in_force is False:
            return NOT_IN_FORCE, outcome
        if self.standing.in_force is None and outcome.verdict != "ineligible":
            context.missing.extend(self.standing.missing)
            return Outcome("undetermined", 0, outcome.max_fen), None
        return outcome, None

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

    def outcome(
        self, rule: Rule, sums: Sums, context: Context, holds: list[Truth], paid: int
    ) -> tuple[Outcome, list[ConditionResult]]:
        """Return the verdict and the interval from the conditions and the terms."""
        if False in holds:
            context.missing.clear()
            return NOTHING, []
        settled_conditions = None not in holds and all(when(context) is not None for when, _ in rule.instead)
        if sums.terms.sum in ("by_reference", "not_stated"):
            if not settled_conditions:
                return Outcome("undetermined", 0, None), []
            case = sums.terms.right == "case_by_case"
            return Outcome("case_by_case" if case else "amount_not_stated", None, None), []
        low, high, settled = self.interval(sums, context, paid)
        if settled and high == 0 and not paid:
            context.missing.clear()
            return NOTHING, [ConditionResult("positive", False, words.positive(self.lang), rule.measure.at, {})]
        if not settled_conditions or not settled:
            return Outcome("undetermined", 0, high), []
        special = _NOT_OWED.get(sums.terms.right)
        if special is not None:
            return Outcome(special, 0, high), []
        return Outcome("eligible" if sums.terms.sum == "exact" else "eligible_up_to", low, high), []

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

    def decided(
        self, rule: Rule, outcome: Outcome, decision: Facts, paid: int
    ) -> tuple[Outcome, list[ConditionResult]]:
        """Return the outcome after the authority's decision: its own sum if it named one, never above the ceiling."""
        chosen = decision.get("selected")
        held: Truth = chosen if isinstance(chosen, bool) else None
        shown = {"decision.selected": plain(chosen)}
        extra = [ConditionResult("selected", held, words.selected(self.lang), rule.measure.at, shown)]
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
        return Outcome("eligible_up_to", outcome.min_fen, outcome.max_fen), extra


_OWN = ("to", "role", "happened")
_DECIDABLE = ("competitive_up_to", "case_by_case", "eligible_up_to")
NOTHING = Outcome("ineligible", 0, 0)
NOT_IN_FORCE = Outcome("not_in_force", 0, 0)
Refusals = dict[tuple[str, str, str], Assessed]


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

