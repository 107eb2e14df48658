"""A small register in Parquet for the tests of whole registers, and the runs over it."""

import datetime as dt
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.applicants import make_applicants

from duixian.engine.assess import Request
from duixian.engine.batch import Kernel, compile_kernel
from duixian.engine.stream import RegisterRun
from duixian.language.cache import installed_policies
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.columns import to_arrow

FUND = "wuhan-industrial-internet-fund"
DAY = dt.date(2022, 6, 1)
REQUEST = Request(on=DAY, if_adopted={FUND: dt.date(2022, 1, 1)})
ASKED = ["--policy", FUND, "--on", "2022-06-01", "--if-adopted", f"{FUND}=2022-01-01"]
SLOW = Path(__file__).parent / "slow_command.py"
ROWS, GROUP = 240, 20


@cache
def kernel() -> Kernel:
    """The fund's measures: few, so that they are compiled soon."""
    return compile_kernel([item for item in installed_policies() if item.id == FUND], shared_vocabulary())


@cache
def table() -> pa.Table:
    """The applicants."""
    vocabulary = shared_vocabulary()
    return to_arrow(make_applicants(vocabulary, ROWS, 12, 20), vocabulary)


def write_register(
    path: Path, group: int = GROUP, data: pa.Table | None = None, checksum: bool = True
) -> Path:
    """Write the register, or another one, with so many applicants in a row group."""
    pq.write_table(
        table() if data is None else data, path, row_group_size=group, write_page_checksum=checksum
    )
    return path


def claims(path: Path) -> list[dict[str, object]]:
    """Return the claims that were written."""
    found: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return found


def asked(**changes: Any) -> RegisterRun:
    """The run that the tests ask for, with changes."""
    return RegisterRun(kernel(), REQUEST, **changes)


def command(*args: object, seconds: float = 0, most: int = 0) -> subprocess.Popen[str]:
    """Start `duixian` as a process of its own; see slow_command.py."""
    line = [sys.executable, str(SLOW), str(seconds), str(most), *map(str, args)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def spoil(path: Path, group: int, column: str = "id") -> None:
    """Flip the bytes in the middle of a column of a row group."""
    meta = pq.ParquetFile(path).metadata.row_group(group)
    chunk = next(meta.column(i) for i in range(meta.num_columns) if meta.column(i).path_in_schema == column)
    content = bytearray(path.read_bytes())
    middle = chunk.data_page_offset + (chunk.total_compressed_size // 2)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    middle = start + chunk.total_compressed_size // 2
    for place in range(middle, middle + 8):
        content[place] ^= 0xFF
    path.write_bytes(content)
