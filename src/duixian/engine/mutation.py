"""Proves that a pack's cases bite: each mutant of the pack must fail one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duixian.engine.assess import Rulebook
from duixian.engine.casework import read_applicant, run_case
from duixian.language import locators
from duixian.language.cases import Case, load_with_cases
from duixian.language.mutate import Mutant, mutants
from duixian.language.pack import companion_folder, load_pack
from duixian.language.policy import Policy
from duixian.language.problems import Position
from duixian.language.vocabulary import Vocabulary, vocabulary_of
from duixian.register.applicant import Applicant

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class MutationReport:
    """How many mutants there were, how many a case killed, and those that survived with their places."""

    total: int = 0
    killed: int = 0
    survivors: list[tuple[Position, str]] = field(default_factory=list)


def mutate_pack(folder: Path, progress: Progress | None = None) -> MutationReport:
    """Run every mutant of a pack against its cases. Raises PackError or InputError if the pack itself is wrong."""
    policy, cases = load_with_cases(folder)
    others = {id: load_pack(companion_folder(folder, id)) for case in cases for id in case.policies}
    found = list(mutants(policy))
    trial = _Trial(policy, cases, others, vocabulary_of(folder))
    report = MutationReport(total=len(found))
    for number, mutant in enumerate(found, 1):
        if trial.kills(mutant):
            report.killed += 1
        else:
            report.survivors.append((mutant.position, mutant.description))
        if progress is not None:
            progress(number, len(found))
    return report


class _Trial:
    """The cases with their applicants read once, sorted by the measure they speak of."""

    def __init__(
        self, policy: Policy, cases: Sequence[Case], others: dict[str, Policy], vocabulary: Vocabulary
    ) -> None:
        self.vocabulary = vocabulary
        self.others = others
        self.policy = policy
        book = Rulebook([policy], vocabulary)
        self.cases = [(case, read_applicant(case, book)) for case in cases]
        self.by_measure: dict[str, list[tuple[Case, Applicant]]] = {}
        places = {
            measure.id: {str(locators.parse(at).full_place) for at in measure.place.at}
            for measure in policy.measures
        }
        for case, applicant in self.cases:
            for id, known in places.items():
                if case.measure == id or (case.at and locators.parse(case.at).full_place in known):
                    self.by_measure.setdefault(id, []).append((case, applicant))

    def kills(self, mutant: Mutant) -> bool:
        """Say whether some case fails under the mutant; the measure's own cases are tried first."""
        books: dict[tuple[str, ...], Rulebook] = {}
        first = self.by_measure.get(mutant.measure, [])
        tried = {id(pair) for pair in first}
        rest = [pair for pair in self.cases if id(pair) not in tried]
        for case, applicant in (*first, *rest):
            if case.policies not in books:
                others = (self.others[id] for id in case.policies)
                books[case.policies] = Rulebook([mutant.policy, *others], self.vocabulary)
            if run_case(case, mutant.policy, books[case.policies], applicant):
                return True
        return False
