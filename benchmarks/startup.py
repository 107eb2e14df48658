"""How long commands take as whole processes, and loading the packs with and without the compiled cache."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 9
ROOT = Path(__file__).resolve().parent.parent
LOAD = """
import time
from duixian.language.cache import installed_policies
started = time.perf_counter()
installed_policies()
print(time.perf_counter() - started)
"""
APPLICANT = """
id: demo
kind: enterprise
name: 示例软件公司（虚构）
division: "420106"
fields: [software]
year: [{id: y2022, year: 2022, revenue: 600万元, rnd_spend: 120万元}]
complete: all
"""


def median(command: list[str], environment: dict[str, str], measured_inside: bool = False) -> float:
    """Return the median seconds of several runs after one that warms the caches."""
    found = []
    for number in range(RUNS + 1):
        started = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
        took = time.perf_counter() - started
        if number:
            found.append(float(done.stdout) if measured_inside else took)
    return round(statistics.median(found), 3)


def main() -> None:
    """Run each command several times and print the medians as JSON."""
    duixian = str(Path(sys.executable).parent / "duixian")
    with tempfile.TemporaryDirectory() as folder:
        applicant = Path(folder) / "one.yaml"
        applicant.write_text(APPLICANT, "utf-8")
        cached = {**os.environ, "DUIXIAN_CACHE": str(Path(folder) / "cache")}
        # A file where the folder should be: nothing can be cached, so each run loads and checks all packs.
        blocked = Path(folder) / "blocked"
        blocked.write_text("", "utf-8")
        uncached = {**os.environ, "DUIXIAN_CACHE": str(blocked / "cache")}
        print(
            json.dumps(
                {
                    "help_s": median([duixian, "--help"], cached),
                    "assess_one_s": median([duixian, "assess", str(applicant), "--on", "2023-06-30"], cached),
                    "load_cached_s": median([sys.executable, "-c", LOAD], cached, True),
                    "load_and_check_s": median([sys.executable, "-c", LOAD], uncached, True),
                }
            )
        )


if __name__ == "__main__":
    main()
