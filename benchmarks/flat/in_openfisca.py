"""The flat benchmark in OpenFisca: a simulation over the whole population, or one for each thread's share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from openfisca_core.periods import Period, period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from benchmarks.flat.data import COUNTS, DATES, FLAGS, MONEY, WORDS, Data
from benchmarks.flat.openfisca_measures import MEASURES, make_system
from benchmarks.flat.result import Claims, Totals

Columns = dict[str, Any]
_YEAR: Period = period("2026")


class InOpenFisca:
    """The engine with the data loaded. `threads` splits the population: OpenFisca itself has one thread."""

    name = "OpenFisca"
    money: type[np.floating[Any]] = np.float64

    def __init__(self, data: Data) -> None:
        """Load the data: NaN, NaT and `unknown` where a fact is missing."""
        self.system: TaxBenefitSystem = make_system(self.money)
        self.columns: Columns = {}
        for name in (*WORDS, *FLAGS):
            unknown = len(WORDS[name]) if name in WORDS else 2
            self.columns[name] = np.where(data.known[name], data.values[name], unknown).astype(np.uint8)
        for name in DATES:
            days = data.values[name].astype("datetime64[D]")
            self.columns[name] = np.where(data.known[name], days, np.datetime64("NaT"))
        for name in (*MONEY, *COUNTS):
            self.columns[name] = np.where(data.known[name], data.values[name], np.nan).astype(self.money)
        self.rows = data.rows
        self.parts: list[tuple[int, Simulation]] = []
        self.count = 1

    def threads(self, count: int) -> None:
        """Split the population in so many parts from now on."""
        self.count = count

    def prepare(self) -> None:
        """Make simulations that have the input and nothing worked out yet (they keep what they worked out)."""
        step = -(-self.rows // self.count)
        self.parts = [
            (start, self._simulation(start, min(start + step, self.rows)))
            for start in range(0, self.rows, step)
        ]

    def _simulation(self, start: int, end: int) -> Simulation:
        made = SimulationBuilder().build_default_simulation(self.system, end - start)
        for name, values in self.columns.items():
            made.set_input(name, _YEAR, values[start:end])
        return made

    def totals(self) -> list[Any]:
        """Return payable, undetermined and fen of each measure, by part."""
        return self._each(_totals)

    def claims(self) -> list[Any]:
        """Return all claims, by part."""
        return self._each(_claims)

    def _each(self, work: Any) -> list[Any]:
        with ThreadPoolExecutor(self.count) as pool:
            return list(pool.map(lambda part: work(*part), self.parts))

    def read_totals(self, found: list[Any]) -> Totals:
        """Return totals in the form that is compared."""
        totals: Totals = np.sum([np.array(part) for part in found], axis=0).round().astype(np.int64)
        return totals

    def read_claims(self, found: list[Any]) -> Claims:
        """Return claims in the form that is compared."""
        rows, measures, sums = (
            np.concatenate([columns[place] for part in found for columns in part]) for place in range(3)
        )
        order = np.lexsort((measures, rows))
        return Claims(
            rows[order].astype(np.int32), measures[order].astype(np.int8), sums[order].astype(np.int64)
        )


class InOpenFiscaFloat32(InOpenFisca):
    """The same with numbers as OpenFisca keeps them by itself: quicker, and not exact."""

    name = "OpenFisca, float32"
    money = np.float32


def _found(simulation: Simulation, name: str) -> tuple[Any, Any]:
    verdict = np.asarray(simulation.calculate(f"{name}_verdict", _YEAR))
    return verdict, simulation.calculate(f"{name}_sum", _YEAR)


def _totals(start: int, simulation: Simulation) -> list[tuple[int, int, float]]:
    found: list[tuple[int, int, float]] = []
    for name in MEASURES:
        verdict, fen = _found(simulation, name)
        payable = verdict == 2
        sum = float(np.sum(fen, where=payable, dtype=np.float64))
        found.append((int(np.count_nonzero(payable)), int(np.count_nonzero(verdict == 1)), sum))
    return found


def _claims(start: int, simulation: Simulation) -> list[tuple[Any, Any, Any]]:
    found = []
    for number, name in enumerate(MEASURES):
        verdict, fen = _found(simulation, name)
        rows = np.flatnonzero(verdict)
        sums = np.where(verdict[rows] == 2, fen[rows], -1)
        found.append((rows.astype(np.int32) + start, np.full(len(rows), number, np.int8), sums))
    return found
