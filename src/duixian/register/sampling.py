"""Takes a seeded sample of a Parquet register, reading only the row groups that it falls in."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.origin import origin_of
from duixian.register.read import read_register
from duixian.register.write import write_register

if TYPE_CHECKING:
    import pyarrow as pa


def sample_register(path: Path, count: int, seed: int) -> pa.Table:
    """That many rows (or all, if there are fewer), each as likely as any, in the order of the file.

    The table keeps the metadata, so a sample of a synthetic register says that it is one.

    Raises:
        OSError, pyarrow.ArrowInvalid: the file cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    whole = file.metadata.num_rows
    rows = sorted(random.Random(seed).sample(range(whole), min(count, whole)))  # noqa: S311 - no secret
    found, start, place = [], 0, 0
    for group in range(file.metadata.num_row_groups):
        end = start + file.metadata.row_group(group).num_rows
        first = place
        while place < len(rows) and rows[place] < end:
            place += 1
        for batch in file.iter_batches(1 << 14, row_groups=[group]) if place > first else ():
            here = [row - start for row in rows[first:place] if start <= row < start + batch.num_rows]
            if here:
                found.append(pa.Table.from_batches([batch]).take(pa.array(here, pa.int64())))
            start += batch.num_rows
        start = end
    schema = file.schema_arrow
    return pa.concat_tables(found).replace_schema_metadata(schema.metadata) if found else schema.empty_table()


def write_sample(path: Path, table: pa.Table) -> None:
    """Write a sample as it is to .parquet, or to .yaml, where comments say that a synthetic one is.

    Raises:
        InputError: the rows cannot be read as applicants.
        ValueError: the YAML file would be too long to be read again.
    """
    import pyarrow.parquet as pq

    if path.suffix.lower() == ".parquet":
        pq.write_table(table, path)
        return
    vocabulary = shared_vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "sample.parquet"
        pq.write_table(table, copy)
        read = read_register(copy, vocabulary)
    write_register(path, read.applicants, vocabulary, origin_of(table.schema))
