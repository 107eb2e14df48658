"""Projects, platforms and what hangs on them: platform years, other public money, first-of-its-kind products."""

from __future__ import annotations

from typing import Final

import numpy as np

from duixian.lab.population.codes import Codes
from duixian.lab.population.draws import (
    NONE,
    UNKNOWN,
    Floats,
    Ints,
    Stream,
    between,
    chosen,
    pick,
    round_money,
    spread,
    yes,
)
from duixian.lab.population.firms import Block, years_of
from duixian.lab.population.odds import DIGITAL, MAKERS, Chance, Odds, several
from duixian.lab.population.society import BRANCHES, KINDS
from duixian.lab.population.table import Piece, numbers

_DIGITAL = dict.fromkeys(DIGITAL, 4.0)
_MAKING = dict.fromkeys(MAKERS, 1.0)
PROJECT: Final = Chance(
    0.012, 1.0, 0.8, {**_DIGITAL, "manufacturing": 3.0, "optics": 6.0, "military": 4.0}, 0.4
)
PLATFORM: Final = Chance(
    0.0012, 1.1, 0.9, {**_DIGITAL, "security": 8.0, "manufacturing": 2.0, "optics": 2.0}, 0.2
)
PRODUCT: Final = Chance(
    0.0025, 0.9, 1.0, {**_MAKING, "security": 6.0, "software": 1.0, "intelligence": 2.0}, 0.0
)
_PROGRAMMES: Final = {
    "digital": {"cloud_service": 30, "core_technology": 6, "scenario_demo": 12, "open_challenge": 8,
                "security_demo": 4, "municipal_key_rnd": 8, "municipal_major": 3, "startup": 10,
                "new_build": 6, "talent_project": 3, "national_platform": 1, "leading_firm_arrival": 1,
                "national_security": 1, "pk_demonstration": 2},
    "maker": {"technical_upgrade": 35, "intelligent_upgrade": 25, "new_build": 15, "opto_chip_factory": 2,
              "cloud_service": 12, "major_industry": 2, "municipal_key_rnd": 5, "core_technology": 2,
              "leading_firm_arrival": 1},
    "security": {"cloud_service": 12, "core_technology": 6, "scenario_demo": 14, "open_challenge": 6,
                 "security_demo": 14, "municipal_key_rnd": 10, "municipal_major": 4, "startup": 8,
                 "new_build": 6, "talent_project": 3, "national_security": 10, "pk_demonstration": 6,
                 "leading_firm_arrival": 6, "major_industry": 2},
    "optics": {"opto_chip_factory": 40, "technical_upgrade": 20, "intelligent_upgrade": 15, "new_build": 10,
               "municipal_major": 5, "core_technology": 6, "major_industry": 4},
    "construction": {"digital_building": 60, "new_build": 40},
    "other": {"cloud_service": 60, "new_build": 25, "open_challenge": 10, "startup": 5},
}  # fmt: skip
_LARGE: Final = ("opto_chip_factory", "major_industry", "leading_firm_arrival")
"""Programmes for investments far above what a firm of that size usually plans."""
_PAID_BY_THE_STATE: Final = ("national_security", "national_platform")
_GROUP_OF: Final = {
    **dict.fromkeys(DIGITAL, "digital"),
    "security": "security",
    **dict.fromkeys(("manufacturing", "military"), "maker"),
    "optics": "optics",
    "construction": "construction",
}


