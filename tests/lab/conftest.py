"""The synthetic register that the tests of the lab look at."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from duixian.lab.population.firms import Society
from duixian.lab.synth import synthetic_batches
from duixian.language.vocabulary import shared_vocabulary

FIRMS = 40_000


@pytest.fixture(scope="session")
def table() -> pa.Table:
    return pa.Table.from_batches(synthetic_batches(Society(FIRMS, 7), shared_vocabulary())).combine_chunks()


@pytest.fixture(scope="session")
def years(table: pa.Table) -> dict[str, Any]:
    """The firms' years as flat columns: sums in 万元, `owner` the firm's row."""
    items = table["year"].chunk(0).field("items")
    flat = items.flatten()
    owner = np.repeat(np.arange(table.num_rows), np.diff(items.offsets.to_numpy()))
    kept = np.asarray(table["kind"].to_pylist())[owner] == "enterprise"
    made: dict[str, Any] = {"owner": owner[kept], "year": flat.field("year").to_numpy()[kept]}
    for name in ("revenue", "rnd_spend"):
        made[name] = flat.field(name).to_numpy(zero_copy_only=False)[kept] / 1e6
    made["headcount"] = flat.field("headcount").to_numpy(zero_copy_only=False)[kept]
    return made
