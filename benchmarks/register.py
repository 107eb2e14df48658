"""A register through the kernel: rows a second, against the reference engine and against reading the columns.

`script/bench register [--rows N] [--distinct N]`. Random applicants with facts missing (benchmarks/applicants.py),
repeated to the number of rows; results are compared before anything is timed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.applicants import make_applicants
from duixian.engine.assess import Request
from duixian.engine.batch import Kernel, compile_kernel
from duixian.language.pack import load_policies, pack_folders
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.columns import to_arrow

BATCH = 20_000
DAY = dt.date(2022, 6, 1)


def rate(kernel: Kernel, table: pa.Table, request: Request, threads: int) -> float:
    """Return the best rows a second of three runs."""
    batches = [piece.combine_chunks().to_batches()[0] for piece in _pieces(table)]
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda batch: kernel.run(batch, request), batches))
        best = max(best, table.num_rows / (time.perf_counter() - began))
    return best


def _pieces(table: pa.Table) -> list[pa.Table]:
    return [table.slice(start, BATCH) for start in range(0, table.num_rows, BATCH)]


def read_rate(table: pa.Table, columns: list[str]) -> float:
    """Return the rows a second at which Parquet gives the columns that the rules use, on all cores."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "register.parquet")
        pq.write_table(table, path, row_group_size=BATCH)
        best = 0.0
        for _ in range(3):
            began = time.perf_counter()
            pq.read_table(path, columns=columns)
            best = max(best, table.num_rows / (time.perf_counter() - began))
    return best


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--distinct", type=int, default=4_000)
    asked = parser.parse_args()
    vocabulary = shared_vocabulary()
    policies = load_policies(pack_folders(), vocabulary, full=False)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DUIXIAN_CACHE"] = folder
        began = time.perf_counter()
        compile_kernel(policies, vocabulary)
        cold = time.perf_counter() - began
        began = time.perf_counter()
        kernel = compile_kernel(policies, vocabulary)
        cached = time.perf_counter() - began
    adopted = {policy.id: dt.date(2021, 1, 1) for policy in policies if policy.starts is None}
    request = Request(on=DAY, if_adopted=adopted)
    own = to_arrow(make_applicants(vocabulary, asked.distinct, 14, 1), vocabulary)
    sample = own.slice(0, 500).combine_chunks().to_batches()[0]
    began = time.perf_counter()
    reference = kernel.reference_run(sample, request)
    by_reference = sample.num_rows / (time.perf_counter() - began)
    if not kernel.run(sample, request).claims.equals(reference.claims):
        raise SystemExit("kernel and reference differ")
    table = pa.concat_tables([own] * -(-asked.rows // asked.distinct)).slice(0, asked.rows).combine_chunks()
    one, two = (rate(kernel, table, request, threads) for threads in (1, 2))
    read = read_rate(table, list(kernel.columns))
    found = {
        "real_rows_per_s": round(two),
        "real_rows_per_s_one_thread": round(one),
        "reference_rows_per_s": round(by_reference),
        "read_rows_per_s": round(read),
        "real_ratio_read_parquet": round(read / two, 2),
        "compile_cold_s": round(cold, 2),
        "compile_cached_s": round(cached, 3),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "measures": len(kernel.conditions),
        "rows": table.num_rows,
        "load": round(os.getloadavg()[0], 1),
    }
    for name, value in found.items():
        print(f"{name:28} {value:>14,}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
