"""What an answer says would change it does change it: readings, near misses, and facts filled in, over all cases.

Brute force: the whole applicant is assessed again under each other choice, and with each gap closed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import duixian.policies as installed
from duixian.engine.assess import Request, Rulebook, Session
from duixian.engine.casework import read_applicant
from duixian.engine.result import ApplicantResult, Claim
from duixian.language.cases import Case, load_with_cases
from duixian.language.pack import companion_folder, load_pack, pack_folders
from duixian.language.policy import Policy, Reading
from duixian.register.applicant import Applicant

POLICIES = Path(next(iter(installed.__path__)))
FOLDERS = [folder for folder in pack_folders() if folder.parent == POLICIES]
READING_CASES, NEAR_CASES, PART_CASES = 3, 1, 2
"""One case in so many is tried; which ones moves on with the number of the policy's cases."""

Key = tuple[str, str, str | None]


class Trial:
    """A case ready to be assessed."""

    def __init__(self, case: Case, policy: Policy, book: Rulebook) -> None:
        drafts = [id for id in (policy.id, *case.policies) if book.rules[id].starts is None]
        adopted = dict.fromkeys(drafts, case.if_adopted) if case.if_adopted else {}
        readings = {f"{policy.id}/{id}": choice for id, choice in case.readings.items()}
        self.case, self.policy, self.book = case, policy, book
        self.request = Request(on=case.on, if_adopted=adopted, readings=readings)
        self.session: Session = book.ask(self.request)
        self.applicant: Applicant = read_applicant(case, book)
        self.found = self.session.applicant(self.applicant)

    def under(self, reading: str, choice: str) -> ApplicantResult:
        readings = {**self.request.readings, f"{self.policy.id}/{reading}": choice}
        return self.book.ask(replace(self.request, readings=readings)).applicant(self.applicant)


def trials(folder: Path, one_in: int) -> Iterator[Trial]:
    policy, cases = load_with_cases(folder)
    books: dict[tuple[str, ...], Rulebook] = {}
    for case in cases[len(cases) % one_in :: one_in]:
        if case.policies not in books:
            others = (load_pack(companion_folder(folder, id)) for id in case.policies)
            books[case.policies] = Rulebook([policy, *others])
        yield Trial(case, policy, books[case.policies])


def by_key(found: ApplicantResult) -> dict[Key, Claim]:
    return {(claim.policy, claim.measure, claim.record): claim for claim in found.claims}


def answer(claim: Claim | None) -> tuple[Any, ...]:
    """Verdict, sums and would-be; a claim of which there is none any more is refused."""
    if claim is None:
        return ("ineligible", 0, 0, None)
    then = claim.would_be
    past = None if then is None else (then.verdict, then.min_fen, then.max_fen)
    return (claim.verdict, claim.min_fen, claim.max_fen, past)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_other_choices_of_readings_give_what_is_told(folder: Path) -> None:
    compared = 0
    for trial in trials(folder, READING_CASES):
        for reading in trial.policy.readings:
            taken = trial.session.readings[trial.policy.id].get(reading.id)
            for choice in reading.choices:
                if choice.id != taken:
                    _compare(trial, reading, choice.id)
                    compared += 1
    assert compared


def _compare(trial: Trial, reading: Reading, choice: str) -> None:
    other = trial.under(reading.id, choice)
    others, place = by_key(other), (trial.case.id, reading.id, choice)
    for key, claim in by_key(trial.found).items():
        if key[0] != trial.policy.id:
            continue
        was, now = answer(claim), answer(others.get(key))
        told = [
            item
            for known in claim.readings
            if known.id == reading.id
            for item in known.alternatives
            if item.choice == choice
        ]
        if not told:
            gone = key not in others and was[0] in ("ineligible", "not_in_force")
            assert was == now or gone, (place, key)
            continue
        shown = now[3] if was[:3] == now[:3] and now[3] is not None else now[:3]
        assert (told[0].verdict, told[0].min_fen, told[0].max_fen) == shown, (place, key)
    for key, claim in others.items():
        assert key in by_key(trial.found) or (claim.would_be or claim).verdict == "ineligible", (place, key)
    _compare_totals(trial, reading, choice, other)


