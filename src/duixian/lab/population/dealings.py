"""Contracts, events, listings, hires, guarantees, prizes and homes; accidents and sanctions."""

from __future__ import annotations

from typing import Final

import numpy as np

from duixian.lab.population.codes import Codes
from duixian.lab.population.draws import NONE, Ints, Stream, between, round_money, spread, yes
from duixian.lab.population.firms import Block, years_of
from duixian.lab.population.odds import DIGITAL, Chance, Odds, several
from duixian.lab.population.table import Piece, numbers

_DIGITAL = dict.fromkeys(DIGITAL, 4.0)
CONTRACT: Final = Chance(
    0.02, 0.7, 0.6, {**_DIGITAL, "security": 15.0, "manufacturing": 1.0, "optics": 2.0}, 0.3
)
EVENT: Final = Chance(0.0008, 0.8, 0.7, {**_DIGITAL, "security": 10.0}, 0.4)
LISTING: Final = Chance(0.0002, 1.5, 1.0, {**dict.fromkeys(DIGITAL, 2.0), "optics": 2.0}, 0.6)
HIRE: Final = Chance(
    0.002, 0.9, 1.0, {"security": 20.0, "intelligence": 30.0, "software": 3.0, "information": 1.0}, 0.03
)
PRIZE: Final = Chance(0.0006, 0.2, 1.0, {"security": 15.0, "software": 2.0, "intelligence": 3.0}, 0.0)
INCIDENT: Final = Chance(0.0012, 0.5, -0.1, {"construction": 4.0, "manufacturing": 2.0, "optics": 1.5}, 0.5)
SANCTION: Final = Chance(0.004, -0.2, -0.2)
_GUARANTEES: Final = Chance(0.7, 0.1, 0.0, {"guarantee": 1.0}, 0.0)


def contracts(odds: Odds, codes: Codes, fields: Ints) -> list[Piece]:
    """Contracts of firms; the value grows slower than the firm."""
    block, rng = odds.block, odds.block.rng("contract")
    owner = several(rng, odds.firms(rng, CONTRACT), 1.2)
    size = len(owner)
    signed = _within(block, rng, owner)
    usual = 4e7 * (np.maximum(block.revenue[owner], 1e8) / 1e9) ** 0.5
    amount = round_money(np.minimum(spread(rng, usual, 1.1, size), 1e12))
    return [
        Piece(
            owner,
            {
                "role": codes.draw(rng, "role", {"provider": 65, "client": 30, "developer": 5}, size),
                "fields": fields[owner],
                "technology": yes(rng, 0.35, size),
                "signed": signed,
                "year": years_of(signed),
                "amount": amount,
                "transacted": (amount * np.minimum(1.3 * rng.random(size), 1.0)).astype(np.int64),
            },
        )
    ]


def events(odds: Odds, codes: Codes, fields: Ints) -> list[Piece]:
    """Events that firms, associations and parks hold."""
    block, rng = odds.block, odds.block.rng("event")
    bodies = [
        odds.others(rng, kind, s) for kind, s in (("association", 0.3), ("nonprofit", 0.08), ("park", 0.35))
    ]
    owner = np.concatenate([odds.firms(rng, EVENT), *bodies])
    size = len(owner)
    kinds = {"digital_event": 45, "matchmaking": 40, "security_event": 15}
    return [
        Piece(
            owner,
            {
                "kind": codes.draw(rng, "event_kind", kinds, size),
                "role": codes.draw(rng, "role", {"host": 80, "member": 20}, size),
                "fields": fields[owner],
                "division": block.district[owner],
                "held": _within(block, rng, owner),
                "total_cost": round_money(spread(rng, 4e7, 0.9, size)),
                "contract_value": np.where(
                    yes(rng, 0.4, size) == 1, round_money(spread(rng, 2e8, 1.5, size)), 0
                ),
                "influential": yes(rng, 0.1, size),
            },
        )
    ]


def listings(odds: Odds, codes: Codes) -> list[Piece]:
    """The way to the exchange: tutoring, then acceptance, then listing; each later step has fewer firms."""
    block, rng = odds.block, odds.block.rng("listing")
    owner = odds.firms(rng, LISTING)
    reached = _within(block, rng, owner)
    pieces = []
    for step in ("tutoring_filed", "application_accepted", "listed"):
        size = len(owner)
        pieces.append(
            Piece(
                owner,
                {
                    "step": np.full(size, codes.of("listing_step", step)),
                    "reached": reached,
                    "first_offering": np.full(size, 1),
                },
            )
        )
        later = reached + between(rng, 180, 500, size)
        goes_on = (later <= block.society.last_day) & (rng.random(size) < 0.6)
        owner, reached = owner[goes_on], later[goes_on]
    return pieces


