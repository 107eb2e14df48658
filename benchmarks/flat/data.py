"""Draws the applicants of the flat benchmark: 37 columns, each with facts missing; the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]

MISSING = 0.04
"""The share of the facts of each column that is not known."""
YUAN = 100
WORDS = {
    "kind": ("enterprise", "institution", "association", "person"),
    "industry": (
        *("software", "chips", "equipment", "biotech", "materials"),
        *("energy", "logistics", "culture", "trade", "other"),
    ),
    "size": ("micro", "small", "medium", "large"),
    "district": ("east_lake", "river_port", "north_hills", "old_town", "airport", "valley"),
    "listing": ("unlisted", "regional", "national", "main_board"),
    "credit": ("a", "b", "c", "d"),
}
"""The words of each enum; a column holds their numbers in this order."""
_ODDS = {
    "kind": (0.90, 0.05, 0.03, 0.02),
    "industry": (0.14, 0.05, 0.13, 0.07, 0.09, 0.06, 0.08, 0.08, 0.20, 0.10),
    "size": (0.45, 0.35, 0.15, 0.05),
    "district": (0.25, 0.15, 0.15, 0.20, 0.10, 0.15),
    "listing": (0.90, 0.05, 0.03, 0.02),
    "credit": (0.20, 0.40, 0.30, 0.10),
}
MONEY = (
    *("revenue", "revenue_last", "rnd_spend", "rnd_last", "investment", "equipment_spend", "export_revenue"),
    *("export_last", "tax_paid", "loan_interest", "rent_paid", "cloud_spend", "training_spend"),
)
COUNTS = (
    *("employees", "employees_last", "graduates", "apprentices", "patents", "standards", "devices"),
    "branches",
)
DATES = ("registered", "certified", "listed", "completed")
_FLAGS = {
    "high_tech": 0.15,
    "specialised": 0.08,
    "above_scale": 0.2,
    "green_factory": 0.04,
    "state_lab": 0.02,
    "clean_record": 0.97,
}
FLAGS = tuple(_FLAGS)
COLUMNS = (*WORDS, *MONEY, *COUNTS, *DATES, *FLAGS)
_DAY = int(np.datetime64("2026-06-30", "D").astype(np.int64))


@dataclass(frozen=True)
class Data:
    """The columns: numbers (fen, counts, days since 1970, codes of words, 0 or 1), and where they are known."""

    rows: int
    values: dict[str, Values]
    known: dict[str, Mask]


def draw(rows: int, seed: int = 1) -> Data:
    """Draw applicants: heavy-tailed money, and figures set on boundaries now and then."""
    rng = np.random.default_rng(seed)
    values: dict[str, Values] = {}
    for name, odds in _ODDS.items():
        values[name] = rng.choice(len(odds), rows, p=odds).astype(np.int64)
    values |= _money(rng, rows)
    values |= _counts(rng, rows)
    values["registered"] = _DAY - rng.integers(0, 5000, rows)
    for name, span in (("certified", 2000), ("listed", 4000), ("completed", 1500)):
        values[name] = _DAY - rng.integers(0, span, rows)
    for name, odds_of in _FLAGS.items():
        values[name] = (rng.random(rows) < odds_of).astype(np.int64)
    known = {name: rng.random(rows) >= MISSING for name in COLUMNS}
    return Data(rows, {name: np.where(known[name], values[name], 0) for name in COLUMNS}, known)


def _money(rng: np.random.Generator, rows: int) -> dict[str, Values]:
    revenue = np.exp(rng.normal(15.5, 1.8, rows))
    size = {
        "revenue": revenue,
        "revenue_last": revenue * np.exp(rng.normal(-0.05, 0.25, rows)),
        "rnd_spend": revenue * rng.beta(1, 15, rows),
        "rnd_last": revenue * rng.beta(1, 17, rows),
        "investment": revenue * rng.gamma(0.4, 0.8, rows),
        "equipment_spend": revenue * rng.gamma(0.3, 0.3, rows),
        "export_revenue": revenue * rng.beta(0.2, 1.5, rows),
        "export_last": revenue * rng.beta(0.2, 1.6, rows),
        "tax_paid": revenue * rng.beta(2, 40, rows),
        "loan_interest": revenue * rng.beta(0.5, 60, rows),
        "rent_paid": revenue * rng.beta(0.6, 40, rows),
        "cloud_spend": revenue * rng.beta(0.5, 80, rows),
        "training_spend": revenue * rng.beta(0.5, 120, rows),
    }
    found = {}
    for name in MONEY:
        fen = np.minimum(size[name], 5e10) * YUAN
        # One in eight stands on a round number of 万元, where boundaries lie.
        rounded = np.round(fen / 1e7) * 1e7
        fen = np.where(rng.random(rows) < 0.125, rounded, fen)
        found[name] = np.maximum(fen, 100 * YUAN).astype(np.int64)
    return found


def _counts(rng: np.random.Generator, rows: int) -> dict[str, Values]:
    staff = 1 + np.exp(rng.normal(2.8, 1.2, rows)).astype(np.int64)
    last = np.maximum(1, staff - rng.integers(-6, 14, rows))
    small = {
        "graduates": (0.6, 4.0),
        "apprentices": (0.4, 4.0),
        "patents": (0.3, 20.0),
        "standards": (0.1, 1.5),
        "devices": (0.4, 60.0),
        "branches": (0.3, 2.0),
    }
    drawn = {name: rng.gamma(shape, scale, rows).astype(np.int64) for name, (shape, scale) in small.items()}
    return {"employees": staff, "employees_last": last, **drawn}


def to_arrow(data: Data) -> pa.Table:
    """Return the table that Polars, DuckDB and the kernel take: words as dictionaries, null where unknown."""
    columns = {"id": pa.array([f"a{row}" for row in range(data.rows)])}
    for name in COLUMNS:
        values, missing = data.values[name], ~data.known[name]
        if name in WORDS:
            codes = pa.array(values.astype(np.int8), mask=missing)
            columns[name] = pa.DictionaryArray.from_arrays(codes, pa.array(WORDS[name]))
        elif name in DATES:
            columns[name] = pa.array(values.astype("datetime64[D]"), pa.date32(), mask=missing)
        elif name in FLAGS:
            columns[name] = pa.array(values.astype(bool), mask=missing)
        else:
            columns[name] = pa.array(values, mask=missing)
    return pa.table(columns)
