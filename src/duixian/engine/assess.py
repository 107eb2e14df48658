"""What is asked of which policies: a request is checked once, then answered for many applicants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duixian.engine import result as r
from duixian.engine.answer import Answer, Otherwise, tell
from duixian.engine.naming import Names
from duixian.engine.refusals import Refusals
from duixian.engine.rules import Rules, compile_policy
from duixian.engine.standing import Standing, last_days, stand
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

    @property
    def told(self) -> bytes:
        """All that an answer rests on, the same for the same request; the language is not part of it."""
        asked = (self.on_policy, self.if_adopted, self.readings)
        return repr([self.on, *(sorted(item.items()) for item in asked)]).encode()


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
        self.refusals = Refusals()
        self.told = {
            rule.names[1]: tell(rule, request.lang)
            for rules in book.rules.values()
            for rule in rules.measures
        }
        self._otherwise: dict[tuple[str, str, str], Otherwise] = {}
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
        return Answer(self, applicant).result()

    def otherwise(self, policy: str, reading: str, choice: str) -> Otherwise:
        """Return the readings with another choice of one, and how the policy then stands."""
        found = self._otherwise.get((policy, reading, choice))
        if found is None:
            readings = {**self.readings[policy], reading: choice}
            validity = reading in self.book.rules[policy].validity_readings
            standing = self.stand(policy, readings) if validity else self.standings[policy]
            found = Otherwise(readings, standing, standing.state != self.standings[policy].state)
            self._otherwise[policy, reading, choice] = found
        return found


def assess_policies(
    applicants: Sequence[Applicant], policies: Iterable[Policy], request: Request
) -> r.Assessment:
    """Assess applicants against policies in one call; compile once with Rulebook for many calls."""
    return Rulebook(policies).ask(request).assess(applicants)
