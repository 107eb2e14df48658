"""The real track of `script/bench register`: all installed packs over a synthetic register, against DuckDB.

`python -m benchmarks.real.track [--rows N] [--folder F]`. From Parquet to claims in Parquet, and in memory from a
register to claims; results compared first.
README.md in this folder tells what is compared and what is not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.applicants import make_applicants
from benchmarks.real import in_duckdb, ours
from benchmarks.real.in_memory import ENGINES
from benchmarks.real.side import SIDES
from benchmarks.worker import Cost, Worker
from duixian.engine.batch import Kernel
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.columns import to_arrow

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "duixian-bench"
REPEATS = 5
RANDOM = 5_000
MOST_IN_MEMORY = 2_000_000
"""The most applicants that are also loaded into memory; each side that does so has its own copy of them."""
_ONE_THREAD = ("duixian", "read", "memory_duixian")
"""What is timed with one thread besides two."""


def run(rows: int, folder: Path = FOLDER, repeats: int = REPEATS, duckdb: bool = True) -> dict[str, float]:
    """Measure at this number of applicants and return the figures.

    `folder` keeps the register between runs. Without `duckdb` only our own side is measured. Beyond
    `MOST_IN_MEMORY` nothing is measured in memory. Raises SystemExit if the two claims tables differ.
    """
    ours.allocate_as_the_command()
    source = ours.register(rows, folder)
    rules = ours.kernel()
    found: dict[str, float] = {}
    in_memory = rows <= MOST_IN_MEMORY
    with tempfile.TemporaryDirectory(dir=folder) as name:
        target, other = Path(name, "claims.parquet"), Path(name, "duckdb.parquet")
        whole = _process(source, target)
        if duckdb:
            with in_duckdb.connect(source, 2) as connection:
                in_duckdb.assess(connection, other)
            found |= _compared(target, other) | _dense(rules, Path(name))
            if in_memory:
                _compare_in_memory(source, Path(name))
        sides = [*SIDES, *(ENGINES if in_memory else ())]
        best = _best(source, Path(name), repeats, [side for side in sides if duckdb or "duckdb" not in side])
        return found | _figures(whole, best) | _memory_figures(whole["applicants"], best)


def _process(source: Path, target: Path) -> dict[str, float]:
    """Assess the register once in a process of its own, which shows its memory."""
    command = [sys.executable, "-m", "benchmarks.real.ours", str(source), str(target)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _dense(rules: Kernel, folder: Path) -> dict[str, float]:
    """Compare on random applicants too, of many records and with many facts missing: most measures speak of them."""
    source, target, other = (
        folder / f"{name}.parquet" for name in ("random", "random-claims", "random-duckdb")
    )
    vocabulary = shared_vocabulary()
    pq.write_table(to_arrow(make_applicants(vocabulary, RANDOM, 20, 21, 0.15), vocabulary), source)
    ours.assess(rules, source, target, 2)
    with in_duckdb.connect(source, 2) as connection:
        in_duckdb.assess(connection, other)
    return {"real_claims_compared_random": _compared(target, other)["real_claims_compared"]}


def _compare_in_memory(source: Path, folder: Path) -> None:
    """Compare the claims that are left in memory too. Raises SystemExit if they differ."""
    for side, make in ENGINES.items():
        engine = make(source)
        engine.assess(2)
        engine.write(folder / f"{side}.parquet")
    for side in ("memory_duixian", "memory_duixian_same_columns"):
        _compared(folder / f"{side}.parquet", folder / "memory_duckdb.parquet")


def _compared(target: Path, other: Path) -> dict[str, float]:
    """Raise SystemExit if two claims tables differ."""
    claims, measures, differing = in_duckdb.differences(target, other)
    for row in differing:
        print("differs:", *row)
    if differing or not claims:
        raise SystemExit("the claims differ; nothing was timed")
    return {"real_claims_compared": claims, "real_measures": measures, "real_differences": len(differing)}


def _best(source: Path, folder: Path, repeats: int, sides: Sequence[str]) -> dict[str, Cost]:
    """Return the least cost of each side by its name and threads.

    Taken in turn so that what else the machine does meets all of them; the first time does not count.
    """
    ways = [(side, threads) for threads in (2, 1) for side in sides if threads == 2 or side in _ONE_THREAD]
    best: dict[str, Cost] = {}
    with ExitStack() as running:
        workers = {
            side: running.enter_context(
                Worker("benchmarks.real.side", side, source, folder / f"{side}.parquet")
            )
            for side in sides
        }
        for turn in range(repeats + 1):
            for side, threads in ways:
                cost, name = workers[side].cost(str(threads)), f"{side}_{threads}"
                if turn:
                    best[name] = cost.least(best.get(name, cost))
    return best


def _figures(whole: dict[str, float], best: dict[str, Cost]) -> dict[str, float]:
    applicants = whole["applicants"]
    ours_two, ours_one, same, read_two, read_one = (
        best[name] for name in ("duixian_2", "duixian_1", "duixian_same_columns_2", "read_2", "read_1")
    )
    found = {
        "real_rows": applicants,
        "real_claims": whole["claims"],
        "real_handed_over": whole["handed_over"],
        "real_rows_per_s": round(applicants / ours_two.wall),
        "real_rows_per_s_one_thread": round(applicants / ours_one.wall),
        "real_scaling": round(ours_one.wall / ours_two.wall, 2),
        "real_same_columns_rows_per_s": round(applicants / same.wall),
        "real_same_columns_ratio_read_parquet": round(same.wall / read_two.wall, 2),
        "real_same_columns_cpu_s": round(same.cpu, 2),
        "real_read_rows_per_s": round(applicants / read_two.wall),
        "real_read_rows_per_s_one_thread": round(applicants / read_one.wall),
        "real_ratio_read_parquet": round(ours_two.wall / read_two.wall, 2),
        "real_ratio_read_parquet_one_thread": round(ours_one.wall / read_one.wall, 2),
        "real_cpu_ratio_read_parquet": round(ours_two.cpu / read_two.cpu, 2),
        "real_cpu_s": round(ours_two.cpu, 2),
        "real_process_s": round(whole["seconds"], 2),
        "peak_mib": round(whole["peak_mib"]),
    }
    if "duckdb_2" in best:
        found |= {
            "real_duckdb_rows_per_s": round(applicants / best["duckdb_2"].wall),
            # The same claims table; `whole` has nine columns more.
            "real_file_ratio_duckdb": round(best["duckdb_2"].wall / same.wall, 2),
            "real_file_whole_ratio_duckdb": round(best["duckdb_2"].wall / ours_two.wall, 2),
            "real_cpu_ratio_duckdb": round(best["duckdb_2"].cpu / ours_two.cpu, 2),
            "real_duckdb_cpu_s": round(best["duckdb_2"].cpu, 2),
        }
    return found


def _memory_figures(applicants: float, best: dict[str, Cost]) -> dict[str, float]:
    """The figures with everything in memory, none if that was not measured."""
    if "memory_duixian_2" not in best:
        return {}
    two, one, same = (
        best[name] for name in ("memory_duixian_2", "memory_duixian_1", "memory_duixian_same_columns_2")
    )
    found = {
        "real_memory_rows_per_s": round(applicants / two.wall),
        "real_memory_rows_per_s_one_thread": round(applicants / one.wall),
        "real_memory_same_columns_rows_per_s": round(applicants / same.wall),
        "real_memory_ratio_read_parquet": round(two.wall / best["read_2"].wall, 2),
        "real_memory_cpu_s": round(two.cpu, 2),
    }
    if "memory_duckdb_2" in best:
        theirs = best["memory_duckdb_2"]
        found |= {
            "real_memory_duckdb_rows_per_s": round(applicants / theirs.wall),
            # What the goal names: warm state on both sides, the same claims table.
            "real_ratio_duckdb": round(theirs.wall / same.wall, 2),
            "real_whole_ratio_duckdb": round(theirs.wall / two.wall, 2),
            "real_memory_duckdb_cpu_s": round(theirs.cpu, 2),
        }
    return found


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the register is kept")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--without-duckdb", action="store_true")
    asked = parser.parse_args()
    found = run(asked.rows, asked.folder, asked.repeats, not asked.without_duckdb)
    for name, value in found.items():
        print(f"{name:36} {value:>14,}")
    print(json.dumps(found | {"load": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
