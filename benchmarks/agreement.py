"""Kernel against reference on many random applicants: defaults, each other choice of a reading, combinations.

`script/bench agreement [--rows N] [--other N]`: N applicants with all defaults, `--other` under each other
choice of a reading and under random combinations.
"""

from __future__ import annotations

import argparse
import json
import random
import time

from tests.engine.kernel.agreement import DAYS, adopted, agree, all_kernel, random_batch

from duixian.engine.assess import Request

PIECE = 1_000


def main() -> None:
    """Compare and print; the last line is JSON. Stops at the first difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--other", type=int, default=2_000)
    asked = parser.parse_args()
    kernel, began = all_kernel(), time.perf_counter()
    days = adopted(kernel)
    native = 0
    for seed in range(-(-asked.rows // PIECE)):
        batch = random_batch(kernel, min(PIECE, asked.rows), 14, seed, 0.02 + 0.1 * (seed % 4))
        native += agree(kernel, batch, Request(on=DAYS[0], if_adopted=days))
    rng = random.Random(1)
    readings = {
        f"{policy.id}/{reading.id}": [choice.id for choice in reading.choices]
        for policy in kernel.policies
        for reading in policy.readings
    }
    chosen = [{name: choice} for name, choices in readings.items() for choice in choices]
    chosen += [{name: rng.choice(choices) for name, choices in readings.items()} for _ in range(20)]
    batch = random_batch(kernel, asked.other, 14, 1_000_000, 0.1)
    for taken in chosen:
        agree(kernel, batch, Request(on=DAYS[0], if_adopted=days, readings=taken))
    found = {
        "agree_rows": asked.rows,
        "agree_native_rows": native,
        "agree_readings": len(chosen),
        "agree_rows_each": asked.other,
        "seconds": round(time.perf_counter() - began),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
