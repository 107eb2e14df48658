"""Makes distinct, plausible applicants from the vocabulary, for measurements; seeded, so runs compare."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction

from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.applicant import Absent, Applicant, Value

CITIES = ("420106", "420111", "430104", "510104", "420112")
UNASKED = ("decision", "payment", "sanction", "incident")


def make_applicants(
    vocabulary: Vocabulary, count: int, records: int, seed: int, missing: float = 0.05
) -> list[Applicant]:
    """Return applicants with so many records each; a share `missing` of the facts is left unknown."""
    rng = random.Random(seed)
    return [_applicant(vocabulary, rng, f"a{number}", records, missing) for number in range(count)]


def _applicant(
    vocabulary: Vocabulary, rng: random.Random, id: str, records: int, missing: float
) -> Applicant:
    facts = _facts(vocabulary, vocabulary.entities["applicant"], rng, missing, {})
    facts["kind"] = rng.choices(("enterprise", "research_institute", "person", "park"), (85, 7, 5, 3))[0]
    facts["name"] = f"示例{id}"
    lists: dict[str, list[dict[str, Value]]] = {"year": []}
    years = min(4, records)
    for year in range(2023 - years, 2023):
        record = _facts(vocabulary, vocabulary.entities["year"], rng, missing, {})
        lists["year"].append({**record, "id": f"y{year}", "year": year})
    types = [name for name in vocabulary.records if name not in ("year", *UNASKED)]
    for number in range(records - years):
        entity = rng.choice(types)
        items = lists.setdefault(entity, [])
        known = {name: [str(item["id"]) for item in found] for name, found in lists.items()}
        items.append(
            {
                **_facts(vocabulary, vocabulary.entities[entity], rng, missing, known),
                "id": f"{entity}{number}",
            }
        )
    complete = frozenset(name for name in vocabulary.records if rng.random() > missing)
    return Applicant(id, facts, lists, complete)


def _facts(
    vocabulary: Vocabulary, entity: Entity, rng: random.Random, missing: float, known: dict[str, list[str]]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, field in entity.fields.items():
        if field.required or rng.random() >= missing:
            value = _value(vocabulary, field, rng, known)
            if value is not None:
                found[name] = value
    return found


def _value(
    vocabulary: Vocabulary, field: Field, rng: random.Random, known: dict[str, list[str]]
) -> Value | None:
    kind, of = field.type.kind, field.type.of
    if field.optional and rng.random() < 0.3:
        return Absent.NONE
    if kind == "money":
        return round(rng.lognormvariate(15, 2)) * 100
    if kind in ("enum", "set"):
        words = list(vocabulary.enums[of])
        return rng.choice(words) if kind == "enum" else frozenset(rng.sample(words, min(2, len(words))))
    if kind == "record":
        return rng.choice(known[of]) if known.get(of) else Absent.NONE
    plain: dict[str, Value] = {
        "count": rng.randint(0, 400),
        "year": rng.randint(2019, 2022),
        "date": dt.date(2019, 1, 1) + dt.timedelta(rng.randint(0, 1600)),
        "flag": rng.random() < 0.7,
        "division": rng.choice(CITIES),
        "ratio": Fraction(rng.randint(0, 100), 100),
        "area": Fraction(rng.randint(20, 300)),
        "price_per_area": Fraction(rng.randint(5_000, 30_000) * 100),
        "text": "示例",
    }
    return plain[kind]