def projects(odds: Odds, codes: Codes, fields: Ints) -> list[Piece]:
    """Projects of firms, and a few of institutes, schools, teams and consortia; never before the founding."""
    block, rng = odds.block, odds.block.rng("project")
    firms = several(rng, odds.firms(rng, PROJECT), 0.5)
    groups = list(_PROGRAMMES)
    group = np.asarray([groups.index(_GROUP_OF.get(b.name, "other")) for b in BRANCHES])[block.branch[firms]]
    programme = np.empty(len(firms), np.int64)
    for number, name in enumerate(groups):
        rows = np.flatnonzero(group == number)
        programme[rows] = codes.draw(rng, "programme", _PROGRAMMES[name], len(rows))
    pieces = [_project(block, rng, codes, firms, programme, fields)]
    for kind, share, programmes in (
        ("research_institute", 0.25, {"municipal_major": 3, "municipal_key_rnd": 4, "core_technology": 3}),
        ("university", 0.5, {"municipal_key_rnd": 4, "training_base": 4, "course_adjustment": 2}),
        ("vocational_school", 0.4, {"training_base": 5, "course_adjustment": 5}),
        ("team", 0.5, {"startup": 6, "talent_project": 4}),
        ("person", 0.04, {"talent_project": 5, "startup": 5}),
        ("consortium", 0.8, {"open_challenge": 5, "core_technology": 5}),
    ):
        owners = odds.others(rng, kind, share)
        drawn = codes.draw(rng, "programme", dict(programmes), len(owners))
        pieces.append(_project(block, rng, codes, owners, drawn, fields))
    return pieces


def arrived(project: Piece, codes: Codes) -> Ints:
    """The applicants that were brought to a city as leading firms."""
    programme = codes.of("programme", "leading_firm_arrival")
    owners: Ints = np.unique(project.owner[project.columns["programme"] == programme])
    return owners


def _project(block: Block, rng: Stream, codes: Codes, owner: Ints, programme: Ints, fields: Ints) -> Piece:
    size, last = len(owner), block.society.last_day
    earliest = np.maximum(block.founded[owner] + 30, block.society.first_day - 365)
    approved = between(rng, np.minimum(earliest, last), last, size)
    started = np.minimum(approved + between(rng, 0, 150, size), last)
    completed = started + between(rng, 180, 1000, size)
    passed = completed + between(rng, 30, 300, size)
    done = completed <= last
    accepted = done & (passed <= last) & (rng.random(size) < 0.85)
    usual = 4e8 * np.exp(0.55 * np.log(np.maximum(block.revenue[owner], 1e8) / 1e9))
    large = np.isin(programme, codes.all("programme", _LARGE))
    planned = round_money(np.minimum(spread(rng, usual, 1.0, size) * np.where(large, 6.0, 1.0), 5e12))
    share = np.where(done, 0.85 + 0.3 * rng.random(size), rng.random(size))
    invested = (planned * share).astype(np.int64)
    equipment = (invested * (0.2 + 0.6 * rng.random(size))).astype(np.int64)
    state = np.isin(programme, codes.all("programme", _PAID_BY_THE_STATE))
    national = _granted(rng, invested, np.where(state, 0.9, 0.06), 0.10)
    # Teams of research talent from the military are few, and found start-ups.
    team = block.kind[owner] == KINDS.index("team")
    founders = np.where(team, 0.25, 0.005)
    roles = {"lead": 62, "member": 12, "builder": 12, "provider": 6, "operator": 4, "user": 4}
    return Piece(
        owner,
        {
            "programme": programme,
            "fields": fields[owner],
            "role": codes.draw(rng, "role", roles, size),
            "division": _nearby(block, rng, owner),
            "approved": approved,
            "started": started,
            "completed": np.where(done, completed, NONE),
            "passed": np.where(accepted, passed, NONE),
            "on_time": np.where(accepted, yes(rng, 0.85, size), UNKNOWN),
            "standards_met": yes(rng, 0.95, size),
            "schedule_met": yes(rng, 0.75, size),
            "newly_introduced": yes(rng, np.where(large, 0.3, 0.08), size),
            "total_investment": planned,
            "invested": invested,
            "funds_arrived": np.where(yes(rng, np.where(large, 0.7, 0.3), size) == 1, invested, 0),
            "equipment": equipment,
            "production_equipment": (equipment * (0.5 + 0.5 * rng.random(size))).astype(np.int64),
            "rnd_spend": (invested * rng.random(size) ** 2 * 0.8).astype(np.int64),
            "national_funding": national,
            "provincial_funding": _granted(rng, invested, 0.10, 0.06),
            "municipal_funding": _granted(rng, invested, 0.15, 0.06),
            "national_ratio_set": np.where(national > 0, yes(rng, 0.2, size), 0),
            "partner_above_scale": yes(rng, 0.3, size),
            "military_civil_founder": yes(rng, founders, size),
        },
    )


