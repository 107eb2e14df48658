"""Registers for the forty measures of the flat benchmark: values at every edge of their rules, some missing."""

import datetime as dt
import random
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from benchmarks.flat.data import COLUMNS, DATES, FLAGS, MONEY, WORDS

from duixian.engine.assess import Request
from duixian.engine.batch import Kernel, compile_kernel
from duixian.language.pack import load_policies
from duixian.language.vocabulary import load_vocabulary

FLAT = Path(__file__).parents[3] / "benchmarks/flat/policy"
ID = "flat-support-2026"
ON = Request(on=dt.date(2026, 6, 30))


@cache
def flat() -> Kernel:
    vocabulary = load_vocabulary(FLAT / "vocabulary.yaml")
    kernel = compile_kernel(load_policies([FLAT / ID], vocabulary), vocabulary)
    assert kernel.native, kernel.why_not
    assert kernel._native is not None
    assert kernel._native.program.lanes
    return kernel


@cache
def edges() -> tuple[list[int], list[int]]:
    """Sums and counts that stand in the rules, with what lies just beside them and quotients at which sums turn."""
    numbers = {int(value) for value in flat().parameters.values() if isinstance(value, int)}
    around = {value + more for value in numbers for more in (-1, 0, 1) if value + more >= 0}
    money = [value for value in around if value > 1000]
    money += [value * part // of for value in money for part, of in ((1, 2), (10, 1), (25, 3), (20, 1))]
    return money, [*(value for value in around if value <= 1000), 0, 3, 7, 12, 250]


def register(rows: int, seed: int, missing: float = 0.15) -> pa.RecordBatch:
    rng = random.Random(seed)  # noqa: S311
    money, counts = edges()
    days = [dt.date(2023, 6, 30), dt.date(2025, 1, 1), dt.date(2025, 6, 30), dt.date(2025, 12, 31)]

    def value(name: str) -> Any:
        if rng.random() < missing:
            return None
        if name in WORDS:
            return rng.choice(WORDS[name])
        if name in DATES:
            return rng.choice(days) + dt.timedelta(days=rng.choice((-1, 0, 1, 400)))
        if name in FLAGS:
            return rng.random() < 0.7
        return rng.choice(money if name in MONEY else counts)

    columns: dict[str, pa.Array] = {"id": pa.array([f"a{row}" for row in range(rows)], pa.string())}
    for name in COLUMNS:
        kind = pa.date32() if name in DATES else pa.bool_() if name in FLAGS else pa.int64()
        columns[name] = pa.array([value(name) for _ in range(rows)], pa.string() if name in WORDS else kind)
    return pa.RecordBatch.from_pydict(columns)


def with_value(batch: pa.RecordBatch, name: str, row: int, value: Any) -> pa.RecordBatch:
    values = batch.column(name).to_pylist()
    values[row] = value
    place = batch.schema.get_field_index(name)
    return batch.set_column(
        place, batch.schema.field(place), pa.array(values, batch.schema.field(place).type)
    )
