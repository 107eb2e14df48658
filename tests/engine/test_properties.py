"""What holds for every pack: its cases pass, and whatever the applicant, no answer takes another one back.

The applicants are those of the packs' worked cases, with facts and records left out, shuffled or raised.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from duixian.engine.assess import Request, Rulebook, Session
from duixian.engine.casework import read_applicant, run_case
from duixian.engine.result import ApplicantResult, Claim, Outcome
from duixian.language import policy as p
from duixian.language import tree as t
from duixian.language.cases import Case, load_with_cases
from duixian.language.pack import companion_folder, load_pack, pack_folders
from duixian.language.vocabulary import vocabulary_of
from duixian.register.applicant import Applicant, Facts

PACKS = [*pack_folders(), Path(__file__).parents[1] / "packs" / "sample-policy"]
KEPT = ("decision", "payment")
"""What the authority decided and paid is taken as it stands: a list of these is not asked to be whole."""


@dataclass
class Tried:
    """A case with its applicant and the session in which it is assessed."""

    case: Case
    applicant: Applicant
    session: Session
    book: Rulebook


@dataclass
class Pack:
    """A pack with its cases ready to run."""

    policy: p.Policy
    tried: list[Tried]


@cache
def pack_of(folder: Path) -> Pack:
    policy, cases = load_with_cases(folder)
    vocabulary = vocabulary_of(folder)
    others = {id: load_pack(companion_folder(folder, id)) for case in cases for id in case.policies}
    books: dict[tuple[str, ...], Rulebook] = {}
    tried = []
    for case in cases:
        if case.policies not in books:
            books[case.policies] = Rulebook([policy, *(others[id] for id in case.policies)], vocabulary)
        book = books[case.policies]
        drafts = [id for id, rules in book.rules.items() if rules.starts is None]
        adopted = dict.fromkeys(drafts, case.if_adopted) if case.if_adopted else {}
        readings = {f"{policy.id}/{id}": choice for id, choice in case.readings.items()}
        session = book.ask(Request(on=case.on, if_adopted=adopted, readings=readings))
        tried.append(Tried(case, read_applicant(case, book), session, book))
    return Pack(policy, tried)


@pytest.fixture(params=PACKS, ids=lambda path: path.name)
def pack(request: pytest.FixtureRequest) -> Pack:
    return pack_of(request.param)


def test_every_case_of_a_pack_passes(pack: Pack) -> None:
    assert pack.tried
    failures = {
        item.case.id: found
        for item in pack.tried
        if (found := run_case(item.case, pack.policy, item.book, item.applicant))
    }
    assert failures == {}


def test_what_is_said_of_facts_in_part_is_not_taken_back(pack: Pack) -> None:
    for item in pack.tried:
        rng = random.Random(item.case.id)  # noqa: S311
        full = item.session.applicant(item.applicant)
        for share in (0.1, 0.5):
            partial = item.session.applicant(in_part(item.applicant, item.book, rng, share))
            assert list(contradictions(partial, full)) == [], item.case.id


def in_part(applicant: Applicant, book: Rulebook, rng: random.Random, share: float) -> Applicant:
    """The applicant with a share of its facts left out; of some lists records too, which then are not whole."""
    complete = set(applicant.complete)
    records: dict[str, tuple[Facts, ...]] = {}
    for entity, items in applicant.records.items():
        fields = book.vocabulary.entities[entity].fields
        kept = list(items)
        if entity not in KEPT:
            if rng.random() < share / 2:
                complete.discard(entity)
                kept = [item for item in items if rng.random() > share / 2]
            needed = {"id", *(name for name, known in fields.items() if known.required)}
            kept = [
                {key: value for key, value in item.items() if key in needed or rng.random() > share}
                for item in kept
            ]
        records[entity] = tuple(kept)
    whole = {entity for entity in complete if applicant.records.get(entity) or rng.random() > share / 4}
    facts = {key: value for key, value in applicant.facts.items() if rng.random() > share}
    return Applicant(applicant.id, facts, records, frozenset(whole | (complete & set(KEPT))))


def contradictions(partial: ApplicantResult, full: ApplicantResult) -> Iterator[str]:
    """What the answer over part of the facts says that the answer over all of them denies."""
    later = {(claim.policy, claim.measure, claim.record): claim for claim in full.claims}
    for claim in partial.claims:
        key = (claim.policy, claim.measure, claim.record)
        if claim.record is None:
            # No record was known: what is said holds for every record that turns up.
            found = [other for other in full.claims if (other.policy, other.measure) == key[:2]]
        else:
            found = [later[key]] if key in later else []
        if not found and said(claim).verdict not in ("undetermined", "ineligible"):
            yield f"{key}: {said(claim).verdict}, and then there is no claim"
        for other in found:
            if claim.verdict != other.verdict and "not_in_force" in (claim.verdict, other.verdict):
                yield f"{key}: {claim.verdict}, and then {other.verdict}"
            elif not allowed(said(claim), said(other)):
                yield f"{key}: {said(claim)}, and then {said(other)}"


def said(claim: Claim) -> Outcome:
    return claim.would_be or Outcome(claim.verdict, claim.min_fen, claim.max_fen)


def allowed(partial: Outcome, full: Outcome) -> bool:
    if partial.verdict not in ("undetermined", full.verdict):
        return False
    low = (
        partial.min_fen is None
        or (full.min_fen is not None and partial.min_fen <= full.min_fen)
        or full.min_fen is None
    )
    high = partial.max_fen is None or (full.max_fen is not None and full.max_fen <= partial.max_fen)
    return low and high


def test_no_claim_passes_its_cap(pack: Pack) -> None:
    ceilings = {
        (pack.policy.id, item.id): caps for item in pack.policy.measures if (caps := ceilings_of(item))
    }
    assert ceilings
    for item in pack.tried:
        for claim in item.session.applicant(item.applicant).claims:
            for ceiling in ceilings.get((claim.policy, claim.measure), ()):
                most = said(claim).max_fen
                assert most is not None and most + claim.already_paid_fen <= max(
                    ceiling, claim.already_paid_fen
                ), (
                    item.case.id,
                    claim,
                )


def ceilings_of(measure: p.Measure) -> list[Any]:
    """The ceilings of a measure that are literals and that no override lifts, in fen."""
    terms = measure.terms
    if measure.instead or terms.sum in ("by_reference", "not_stated"):
        return []
    return [node.value for node in terms.caps if isinstance(node, t.Constant)]


def test_more_investment_never_gives_less(pack: Pack) -> None:
    bases = {item.id: base for item in pack.policy.measures if (base := base_of(item))}
    tried = 0
    for item in pack.tried:
        for claim in item.session.applicant(item.applicant).claims:
            base = bases.get(claim.measure) if claim.policy == pack.policy.id else None
            if base is None or said(claim).verdict in ("ineligible", "undetermined"):
                continue
            for extra in (1, 1_0000_00, 10**13):
                more = item.session.applicant(raised(item.applicant, base, claim.record, extra))
                again = next(other for other in more.claims if key_of(other) == key_of(claim))
                assert said(again).verdict == said(claim).verdict, (item.case.id, claim.measure)
                assert said(again).max_fen >= said(claim).max_fen  # type: ignore[operator]
                assert said(again).min_fen >= said(claim).min_fen  # type: ignore[operator]
                tried += 1
    assert tried or not bases


def key_of(claim: Claim) -> tuple[str, str, str | None]:
    return claim.policy, claim.measure, claim.record


def base_of(measure: p.Measure) -> t.Get | None:
    """The fact of which a measure pays a share, if nothing else of the measure falls as the fact rises."""
    amount = measure.terms.amount
    if not isinstance(amount, t.Arithmetic) or amount.operator != "*" or measure.instead:
        return None
    fact = amount.right
    if not isinstance(amount.left, t.Constant) or not isinstance(fact, t.Get) or fact.type.kind != "money":
        return None
    if not isinstance(fact.record, t.Record) or fact.record.of != "claim":
        return None
    others = [*(item.test for item in measure.conditions), *measure.terms.caps]
    others += [measure.which] if measure.which is not None else []
    read = {node.path for test in others for node in t.walk(test) if isinstance(node, t.Get)}
    return None if fact.path in read else fact


def raised(applicant: Applicant, fact: t.Get, record: str | None, extra: int) -> Applicant:
    entity = fact.record.entity
    items = tuple(
        {**item, fact.field: item[fact.field] + extra} if item.get("id") == record else item  # type: ignore[operator]
        for item in applicant.records[entity]
    )
    return msgspec.structs.replace(applicant, records={**applicant.records, entity: items})


def test_the_order_of_facts_and_records_does_not_matter(pack: Pack) -> None:
    for item in pack.tried:
        rng = random.Random(item.case.id)  # noqa: S311
        assert item.session.applicant(shuffled(item.applicant, rng)) == item.session.applicant(item.applicant)


def shuffled(applicant: Applicant, rng: random.Random) -> Applicant:
    def mixed(facts: Mapping[str, Any]) -> dict[str, Any]:
        return dict(rng.sample(list(facts.items()), len(facts)))

    records = {
        name: tuple(mixed(item) for item in rng.sample(list(items), len(items)))
        for name, items in mixed(applicant.records).items()
    }
    return Applicant(applicant.id, mixed(applicant.facts), records, applicant.complete)
