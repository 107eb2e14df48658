"""Which measure a payment or a decision is about: a bare id that two policies share says it of neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from duixian.calendar.days import Both
from duixian.engine.rules import Rules
from duixian.language.policy import Policy
from duixian.language.problems import nearest
from duixian.register.applicant import Applicant
from duixian.register.problems import InputError, InputProblem, Place


class Names:
    """The measures of the policies that are assessed together, by their bare ids."""

    def __init__(self, policies: Mapping[str, Rules]) -> None:
        """Note which policies have a measure of which id."""
        self.measures = {
            id: {measure.id for measure in rules.policy.measures} for id, rules in policies.items()
        }
        owners: dict[str, list[str]] = {}
        for id, rules in policies.items():
            for rule in rules.measures:
                owners.setdefault(rule.measure.id, []).append(f"{id}/{rule.measure.id}")
        self.shared = {id: names for id, names in owners.items() if len(names) > 1}

    def know(self, version: Policy) -> None:
        """Take the measures of another version of a policy as names too: what they were paid for is no mistake."""
        self.measures.get(version.id, set()).update(measure.id for measure in version.measures)

    def check(self, applicants: Iterable[Applicant]) -> None:
        """Raise InputError with every payment and decision of which it cannot be said what it is about."""
        problems = [problem for applicant in applicants for problem in self.problems(applicant)]
        if problems:
            raise InputError(problems)

    def problems(self, applicant: Applicant) -> Iterator[InputProblem]:
        """Yield what is wrong with the measures that an applicant's payments and decisions name."""
        for entity in ("payment", "decision"):
            for record in applicant.records.get(entity, ()):
                name, place = str(record.get("measure", "")), Place("", f"{entity}[{record.get('id', '')}]")
                told = self.told(name)
                if told is not None:
                    yield InputProblem("measure", place, *told, applicant=applicant.id, record_type=entity)

    def told(self, name: str) -> tuple[Both, Both] | None:
        """Say why a name is of no one measure, and what to do; None if it is good."""
        return self._shared(name) or self._unknown(name)

    def _shared(self, name: str) -> tuple[Both, Both] | None:
        names = self.shared.get(name)
        if names is None:
            return None
        zh, en = "」或「".join(names), "` or `".join(names)
        return (
            Both(f"多项政策都有条款「{name}」", f"several policies have a measure `{name}`"),
            Both(f"请写明政策：「{zh}」", f"name the policy too: `{en}`"),
        )

    def _unknown(self, name: str) -> tuple[Both, Both] | None:
        policy, _, measure = name.rpartition("/")
        known = self.measures.get(policy)
        if known is None or measure in known:
            return None
        near = nearest(measure, known)
        return (
            Both(
                f"政策「{policy}」没有条款「{measure}」", f"the policy `{policy}` has no measure `{measure}`"
            ),
            Both(near, near),
        )
