"""The forty measures as OpenFisca variables: vectorised formulas over the whole population."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.flat.data import COUNTS, DATES, MONEY
from benchmarks.flat.openfisca_facts import (
    ENUMS,
    WAN,
    Array,
    Facts,
    Truth,
    capped_sum,
    day,
    floor,
    ge,
    gt,
    steps,
)

Formula = Any
Firm = build_entity(key="firm", plural="firms", label="An applicant", is_person=True)


def first_time(now: Array, before: Array) -> Array:
    """Return the award for the highest step reached now and not before."""
    table = ((1000, 10), (5000, 30), (10000, 60), (100000, 200))
    found = np.zeros(len(now))
    for step, award in table:
        found = np.where((now >= step * WAN) & (before < step * WAN), award * WAN, found)
    found[np.isnan(now) | np.isnan(before)] = np.nan
    found[(now < table[0][0] * WAN) | (before >= table[-1][0] * WAN)] = 0
    return found


def certificates(f: Facts, count: int) -> Truth:
    """Say whether so many certificates are held: settled as soon as the known ones settle it."""
    truths = [f.flag(name) for name in ("high_tech", "specialised", "green_factory", "state_lab")]
    sure, refused = (np.zeros(len(truths[0].yes), np.int8) for _ in range(2))
    for truth in truths:
        sure += truth.yes
        refused += truth.no
    return Truth(sure >= count, 4 - refused < count)


def intense(f: Facts) -> Truth:
    """Say whether R&D is 5% of 2000万元 of revenue or more."""
    return ge(f.revenue, 2000 * WAN) & ge(100 * f.rnd_spend, 5 * f.revenue)


def renewed(f: Facts) -> Truth:
    """Say whether equipment was bought and the project finished in time."""
    return (
        ge(f.equipment_spend, 100 * WAN)
        & f.truth("finished")
        & f.word("industry", "equipment", "materials", "energy")
    )


SHARED: dict[str, Formula] = {
    "may": lambda f: f.word("kind", "enterprise", "institution") & f.flag("clean_record"),
    "digital": lambda f: f.word("industry", "software", "chips", "equipment"),
    "small_firm": lambda f: f.word("size", "micro", "small"),
    "young": lambda f: ge(f.registered, day("2023-06-30")),
    "finished": lambda f: ge(f.completed, day("2025-01-01")) & ~gt(f.completed, day("2025-12-31")),
}
"""Conditions of several measures."""

AWARDS: dict[str, Formula] = {
    "rnd_award_10": lambda f: np.minimum(f.rnd_spend, 2000 * WAN),
    "equipment_award_100": lambda f: np.minimum(12 * f.equipment_spend, 50000 * WAN),
    "interest_award_100": lambda f: np.minimum(30 * f.loan_interest, 10000 * WAN),
    "tax_award_100": lambda f: np.minimum(5 * f.tax_paid, 30000 * WAN),
}
"""Awards on which several measures rest, in tenths and hundredths of a fen."""

MEASURES: dict[str, tuple[Formula, Formula]] = {
    "revenue_step": (
        lambda f: f.truth("digital"),
        lambda f: first_time(f.revenue, f.revenue_last),
    ),
    "rnd_growth": (
        lambda f: f.flag("high_tech") & gt(f.rnd_spend, f.rnd_last),
        lambda f: np.minimum(floor(20 * (f.rnd_spend - f.rnd_last), 100), 100 * WAN),
    ),
    "rnd_award": (intense, lambda f: floor(f.rnd_award_10, 10)),
    "rnd_match": (lambda f: intense(f) & f.flag("state_lab"), lambda f: floor(f.rnd_award_10, 20)),
    "export_growth": (
        lambda f: ge(f.export_revenue, 500 * WAN) & gt(100 * f.export_revenue, 120 * f.export_last),
        lambda f: np.minimum(floor(f.export_revenue - f.export_last, 100), 50 * WAN),
    ),
    "equipment": (renewed, lambda f: floor(f.equipment_award_100, 100)),
    "equipment_top_up": (
        lambda f: renewed(f) & f.flag("green_factory"),
        lambda f: np.maximum(floor(f.equipment_award_100, 500), 10 * WAN),
    ),
    "specialised_title": (
        lambda f: f.flag("specialised") & ge(f.certified, day("2025-06-30")),
        lambda f: f.by_word("size", micro=20, small=30, medium=50),
    ),
    "high_tech_title": (
        lambda f: f.flag("high_tech") & ~f.flag("specialised") & ge(f.certified, day("2025-07-01")),
        lambda f: 10 * WAN,
    ),
    "above_scale_entry": (
        lambda f: f.flag("above_scale") & ge(f.employees, 20),
        lambda f: np.minimum(5 * WAN + 100_000 * f.employees, 20 * WAN),
    ),
    "young_rent": (
        lambda f: (
            f.truth("small_firm")
            & f.truth("young")
            & f.word("district", "east_lake", "valley", "north_hills")
        ),
        lambda f: np.minimum(floor(f.rent_paid, 2), 12 * WAN),
    ),
    "loan_interest_relief": (
        lambda f: f.word("credit", "a", "b") & ~f.word("size", "large"),
        lambda f: floor(f.interest_award_100, 100),
    ),
    "cloud": (
        lambda f: f.word("size", "micro", "small", "medium"),
        lambda f: steps(f.cloud_spend, {10 * WAN: 2, 50 * WAN: 10, 200 * WAN: 40}),
    ),
    "training": (
        lambda f: ge(f.training_spend, 50_000 * f.employees),
        lambda f: np.minimum(floor(60 * f.training_spend, 100), 200_000 * f.employees),
    ),
    "new_jobs": (
        # Whoever has fewer than ten has not ten more, whatever it was the year before.
        lambda f: ge(f.employees - f.employees_last, 10) & ge(f.employees, 10),
        lambda f: np.minimum(300_000 * (f.employees - f.employees_last), 60 * WAN),
    ),
    "graduates_hired": (
        lambda f: gt(f.graduates, 5),
        lambda f: np.minimum(200_000 * f.graduates, 20 * WAN),
    ),
    "patents_award": (
        lambda f: ~f.word("industry", "trade"),
        lambda f: steps(f.patents, {10: 3, 50: 15, 100: 30}),
    ),
    "standards_award": (
        lambda f: ge(f.standards, 1),
        lambda f: np.minimum(20 * WAN * f.standards, 100 * WAN),
    ),
    "listing_award": (
        lambda f: ge(f.listed, day("2024-06-30")),
        lambda f: f.by_word("listing", regional=30, national=100, main_board=500),
    ),
    "tax_contribution": (
        lambda f: gt(f.tax_paid, 200 * WAN) & ge(100 * f.tax_paid, 4 * f.revenue),
        lambda f: floor(f.tax_award_100, 100),
    ),
    "two_certificates": (lambda f: certificates(f, 2), lambda f: 15 * WAN),
    "three_certificates": (
        lambda f: certificates(f, 3) & f.word("district", "north_hills", "valley"),
        lambda f: 40 * WAN,
    ),
    "big_investment": (
        lambda f: ge(f.investment, 10000 * WAN),
        lambda f: steps(f.investment, {10000 * WAN: 500, 50000 * WAN: 2000, 100000 * WAN: 5000}),
    ),
    "investment_aid": (
        lambda f: ge(f.investment, 2000 * WAN) & ~ge(f.investment, 10000 * WAN),
        lambda f: floor(3 * f.investment, 100),
    ),
    "software_rnd": (
        lambda f: (
            f.word("industry", "software") & ge(f.revenue, 500 * WAN) & ge(100 * f.rnd_spend, 15 * f.revenue)
        ),
        lambda f: np.minimum(floor(8 * f.rnd_spend, 100), 150 * WAN),
    ),
    "chip_support": (
        lambda f: f.word("industry", "chips") & (ge(f.revenue, 10000 * WAN) | ge(f.rnd_spend, 3000 * WAN)),
        lambda f: np.minimum(np.minimum(floor(2 * f.revenue, 100), floor(15 * f.rnd_spend, 100)), 800 * WAN),
    ),
    "biotech_rnd": (
        lambda f: f.word("industry", "biotech") & ge(f.rnd_spend, 200 * WAN),
        lambda f: np.minimum(floor(15 * f.rnd_spend, 100), 500 * WAN),
    ),
    "culture_space": (
        lambda f: f.word("industry", "culture") & ge(f.employees, 8),
        lambda f: capped_sum(
            [f.rent_paid, f.training_spend],
            floor(40 * (f.rent_paid + f.training_spend), 100),
            75 * WAN,
            30 * WAN,
        ),
    ),
    "smart_logistics": (
        lambda f: f.word("industry", "logistics") & ge(f.devices, 20),
        lambda f: np.minimum(50_000 * f.devices, 25 * WAN),
    ),
    "green_factory_award": (
        lambda f: f.flag("green_factory"),
        lambda f: f.by_word("size", micro=30, small=30, medium=30, large=60),
    ),
    "newcomer_tax": (
        lambda f: f.truth("young") & ge(f.tax_paid, 50 * WAN),
        lambda f: np.minimum(floor(30 * f.tax_paid, 100), 80 * WAN),
    ),
    "branches_award": (
        lambda f: ge(f.branches, 3) & ~f.flag("high_tech"),
        lambda f: np.minimum(2 * WAN * f.branches, 10 * WAN),
    ),
    "apprentices_aid": (
        lambda f: ge(f.apprentices, 5),
        lambda f: capped_sum(
            [1_500_000 * f.apprentices, f.training_spend],
            floor(1_500_000 * f.apprentices + f.training_spend, 10),
            150 * WAN,
            15 * WAN,
        ),
    ),
    "old_town": (
        lambda f: f.word("district", "old_town"),
        lambda f: np.where(
            (30 * f.rent_paid >= 5000 * WAN) | (5 * f.investment >= 5000 * WAN),
            50 * WAN,
            floor(np.maximum(30 * f.rent_paid, 5 * f.investment), 100),
        ),
    ),
    "port_exports": (
        lambda f: f.word("district", "airport", "river_port") & ge(f.export_revenue, 1000 * WAN),
        lambda f: np.maximum(floor(5 * f.export_revenue, 1000), 8 * WAN),
    ),
    "credit_award": (
        lambda f: f.word("credit", "a") & ~f.word("listing", "unlisted"),
        lambda f: 5 * WAN,
    ),
    "steady_jobs": (
        lambda f: ge(f.employees, f.employees_last) & ~ge(f.revenue, f.revenue_last),
        lambda f: np.minimum(50_000 * f.employees, 30 * WAN),
    ),
    "joint_support": (
        lambda f: f.word("credit", "a", "b") & gt(f.tax_paid, 200 * WAN),
        lambda f: floor(f.interest_award_100 + f.tax_award_100, 1000),
    ),
    "new_plant": (
        lambda f: f.truth("finished") & f.flag("above_scale") & gt(f.investment, 500 * WAN),
        lambda f: capped_sum(
            [f.investment, f.equipment_spend],
            floor(2 * (f.investment + f.equipment_spend), 100),
            10000 * WAN,
            200 * WAN,
        ),
    ),
    "balanced_growth": (
        lambda f: certificates(f, 1),
        lambda f: floor(np.minimum(10 * f.rnd_award_10, f.equipment_award_100), 500),
    ),
}
"""Of each measure its conditions, and its sum in fen (NaN where missing facts leave it open)."""

Settled = Enum("Settled", ["no", "open", "yes"])


def _enum(codes: Array) -> EnumArray:
    return EnumArray(codes.astype(np.uint8), Settled)


def _shared(test: Formula) -> Formula:
    def formula(firm: Any, period: Any) -> EnumArray:
        found = test(Facts(firm, period))
        return _enum(1 + found.yes - found.no.astype(np.int8))

    return formula


def _sum(fen: Formula) -> Formula:
    def formula(firm: Any, period: Any) -> Any:
        return fen(Facts(firm, period))

    return formula


def _verdict(name: str, test: Formula) -> Formula:
    def formula(firm: Any, period: Any) -> EnumArray:
        facts = Facts(firm, period)
        found = facts.truth("may") & test(facts) & gt(firm(f"{name}_sum", period), 0)
        return _enum(1 + found.yes - found.no.astype(np.int8))

    return formula


def _variable(name: str, kind: Any, formula: Formula = None, **more: Any) -> type[Variable]:
    body = {"value_type": kind, "entity": Firm, "definition_period": DateUnit.YEAR, **more}
    return type(name, (Variable,), {**body, **({"formula": formula} if formula else {})})


def make_system(money: type[np.floating[Any]]) -> TaxBenefitSystem:
    """Return the rules as OpenFisca takes them, numbers in float32 (its own choice) or float64 (exact here)."""
    system = TaxBenefitSystem([Firm])
    settled = {"possible_values": Settled, "default_value": Settled["open"]}
    for name, enum in ENUMS.items():
        more = {"possible_values": enum, "default_value": enum["unknown"]}
        system.add_variable(_variable(name, Enum, **more))
    for name in DATES:
        system.add_variable(_variable(name, dt.date))
    for name in (*MONEY, *COUNTS):
        system.add_variable(_variable(name, float))
    for name, test in SHARED.items():
        system.add_variable(_variable(name, Enum, _shared(test), **settled))
    for name, fen in AWARDS.items():
        system.add_variable(_variable(name, float, _sum(fen)))
    for name, (test, fen) in MEASURES.items():
        system.add_variable(_variable(f"{name}_sum", float, _sum(fen)))
        system.add_variable(_variable(f"{name}_verdict", Enum, _verdict(name, test), **settled))
    for variable in system.variables.values():
        if variable.value_type is float:
            variable.dtype = money
    return system
