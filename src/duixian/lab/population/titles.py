"""Titles granted by authorities, certificates, tests and standards; all cluster in large, innovative firms."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from duixian.lab.population.codes import SECURITY, Codes
from duixian.lab.population.draws import (
    NONE,
    UNKNOWN,
    Ints,
    Stream,
    between,
    chosen,
    pick,
    round_money,
    spread,
    yes,
)
from duixian.lab.population.firms import Block
from duixian.lab.population.odds import DIGITAL, MAKERS, Chance, Odds, several
from duixian.lab.population.table import Piece

_DIGITAL = dict.fromkeys(DIGITAL, 1.0)
_MAKING = dict.fromkeys(MAKERS, 1.0)
_BOTH = {**_DIGITAL, **_MAKING}
_LABS = {**_BOTH, "security": 6.0}
"""Security lives on research and tests more than other branches."""


class Title(NamedTuple):
    """A title of firms: how likely, at which levels, and whether the state gives money with it."""

    chance: Chance
    levels: dict[str, float]
    support: float = 0.0


_STATE = {"national": 1.0}
_HIGH = {"national": 20.0, "provincial": 80.0}
_ALL = {"national": 3.0, "provincial": 47.0, "municipal": 50.0}
_LOCAL = {"provincial": 35.0, "municipal": 65.0}
_CITY = {"municipal": 1.0}
TITLES: Final = {
    "little_giant": Title(Chance(0.003, 1.1, 1.1, {**_BOTH, "service": 0.03}, 0.0), _STATE, 0.2),
    "enterprise_technology_center": Title(
        Chance(0.003, 1.3, 1.0, {**_BOTH, "construction": 0.5}, 0.05), _ALL
    ),
    "engineering_center": Title(Chance(0.0015, 1.2, 1.1, _BOTH, 0.03), _ALL),
    "key_laboratory": Title(Chance(0.00008, 1.5, 1.3, _LABS, 0.0), _STATE),
    "industry_innovation_center": Title(Chance(0.00004, 1.5, 1.2, _LABS, 0.0), _HIGH, 0.5),
    "technology_innovation_center": Title(Chance(0.0001, 1.4, 1.2, _LABS, 0.0), _HIGH, 0.5),
    "manufacturing_innovation_center": Title(Chance(0.00004, 1.5, 1.2, _MAKING, 0.0), _HIGH, 0.5),
    "lighthouse_factory": Title(Chance(0.00001, 2.4, 1.0, _MAKING, 0.0), {"international": 1}),
    "benchmark_smart_factory": Title(Chance(0.0008, 1.4, 0.9, _MAKING, 0.0), _CITY),
    "smart_upgrade_demo": Title(Chance(0.003, 1.2, 0.8, _MAKING, 0.0), _CITY),
    "service_digital_leader": Title(Chance(0.0003, 1.2, 1.0, {**_DIGITAL, "service": 0.6}, 0.0), _CITY),
    "ecommerce_firm": Title(Chance(0.0006, 1.0, 0.6, {**_DIGITAL, "service": 1.0}, 0.0), _HIGH),
    "ito_fusion_firm": Title(Chance(0.0008, 1.1, 0.8, _DIGITAL, 0.0), _HIGH),
    "excellent_cloud_provider": Title(Chance(0.0006, 1.1, 1.0, _DIGITAL, 0.0), _CITY),
    "cross_industry_platform": Title(Chance(0.00003, 1.8, 1.0, _BOTH, 0.0), _STATE, 0.3),
    "industry_platform": Title(Chance(0.0003, 1.2, 1.0, _BOTH, 0.0), _LOCAL),
    "featured_platform": Title(Chance(0.0002, 1.2, 1.0, _BOTH, 0.0), _HIGH, 0.2),
    "industrial_internet_pilot": Title(Chance(0.0004, 1.2, 1.0, _BOTH, 0.0), _HIGH),
    "fusion_pilot": Title(Chance(0.0004, 1.2, 1.0, _BOTH, 0.0), _HIGH),
    "double_innovation_pilot": Title(Chance(0.0001, 1.2, 1.0, _MAKING, 0.0), _STATE),
    "security_pilot": Title(Chance(0.004, 1.0, 1.0, {"security": 1.0, "intelligence": 0.1}, 0.0), _STATE),
    "crypto_testing_body": Title(Chance(0.002, 1.0, 0.8, {"security": 1.0}, 0.0), _STATE),
    "research_institution": Title(Chance(0.0003, 0.8, 1.2, _BOTH, 0.0), _LOCAL),
}  # fmt: skip
_ABOVE_SCALE: Final = 2e9  # fen: 2000万元, the bar of the statistics bureau for industry
OTHER_TITLES: Final[dict[str, dict[str, float]]] = {
    "park": {"star_park": 40, "demonstration_park": 40, "ecommerce_base": 12, "industry_cluster": 12,
             "security_park": 4, "famous_software_park": 2, "xinchuang_base": 5},
    "research_institute": {"research_institution": 50, "engineering_center": 20, "key_laboratory": 5,
                           "technology_innovation_center": 12, "industry_innovation_center": 4},
    "university": {"key_laboratory": 50, "engineering_center": 40},
    "person": {"city_talent_plan": 50, "chengdu_talent_plan": 25, "local_leading_talent": 14, "urgent_talent": 15,
               "national_leading_talent": 2, "international_top_talent": 0.3, "military_civil_talent": 2,
               "contest_talent": 2},
    "team": {"contest_talent": 20, "city_talent_plan": 40, "local_leading_talent": 20, "national_leading_talent": 4},
}  # fmt: skip
_SHARES: Final = {"park": 0.8, "research_institute": 0.35, "university": 0.8, "person": 0.45, "team": 0.5}
CERTIFICATES: Final = {
    "dcmm": Chance(0.0015, 1.1, 1.0, {**dict.fromkeys(DIGITAL, 2.0), **_MAKING}, 0.1),
    "ccrc": Chance(
        0.002, 0.9, 0.8, {"security": 25.0, "software": 2.0, "information": 2.0, "intelligence": 1.0}, 0.0
    ),
    "cnas": Chance(0.0012, 1.1, 0.8, {**_BOTH, "security": 12.0}, 0.1),
    "cma": Chance(0.0008, 0.7, 0.5, {**_BOTH, "security": 15.0}, 0.4),
    "other_security": Chance(0.0025, 0.9, 0.7, {**_DIGITAL, "security": 8.0}, 0.05),
}
_LEVELS: Final = {"dcmm": (5, 35, 45, 12, 3), "ccrc": (8, 27, 65), "white_hat": (50, 35, 15)}
TESTING: Final = Chance(
    0.004, 0.8, 0.8, {"security": 30.0, "software": 3.0, "information": 1.5, "intelligence": 1.5}, 0.05
)
STANDARD: Final = Chance(0.003, 1.3, 1.1, {**_BOTH, "security": 4.0, "construction": 0.6}, 0.1)


def recognitions(odds: Odds, codes: Codes, fields: Ints) -> list[Piece]:
    """Titles of firms, parks, institutes, persons and teams; the statistics list of firms above the bar."""
    block, rng = odds.block, odds.block.rng("recognition")
    above = chosen(rng, np.where(block.firm & (block.revenue >= _ABOVE_SCALE), 0.8, 0.0))
    pieces = [_title(block, rng, codes, above, ("above_scale", {"national": 1.0}, 0.0), fields)]
    for name, title in TITLES.items():
        owner = odds.firms(rng, title.chance, f"recognition/{name}")
        pieces.append(_title(block, rng, codes, owner, (name, title.levels, title.support), fields))
    for kind, titles in OTHER_TITLES.items():
        owner = odds.others(rng, kind, _SHARES[kind])
        if kind == "park":
            owner = several(rng, owner, 0.8)
        drawn = pick(rng, len(owner), list(titles.values()))
        levels = {"national": 10.0, "provincial": 30.0, "municipal": 60.0}
        for number, name in enumerate(titles):
            pieces.append(_title(block, rng, codes, owner[drawn == number], (name, levels, 0.1), fields))
    return pieces


def _title(
    block: Block,
    rng: Stream,
    codes: Codes,
    owner: Ints,
    title: tuple[str, dict[str, float], float],
    fields: Ints,
) -> Piece:
    name, levels, support = title
    size = len(owner)
    talent = name.endswith(("talent", "talent_plan"))
    given = round_money(spread(rng, 3e8, 0.8, size))
    return Piece(
        owner,
        {
            "title": np.full(size, codes.of("title", name)),
            "level": codes.draw(rng, "level", levels, size),
            "granted": _since(block, rng, owner, 365),
            "project": np.full(size, NONE),
            "platform": np.full(size, NONE),
            "fields": fields[owner],
            "talent_class": codes.draw(rng, "talent_class", {"a": 1, "b": 3, "c": 6}, size)
            if talent
            else np.full(size, UNKNOWN),
            "national_support": np.where(rng.random(size) < support, given, 0),
            "stars": between(rng, 3, 5, size) if name == "star_park" else np.full(size, UNKNOWN),
            "reorganised": yes(rng, 0.05 if name == "key_laboratory" else 0.0, size),
            "nominated": yes(rng, 0.15 if talent else 0.0, size),
        },
    )


def refer(titles: Piece, codes: Codes, projects: Piece, platforms: Piece) -> Piece:
    """The titles with those of projects and platforms tied to the first such record of their applicant."""
    tied = {
        "project": (
            ("smart_upgrade_demo", "security_pilot", "industrial_internet_pilot", "fusion_pilot"),
            projects,
        ),
        "platform": (("cross_industry_platform", "industry_platform", "featured_platform"), platforms),
    }
    changed = dict(titles.columns)
    for name, (titled, records) in tied.items():
        if "title" in changed:
            rows = np.isin(changed["title"], codes.all("title", titled)) & np.isin(
                titles.owner, records.owner
            )
            changed[name] = np.where(rows, 1, changed[name])
    return Piece(titles.owner, changed)


def certifications(odds: Odds, codes: Codes) -> list[Piece]:
    """Certificates of firms, a fifth of the graded ones after an earlier lower one, and of persons."""
    block, rng = odds.block, odds.block.rng("certification")
    pieces = []
    for scheme, chance in CERTIFICATES.items():
        owner = odds.firms(rng, chance, f"certification/{scheme}")
        held = _certificate(block, rng, codes, owner, scheme)
        pieces.append(held)
        if scheme in _LEVELS:
            pieces.append(_earlier(block, rng, held, scheme))
    for scheme, share in (("cisp", 0.08), ("cissp", 0.03), ("white_hat", 0.05)):
        owner = odds.others(rng, "person", share)
        pieces.append(_certificate(block, rng, codes, owner, scheme))
    return pieces


def _certificate(block: Block, rng: Stream, codes: Codes, owner: Ints, scheme: str) -> Piece:
    size = len(owner)
    levels = _LEVELS.get(scheme)
    return Piece(
        owner,
        {
            "scheme": np.full(size, codes.of("scheme", scheme)),
            "level": pick(rng, size, levels) + 1 if levels else np.full(size, UNKNOWN),
            "granted": _since(block, rng, owner, 180),
            "fee": round_money(spread(rng, 6e6, 0.6, size)),
            "in_base": yes(rng, 0.03, size),
        },
    )


def _earlier(block: Block, rng: Stream, held: Piece, scheme: str) -> Piece:
    """The certificate one level worse that some holders had one to three years before."""
    worse = held.columns["level"] + (1 if scheme == "ccrc" else -1)  # 1 is the best level of CCRC
    before = held.columns["granted"] - between(rng, 365, 1095, len(worse))
    possible = (worse >= 1) & (worse <= len(_LEVELS[scheme])) & (before > block.founded[held.owner] + 180)
    columns = {**held.columns, "level": worse, "granted": before}
    return Piece(held.owner, columns).kept(possible & (rng.random(len(worse)) < 0.25))


def testings(odds: Odds, codes: Codes) -> list[Piece]:
    """Tests ordered or done by firms."""
    block, rng = odds.block, odds.block.rng("testing")
    owner = several(rng, odds.firms(rng, TESTING), 1.0)
    size = len(owner)
    kinds = {"system": 45, "product_security": 25, "crypto_product": 12, "xinchuang": 12, "supply_chain": 6}
    return [
        Piece(
            owner,
            {
                "kind": codes.draw(rng, "testing_kind", kinds, size),
                "role": codes.draw(rng, "role", {"client": 75, "provider": 25}, size),
                "finished": _since(block, rng, owner, 90, window=True),
                "passed": yes(rng, 0.92, size),
                "third_party": yes(rng, 0.9, size),
                "fee": round_money(spread(rng, 1.2e7, 0.8, size)),
            },
        )
    ]


def standards(odds: Odds, codes: Codes, fields: Ints) -> list[Piece]:
    """Standards that firms and a few bodies wrote."""
    block, rng = odds.block, odds.block.rng("standard")
    firms = several(rng, odds.firms(rng, STANDARD), 0.8)
    bodies = [odds.others(rng, kind, s) for kind, s in (("association", 0.15), ("research_institute", 0.2))]
    owner = np.concatenate([firms, *bodies])
    size = len(owner)
    levels = {"international": 2, "national": 20, "industry": 25, "local": 20, "association": 33}
    return [
        Piece(
            owner,
            {
                "level": codes.draw(rng, "standard_level", levels, size),
                "role": codes.draw(rng, "standard_role", {"led": 25, "participated": 75}, size),
                "action": codes.draw(rng, "standard_action", {"formulated": 80, "revised": 20}, size),
                "approved": _since(block, rng, owner, 365, window=True),
                "fields": np.where(block.of("security")[owner], SECURITY, fields[owner]),
            },
        )
    ]


def _since(block: Block, rng: Stream, owner: Ints, after: int, *, window: bool = False) -> Ints:
    """A day at least so long after the founding, and up to the last day; titles may be older than the accounts."""
    last = block.society.last_day
    least = block.society.first_day - (0 if window else 3 * 365)
    earliest = np.minimum(np.maximum(block.founded[owner] + after, least), last)
    return between(rng, earliest, last, len(owner))
