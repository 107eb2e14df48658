"""Puts together the answer to one applicant: its claims with near misses and readings, and its totals."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from duixian.engine import result as r
from duixian.engine.assessed import Assessed
from duixian.engine.claims import Assessor, Outcomes
from duixian.engine.context import Frame
from duixian.engine.higher import Setting
from duixian.engine.rules import Rule
from duixian.engine.standing import Standing
from duixian.engine.totals import Share, totals_of
from duixian.register.applicant import Applicant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duixian.engine.assess import Session


class Told(msgspec.Struct, frozen=True, gc=False):
    """What is the same in every claim under a measure, in the language of a session."""

    title: str
    at: str
    payee: str
    decided_by: list[str]
    evidence: list[str]
    note: str


def tell(rule: Rule, lang: str) -> Told:
    """Return the words of a measure in a language."""
    measure = rule.measure
    payee, note = (label.text(lang) if label else "" for label in (measure.payee, measure.note))
    units, papers = list(measure.decided_by), list(rule.evidence)
    return Told(measure.title.text(lang), measure.at, payee, units, papers, note)


class Otherwise(NamedTuple):
    """Readings with one of them chosen otherwise, how the policy stands under them, and whether that differs."""

    readings: Mapping[str, str]
    standing: Standing
    moved: bool


class Answer:
    """The answer to one applicant in the making."""

    def __init__(self, session: Session, applicant: Applicant) -> None:
        """Take what is asked and the applicant."""
        self.session = session
        self.applicant = applicant
        self.frames: dict[dt.date, Frame] = {}
        self.others: dict[tuple[str, str, str], Assessor] = {}

    def frame(self, day: dt.date) -> Frame:
        """Return the applicant's frame on a day of application."""
        found = self.frames.get(day)
        if found is None:
            found = self.frames[day] = Frame(self.applicant, day, self.session.book.events)
        return found

    def result(self) -> r.ApplicantResult:
        """Return the whole answer."""
        session = self.session
        claims: list[Assessed] = []
        for id, rules in session.book.rules.items():
            claims += self.assessor(id, session.readings[id], session.standings[id]).all(rules)
        frame = self.frame(session.request.on)
        setting = Setting(session.book.rules, session.standings, session.readings, frame)
        totals, shares = totals_of(claims, setting, session.lang, self.under)
        made = [
            claim.finished or self.finish(claim, share) for claim, share in zip(claims, shares, strict=True)
        ]
        name = str(self.applicant.facts.get("name", ""))
        return r.ApplicantResult(self.applicant.id, name, made, totals)

    def assessor(self, policy: str, readings: Mapping[str, str], standing: Standing) -> Assessor:
        """Return what assesses the measures of a policy under readings."""
        session = self.session
        return Assessor(self.frame(session.day(policy)), standing, readings, session.lang, session.refusals)

    def finish(self, claim: Assessed, share: Share) -> r.Claim:
        """Put a claim together with its near misses, readings and share.

        One that is the same for all applicants keeps what comes of it.
        """
        rule, context, outcome, event = claim.rule, claim.context, claim.outcome, claim.event
        told, terms = self.session.told[rule.names[1]], claim.sums.terms
        shown, would_be = claim.would_be or outcome, claim.would_be
        if would_be is not None:
            would_be = r.Outcome(would_be.verdict, would_be.min_fen, would_be.max_fen, share.would_be)
        missing: list[r.MissingFact] = []
        if shown.verdict == "undetermined":
            missing = sorted({r.MissingFact(*item) for item in claim.missing})
        near: list[r.Near] = []
        stages: list[r.Stage] = []
        claw_back = apply_by = None
        if context is not None:
            if shown.verdict == "ineligible":
                near = rule.near.misses(claim.failed, context)
            else:
                near = rule.near.next_steps(context)
                if rule.staging is not None:
                    whole = None if shown.max_fen is None else shown.max_fen + claim.paid.fen
                    stages = rule.staging.tell(context, whole, self.session.lang)
                    claw_back = rule.staging.pay_back(context, self.session.lang)
            if rule.apply_by is not None:
                day = rule.apply_by(context)
                apply_by = day if isinstance(day, dt.date) else None
        # By place, since naming 28 fields takes eight times as long.
        made = r.Claim(
            rule.policy.id,
            rule.measure.id,
            told.title,
            told.at,
            claim.record_id,
            outcome.verdict,
            outcome.min_fen,
            outcome.max_fen,
            terms.right,
            terms.sum,
            terms.form,
            told.payee,
            event,
            event.year if event else None,
            claim.conditions,
            missing,
            self.alternatives(claim) if claim.touched else [],
            near,
            share.aside,
            share.payable,
            would_be,
            told.decided_by,
            told.evidence,
            apply_by,
            claim.paid.fen,
            told.note,
            stages,
            claw_back,
        )
        if context is None:
            claim.finished = made
        return made

    def alternatives(self, claim: Assessed) -> list[r.ReadingResult]:
        """Return the readings the claim rests on: those of which another choice gives another answer."""
        session, policy = self.session, claim.rule.policy.id
        known, readings = session.book.readings[policy], session.readings[policy]
        own = (claim.outcome, claim.would_be)
        found = []
        for id in sorted(claim.touched):
            reading, taken = known[id], readings.get(id)
            others = [
                (choice.id, self.outcomes(claim, id, choice.id))
                for choice in reading.choices
                if choice.id != taken
            ]
            if any(other != own for _, other in others):
                shown = [_alternative(choice, other, own) for choice, other in others]
                question = reading.question.text(session.lang)
                found.append(r.ReadingResult(id, question, taken, reading.default or None, shown))
        return found

    def outcomes(self, claim: Assessed, reading: str, choice: str) -> Outcomes:
        """Return outcome and would-be of the same claim under another choice of one reading."""
        policy = claim.rule.policy.id
        key = (policy, reading, choice)
        other = self.session.otherwise(policy, reading, choice)
        if key not in self.others:
            self.others[key] = self.assessor(policy, other.readings, other.standing)
        return self.others[key].again(claim, reading, other.moved)

    def under(self, claim: Assessed, reading: str, choice: str) -> r.Outcome:
        """Return the outcome of the same claim under another choice of one reading."""
        return self.outcomes(claim, reading, choice)[0]


def _alternative(choice: str, other: Outcomes, own: Outcomes) -> r.Alternative:
    outcome = other[0] if other[0] != own[0] or other[1] is None else other[1]
    return r.Alternative(choice, outcome.verdict, outcome.min_fen, outcome.max_fen)
