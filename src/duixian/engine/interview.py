"""Asks only what still matters: the fact that can settle the most money first, and what belongs to it.

An interview is its answers: the facts as raw texts (the shape every reader takes) and what was answered
with "don't know". So going back is dropping the last answer, and going on later is reading them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from duixian.engine.assess import Session
from duixian.engine.result import ApplicantResult, Claim
from duixian.language.vocabulary import Field, Vocabulary
from duixian.register.applicant import Applicant
from duixian.register.read_facts import applicant_from_mapping

GROUP = 6
YEARS = 4
_NOT_ASKED = frozenset({"decision", "payment"})


class Question(msgspec.Struct, frozen=True):
    """One thing to ask: a fact of a record, or which records of a type there are.

    `money_fen` is the sum of what the claims that wait for it could give, `claims` how many wait,
    `reasons` the places that ask (policy, measure title and place). For records `options` are the values
    of `field` that still matter, such as the certificates some measure rewards, or fiscal years.
    """

    kind: Literal["fact", "records"]
    entity: str
    record: str
    field: str
    text: str
    money_fen: int
    claims: int
    reasons: tuple[str, ...]
    evidence: str
    options: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return the name under which the answer is kept."""
        return f"{self.entity}:{self.record}:{self.field}" if self.kind == "fact" else self.entity


class Answer(msgspec.Struct, frozen=True):
    """An answer as given: a text for a fact, raw records for a list; `unknown` if the person does not know.

    `whole`: the records are all there are; else there may be more.
    """

    key: str
    text: str = ""
    records: tuple[dict[str, str], ...] = ()
    unknown: bool = False
    whole: bool = True


@dataclass(slots=True)
class _Waiting:
    money: int = 0
    claims: int = 0
    reasons: dict[str, None] = field(default_factory=dict)


