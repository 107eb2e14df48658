"""The flat track of `script/bench register`: forty measures by hand in four engines, compared, then timed in turn.

`python -m benchmarks.flat.track [--rows N]`. README.md in this folder has the specification.
"""

from __future__ import annotations

import argparse
import json
import os
from contextlib import ExitStack
from typing import Any

import numpy as np

from benchmarks.flat.data import draw
from benchmarks.flat.in_duixian import InDuixian
from benchmarks.flat.side import ENGINES, prepare
from benchmarks.worker import Cost, Worker

ROWS, REPEATS, SEED = 1_000_000, 7, 1
_WORK = ("totals", "claims")


def run(rows: int = ROWS, repeats: int = REPEATS) -> dict[str, float]:
    """Compare, measure and return the figures. Raises SystemExit if two engines differ."""
    claims, measures = _agree(rows)
    best = _best(rows, repeats)
    return {"flat_rows": rows, "flat_measures": measures, "flat_claims": claims} | _figures(rows, best)


def _agree(rows: int) -> tuple[int, int]:
    """Compare totals and every claim to the fen; return how many claims there are, and measures."""
    data = draw(rows, SEED)
    ours = InDuixian(data)
    totals, claims = ours.read_totals(ours.totals()), ours.read_claims(ours.claims())
    for name in ("duckdb", "polars", "openfisca"):
        other: Any = ENGINES[name](data)
        for work, own in (("totals", totals), ("claims", claims)):
            prepare(other)
            found = getattr(other, f"read_{work}")(getattr(other, work)())
            same = np.array_equal(own, found) if isinstance(own, np.ndarray) else own.same(found)
            if not same:
                raise SystemExit(f"{other.name} finds other {work}; nothing was timed")
    return len(claims.row), len(ours.names)


def _best(rows: int, repeats: int) -> dict[str, Cost]:
    """Return the least cost of each, taken in turn so that what else the machine does meets all of them.

    Each is done twice in a turn: the second time its memory and its caches are warm.
    """
    ways = [("duixian", "whole_claims", 1)]
    for name in ENGINES:
        # Polars takes its threads from the environment at the start: it is timed on all cores only.
        for threads in (2,) if name == "polars" else (1, 2):
            ways += [(name, work, threads) for work in _WORK]
    best: dict[str, Cost] = {}
    with ExitStack() as running:
        workers = {
            name: running.enter_context(Worker("benchmarks.flat.side", name, rows, SEED)) for name in ENGINES
        }
        for _ in range(repeats):
            for name, work, threads in ways:
                key = f"{name}_{work}_{threads}"
                for _warm in range(2):
                    cost = workers[name].cost(f"{work} {threads}")
                    best[key] = cost.least(best.get(key, cost))
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
            if name.startswith("openfisca"):
                # As it is: it has no threads of its own, and the halves are our doing.
                found[f"flat_{work}_ratio_{name}_as_it_is"] = round(costs[0].wall / own.wall, 1)
    found["flat_rows_per_s"] = found["flat_claims_rows_per_s"]
    found["flat_scaling"] = round(best["duixian_claims_1"].wall / best["duixian_claims_2"].wall, 2)
    found["flat_whole_claims_rows_per_s_one_thread"] = round(rows / best["duixian_whole_claims_1"].wall)
    for name in ("polars", "duckdb"):
        found[f"flat_ratio_{name}"] = found[f"flat_claims_ratio_{name}"]
    # As its documentation teaches, in its own float32 or exact, whichever is faster; halves have names of their own.
    found["flat_ratio_openfisca"] = min(
        found[f"flat_claims_ratio_{name}_as_it_is"] for name in ("openfisca", "openfisca32")
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
