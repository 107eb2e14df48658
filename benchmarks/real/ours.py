"""The real track's side of Duixian: the installed packs over the register, and merely reading its columns."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duixian.engine.assess import Request
from duixian.engine.batch import Kernel, compile_kernel
from duixian.engine.journal import digest
from duixian.engine.memory import keep_freed
from duixian.engine.parquet_register import ParquetRegister
from duixian.engine.stream import RegisterRun, Summary
from duixian.lab.population import society
from duixian.lab.population.firms import Society
from duixian.lab.synth import write_synthetic
from duixian.language.cache import installed_policies
from duixian.language.vocabulary import shared_vocabulary

REQUEST = Request(
    on=dt.date(2025, 5, 31),
    on_policy={
        "chengdu-cybersecurity-2020": dt.date(2024, 1, 20),
        "changsha-cybersecurity-2019": dt.date(2022, 7, 31),
    },
    if_adopted={
        "wuhan-cybersecurity-2026": dt.date(2023, 1, 1),
        "wuhan-industrial-internet-fund": dt.date(2023, 1, 1),
    },
)
"""Each policy on its last day, or a day on which it is in force; sql/macros.sql has the same days."""
SEED, LAST_YEAR = 1, 2024
_DRAWN_BY = Path(society.__file__).parent


def register(rows: int, folder: Path) -> Path:
    """Return the register of so many applicants (one more or less); made once for each generator."""
    sources = [path.read_bytes() for path in sorted(_DRAWN_BY.glob("*.py"))]
    path = folder / f"register-{rows}-{digest(*sources)[:12]}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        firms = round(rows / (1 + society.OTHERS_A_FIRM))
        write_synthetic(unfinished, Society(firms, SEED, LAST_YEAR), shared_vocabulary())
        unfinished.rename(path)
    return path


def kernel() -> Kernel:
    """Return the kernel of all installed packs. Raises SystemExit if there is no native code to measure."""
    made = compile_kernel(installed_policies(), shared_vocabulary())
    if made.why_not:
        raise SystemExit(f"there is no native code to measure: {made.why_not}")
    return made


def allocate_as_the_command() -> None:
    """Take memory from the system's allocator and keep it, as `duixian assess` does."""
    pa.set_memory_pool(pa.system_memory_pool())
    keep_freed()


def assess(
    rules: Kernel, source: Path, target: Path, threads: int, columns: tuple[str, ...] | None = None
) -> Summary:
    """Write the claims of a register, all columns or some, as `duixian assess` does."""
    return RegisterRun(rules, REQUEST, threads=threads, columns=columns).write(source, target)


def read(rules: Kernel, source: Path, threads: int) -> int:
    """Read the columns that the rules use into Arrow, row group by row group, and let them go; return the bytes."""
    columns = ParquetRegister(source, rules).columns
    with pq.ParquetFile(source) as footer:
        metadata = footer.metadata

    def group(number: int) -> int:
        with pq.ParquetFile(source, metadata=metadata) as file:
            return int(file.read_row_group(number, columns, use_threads=False).nbytes)

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(group, range(metadata.num_row_groups)))


def peak_mib() -> float:
    """Return the most memory that this process held, in MiB; 0 where the system does not tell.

    Not `ru_maxrss`, which a process takes over from the one that started it.
    """
    try:
        told = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Assess a register once, as a process of its own, and tell what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    allocate_as_the_command()
    began = time.perf_counter()
    summary = assess(kernel(), options.source, options.target, options.threads)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "seconds": time.perf_counter() - began,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mib": peak_mib(),
        "applicants": summary.tally.applicants,
        "claims": summary.tally.written,
        "handed_over": summary.tally.handed_over,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
