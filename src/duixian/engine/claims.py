"""Assesses one measure for one applicant: a claim for each record, with its verdict, sum and reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from duixian.engine import words
from duixian.engine.context import Context, Frame, Missing
from duixian.engine.judging import NOT_IN_FORCE, NOTHING, judge, paid_for, terms
from duixian.engine.result import Claim, ConditionResult, Outcome
from duixian.engine.rules import Rule, Rules, Sums, Test
from duixian.engine.showing import plain, show
from duixian.engine.standing import Standing
from duixian.engine.values import UNKNOWN as UNKNOWN_DAY
from duixian.engine.values import Truth
from duixian.register.applicant import Absent, Facts

_NO_RECORD: Facts = {}
_OWN = ("to", "role", "happened")


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
        self.language = 1 if lang == "en" else 0
        self.refusals = refusals
        self.in_force = standing.in_force
        self.pays = "payment" in frame.lists
        self.known: dict[int, Fixed] = {}

    def all(self, rules: Rules) -> list[Assessed]:
        """Return the claims of all measures of the policy, in order."""
        found: list[Assessed] = []
        kind = str(self.frame.facts.get("kind", ""))
        for rule in rules.measures:
            if kind and rule.measure.to and kind not in rule.measure.to:
                found.append(self.refusals.get((id(rule), kind)) or self.refusal(rule, kind))
            elif rule.measure.per in self.frame.lists or rule.measure.per not in self.frame.complete:
                found.extend(self.measure(rule))
            else:
                found.append(self.refusals.get((id(rule), "")) or self.refusal(rule, ""))
        return found

    def measure(self, rule: Rule) -> list[Assessed]:
        """Return the claims of one measure: one a record that it speaks of, or one that says why there is none."""
        measure = rule.measure
        if measure.per == "applicant":
            return [self.assess(rule, None, self.frame.day, None)]
        found = []
        guard = rule.guard
        for record in self.frame.lists.get(measure.per, ()):
            if guard is not None and record.get(guard[0], guard[1]) != guard[1]:
                continue
            event = event_of(record, rule.event)
            if rule.which is None:
                found.append(self.assess(rule, record, event, None))
                continue
            context = self.context(record, event)
            speaks = rule.which(context)
            if speaks is not False:
                found.append(self.assess(rule, record, event, context))
        if len(found) > 1:
            found.sort(key=_record_id)
        return found or [self.no_record(rule)]

    def again(self, claim: Assessed, reading: str) -> tuple[Outcome, Outcome | None]:
        """Return outcome and would-be of a claim under this assessor's readings, which differ in one.

        What does not rest on that reading stays as it was, so only the rest is worked out again.
        """
        rule, record = claim.rule, claim.record
        context = self.context(record if record is not None else _NO_RECORD, claim.event)
        was = {item.id: item.holds for item in claim.conditions}
        holds: list[Truth] = [was[id] for id in _OWN if id in was]
        changed = reading in rule.sum_reads
        if rule.which is not None and record is not None:
            before = was.get("which", True)
            holds.append(rule.which(context) if reading in rule.which_reads else before)
            changed = changed or holds[-1] is not before
        for test in rule.tests:
            before = was[test.id]
            holds.append(test.code(context) if reading in test.reads else before)
            changed = changed or holds[-1] is not before
        shown = claim.would_be or claim.outcome
        outcome = judge(rule, record, context, holds, claim.paid, self.lang)[0] if changed else shown
        return (
            self.standing_outcome(outcome, context)
            if changed or self.stands_otherwise(claim)
            else (claim.outcome, claim.would_be)
        )

    def stands_otherwise(self, claim: Assessed) -> bool:
        """Say whether the policy is in force here and was not for the claim, or the other way round."""
        return (self.standing.in_force is False) != (claim.would_be is not None)

    def context(self, record: Facts, event: dt.date | None) -> Context:
        """Return a fresh context for a claim."""
        context = Context(self.frame, self.standing.days, self.readings)
        context.record = record
        context.event = UNKNOWN_DAY if event is None else event
        return context

    def refusal(self, rule: Rule, kind: str) -> Assessed:
        """Return a claim that fails by one condition alone, made once for all applicants.

        `kind` is the kind of applicant to which the measure does not speak; empty: there is no record.
        """
        known = self.refusals.get((id(rule), kind))
        if known is None:
            at = rule.measure.at
            if kind:
                text = rule.says.to.text(self.lang)
                condition = ConditionResult("to", False, text, at, {"applicant.kind": kind})
            else:
                condition = ConditionResult("record", False, rule.says.record.text(self.lang), at, {})
            outcome, would_be = (
                (NOT_IN_FORCE, NOTHING) if self.standing.in_force is False else (NOTHING, None)
            )
            known = Assessed(rule, None, outcome, [condition], [], set(), None, rule.sums, 0, would_be)
            self.refusals[id(rule), kind] = known
        return known

    def no_record(self, rule: Rule) -> Assessed:
        """Return the claim of an applicant with no record of the kind: ineligible if the list is whole."""
        entity = rule.measure.per
        if entity in self.frame.complete:
            return self.refusal(rule, "")
        # What could still turn up is judged by what is known of the applicant alone.
        found = self.assess(rule, _NO_RECORD, None, None)
        found.record = None
        found.missing = [(entity, ""), *(item for item in found.missing if item[0].startswith("applicant."))]
        shown = found.would_be or found.outcome
        if shown.verdict != "ineligible":
            text = rule.says.record.text(self.lang)
            found.conditions.insert(0, ConditionResult("record", None, text, rule.measure.at, {}))
            unsettled = Outcome("undetermined", 0, shown.max_fen)
            found.outcome, found.would_be = (NOT_IN_FORCE, unsettled) if found.would_be else (unsettled, None)
        found.touched = set()
        return found

    def assess(
        self, rule: Rule, record: Facts | None, event: dt.date | None, context: Context | None
    ) -> Assessed:
        """Assess one claim. `context` is the one in which the measure was found to speak of it, if it was asked."""
        if context is None:
            context = self.context(record if record is not None else _NO_RECORD, event)
        doubtful = bool(context.missing)
        conditions = self.own_conditions(rule, context, record)
        if doubtful:
            conditions.append(ConditionResult("which", None, words.which(self.lang), rule.measure.at, {}))
        # Where a condition fails that does not rest on a reading, another choice of it changes nothing.
        fails = any(item.holds is False for item in conditions)
        decisive: frozenset[str] = frozenset()
        known, language = self.known, self.language
        for test in rule.tests:
            if test.fixed:
                result, missing, touched = known.get(test.key) or self.fixed(test, context)
                if missing:
                    context.missing.extend(missing)
                if touched:
                    context.touched |= touched
            else:
                held = test.code(context)
                shown = show(test.facts, context)
                result = ConditionResult(test.id, held, test.texts[language], test.at, shown)
            conditions.append(result)
            if result.holds is False:
                decisive = decisive & test.reads if fails else test.reads
                fails = True
        paid = paid_for(rule, record, self.frame) if self.pays else 0
        if fails:
            context.missing.clear()
            context.touched &= decisive
            judged = NOTHING
        else:
            judged, extra = judge(rule, record, context, [item.holds for item in conditions], paid, self.lang)
            conditions += extra
        outcome, would_be = self.standing_outcome(judged, context)
        sums = terms(rule, context) if rule.instead else rule.sums
        if self.standing.matters:
            context.touched.update(self.standing.matters)
        return Assessed(
            rule,
            record,
            outcome,
            conditions,
            context.missing,
            context.touched,
            event,
            sums,
            paid,
            would_be,
            context,
        )

    def fixed(self, test: Test, context: Context) -> Fixed:
        """Work out a condition on the applicant alone, once for all its claims."""
        own = self.context(context.record, None)
        held = test.code(own)
        result = ConditionResult(test.id, held, test.texts[self.language], test.at, show(test.facts, own))
        self.known[test.key] = (result, own.missing, own.touched)
        return self.known[test.key]

    def standing_outcome(self, outcome: Outcome, context: Context) -> tuple[Outcome, Outcome | None]:
        """Return the outcome given how the policy stands on its day, and what it would be if it were in force."""
        if self.in_force is False:
            return NOT_IN_FORCE, outcome
        if self.in_force is None and outcome.verdict != "ineligible":
            context.missing.extend(self.standing.missing)
            return Outcome("undetermined", 0, outcome.max_fen), None
        return outcome, None

    def own_conditions(self, rule: Rule, context: Context, record: Facts | None) -> list[ConditionResult]:
        """Return the conditions that every claim has: kind of applicant, role, and that the event has happened."""
        measure, found = rule.measure, []
        if measure.to and "kind" not in self.frame.facts:
            context.missing.append(("applicant.kind", ""))
            text = rule.says.to.text(self.lang)
            found.append(ConditionResult("to", None, text, measure.at, {"applicant.kind": None}))
        if measure.roles:
            role = context.record.get("role")
            held: Truth = None if role is None or role is Absent.NONE else role in measure.roles
            if held is None:
                context.missing.append((f"{measure.per}.role", str(context.record.get("id", ""))))
            text = rule.says.role.text(self.lang)
            found.append(
                ConditionResult("role", held, text, measure.at, {f"{measure.per}.role": plain(role)})
            )
        if record is not None and rule.event:
            happened: Truth = None if context.event is UNKNOWN_DAY else context.event <= self.frame.day
            if happened is not True:
                path = f"{measure.per}.{rule.event}"
                if happened is None:
                    context.missing.append((path, str(record.get("id", ""))))
                shown = {path: plain(record.get(rule.event))}
                found.append(
                    ConditionResult("happened", happened, words.happened(self.lang), measure.at, shown)
                )
        return found


Refusals = dict[tuple[int, str], Assessed]
Fixed = tuple[ConditionResult, list[Missing], set[str]]


def _record_id(claim: Assessed) -> str:
    return claim.record_id or ""


def event_of(record: Facts, event: str) -> dt.date | None:
    """Return the day a record's claim rests on: its event field, the last day of the year for a year."""
    value = record.get(event) if event else None
    if isinstance(value, dt.date):
        return value
    return dt.date(value, 12, 31) if isinstance(value, int) and 0 < value < 10_000 else None
