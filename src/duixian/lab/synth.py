"""Writes a synthetic register: seeded, block by block, so that memory is bounded and threads change nothing."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from duixian import __version__
from duixian.engine.progress import Pace, Tell, silent
from duixian.lab.calibrate import Calibration, calibrate
from duixian.lab.population.firms import BLOCK, Society, draw_block
from duixian.lab.population.rows import block_rows
from duixian.lab.totals import Totals
from duixian.language.vocabulary import Vocabulary
from duixian.register.origin import Synthetic, marked
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa

_UNIQUE: Final = ("id", "name", "uscc")


def synthetic_batches(
    society: Society,
    vocabulary: Vocabulary,
    totals: Totals | None = None,
    threads: int = 0,
    progress: Tell = silent,
) -> Generator[pa.RecordBatch, None, None]:
    """The rows of a synthetic register in batches of `BLOCK`, in order; `threads` 0 takes every core.

    Meeting totals takes turns over all applicants before the first batch; each is told as it goes.

    Raises:
        CalibrationError: the totals cannot be met.
    """
    calibration = calibrate(society, totals, progress) if totals else Calibration()
    threads = threads or os.cpu_count() or 1

    def make(number: int) -> pa.RecordBatch:
        return block_rows(draw_block(society, number, calibration.scaling), vocabulary, calibration.factors)

    pace, done = Pace(progress, calibration.turns and calibration.turns + 1), 0
    with ThreadPoolExecutor(threads) as pool:
        numbers = iter(range(society.blocks))
        waiting = deque(pool.submit(make, number) for number in islice(numbers, threads + 1))
        try:
            while waiting:
                batch = waiting.popleft().result()
                waiting.extend(pool.submit(make, number) for number in islice(numbers, 1))
                yield batch
                done += batch.num_rows
                pace.at(done, society.applicants)
        finally:
            for future in waiting:
                future.cancel()


def write_synthetic(
    path: Path,
    society: Society,
    vocabulary: Vocabulary,
    totals: Totals | None = None,
    threads: int = 0,
    progress: Tell = silent,
) -> None:
    """Write a synthetic register to a Parquet file that says that it is one.

    Raises:
        CalibrationError: the totals cannot be met.
        OSError: the file cannot be written.
    """
    import pyarrow.parquet as pq

    schema = marked(register_schema(vocabulary), _origin(society, totals))
    with (
        pq.ParquetWriter(path, schema, use_dictionary=_dictionaries(schema)) as writer,
        closing(synthetic_batches(society, vocabulary, totals, threads, progress)) as batches,
    ):
        for batch in batches:
            writer.write_batch(batch.replace_schema_metadata(schema.metadata), row_group_size=BLOCK)


def _origin(society: Society, totals: Totals | None) -> Synthetic:
    import numpy as np

    return Synthetic(
        society.seed,
        society.firms,
        society.last_year,
        society.years,
        __version__,
        np.__version__,
        totals.as_metadata() if totals else {},
    )


def _dictionaries(schema: pa.Schema) -> list[str]:
    """The paths, as Parquet names them, of the text columns in which few values stand again and again."""
    import pyarrow as pa

    found = []
    left = [(field.name, field.type) for field in schema if field.name not in _UNIQUE]
    while left:
        path, kind = left.pop()
        if pa.types.is_struct(kind):
            left += [(f"{path}.{field.name}", field.type) for field in kind]
        elif pa.types.is_list(kind):
            left.append((f"{path}.list.element", kind.value_type))
        elif pa.types.is_string(kind):
            found.append(path)
    return found