def _compare_totals(trial: Trial, reading: Reading, choice: str, other: ApplicantResult) -> None:
    id = trial.policy.id
    if reading.id not in trial.book.rules[id].shared_readings:
        return
    sums = [
        (item.totals.certain_fen, item.totals.at_most_fen, item.totals.with_decisions_fen)
        for item in (trial.found, other)
    ]
    told = [item for item in trial.found.totals.readings if (item.policy, item.id) == (id, reading.id)]
    shown = sums[0]
    for item in told[0].alternatives if told else ():
        if item.choice == choice:
            shown = (item.certain_fen, item.at_most_fen, item.with_decisions_fen)
    assert shown == sums[1], (trial.case.id, reading.id, choice)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_gap_closed_makes_the_condition_hold(folder: Path) -> None:
    for trial in trials(folder, NEAR_CASES):
        for claim in trial.found.claims:
            measure = trial.policy.measure(claim.measure) if claim.policy == trial.policy.id else None
            own = measure is not None and all(
                not near.derived and near.fact.partition(".")[0] in (measure.per, "applicant")
                for near in claim.near
            )
            if not own or not claim.near:
                continue
            place = (trial.case.id, claim.measure, claim.record)
            if claim.near[0].condition == "next_step":
                for near in claim.near:
                    after = _with(trial, claim, {near.fact: near.need})
                    assert _most(after) > _most(claim) or _most(claim) < 0, place
                continue
            after = _with(trial, claim, {near.fact: near.need for near in claim.near})
            failed = {item.id for item in after.conditions if item.holds is False}
            assert failed.isdisjoint(near.condition for near in claim.near), place


def _most(claim: Claim) -> int:
    """The greatest sum; a sum that is still open is told apart by -1."""
    shown = claim.would_be or claim
    return -1 if shown.max_fen is None or shown.verdict == "undetermined" else shown.max_fen


def _with(trial: Trial, claim: Claim, changes: dict[str, Any]) -> Claim:
    """The claim with facts of its record or its applicant changed."""
    facts, records = dict(trial.applicant.facts), dict(trial.applicant.records)
    for path, value in changes.items():
        entity, _, name = path.partition(".")
        given = Fraction(value) if isinstance(value, str) else value
        if entity == "applicant":
            facts[name] = given
            continue
        records[entity] = [
            {**item, name: given} if item["id"] == claim.record else item for item in records[entity]
        ]
    changed = Applicant(trial.applicant.id, facts, records, trial.applicant.complete)
    return by_key(trial.session.applicant(changed))[claim.policy, claim.measure, claim.record]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_told_in_part_is_not_contradicted_by_the_whole(folder: Path) -> None:
    random_ = random.Random(20261122)  # noqa: S311
    for trial in trials(folder, PART_CASES):
        for share in (0.1, 0.4):
            part = trial.session.applicant(_thinned(trial.applicant, share, random_))
            whole = by_key(trial.found)
            for key, claim in by_key(part).items():
                if key in whole:
                    _not_contradicted(claim, whole[key], (trial.case.id, *key))
            assert part.totals.certain_fen <= trial.found.totals.certain_fen, trial.case.id
            most = part.totals.with_missing_fen
            assert most is None or most >= trial.found.totals.with_decisions_fen, trial.case.id


def _thinned(applicant: Applicant, share: float, random_: random.Random) -> Applicant:
    """The applicant without some of its facts, and with some lists no longer known to be whole."""

    def kept(facts: Any, always: tuple[str, ...]) -> dict[str, Any]:
        return {name: value for name, value in facts.items() if name in always or random_.random() > share}

    records = {}
    for entity, items in applicant.records.items():
        # What the authority decided or paid is known, and so is of which year a yearly record is.
        whole = entity in ("decision", "payment")
        always = ("id", "year", "platform") if entity in ("year", "platform_year") else ("id",)
        records[entity] = [dict(item) if whole else kept(item, always) for item in items]
    complete = frozenset(entity for entity in sorted(applicant.complete) if random_.random() > share)
    return Applicant(applicant.id, kept(applicant.facts, ()), records, complete)


def _not_contradicted(part: Claim, whole: Claim, place: object) -> None:
    (verdict, least, most), (full, full_least, full_most) = (
        (shown.verdict, shown.min_fen, shown.max_fen)
        for shown in (part.would_be or part, whole.would_be or whole)
    )
    if verdict == "undetermined":
        assert part.missing, place
        assert most is None or (full_most is not None and full_most <= most), place
    else:
        assert (verdict, least, most) == (full, full_least, full_most), place
    holds = {item.id: item.holds for item in whole.conditions}
    for item in part.conditions:
        assert item.holds is None or holds.get(item.id, item.holds) is item.holds, (place, item.id)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_neither_the_order_of_records_nor_that_of_policies_matters(folder: Path) -> None:
    random_ = random.Random(20261122)  # noqa: S311
    for trial in trials(folder, PART_CASES):
        policies = [rules.policy for rules in trial.book.rules.values()]
        session = Rulebook(reversed(policies)).ask(trial.request)
        applicant = trial.applicant
        records = {entity: random_.sample(items, len(items)) for entity, items in applicant.records.items()}
        shuffled = Applicant(
            applicant.id, applicant.facts, dict(reversed(records.items())), applicant.complete
        )
        assert session.applicant(shuffled) == trial.found, trial.case.id
