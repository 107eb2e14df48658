"""Three invented policies whose claims exclude and bound each other in every way the language has.

Which relations and bounds hold, and all sums, are facts of the applicant, so that one compiled kernel meets as
many shapes as there are applicants; the sums are small, so that ties and sums of nothing are common.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import yaml
from tests.engine.invented import HEAD, label, policy, reading

from duixian.engine.batch import Kernel, compile_kernel
from duixian.language.pack import load_policies
from duixian.language.policy import Policy
from duixian.language.vocabulary import POLICIES, Field, Vocabulary, load_vocabulary
from duixian.register.applicant import Absent, Applicant, Facts, Value

SHARED = ("decision", "payment")
WORDS = {"zh": "甲", "en": "a"}
MEASURES = ("exact", "ceiling", "chosen", "open-case", "by-rule", "span", "either", "more", "growth", "grand")


def _field(type: str, **more: Any) -> dict[str, Any]:
    return {"type": type, **WORDS, **more}


def vocabulary() -> dict[str, Any]:
    """The words of the three policies; payments and decisions are those of all policies."""
    shared = yaml.safe_load((POLICIES / "vocabulary.yaml").read_text(encoding="utf-8"))
    words = dict.fromkeys(("red", "green", "blue"), WORDS)
    item = {
        "color": _field("enum color", required=True),
        "project": _field("ref project", optional=True),
        "day": _field("date"),
        "ended": _field("date", optional=True),
        "role": _field("enum role"),
        "count": _field("count"),
        "maker": _field("text"),
        "place": _field("division"),
        "area": _field("area"),
    }
    item |= {f"m{n}": _field("money") for n in range(12)} | {f"g{n}": _field("flag") for n in range(6)}
    own = {"kind": _field("enum applicant_kind"), "division": _field("division"), "tags": _field("set color")}
    own |= {f"f{n}": _field("flag") for n in range(16)} | {f"c{n}": _field("money") for n in range(8)}
    own |= {"most": _field("count"), "founded": _field("date")}
    project = {
        "started": _field("date"),
        "share": _field("ratio"),
        "color": _field("enum color"),
        "lead": _field("flag"),
    }
    year = {"year": _field("year", required=True), "revenue": _field("money"), "staff": _field("count")}
    entities = {
        "applicant": {**WORDS, "fields": own},
        "item": {**WORDS, "event": "day", "fields": item},
        "project": {**WORDS, "event": "started", "fields": project},
        "year": {**WORDS, "event": "year", "fields": year},
        **{name: shared["entities"][name] for name in SHARED},
    }
    kinds = {"enterprise": WORDS, "park": WORDS}
    enums = {"applicant_kind": kinds, "role": {"lead": WORDS, "member": WORDS}, "color": words}
    return {"evidence": shared["evidence"], "enums": enums, "entities": entities}


def _measures(base: int) -> dict[str, dict[str, Any]]:
    """Measures of one policy; `base` moves which facts they rest on."""
    sums = [f"item.m{(base + n) % 12}" for n in range(8)]
    flag, other = (f"item.g{(base + n) % 6}" for n in range(2))
    item = {"per": "item", "to": ["enterprise"]}
    yes = "reading.wide == yes"
    return {
        "exact": {
            **item,
            "amount": sums[0],
            "instead": [
                label(when=flag, sum="by_reference"),
                label(when=f"{other} and {yes}", sum="exact", amount=f"2 * {sums[1]}"),
            ],
        },
        "ceiling": {**item, "sum": "up_to", "amount": f"70% * {sums[1]}", "cap": [sums[2], "7元"]},
        "chosen": {**item, "right": "selected", "amount": sums[2], "role": ["lead"]},
        "open-case": {**item, "right": "case_by_case", "sum": "not_stated", "which": "item.color == red"},
        "by-rule": {**item, "sum": "by_reference", "which": f"item.color == green or {yes}"},
        "span": {
            **item,
            "sum": "range",
            "least": sums[3],
            "amount": f"{sums[3]} + steps(item.count, 0: {sums[4]}, 2: 3元)",
        },
        "either": {**item, "right": "selected", "sum": "one_of", "options": [sums[5], sums[6]]},
        "more": {
            **item,
            "which": f"item.color == red and ({yes} or {flag})",
            "amount": "match(item.color, red: 3元, green: 5元) + 1元 * highest(year.staff where each.year >= 2020)",
            "requires": {
                "first": label(**{"is": "first(item by color, maker)"}),
                "left": label(**{"is": "not has(item.ended) or item.ended > item.day + 1年"}),
                "lead": label(**{"is": "item.project.lead or none(project where each.share >= 50%)"}),
                "near": label(**{"is": "item.place within city or red in applicant.tags"}),
            },
            "in_addition_to": ["exact"],
        },
        "growth": {
            "per": "year",
            "amount": "crossing(year.revenue, previous(year).revenue, reading.strict == yes, "
            "reading.several == yes, 2元: 1元, 5元: 3元, 9元: 4元)",
            "requires": {
                "rises": label(**{"is": "exists(previous(year)) and year.revenue >= previous(year).revenue"})
            },
        },
        "grand": {
            "per": "applicant",
            "to": ["enterprise", "park"],
            "amount": f"min(applicant.c{base % 8}, sum(item.m{base % 12} where each.color == red))",
        },
    }


def _overlap(base: int, partner: str) -> list[dict[str, Any]]:
    def relation(id: str, same: str, period: str, flag: int, **more: Any) -> dict[str, Any]:
        when = f"applicant.f{(base + flag) % 16}"
        return {"id": id, "at": "首#2", "same": same, "period": period, "when": when, **more}

    return [
        relation("inside_matter", "matter", "ever", 0, partners=["document"]),
        relation("inside_year", "enterprise", "year", 1, partners=["document"]),
        relation("pair", "enterprise", "ever", 2, between=["exact", "ceiling"]),
        relation("triple", "matter", "year", 3, between=["ceiling", "chosen", "span"]),
        relation("city_matter", "matter", "ever", 4, partners=["city"], only=["enterprise"]),
        relation("far", "enterprise", "year", 5, partners=[partner]),
        {"id": "read", "at": "首#2", "same": "matter", "period": "ever", "partners": ["city", "document"]}
        | {"when": "reading.inner == yes"},
    ]


def _bounds(base: int) -> list[dict[str, Any]]:
    def bound(id: str, per: list[str], over: list[str], flag: int, **more: Any) -> dict[str, Any]:
        when = f"applicant.f{(base + flag) % 16}"
        return label(id=id, at="首#2", per=per, over=over, when=when, **more)

    most = "applicant.most"
    return [
        bound(
            "all-year",
            ["applicant", "year"],
            ["exact", "ceiling", "span"],
            6,
            ceiling=f"applicant.c{base % 8}",
        ),
        bound("matter", ["matter"], ["exact", "ceiling", "either", "more"], 7, ceiling="9元"),
        bound(
            "color", ["item.color"], ["ceiling", "span", "chosen"], 8, ceiling=f"applicant.c{(base + 1) % 8}"
        ),
        bound("record", ["record"], ["exact", "more"], 9, ceiling="4元"),
        bound("project", ["project"], ["span"], 10, ceiling="6元 + 1.5元"),
        bound(
            "ever", ["applicant"], ["exact", "grand", "growth"], 11, ceiling=f"applicant.c{(base + 2) % 8}"
        ),
        bound("few", ["applicant"], ["span"], 12, at_most=most),
        bound("few-a-color", ["item.color"], ["exact"], 13, at_most="1"),
        bound("few-a-maker", ["item.maker"], ["ceiling", "more"], 14, at_most="2"),
    ]


def write_vocabulary(folder: Path) -> None:
    """Write the vocabulary beside the packs of a folder."""
    (folder / "vocabulary.yaml").write_text(json.dumps(vocabulary(), ensure_ascii=False), encoding="utf-8")


@cache
def policies() -> tuple[tuple[Policy, ...], Vocabulary]:
    """The three policies: two of one city, one of another; the second carries out clauses of the first."""
    folder = Path(mkdtemp(prefix="duixian-tangle-"))
    write_vocabulary(folder)
    found = []
    for number, (id, city) in enumerate((("alpha", "420100"), ("beta", "420100"), ("gamma", "510100"))):
        base = 3 * number
        measures = _measures(base)
        if id == "beta":
            measures["exact"]["implements"] = ["alpha/ceiling"]
            measures["grand"]["implements"] = ["alpha/grand"]
        readings = [
            reading("wide", "yes", "no", default="no"),
            reading("strict", "yes", "no", default="no"),
            reading("several", "yes", "no", default="none"),
            reading("inner", "yes", "no", "maybe", default="none" if id == "gamma" else "no"),
            reading("last", "day_before", "anniversary", default="day_before"),
        ]
        ends = "if reading.last == anniversary then starts + 3年 else starts + 3年 - 1日"
        found.append(
            policy(
                folder,
                id,
                measures,
                city=city,
                readings=readings,
                overlap=_overlap(base, "gamma" if id != "gamma" else "alpha"),
                bounds=_bounds(base),
                validity={**HEAD["validity"], "ends": ends},
                documents={
                    other: {"number": "虚构", "title": WORDS, "ends": "unknown"}
                    for other in ("alpha", "gamma")
                    if other != id
                },
            )
        )
    words = load_vocabulary(folder / "vocabulary.yaml")
    return load_policies(found, words), words


@cache
def tangle_kernel() -> Kernel:
    """All three compiled."""
    kernel = compile_kernel(*policies())
    assert kernel.native, kernel.why_not
    return kernel


def applicants(count: int, seed: int, missing: float) -> list[Applicant]:
    """Applicants whose facts make some of the relations and bounds hold; a share of the facts is missing."""
    rng = random.Random(seed)  # noqa: S311
    words = policies()[1]
    return [_applicant(rng, words, f"t{number}", missing) for number in range(count)]


def _applicant(rng: random.Random, words: Vocabulary, id: str, missing: float) -> Applicant:
    held = rng.choice((0, 0.03, 0.08, 0.25))  # how many relations and bounds hold
    lists: dict[str, list[Facts]] = {}
    for entity, most in (("project", 3), ("item", rng.choice((1, 2, 2, 4))), ("year", 4)):
        ids = [str(item["id"]) for item in lists.get("project", ())]
        lists[entity] = [
            {"id": f"{entity}{rng.randrange(100)}-{n}", **_facts(rng, words, entity, missing, held, ids)}
            for n in range(rng.randrange(most + 1))
        ]
    every = [(entity, str(item["id"])) for entity, items in lists.items() for item in items] or [("", "x")]
    for entity in SHARED:
        lists[entity] = [
            {"id": f"{entity}{n}", **_entry(rng, entity, every, missing)}
            for n in range(rng.choice((0, 0, 1, 4)))
        ]
    whole = frozenset(name for name in words.records if rng.random() > missing)
    facts = _facts(rng, words, "applicant", missing, held, [])
    if "kind" in facts and rng.random() < 0.9:
        facts["kind"] = "enterprise"
    return Applicant(id, facts, lists, whole)


def _facts(
    rng: random.Random, words: Vocabulary, entity: str, missing: float, held: float, ids: list[str]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, field in words.entities[entity].fields.items():
        if not field.required and rng.random() < missing:
            continue
        if field.optional and rng.random() < 0.3:
            found[name] = Absent.NONE
        elif field.type.kind != "record" or ids:
            found[name] = _value(rng, words, name, field, held, ids)
    return found


def _value(
    rng: random.Random, words: Vocabulary, name: str, field: Field, held: float, ids: list[str]
) -> Value:
    kind = field.type.kind
    if kind == "money":
        return rng.choice((0, 100, 100, 200, 300, 500, 901, 1000))
    if kind == "enum":
        return rng.choice(list(words.enums[field.type.of]))
    if kind == "set":
        return frozenset(rng.sample(list(words.enums[field.type.of]), rng.randrange(3)))
    plain: dict[str, Value] = {
        "flag": rng.random() < (held if name.startswith("f") else 0.5),
        "count": rng.randrange(4),
        "year": rng.randrange(2018, 2023),
        "date": dt.date(2020, 1, 1) + dt.timedelta(rng.randrange(950)),
        "text": rng.choice(("甲", "乙", "乙丙")),
        "division": rng.choice(("420106", "420100", "420000", "510104")),
        "ratio": Fraction(rng.randrange(5), 4),
        "area": Fraction(rng.randrange(100), 3),
        "record": rng.choice(ids or ["x"]),
    }
    return plain[kind]


def _entry(rng: random.Random, entity: str, every: list[tuple[str, str]], missing: float) -> dict[str, Value]:
    own, record = rng.choice(every)
    fitting = {"year": ("growth",), "": ("grand",)}.get(own, MEASURES[:8])
    found: dict[str, Value] = {
        "measure": f"{rng.choice(('alpha', 'beta', 'gamma'))}/{rng.choice(fitting)}",
        "record": record,
        "amount": rng.choice((0, 100, 200, 450)),
    }
    day = dt.date(2020, 6, 1) + dt.timedelta(rng.randrange(900))
    found |= {"selected": rng.random() < 0.8, "decided": day} if entity == "decision" else {"paid": day}
    if entity == "decision" and rng.random() < 0.3:
        found["amount"] = Absent.NONE
    return {name: value for name, value in found.items() if name == "measure" or rng.random() > missing}
