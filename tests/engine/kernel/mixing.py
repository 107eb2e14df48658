"""Applicants near the edges of the rules: those of the packs' worked cases, put together, doubled and torn."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from duixian.engine.assess import Rulebook
from duixian.engine.casework import read_applicant
from duixian.language.cases import load_with_cases
from duixian.language.pack import pack_folders
from duixian.language.vocabulary import Entity, Vocabulary, shared_vocabulary
from duixian.register.applicant import Applicant, Value


@cache
def case_applicants() -> tuple[Applicant, ...]:
    """The applicants of all worked cases of the installed packs."""
    found: list[Applicant] = []
    for folder in pack_folders():
        policy, cases = load_with_cases(folder)
        book = Rulebook([policy], shared_vocabulary())
        found += [_named(read_applicant(case, book), policy.id) for case in cases]
    return tuple(found)


def _named(applicant: Applicant, policy: str) -> Applicant:
    """The applicant whose payments and decisions name the policy too, since several have measures of one id."""
    records = dict(applicant.records)
    for entity in {"decision", "payment"} & records.keys():
        records[entity] = tuple(
            {**item, "measure": name if "/" in (name := str(item["measure"])) else f"{policy}/{name}"}
            for item in records[entity]
        )
    return Applicant(applicant.id, applicant.facts, records, applicant.complete)


def mixed_applicants(
    sources: Sequence[Applicant], vocabulary: Vocabulary, count: int, seed: int, missing: float
) -> list[Applicant]:
    """Return applicants, each made of one to three of the sources; a share `missing` of their facts is lost."""
    rng = random.Random(seed)  # noqa: S311
    return [_Mixer(sources, vocabulary, rng, missing).one(f"m{number}") for number in range(count)]


class _Mixer:
    def __init__(
        self, sources: Sequence[Applicant], vocabulary: Vocabulary, rng: random.Random, missing: float
    ) -> None:
        self.sources, self.vocabulary, self.rng, self.missing = sources, vocabulary, rng, missing

    def one(self, id: str) -> Applicant:
        rng = self.rng
        parts = [rng.choice(self.sources) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
        facts: dict[str, Value] = {}
        lists: dict[str, list[dict[str, Value]]] = {}
        whole = set(self.vocabulary.records)
        for number, part in enumerate(parts):
            facts = {**part.facts, **facts}
            whole &= part.complete if rng.random() < 0.8 else set(self.vocabulary.records)
            for entity, items in part.records.items():
                lists.setdefault(entity, []).extend(
                    self.renamed(self.vocabulary.entities[entity], item, number) for item in items
                )
        for entity, items in lists.items():
            if entity not in ("decision", "payment") and rng.random() < 0.2:
                items.append({**rng.choice(items), "id": f"{entity}-twin"})
        own = self.vocabulary.entities["applicant"]
        torn = {
            entity: tuple(self.torn(self.vocabulary.entities[entity], item) for item in items)
            for entity, items in lists.items()
        }
        if rng.random() < 0.2:
            whole -= {rng.choice(sorted(self.vocabulary.records))}
        return Applicant(id, self.torn(own, facts), torn, frozenset(whole))

    def renamed(self, entity: Entity, item: Any, number: int) -> dict[str, Value]:
        """The record with its id, and the ids that it names, made unlike those of the other sources."""
        if not number:
            return dict(item)
        found = dict(item)
        found["id"] = f"{item['id']}-{number}"
        for name, field in entity.fields.items():
            about = entity.name in ("decision", "payment") and name == "record"
            if (field.type.kind == "record" or about) and isinstance(found.get(name), str):
                found[name] = f"{found[name]}-{number}"
        return found

    def torn(self, entity: Entity, facts: Any) -> dict[str, Value]:
        rng, found = self.rng, {}
        for name, value in facts.items():
            field = entity.fields.get(name)
            if field is not None and not field.required and rng.random() < self.missing:
                continue
            found[name] = value if field is None or rng.random() > 0.05 else _moved(value, rng)
        return found


def _moved(value: Value, rng: random.Random) -> Value:
    """The value beside another one, where there is such a thing."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return max(0, value + rng.choice((-1, 1)))
    if isinstance(value, Fraction):
        return value + Fraction(1, 1000)
    if isinstance(value, dt.date):
        return value + dt.timedelta(rng.choice((-366, -1, 1, 366)))
    return value