def platforms(odds: Odds, codes: Codes, fields: Ints) -> list[Piece]:
    """Platforms of firms and of the bodies that run them."""
    block, rng = odds.block, odds.block.rng("platform")
    owners = [odds.firms(rng, PLATFORM)]
    shares = {"platform_operator": 0.9, "park": 0.3, "research_institute": 0.15, "institution": 0.01}
    owners += [odds.others(rng, kind, share) for kind, share in shares.items()]
    owner = np.concatenate(owners)
    size, last = len(owner), block.society.last_day
    earliest = np.maximum(block.founded[owner] + 90, block.society.first_day - 730)
    opened = between(rng, np.minimum(earliest, last), last, size)
    recognised = opened + between(rng, 60, 900, size)
    known = (recognised <= last) & (rng.random(size) < 0.45)
    cost = round_money(np.minimum(spread(rng, 1.2e9 * _weight(block, owner), 0.9, size), 3e11))
    kinds = {"industrial_internet": 40, "public_service": 25, "identification_node": 8, "open_source": 8,
             "pilot_plant": 7, "security_technology": 7, "major_public_service": 5}  # fmt: skip
    of_security = {
        "security_technology": 45,
        "public_service": 25,
        "major_public_service": 20,
        "pilot_plant": 10,
    }
    drawn = np.where(
        block.of("security")[owner],
        codes.draw(rng, "platform_kind", of_security, size),
        codes.draw(rng, "platform_kind", kinds, size),
    )
    security = drawn == codes.of("platform_kind", "security_technology")
    reach = np.exp(1.2 * rng.standard_normal(size)) * _weight(block, owner)
    return [
        Piece(
            owner,
            {
                "kind": drawn,
                "fields": fields[owner],
                "role": codes.draw(rng, "role", {"lead": 50, "builder": 30, "operator": 20}, size),
                "division": block.district[owner],
                "in_base": yes(rng, np.where(security, 0.35, 0.03), size),
                "opened": opened,
                "recognised": np.where(known, recognised, NONE),
                "recognised_level": np.where(
                    known,
                    codes.draw(rng, "level", {"national": 8, "provincial": 32, "municipal": 60}, size),
                    UNKNOWN,
                ),
                "build_cost": cost,
                "software_hardware": (cost * (0.3 + 0.5 * rng.random(size))).astype(np.int64),
                "instruments": (cost * rng.random(size) ** 2 * 0.5).astype(np.int64),
                "new_firms": (40 * reach).astype(np.int64),
                "new_registrations": (3e6 * reach**2).astype(np.int64),
                "daily_resolutions": (8e4 * reach**1.5).astype(np.int64),
                "scenarios": between(rng, 0, 6, size),
                "firms_served": (60 * reach).astype(np.int64),
                "devices": (2000 * reach).astype(np.int64),
                "since_top_node": (opened >= 17866).astype(np.int64),  # 2018-12-01
                "capable_team": yes(rng, 0.8, size),
                "full_chain": yes(rng, 0.5, size),
                "distinctive": yes(rng, 0.4, size),
            },
        )
    ]


def platform_years(block: Block, platform: Piece) -> list[Piece]:
    """One record for each platform and each full or part year since it opened."""
    rng, society = block.rng("platform_year"), block.society
    first = np.maximum(years_of(platform.columns["opened"]), society.last_year - society.years + 1)
    opened = np.flatnonzero(platform.columns["opened"] >= 0)
    span = (society.last_year - first[opened] + 1).clip(0)
    rows = np.repeat(opened, span)
    if not len(rows):
        return []
    cost = np.maximum(platform.columns["build_cost"][rows], 10**8) * spread(rng, 0.12, 0.5, len(rows))
    return [
        Piece(
            platform.owner[rows],
            {
                "platform": numbers(platform.owner)[rows],
                "year": first[rows] + numbers(rows) - 1,
                "service_cost": cost.astype(np.int64),
                "service_income": (cost * spread(rng, 0.9, 0.4, len(rows))).astype(np.int64),
            },
        )
    ]