def hires(odds: Odds, codes: Codes) -> list[Piece]:
    """People hired: mostly by security and AI firms, more by larger ones; a seventh has left again."""
    block, rng = odds.block, odds.block.rng("hire")
    firms = odds.firms(rng, HIRE)
    # A few large firms hire by the dozen.
    many = spread(rng, 1.5 * np.sqrt(np.maximum(block.revenue[firms], 1e9) / 1e9), 0.9, len(firms))
    owner = np.repeat(firms, np.clip(many, 1, 150).astype(np.int64))
    size, last = len(owner), block.society.last_day
    urgent = rng.random(size) < np.where(block.of("intelligence")[owner], 0.8, 0.2)
    started = _within(block, rng, owner)
    left = started + between(rng, 60, 1500, size)
    gone = (left <= last) & (rng.random(size) < 0.3)
    kinds = codes.all("hire_kind", ["senior_title", "ai_urgent"])
    return [
        Piece(
            owner,
            {
                "kind": kinds[urgent.astype(np.int64)],
                "from_outside": yes(rng, 0.55, size),
                "started": started,
                "left": np.where(gone, left, NONE),
                "ai_experience": np.where(urgent, between(rng, 6, 96, size), 0),
            },
        )
    ]


def guarantees(odds: Odds) -> list[Piece]:
    """What guarantee companies paid out, one record a year."""
    block, rng, society = odds.block, odds.block.rng("guarantee"), odds.block.society
    firms = odds.firms(rng, _GUARANTEES)
    owner = np.repeat(firms, society.years)
    year = society.last_year - society.years + numbers(owner)
    kept = year > years_of(block.founded[owner])
    owner, year = owner[kept], year[kept]
    size = len(owner)
    return [
        Piece(
            owner,
            {
                "year": year,
                "paid_out": round_money(block.revenue[owner] * 0.3 * rng.random(size)),
                "for_small_security_firms": yes(rng, 0.1, size),
            },
        )
    ]


def prizes(odds: Odds, codes: Codes) -> list[Piece]:
    """Prizes of contests, of young firms, teams and persons."""
    block, rng = odds.block, odds.block.rng("prize")
    people = [odds.others(rng, kind, share) for kind, share in (("team", 0.4), ("person", 0.03))]
    owner = np.concatenate([odds.firms(rng, PRIZE), *people])
    size, last = len(owner), block.society.last_day
    awarded = _within(block, rng, owner)
    settled = awarded + between(rng, 30, 400, size)
    here = (settled <= last) & (rng.random(size) < 0.4)
    return [
        Piece(
            owner,
            {
                "contest": codes.draw(rng, "contest", {"changsha_security": 25, "other": 75}, size),
                "rank": between(rng, 1, 4, size),
                "awarded": awarded,
                "settled": np.where(here, settled, NONE),
                "outstanding": yes(rng, 0.04, size),
            },
        )
    ]


def homes(odds: Odds, title: Piece) -> list[Piece]:
    """Homes that persons bought; those with a title refer to it."""
    block, rng = odds.block, odds.block.rng("home")
    buyers = odds.others(rng, "person", 0.4)
    # Those with a title get help with a home, so more of them buy one.
    owner = buyers[np.isin(buyers, title.owner) | (rng.random(len(buyers)) < 0.3)]
    size = len(owner)
    titled = np.isin(owner, title.owner)
    return [
        Piece(
            owner,
            {
                "bought": between(rng, block.society.first_day, block.society.last_day, size),
                "division": block.district[owner],
                "market_price": np.round(spread(rng, 15000.0, 0.3, size), -2).astype(np.int64) * 100,
                "talent": np.where(titled, 1, NONE),
            },
        )
    ]


def incidents(odds: Odds, codes: Codes) -> list[Piece]:
    """Accidents, few of them major."""
    block, rng = odds.block, odds.block.rng("incident")
    owner = odds.firms(rng, INCIDENT)
    size = len(owner)
    kinds = {"safety": 55, "environment": 30, "quality": 15}
    columns = {
        "kind": codes.draw(rng, "incident_kind", kinds, size),
        "major": yes(rng, 0.06, size),
        "happened": _within(block, rng, owner),
    }
    return [Piece(owner, columns)]


def sanctions(odds: Odds, codes: Codes) -> list[Piece]:
    """Serious dishonesty (open until it is repaired) and bars of three years."""
    block, rng = odds.block, odds.block.rng("sanction")
    owner = odds.firms(rng, SANCTION)
    size = len(owner)
    starts = _within(block, rng, owner)
    barred = rng.random(size) < 0.15
    kinds = codes.all("sanction_kind", ["serious_dishonesty", "barred"])
    repaired = starts + between(rng, 90, 1500, size)
    open_end = np.where(repaired <= block.society.last_day, repaired, NONE)
    columns = {
        "kind": kinds[barred.astype(np.int64)],
        "starts": starts,
        "ends": np.where(barred, starts + 1095, open_end),
    }
    return [Piece(owner, columns)]


def _within(block: Block, rng: Stream, owner: Ints) -> Ints:
    """A day of the fiscal years, after the founding."""
    earliest = np.maximum(block.founded[owner] + 15, block.society.first_day)
    return between(rng, np.minimum(earliest, block.society.last_day), block.society.last_day, len(owner))
