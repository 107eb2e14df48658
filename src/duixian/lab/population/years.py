"""The fiscal years of the applicants: revenue backwards from the last year, R&D, headcount; size from them."""

from __future__ import annotations

from typing import Final

import numpy as np

from duixian.lab.population.draws import UNKNOWN, Floats, Ints, chosen, exact_money, yes
from duixian.lab.population.firms import Block, year_starts
from duixian.lab.population.society import BRANCHES
from duixian.lab.population.table import Piece

_WEATHER: Final = {2020: -0.10, 2021: 0.06, 2022: -0.04}
"""How the years differ from the trend, as a change of the logarithm of revenue."""
_SIZES: Final = {
    # 工信部联企业〔2011〕300号, simplified: headcount and revenue in 万元 of medium..large, small..medium,
    # micro..small; a firm has a size if it reaches both.
    "manufacturing": ((1000, 40000), (300, 2000), (20, 300)),
    "software": ((300, 10000), (100, 1000), (10, 50)),
    "construction": ((0, 80000), (0, 6000), (0, 300)),
    "agriculture": ((0, 20000), (0, 500), (0, 50)),
    "service": ((300, 20000), (100, 500), (10, 100)),
}
_RULE_OF: Final = {
    **dict.fromkeys(("manufacturing", "optics", "military"), "manufacturing"),
    **dict.fromkeys(("information", "software", "intelligence", "security"), "software"),
}


def fiscal_years(block: Block) -> tuple[Piece, Ints]:
    """The years of all applicants that keep accounts, oldest first, and the size of each applicant.

    A size is 0 micro to 3 large, UNKNOWN for others than firms. A firm has a year from the one of its
    founding on, revenue in proportion to the part of the year.
    """
    society, rng = block.society, block.rng("years")
    count = society.years
    years = np.arange(society.last_year - count + 1, society.last_year + 1, dtype=np.int64)
    logs = np.log(np.maximum(block.revenue, 1e4))[:, None] - _growth(block, years, rng)
    ends = year_starts(years + 1) - 1
    part = np.clip((ends[None, :] - block.founded[:, None] + 1) / 365.0, 0.0, 1.0)
    keeps = (block.revenue > 0)[:, None] & (part > 0.08)
    # The last year's figure is what was calibrated, however short the year was.
    part[:, -1] = 1.0
    owner, column = np.nonzero(keeps)
    revenue = np.exp(logs[owner, column]) * part[owner, column]
    branch = block.branch[owner]
    heads = _headcount(block, owner, revenue, rng)
    main = np.where(yes(rng, 0.6, len(owner)) == 1, 1.0, 1.0 - 0.25 * rng.random(len(owner)) ** 2)
    security = _security(block, owner, rng)
    local = security * rng.random(len(owner)) ** 0.5
    fen = exact_money(revenue)
    piece = Piece(
        owner,
        {
            "year": years[column],
            "revenue": fen,
            "main_revenue": np.minimum(exact_money(revenue * main), fen),
            "rnd_spend": _research(block, owner, revenue, rng),
            "security_income": np.minimum(exact_money(revenue * security), fen),
            "security_income_local": np.minimum(exact_money(revenue * local), fen),
            "headcount": heads,
        },
    )
    last = piece.columns["year"] == society.last_year
    sizes = np.full(block.size, UNKNOWN, np.int64)
    rows = np.flatnonzero(last & block.firm[owner])
    sizes[owner[rows]] = _size(branch[rows], heads[rows], revenue[rows] / 1e6)
    return piece, sizes


def _growth(block: Block, years: Ints, rng: np.random.Generator) -> Floats:
    """How far the logarithm of revenue lies below that of the last year, for each applicant and year.

    Growth is higher in young branches and innovative firms, and steadier in large ones.
    """
    trend = np.asarray([branch.growth for branch in BRANCHES])[block.branch] + 0.03 * block.innovation
    unsteady = np.clip(0.24 - 0.04 * block.scale, 0.08, 0.40)
    lasting = 0.4 * unsteady * rng.standard_normal(block.size)
    behind = np.zeros((block.size, len(years)))
    for place in range(len(years) - 2, -1, -1):
        weather = _WEATHER.get(int(years[place + 1]), 0.0)
        step = trend + lasting + weather + unsteady * rng.standard_normal(block.size)
        behind[:, place] = behind[:, place + 1] + step
    return behind


def _headcount(block: Block, owner: Ints, revenue: Floats, rng: np.random.Generator) -> Ints:
    """People grow slower than revenue; a firm's output a head has its own level, the years differ a little."""
    output = np.asarray([branch.output for branch in BRANCHES])[block.branch]
    level = np.exp(0.45 * rng.standard_normal(block.size)) * output * 1e6
    people = (revenue / level[owner]) ** 0.85 * np.exp(0.06 * rng.standard_normal(len(owner)))
    heads: Ints = np.maximum(np.round(people * 1.6), 1.0).astype(np.int64)
    return heads


def _research(block: Block, owner: Ints, revenue: Floats, rng: np.random.Generator) -> Ints:
    """R&D spending: more firms do it the larger and more innovative they are, at a lower share of revenue."""
    active = np.asarray([branch.active for branch in BRANCHES])[block.branch]
    odds = np.log(active / (1 - active)) + 0.9 * block.scale + 0.8 * block.innovation
    does = rng.random(block.size) < 1 / (1 + np.exp(-odds))
    median = np.asarray([branch.intensity for branch in BRANCHES])[block.branch]
    usual = median * np.exp(0.6 * rng.standard_normal(block.size) + 0.2 * block.innovation)
    usual = usual * 10 ** (-0.12 * block.scale)
    share = np.minimum(usual[owner] * np.exp(0.2 * rng.standard_normal(len(owner))), 1.5)
    return np.where(does[owner], exact_money(revenue * share), 0)


def _security(block: Block, owner: Ints, rng: np.random.Generator) -> Floats:
    """The share of revenue that a security firm has from industrial firms; nothing for the others."""
    usual = np.zeros(block.size)
    firms = np.flatnonzero(block.of("security"))
    usual[chosen_of(rng, firms, 0.6)] = 1.0
    usual *= rng.random(block.size) ** 1.5 * 0.7
    return usual[owner]


def chosen_of(rng: np.random.Generator, rows: Ints, share: float) -> Ints:
    """A share of these rows."""
    return rows[chosen(rng, np.full(len(rows), share))]


def _size(branch: Ints, heads: Ints, revenue: Floats) -> Ints:
    """0 micro, 1 small, 2 medium, 3 large, by the limits of the branch; revenue in 万元."""
    found = np.zeros(len(branch), np.int64)
    for number, known in enumerate(BRANCHES):
        rows = branch == number
        rule = _SIZES[_RULE_OF.get(known.name, known.name if known.name in _SIZES else "service")]
        for size, (people, income) in zip((3, 2, 1), rule, strict=True):
            reached = (heads >= people) & (revenue >= income)
            found = np.where(rows & reached, np.maximum(found, size), found)
    return found