def public_money(block: Block, codes: Codes, project: Piece) -> list[Piece]:
    """Grants and loans at reduced interest from other budgets, about a sixth of them without a project."""
    rng, last = block.rng("public_money"), block.society.last_day
    with_date = np.where(project.columns["approved"] >= 0, 0.16, 0.0)
    rows = chosen(rng, with_date)
    size = len(rows)
    sources = {"provincial_manufacturing": 20, "national_grant": 15, "provincial_grant": 30, "municipal_grant": 30,
               "premium_subsidy": 5}  # fmt: skip
    invested = np.maximum(project.columns["invested"][rows], 10**7)
    return [
        Piece(
            project.owner[rows],
            {
                "source": codes.draw(rng, "money_source", sources, size),
                "form": codes.draw(rng, "money_form", {"grant": 85, "financing": 15}, size),
                "project": np.where(yes(rng, 0.84, size) == 1, numbers(project.owner)[rows], NONE),
                "amount": round_money(invested * 0.02 * (1 + 4 * rng.random(size))),
                "granted": np.minimum(project.columns["approved"][rows] + between(rng, 30, 700, size), last),
            },
        )
    ]


def products(odds: Odds, codes: Codes, fields: Ints) -> list[Piece]:
    """Products recognised as the first of their kind."""
    block, rng = odds.block, odds.block.rng("product")
    owner = several(rng, odds.firms(rng, PRODUCT), 0.3)
    size, last = len(owner), block.society.last_day
    # Some of what security firms make is equipment.
    written = block.of(*DIGITAL)[owner] & ~(block.of("security")[owner] & (rng.random(size) < 0.4))
    kinds = np.where(
        written, codes.of("product_kind", "first_version"),
        codes.all("product_kind", ["first_set", "first_batch"])[pick(rng, size, [75, 25])],
    )  # fmt: skip
    subsidised = yes(rng, 0.3, size) == 1
    sales = round_money(spread(rng, 8e8 * _weight(block, owner), 1.2, size))
    earliest = np.maximum(block.founded[owner] + 365, block.society.first_day)
    return [
        Piece(
            owner,
            {
                "kind": kinds,
                "fields": fields[owner],
                "role": codes.draw(rng, "role", {"developer": 80, "user": 20}, size),
                "recognised": between(rng, np.minimum(earliest, last), last, size),
                "rnd_spend": round_money(sales * (0.1 + rng.random(size))),
                "contract_executed": sales,
                "premium_approved": np.where(subsidised, round_money(sales.astype(np.float64) * 0.03), 0),
                "premium_subsidised": np.where(subsidised, yes(rng, 0.5, size), 0),
            },
        )
    ]


def _granted(rng: Stream, invested: Ints, share: Floats | float, part: float) -> Ints:
    """Money from another level: for a share of the projects, up to twice that part of what was invested."""
    given = round_money(np.maximum(invested * part * 2 * rng.random(len(invested)), 1e6))
    return np.where(rng.random(len(invested)) < share, given, 0)


def _nearby(block: Block, rng: Stream, owner: Ints) -> Ints:
    """Mostly the applicant's own district; else that of another applicant, wherever that is."""
    elsewhere = block.district[between(rng, 0, block.size - 1, len(owner))]
    return np.where(rng.random(len(owner)) < 0.88, block.district[owner], elsewhere)


def _weight(block: Block, owner: Ints) -> Floats:
    """How much larger than middling what an applicant does is: the cube root of its revenue over 1亿元."""
    weight: Floats = np.clip((np.maximum(block.revenue[owner], 1e8) / 1e10) ** (1 / 3), 0.1, 8.0)
    return weight
