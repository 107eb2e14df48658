"""Assesses one applicant against compiled policies: claims, reasons, readings, take-the-higher, totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from duixian.engine import result as r
from duixian.engine.assessed import Assessed
from duixian.engine.claims import Assessor, Refusals
from duixian.engine.context import Frame
from duixian.engine.higher import Setting
from duixian.engine.naming import Names
from duixian.engine.near import NearRule
from duixian.engine.rules import Rule, Rules, compile_policy
from duixian.engine.standing import Standing, last_days, stand
from duixian.engine.totals import Share, totals_of
from duixian.language.policy import Policy
from duixian.language.problems import nearest
from duixian.language.vocabulary import Vocabulary, shared_vocabulary
from duixian.register.applicant import Applicant


class RequestError(ValueError):
    """A request names a policy, reading or choice that does not exist; the message says which are known."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: the day of application (also by policy), adoption days of drafts, choices of readings.

    `readings` maps a reading's id (or `policy-id/reading-id`) to a choice. `lang` is `zh` or `en`.
    """

    on: dt.date
    on_policy: Mapping[str, dt.date] = field(default_factory=dict)
    if_adopted: Mapping[str, dt.date] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    lang: str = "zh"


class _Told(msgspec.Struct, frozen=True, gc=False):
    """What is the same in every claim under a measure."""

    title: str
    at: str
    payee: str
    decided_by: list[str]
    evidence: list[str]
    note: str


_Otherwise = tuple[Mapping[str, str], Standing, bool]
"""Readings with one of them chosen otherwise, how the policy stands under them, and whether that differs."""


class Rulebook:
    """Compiled policies. Making one is the costly part; it holds no state between assessments."""

    def __init__(self, policies: Iterable[Policy], vocabulary: Vocabulary | None = None) -> None:
        """Compile the policies, in order of their ids."""
        self.vocabulary = vocabulary or shared_vocabulary()
        found = sorted(policies, key=lambda policy: policy.id)
        self.rules: dict[str, Rules] = {
            policy.id: compile_policy(policy, self.vocabulary) for policy in found
        }
        self.names = Names(self.rules)
        self.readings = {
            id: {item.id: item for item in rules.policy.readings} for id, rules in self.rules.items()
        }
        self.events = {name: entity.event for name, entity in self.vocabulary.records.items()}
        self.near = {
            rule.names[1]: NearRule(rule.measure) for rules in self.rules.values() for rule in rules.measures
        }

    def ask(self, request: Request) -> Session:
        """Check a request against these policies and make ready for many applicants. Raises RequestError."""
        return Session(self, request)


class Session:
    """A checked request: how each policy stands on its day, and the readings taken."""

    def __init__(self, book: Rulebook, request: Request) -> None:
        """Resolve the readings and the standing of every policy. Raises RequestError."""
        self.book = book
        self.request = request
        self.lang = request.lang
        for named in (*request.on_policy, *request.if_adopted):
            if named not in book.rules:
                raise RequestError(f"no policy `{named}`: {nearest(named, book.rules)}")
        for named in request.if_adopted:
            if book.rules[named].starts is not None:
                raise RequestError(f"`{named}` has a first day of its own, so it cannot be taken as adopted")
        self.readings = self._readings(request.readings)
        self.ends = last_days(book.rules, request.if_adopted, self.readings)
        self.refusals: Refusals = {}
        self.words: dict[str, _Told] = {}
        self.elsewise: dict[tuple[str, str, str], _Otherwise] = {}
        self.standings = {id: self.stand(id, self.readings[id]) for id in book.rules}

    def day(self, policy: str) -> dt.date:
        """Return the day of application for a policy."""
        return self.request.on_policy.get(policy, self.request.on)

    def stand(self, policy: str, readings: Mapping[str, str]) -> Standing:
        """Return how a policy stands under a choice of readings."""
        adopted = self.request.if_adopted.get(policy)
        return stand(self.book.rules[policy], self.day(policy), adopted, readings, self.ends)

    def _readings(self, asked: Mapping[str, str]) -> dict[str, dict[str, str]]:
        taken = {
            id: {reading.id: reading.default for reading in rules.policy.readings if reading.default}
            for id, rules in self.book.rules.items()
        }
        for name, choice in asked.items():
            policy, _, id = name.rpartition("/")
            places = [
                key
                for key, rules in self.book.rules.items()
                if policy in ("", key) and rules.policy.reading(id)
            ]
            if not places:
                known = [item.id for rules in self.book.rules.values() for item in rules.policy.readings]
                raise RequestError(f"no reading `{name}`: {nearest(id, known)}")
            for key in places:
                reading = self.book.rules[key].policy.reading(id)
                choices = [item.id for item in reading.choices] if reading else []
                if choice not in choices:
                    raise RequestError(
                        f"`{choice}` is not a choice of the reading `{id}`: {nearest(choice, choices)}"
                    )
                taken[key][id] = choice
        return taken

    def states(self) -> list[r.PolicyState]:
        """Return the policies as they stand on their days."""
        found = []
        for id, standing in self.standings.items():
            starts, ends = standing.days["starts"], standing.days["ends"]
            label = self.book.rules[id].policy.title.text(self.lang)
            first, last = (day if isinstance(day, dt.date) else None for day in (starts, ends))
            found.append(r.PolicyState(id, label, self.day(id), standing.state, first, last))
        return found

    def assess(self, applicants: Sequence[Applicant]) -> r.Assessment:
        """Assess several applicants. Raises InputError where a payment or decision names no one measure."""
        self.book.names.check(applicants)
        return r.Assessment(self.request.on, self.states(), [self.applicant(item) for item in applicants])

    def applicant(self, applicant: Applicant) -> r.ApplicantResult:
        """Assess one applicant. Raises InputError where a payment or decision names no one measure."""
        self.book.names.check((applicant,))
        frames = {id: Frame(applicant, self.day(id), self.book.events) for id in self.book.rules}
        claims: list[Assessed] = []
        for id, rules in self.book.rules.items():
            assessor = Assessor(frames[id], self.standings[id], self.readings[id], self.lang, self.refusals)
            claims.extend(assessor.all(rules))
        frame = Frame(applicant, self.request.on, self.book.events)
        setting = Setting(self.book.rules, self.standings, self.readings, frame)

        def again(claim: Assessed, reading: str, choice: str) -> r.Outcome:
            return self.under(claim, frames[claim.rule.policy.id], reading, choice)[0]

        totals, shares = totals_of(claims, setting, self.lang, again)
        made = [
            self.claim(claim, frames[claim.rule.policy.id], shares[index])
            for index, claim in enumerate(claims)
        ]
        return r.ApplicantResult(applicant.id, str(applicant.facts.get("name", "")), made, totals)

    def claim(self, claim: Assessed, frame: Frame, share: Share) -> r.Claim:
        """Return the finished claim."""
        if claim.context is not None:
            return self.finish(claim, frame, share)
        if claim.finished is None:
            claim.finished = self.finish(claim, frame, share)
        return claim.finished

    def finish(self, claim: Assessed, frame: Frame, share: Share) -> r.Claim:
        """Put a claim together with its near misses, readings and share."""
        rule, terms, told = claim.rule, claim.sums.terms, self.told(claim.rule)
        shown = claim.would_be or claim.outcome
        would_be = claim.would_be
        if would_be is not None:
            would_be = r.Outcome(would_be.verdict, would_be.min_fen, would_be.max_fen, share.would_be)
        near: list[r.Near] = []
        by = None
        if claim.context is not None:
            rules = self.book.near[rule.names[1]]
            near = (
                rules.misses(claim.conditions, claim.context)
                if shown.verdict == "ineligible"
                else rules.next_steps(claim.context)
            )
            day = rule.apply_by(claim.context) if rule.apply_by is not None else None
            by = day if isinstance(day, dt.date) else None
        missing = (
            sorted({r.MissingFact(*item) for item in claim.missing})
            if shown.verdict == "undetermined"
            else []
        )
        return r.Claim(
            policy=rule.policy.id,
            measure=rule.measure.id,
            title=told.title,
            at=told.at,
            record=claim.record_id,
            verdict=claim.outcome.verdict,
            min_fen=claim.outcome.min_fen,
            max_fen=claim.outcome.max_fen,
            right=terms.right,
            sum=terms.sum,
            form=terms.form,
            payee=told.payee,
            event_date=claim.event,
            year=claim.event.year if claim.event else None,
            conditions=claim.conditions,
            missing=missing,
            readings=self.alternatives(claim, frame) if claim.touched else [],
            near=near,
            set_aside=share.aside,
            payable_fen=share.payable,
            would_be=would_be,
            decided_by=told.decided_by,
            evidence=told.evidence,
            apply_by=by,
            already_paid_fen=claim.paid.fen,
            note=told.note,
            stages=self.stages(claim, shown),
            claw_back=self.claw_back(claim, shown),
        )

    def told(self, rule: Rule) -> _Told:
        """Return the words of a measure in the session's language, looked up once."""
        name = rule.names[1]
        if name not in self.words:
            measure, lang = rule.measure, self.lang
            payee, note = (label.text(lang) if label else "" for label in (measure.payee, measure.note))
            units, papers = list(measure.decided_by), list(rule.evidence)
            self.words[name] = _Told(measure.title.text(lang), measure.at, payee, units, papers, note)
        return self.words[name]

    def stages(self, claim: Assessed, shown: r.Outcome) -> list[r.Stage]:
        """Return the stages in which a claim that may hold is to be paid."""
        staging = claim.rule.staging
        if staging is None or claim.context is None or shown.verdict == "ineligible":
            return []
        whole = None if shown.max_fen is None else shown.max_fen + claim.paid.fen
        return staging.tell(claim.context, whole, self.lang)

    def claw_back(self, claim: Assessed, shown: r.Outcome) -> r.ClawBack | None:
        """Return until when and how what is paid under a claim that may hold may have to be paid back."""
        staging = claim.rule.staging
        if staging is None or claim.context is None or shown.verdict == "ineligible":
            return None
        return staging.pay_back(claim.context, self.lang)

    def alternatives(self, claim: Assessed, frame: Frame) -> list[r.ReadingResult]:
        """Return the readings the claim rests on: those of which another choice gives another answer."""
        policy = claim.rule.policy
        known = self.book.readings[policy.id]
        found = []
        for id in sorted(claim.touched):
            reading = known[id]
            taken = self.readings[policy.id].get(id)
            others = []
            for choice in reading.choices:
                if choice.id != taken:
                    outcome = self.under(claim, frame, id, choice.id)
                    others.append((choice.id, outcome))
            own = (claim.outcome, claim.would_be)
            if any(other != own for _, other in others):
                shown = [_alternative(choice, other, own) for choice, other in others]
                question = reading.question.text(self.lang)
                found.append(r.ReadingResult(id, question, taken, reading.default or None, shown))
        return found

    def under(
        self, claim: Assessed, frame: Frame, reading: str, choice: str
    ) -> tuple[r.Outcome, r.Outcome | None]:
        """Return outcome and would-be of the same claim under another choice of one reading."""
        key = (claim.rule.policy.id, reading, choice)
        if key not in self.elsewise:
            self.elsewise[key] = self.otherwise(*key)
        readings, standing, moved = self.elsewise[key]
        return Assessor(frame, standing, readings, self.lang, self.refusals).again(claim, reading, moved)

    def otherwise(self, policy: str, reading: str, choice: str) -> _Otherwise:
        """Return the readings with another choice of one, how the policy then stands, and whether otherwise."""
        readings = {**self.readings[policy], reading: choice}
        validity = reading in self.book.rules[policy].validity_readings
        standing = self.stand(policy, readings) if validity else self.standings[policy]
        return readings, standing, standing.state != self.standings[policy].state


def _alternative(
    choice: str, other: tuple[r.Outcome, r.Outcome | None], own: tuple[Any, Any]
) -> r.Alternative:
    outcome = other[0] if other[0] != own[0] or other[1] is None else other[1]
    return r.Alternative(choice, outcome.verdict, outcome.min_fen, outcome.max_fen)


def assess_policies(
    applicants: Sequence[Applicant], policies: Iterable[Policy], request: Request
) -> r.Assessment:
    """Assess applicants against policies in one call; compile once with Rulebook for many calls."""
    return Rulebook(policies).ask(request).assess(applicants)
