"""How fast a synthetic register is written and surveyed, and in how much memory."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = "import sys; from duixian.cli import main; main(sys.argv[1:], standalone_mode=False)"


def measured(*arguments: str) -> tuple[float, int]:
    """Return the seconds of a `duixian` command as a whole process, and its peak memory in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: duixian {' '.join(arguments)}")
    return time.perf_counter() - started, usage.ru_maxrss // 1024


def main() -> None:
    """Write one register, survey it, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="keep the register here")
    parser.add_argument("--no-survey", action="store_true", help="only write it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.keep or Path(folder) / "register.parquet"
        size = ("--firms", str(asked.firms), "--seed", "1")
        seconds, peak = measured("lab", "synth", *size, "-o", str(path), "--force")
        figures: dict[str, float] = {
            "firms": asked.firms,
            "synth_s": round(seconds, 1),
            "synth_rows_per_s": round(asked.firms / seconds),
            "synth_peak_mib": peak,
            "file_mib": path.stat().st_size >> 20,
        }
        if not asked.no_survey:
            seconds, peak = measured("register", str(path), "--json")
            figures |= {
                "survey_s": round(seconds, 1),
                "survey_rows_per_s": round(asked.firms / seconds),
                "survey_peak_mib": peak,
            }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
