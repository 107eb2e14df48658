"""Assesses one measure for one applicant: a claim for each record, with its verdict, sum and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from duixian.engine import words
from duixian.engine.assessed import Assessed
from duixian.engine.context import Context, Entry, Frame, Missing
from duixian.engine.judging import NOT_IN_FORCE, NOT_PAID, NOTHING, judge, paid_for, terms
from duixian.engine.refusals import Refusals
from duixian.engine.result import ConditionResult, Outcome, Plain
from duixian.engine.rules import Rule, Rules, Test
from duixian.engine.showing import plain
from duixian.engine.standing import Standing
from duixian.engine.values import UNKNOWN as UNKNOWN_DAY
from duixian.engine.values import Truth
from duixian.register.applicant import Absent, Facts

__all__ = ["Assessed", "Assessor", "Refusals"]

_NO_RECORD: Facts = {}
_NOWHERE = Entry(_NO_RECORD, "", UNKNOWN_DAY, False)
_NOTHING: frozenset[str] = frozenset()
_OWN = ("to", "role", "happened")


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
        self.days = standing.days
        self.in_force = standing.in_force
        self.matters = standing.matters
        self.kind_known = "kind" in frame.facts
        self.pays = "payment" in frame.lists
        self.known: dict[int, _Fixed] = {}
        self.worked_out: dict[int, _WorkedOut] = {}

    def all(self, rules: Rules) -> list[Assessed]:
        """Return the claims of all measures of the policy, in order."""
        found: list[Assessed] = []
        frame = self.frame
        kind = str(frame.facts.get("kind", ""))
        by_kind = self.refusals.by_kind(rules, kind, self.standing, self.lang)
        without = self.refusals.no_record(rules, self.standing, self.lang)
        for rule, refusal, no_record in zip(rules.measures, by_kind, without, strict=True):
            per = rule.measure.per
            if refusal is not None:
                found.append(refusal)
            elif per == "applicant":
                entry = Entry(_NO_RECORD, "", frame.day, True)
                found.append(self.assess(rule, None, entry, self.context(entry)))
            else:
                claims = self.measure(rule) if per in frame.lists else None
                if claims:
                    found += claims
                else:
                    found.append(no_record if per in frame.complete else self.no_record(rule))
        return found

    def measure(self, rule: Rule) -> list[Assessed]:
        """Return the claims of one measure, one for each record that it speaks of."""
        found = []
        guard, which = rule.guard, rule.which
        for entry in self.frame.entries(rule.measure.per):
            record = entry.record
            if guard is not None and record.get(guard[0], guard[1]) != guard[1]:
                continue
            context = self.context(entry)
            speaks: Truth = True if which is None else which(context)
            if speaks is not False or (context.touched and self.elsewise(rule, context)):
                found.append(self.assess(rule, record, entry, context, speaks))
        return found

    def elsewise(self, rule: Rule, context: Context) -> bool:
        """Say whether the measure would speak of the record under another choice of a reading it rests on."""
        assert rule.which is not None
        for id in context.touched:
            reading = rule.policy.reading(id)
            for choice in reading.choices if reading is not None else ():
                readings = {**self.readings, id: choice.id}
                other = Context(self.frame, self.days, readings, context.record, context.event)
                if rule.which(other) is not False:
                    return True
        return False

    def again(self, claim: Assessed, reading: str, moved: bool) -> Outcomes:
        """Return outcome and would-be of a claim under this assessor's readings, which differ in one.

        What does not rest on that reading stays as it was, so only the rest is worked out again. `moved`: the
        policy stands otherwise under them.
        """
        rule, record, before = claim.rule, claim.record, claim.context
        if before is None:
            return self.standing_outcome(NOTHING, self.context(_NOWHERE))
        if record is None and rule.measure.per != "applicant":
            record = _NO_RECORD
        context = Context(self.frame, self.days, self.readings, before.record, before.event)
        was = {item.id: item.holds for item in claim.conditions}
        holds: list[Truth] = [was[id] for id in _OWN if id in was]
        changed = moved or reading in rule.sum_reads
        if rule.which is not None and record:
            held = was.get("which", True)
            holds.append(rule.which(context) if reading in rule.which_reads else held)
            changed = changed or holds[-1] is not held
        for test in rule.tests:
            held = was[test.id]
            holds.append(test.code(context) if reading in test.reads else held)
            changed = changed or holds[-1] is not held
        if not changed:
            return claim.outcome, claim.would_be
        outcome = judge(rule, record, context, holds, claim.paid, self.lang)[0]
        return self.standing_outcome(_unsettled(outcome) if record is _NO_RECORD else outcome, context)

    def context(self, entry: Entry) -> Context:
        """Return a fresh context for a claim."""
        return Context(self.frame, self.days, self.readings, entry.record, entry.event)

    def no_record(self, rule: Rule) -> Assessed:
        """Return the claim of an applicant who may have a record of the kind of which nothing is known."""
        entity = rule.measure.per
        # What could still turn up is judged by what is known of the applicant alone.
        found = self.assess(rule, _NO_RECORD, _NOWHERE, self.context(_NOWHERE))
        found.record = None
        found.missing = [(entity, ""), *(item for item in found.missing if item[0].startswith("applicant."))]
        shown = found.would_be or found.outcome
        if shown.verdict != "ineligible":
            text = rule.says.record.text(self.lang)
            found.conditions.insert(0, ConditionResult("record", None, text, rule.at, {}))
            unsettled = _unsettled(shown)
            found.outcome, found.would_be = (NOT_IN_FORCE, unsettled) if found.would_be else (unsettled, None)
        return found

    def assess(
        self, rule: Rule, record: Facts | None, entry: Entry, context: Context, speaks: Truth = True
    ) -> Assessed:
        """Assess one claim. In `context` it was asked whether the measure speaks of it, and `speaks` came out."""
        conditions: list[ConditionResult] = []
        if not entry.happened or rule.measure.roles or not self.kind_known:
            conditions = self.own_conditions(rule, context, record)
        if speaks is not True:
            conditions.append(ConditionResult("which", speaks, words.which(self.lang), rule.at, {}))
        failed, decisive = self.test(rule, conditions, context)
        paid = paid_for(rule, record, self.frame) if self.pays else NOT_PAID
        if failed:
            context.missing.clear()
            context.touched &= decisive
            outcome = NOTHING
        else:
            outcome, extra = judge(
                rule, record, context, [item.holds for item in conditions], paid, self.lang
            )
            conditions += extra
            failed = [item.id for item in extra if item.holds is False]
        would_be = None
        if self.in_force is not True:
            outcome, would_be = self.standing_outcome(outcome, context)
        sums = terms(rule, context) if rule.instead else rule.sums
        if self.matters:
            context.touched.update(self.matters)
        return Assessed(
            rule,
            record,
            entry.id or None,
            outcome,
            conditions,
            failed,
            context.missing,
            context.touched,
            None if context.event is UNKNOWN_DAY else context.event,
            sums,
            paid,
            would_be,
            context,
        )

    def test(
        self, rule: Rule, conditions: list[ConditionResult], context: Context
    ) -> tuple[list[str], frozenset[str]]:
        """Add the measure's conditions to those that every claim has.

        Returns which of all fail, and the readings of which another choice could change that: where a condition
        fails that does not rest on a reading, another choice of it changes nothing.
        """
        failed = [item.id for item in conditions if item.holds is False]
        decisive = rule.which_reads if failed == ["which"] else _NOTHING
        known, language = self.known, self.language
        for test in rule.tests:
            if test.fixed:
                result, missing, touched = known.get(test.key) or self.fixed(test)
                if missing:
                    context.missing.extend(missing)
                if touched:
                    context.touched |= touched
            else:
                held = test.code(context)
                result = ConditionResult(test.id, held, test.texts[language], test.at, test.show(context))
            conditions.append(result)
            if result.holds is False:
                decisive = decisive & test.reads if failed else test.reads
                failed.append(test.id)
        return failed, decisive

    def fixed(self, test: Test) -> _Fixed:
        """Work out a condition on the applicant alone, once for all measures that have it."""
        found = self.worked_out.get(test.same)
        if found is None:
            context = Context(self.frame, self.days, self.readings)
            held = test.code(context)
            found = (held, test.show(context), context.missing, context.touched)
            self.worked_out[test.same] = found
        held, shown, missing, touched = found
        result = ConditionResult(test.id, held, test.texts[self.language], test.at, shown)
        self.known[test.key] = (result, missing, touched)
        return self.known[test.key]

    def standing_outcome(self, outcome: Outcome, context: Context) -> Outcomes:
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
            found.append(ConditionResult("to", None, text, rule.at, {"applicant.kind": None}))
        if measure.roles:
            role = context.record.get("role")
            held: Truth = None if role is None or role is Absent.NONE else role in measure.roles
            if held is None:
                context.missing.append((f"{measure.per}.role", str(context.record.get("id", ""))))
            text = rule.says.role.text(self.lang)
            found.append(ConditionResult("role", held, text, rule.at, {f"{measure.per}.role": plain(role)}))
        if record is not None and rule.event:
            happened: Truth = None if context.event is UNKNOWN_DAY else context.event <= self.frame.day
            if happened is not True:
                path = f"{measure.per}.{rule.event}"
                if happened is None:
                    context.missing.append((path, str(record.get("id", ""))))
                shown = {path: plain(record.get(rule.event))}
                found.append(ConditionResult("happened", happened, words.happened(self.lang), rule.at, shown))
        return found


Outcomes = tuple[Outcome, Outcome | None]
"""What a claim comes to, and what it would if its policy were in force (None: it is)."""

_Fixed = tuple[ConditionResult, list[Missing], set[str]]
_WorkedOut = tuple[Truth, dict[str, Plain], list[Missing], set[str]]


def _unsettled(outcome: Outcome) -> Outcome:
    """Return what is known of a claim of which there may be no record."""
    return outcome if outcome.verdict == "ineligible" else Outcome("undetermined", 0, outcome.max_fen)
