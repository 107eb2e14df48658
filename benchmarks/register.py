"""Whole registers: the kernel against OpenFisca, Polars, DuckDB, and merely reading Parquet.

`script/bench register [--rows N] [--track flat|real]`. Two tracks, each in one run over the same data, results
compared before anything is timed: flat/README.md (forty invented measures over 37 columns, by hand in four engines)
and real/README.md (the installed packs over nested records). Ratios say how many times as long the other takes;
`cpu` in a name means the processors' time, which other work on the machine disturbs less than the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time

from duixian.engine.batch import compile_kernel
from duixian.language.pack import load_policies, pack_folders
from duixian.language.vocabulary import shared_vocabulary

_MOST_FLAT = 2_000_000
_KEPT = "DUIXIAN_CACHE"


def compile_times(repeats: int) -> dict[str, float]:
    """Return the seconds in which the installed packs are compiled, and taken from the cache: the least."""
    vocabulary = shared_vocabulary()
    policies = load_policies(pack_folders(), vocabulary, full=False)
    cold: list[float] = []
    cached: list[float] = []
    before = os.environ.get(_KEPT)
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            os.environ[_KEPT] = folder
            for times in (cold, cached):
                began = time.perf_counter()
                compile_kernel(policies, vocabulary)
                times.append(time.perf_counter() - began)
    os.environ.pop(_KEPT)
    if before is not None:
        os.environ[_KEPT] = before
    return {"compile_cold_s": round(min(cold), 2), "compile_cached_s": round(min(cached), 3)}


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--track", choices=("flat", "real"), help="only this one")
    asked = parser.parse_args()
    found: dict[str, float] = compile_times(min(asked.repeats, 3))
    if asked.track != "real":
        from benchmarks.flat import track as flat

        found |= flat.run(min(asked.rows, _MOST_FLAT), asked.repeats)
    if asked.track != "flat":
        from benchmarks.real import track as real

        found |= real.run(asked.rows, repeats=asked.repeats)
    found["load"] = round(os.getloadavg()[0], 1)
    for name, value in found.items():
        print(f"{name:44} {value:>14,}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
