"""Claims that say no by one condition alone, the same for every applicant, so made once a session."""

from __future__ import annotations

from collections.abc import Sequence

from duixian.engine.assessed import Assessed
from duixian.engine.judging import NOT_IN_FORCE, NOT_PAID, NOTHING
from duixian.engine.result import ConditionResult, Plain
from duixian.engine.rules import Rule, Rules
from duixian.engine.standing import Standing
from duixian.language.vocabulary import Label


class Refusals:
    """The refusals of one session; a list has one for each measure of a policy, in order."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_kind: dict[tuple[str, str], Sequence[Assessed | None]] = {}
        self._no_record: dict[str, Sequence[Assessed]] = {}

    def by_kind(self, rules: Rules, kind: str, standing: Standing, lang: str) -> Sequence[Assessed | None]:
        """Return those to a kind of applicant (empty: not known), None where a measure speaks to it."""
        found = self._by_kind.get((rules.policy.id, kind))
        if found is None:
            found = self._by_kind[rules.policy.id, kind] = [
                _refusal(rule, "to", rule.says.to, {"applicant.kind": kind}, standing, lang)
                if kind and rule.measure.to and kind not in rule.measure.to
                else None
                for rule in rules.measures
            ]
        return found

    def no_record(self, rules: Rules, standing: Standing, lang: str) -> Sequence[Assessed]:
        """Return those for want of a record."""
        found = self._no_record.get(rules.policy.id)
        if found is None:
            found = self._no_record[rules.policy.id] = [
                _refusal(rule, "record", rule.says.record, {}, standing, lang) for rule in rules.measures
            ]
        return found


def _refusal(
    rule: Rule, id: str, text: Label, facts: dict[str, Plain], standing: Standing, lang: str
) -> Assessed:
    condition = ConditionResult(id, False, text.text(lang), rule.at, facts)
    outcome, would_be = (NOT_IN_FORCE, NOTHING) if standing.in_force is False else (NOTHING, None)
    return Assessed(
        rule,
        None,
        None,
        outcome,
        [condition],
        [id],
        [],
        set(standing.matters),
        None,
        rule.sums,
        NOT_PAID,
        would_be,
    )
