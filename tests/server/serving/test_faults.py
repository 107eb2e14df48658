"""Workers and the database killed in the middle of jobs: the small form of `script/bench faults`."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_nothing_is_done_twice_and_nothing_is_lost() -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "benchmarks.faults", "--kills", "4", "--seed", "3",
            "--postgres", os.environ.get("DUIXIAN_TEST_POSTGRES", "18"),
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["asked"] > 20
    assert {name: found[name] for name in ("doubled", "lost", "unasked", "left")} == {
        "doubled": 0, "lost": 0, "unasked": 0, "left": 0
    }  # fmt: skip
