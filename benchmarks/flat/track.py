"""The flat track of `script/bench register`: forty measures by hand in four engines, compared, then timed in turn.

`python -m benchmarks.flat.track [--rows N]`. README.md in this folder has the specification.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.flat.data import draw
from benchmarks.flat.in_duckdb import InDuckDB
from benchmarks.flat.in_duixian import InDuixian
from benchmarks.flat.in_openfisca import InOpenFisca, InOpenFiscaFloat32
from benchmarks.flat.in_polars import InPolars
from benchmarks.flat.result import Engine

ROWS, REPEATS, SEED = 1_000_000, 7, 1
_SHORT = {
    "Duixian": "duixian",
    "OpenFisca": "openfisca",
    "OpenFisca, float32": "openfisca32",
    "Polars": "polars",
    "DuckDB": "duckdb",
}
_WORK = ("totals", "claims")


class Cost(NamedTuple):
    """The least seconds that something took, by the clock and of the processors' time."""

    wall: float
    cpu: float


def run(rows: int = ROWS, repeats: int = REPEATS) -> dict[str, float]:
    """Compare, measure and return the figures. Raises SystemExit if two engines differ."""
    data = draw(rows, SEED)
    ours, openfisca = InDuixian(data), InOpenFisca(data)
    exact: list[Engine] = [InDuckDB(data), InPolars(data), openfisca]
    claims = _agree(ours, exact)
    loose = InOpenFiscaFloat32(data)
    ways: dict[str, Callable[[], Callable[[], object]]] = {"whole_1": _way(ours, "whole_claims", 1)}
    for engine in (ours, *exact, loose):
        # Polars takes its threads from the environment at the start: it is timed on all cores only.
        for threads in (2,) if isinstance(engine, InPolars) else (1, 2):
            for work in _WORK:
                ways[f"{_SHORT[engine.name]}_{work}_{threads}"] = _way(engine, work, threads)
    best = _best(ways, repeats)
    return {"flat_rows": rows, "flat_measures": len(ours.names), "flat_claims": claims} | _figures(rows, best)


def _agree(ours: InDuixian, others: list[Engine]) -> int:
    """Compare totals and every claim to the fen; return how many claims there are."""
    totals, claims = ours.read_totals(ours.totals()), ours.read_claims(ours.claims())
    for other in others:
        for work, own in (("totals", totals), ("claims", claims)):
            _prepare(other)
            found = getattr(other, f"read_{work}")(getattr(other, work)())
            same = np.array_equal(own, found) if isinstance(own, np.ndarray) else own.same(found)
            if not same:
                raise SystemExit(f"{other.name} finds other {work}; nothing was timed")
    return len(claims.row)


def _prepare(engine: Any) -> None:
    prepare = getattr(engine, "prepare", None)
    if prepare is not None:
        prepare()


def _way(engine: Any, work: str, threads: int) -> Callable[[], Callable[[], object]]:
    """Return what makes an engine ready, outside the time taken, and returns the work."""

    def ready() -> Callable[[], object]:
        engine.threads(threads)
        _prepare(engine)
        found: Callable[[], object] = getattr(engine, work)
        return found

    return ready


def _best(ways: dict[str, Callable[[], Callable[[], object]]], repeats: int) -> dict[str, Cost]:
    """Return the least cost of each, taken in turn so that what else the machine does meets all of them.

    Each is done twice in a turn: the second time its memory and its caches are warm.
    """
    best: dict[str, Cost] = {}
    for _ in range(repeats):
        for name, ready in ways.items():
            for _warm in range(2):
                work = ready()
                began, used = time.perf_counter(), time.process_time()
                work()
                wall, cpu = time.perf_counter() - began, time.process_time() - used
                before = best.get(name, Cost(wall, cpu))
                best[name] = Cost(min(before.wall, wall), min(before.cpu, cpu))
    return best


def _figures(rows: int, best: dict[str, Cost]) -> dict[str, float]:
    found: dict[str, float] = {}
    for work in _WORK:
        own = best[f"duixian_{work}_2"]
        found[f"flat_{work}_rows_per_s"] = round(rows / own.wall)
        found[f"flat_{work}_rows_per_s_one_thread"] = round(rows / best[f"duixian_{work}_1"].wall)
        for name in ("openfisca", "openfisca32", "polars", "duckdb"):
            # Each at its better: OpenFisca over the whole population or its two halves on two threads.
            costs = [best[key] for key in (f"{name}_{work}_1", f"{name}_{work}_2") if key in best]
            wall, cpu = min(cost.wall for cost in costs), min(cost.cpu for cost in costs)
            found[f"flat_{work}_{name}_rows_per_s"] = round(rows / wall)
            found[f"flat_{work}_ratio_{name}"] = round(wall / own.wall, 1)
            found[f"flat_{work}_cpu_ratio_{name}"] = round(cpu / own.cpu, 1)
    found["flat_rows_per_s"] = found["flat_claims_rows_per_s"]
    found["flat_scaling"] = round(best["duixian_claims_1"].wall / best["duixian_claims_2"].wall, 2)
    found["flat_whole_claims_rows_per_s_one_thread"] = round(rows / best["whole_1"].wall)
    for name in ("polars", "duckdb"):
        found[f"flat_ratio_{name}"] = found[f"flat_claims_ratio_{name}"]
    found["flat_ratio_openfisca"] = min(
        found["flat_claims_ratio_openfisca"], found["flat_claims_ratio_openfisca32"]
    )
    return found


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    asked = parser.parse_args()
    found = run(asked.rows, asked.repeats)
    for name, value in found.items():
        print(f"{name:44} {value:>14,}")
    print(json.dumps(found | {"load": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
