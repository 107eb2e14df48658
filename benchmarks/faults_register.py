"""Kills a run over a register again and again at random moments; the output must be the same bytes.

`script/bench faults_register [--times N]`; `script/test` does the same with five kills.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.applicants import make_applicants
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.columns import to_arrow

ASKED = ("--policy", "wuhan-digital-economy-2022", "--on", "2022-06-01", "--emit", "all", "-q")


def start(source: Path, target: Path) -> subprocess.Popen[bytes]:
    """Start the command."""
    duixian = Path(sys.executable).with_name("duixian")
    return subprocess.Popen([duixian, "assess", source, "-o", target, *ASKED], stderr=subprocess.DEVNULL)


def seconds_of(process: subprocess.Popen[bytes], began: float) -> float:
    """Wait for the command and return how long it took."""
    if process.wait():
        raise SystemExit(f"the command ended with {process.returncode}")
    return time.perf_counter() - began


def main() -> None:
    """Kill, go on, compare, print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args()
    vocabulary, chance = shared_vocabulary(), random.Random(options.seed)
    killed = during = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target = folder / "register.parquet", folder / "claims.parquet"
        table = to_arrow(make_applicants(vocabulary, options.applicants, 15, 4), vocabulary)
        pq.write_table(table, source, row_group_size=100)
        seconds_of(start(source, folder / "right.parquet"), time.perf_counter())  # compiled once
        whole = seconds_of(start(source, folder / "right.parquet"), time.perf_counter())
        work = folder / ".claims.parquet.work"
        while killed < options.times:
            process = start(source, target)
            time.sleep(chance.uniform(0, whole))
            process.kill()
            killed += process.wait() < 0
            during += work.is_dir()
            if target.exists():  # it had ended before
                target.unlink()
        last = seconds_of(start(source, target), time.perf_counter())
        same = target.read_bytes() == (folder / "right.parquet").read_bytes()
    print(
        f"killed {killed} times, {during} of them in the midst: {'the same bytes' if same else 'DIFFERENT'}"
    )
    figures = {"killed": killed, "in_the_midst": during, "same": same, "whole_s": whole, "last_s": last}
    print(json.dumps(figures))
    sys.exit(not same)


if __name__ == "__main__":
    main()