class Interview:
    """An interview under way: what was answered, and what to ask next."""

    def __init__(self, session: Session, answers: Sequence[Answer] = ()) -> None:
        """Begin, or go on with earlier answers."""
        self.session = session
        self.vocabulary: Vocabulary = session.book.vocabulary
        self.answers = list(answers)

    def answer(self, answer: Answer) -> None:
        """Take an answer. Raises InputError, and takes nothing, if its text cannot be read."""
        self.answers.append(answer)
        try:
            self.applicant()
        except Exception:
            self.answers.pop()
            raise

    def back(self) -> Answer | None:
        """Take back the last answer."""
        return self.answers.pop() if self.answers else None

    def facts(self) -> dict[str, Any]:
        """Return the facts so far in the shape that every reader takes; what is not known is `不详`."""
        facts: dict[str, Any] = {"id": "interview"}
        complete: list[str] = []
        for answer in self.answers:
            entity, _, rest = answer.key.partition(":")
            record, _, name = rest.partition(":")
            if not rest:
                if not answer.unknown:
                    facts[entity] = [dict(item) for item in answer.records]
                    complete += [entity] if answer.whole else []
                continue
            target = facts
            if entity != "applicant":
                target = next(item for item in facts[entity] if item["id"] == record)
            target[name] = "不详" if answer.unknown else answer.text
        return {**facts, "complete": complete}

    def applicant(self) -> Applicant:
        """Return the applicant as far as it is known."""
        return applicant_from_mapping(self.facts(), self.vocabulary, default_id="interview")

    def result(self) -> ApplicantResult:
        """Return the assessment of what is known."""
        return self.session.applicant(self.applicant())

    def questions(self) -> list[Question]:
        """Return what to ask next: the most valuable fact first, then others of the same record."""
        open_ = self._open()
        if not open_:
            return []
        first = max(sorted(open_), key=lambda key: (open_[key].money, open_[key].claims))
        group = [key for key in open_ if key[:2] == first[:2] and (key[2] == "") == (first[2] == "")]
        group.sort(key=lambda key: (-open_[key].money, -open_[key].claims, key))
        return [self._question(key, open_[key]) for key in group[:GROUP]]

    def question(self, key: str) -> Question | None:
        """Return the question of that key as it stands now, None if it no longer matters or was answered."""
        found = next(((place, item) for place, item in self._open().items() if _name(place) == key), None)
        return self._question(*found) if found else None

    def _open(self) -> dict[tuple[str, str, str], _Waiting]:
        """Return what waits for a fact that was not asked yet."""
        done = {answer.key for answer in self.answers}
        waiting = self._waiting(self.result())
        return {key: item for key, item in waiting.items() if _name(key) not in done}

    def _waiting(self, result: ApplicantResult) -> dict[tuple[str, str, str], _Waiting]:
        """Return for each askable fact (entity, record, field; no field: the list) what waits for it."""
        found: dict[tuple[str, str, str], _Waiting] = {}
        for claim in result.claims:
            shown = claim.would_be or claim
            if shown.verdict != "undetermined":
                continue
            for item in claim.missing:
                entity, _, name = item.fact.partition(".")
                if entity not in self.vocabulary.entities or entity in _NOT_ASKED:
                    continue
                key = (entity, "" if entity == "applicant" or not name else item.record, name)
                if name and entity != "applicant" and not item.record:
                    key = (entity, "", "")
                entry = found.setdefault(key, _Waiting())
                entry.money += shown.max_fen or 0
                entry.claims += 1
                entry.reasons[self._reason(claim)] = None
        return found

    def _reason(self, claim: Claim) -> str:
        """Return which measure asks: the policy, its place in the document, and the title."""
        lang = self.session.lang
        policy = self.session.book.rules[claim.policy].policy.short.text(lang)
        return f"{policy} {claim.at} {claim.title}"

    def _question(self, key: tuple[str, str, str], item: _Waiting) -> Question:
        entity, record, name = key
        known = self.vocabulary.entities[entity]
        reasons = tuple(item.reasons)[:3]
        lang = self.session.lang
        if name:
            fact = known.fields[name]
            text = _asked(fact, lang)
            proof = self.vocabulary.evidence[fact.proof].text(lang) if fact.proof else ""
            options = self._choices(fact)
            return Question(
                "fact", entity, record, name, text, item.money, item.claims, reasons, proof, options
            )
        field, options = self._options(entity)
        label = known.label.text(lang)
        text = f"Which records are there: {label}?" if lang == "en" else f"有哪些「{label}」？"
        return Question("records", entity, "", field, text, item.money, item.claims, reasons, "", options)

    def _choices(self, fact: Field) -> tuple[str, ...]:
        """Return what a fact may be: the values of its list, the records it may name, nothing for others."""
        if fact.type.kind in ("enum", "set"):
            return tuple(self.vocabulary.enums[fact.type.of])
        if fact.type.kind == "record":
            return tuple(record["id"] for record in self.records(fact.type.of))
        return ()

    def records(self, entity: str) -> tuple[dict[str, str], ...]:
        """Return the records of a type as they were named, none if they were not asked or not known."""
        return next((answer.records for answer in self.answers if answer.key == entity), ())

    def _options(self, entity: str) -> tuple[str, tuple[str, ...]]:
        """Return the field by which records of a type are told apart and its values that some rule looks for."""
        fields = self.vocabulary.entities[entity].fields
        if "year" in fields and fields["year"].required:
            last = self.session.request.on.year - 1
            return "year", tuple(str(year) for year in range(last, last - YEARS, -1))
        guards = [
            rule.guard
            for rules in self.session.book.rules.values()
            for rule in rules.measures
            if rule.measure.per == entity
        ]
        named = [guard for guard in guards if guard is not None]
        name = (
            named[0][0]
            if named
            else next((key for key, item in fields.items() if item.type.kind == "enum" and item.required), "")
        )
        words = tuple(dict.fromkeys(guard[1] for guard in named if guard[0] == name))
        if not name:
            return "", ()
        whole = tuple(self.vocabulary.enums[fields[name].type.of])
        # A measure without a guard may look for any value, so then all are offered.
        return name, words if words and len(named) == len(guards) else whole

    def new_record(self, entity: str, field: str, value: str, number: int) -> Mapping[str, str]:
        """Return a raw record for a chosen option."""
        id = f"{entity}{value}" if field == entity == "year" else f"{entity}{number}"
        return {"id": id, **({field: value} if field else {})}


def _asked(fact: Field, lang: str) -> str:
    text = fact.ask.text(lang)
    if not fact.authority:
        return text
    return f"{text} (as the authority's paper says)" if lang == "en" else f"{text}（以主管部门文件为准）"


def _name(key: tuple[str, str, str]) -> str:
    entity, record, name = key
    return f"{entity}:{record}:{name}" if name else entity
