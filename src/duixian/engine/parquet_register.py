"""A register in a Parquet file, read group by group: only the columns that the rules use, every fault placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from duixian.calendar.days import Both, Language
from duixian.engine.batch import Kernel
from duixian.engine.needed import as_words, kept_as_words, needed_schema, paths_to_read
from duixian.register.conform import RowError, check_schema, conform, leaves
from duixian.register.origin import origin_of
from duixian.register.problems import Place, Problems, one_line
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(eq=False)
class BadGroup(Exception):  # noqa: N818 - a group that is bad; raised, and listed when it is left out
    """A row group that cannot be assessed: its number and its rows, from 1, and why."""

    file: str
    number: int
    first: int
    last: int
    why: Both

    def text(self, lang: Language) -> str:
        """The message in one language."""
        zh = f"{self.file}：第{self.number}个行组（第 {self.first} 至 {self.last} 行）不能用：{self.why.zh}"
        en = f"{self.file}: row group {self.number} (rows {self.first} to {self.last}) is unusable: "
        return zh if lang == "zh" else en + self.why.en

    def __str__(self) -> str:
        return self.text("en")


class ParquetRegister:
    """An open register. Its row groups may be read by several threads at once.

    rows: how many applicants it has. schema: that of its batches, words as dictionaries where the file has them so
    and the kernel takes them. missing: the columns that the rules read and the file lacks; they
    are taken as unknown for every applicant. origin: how it was made up, if it was; its claims say so too.
    """

    def __init__(self, path: Path, kernel: Kernel) -> None:
        """Read the footer and check the columns.

        Raises:
            InputError: it is no Parquet file, or columns are not those of a register.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        problems = Problems()
        place = Place(str(path))
        found = pa.schema([])
        try:
            with pq.ParquetFile(path) as file:
                self.metadata = file.metadata
                found = file.schema_arrow
        except FileNotFoundError:
            what = Both("没有这个文件", "there is no such file")
            problems.add("no-file", place, what, whole=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            why = one_line(error)
            what = Both(f"打不开这个 Parquet 文件：{why}", f"the Parquet file cannot be opened: {why}")
            problems.add("unreadable", place, what, whole=True)
        problems.raise_if_any()
        self.path = path
        self.origin = origin_of(found)
        whole = register_schema(kernel.vocabulary)
        needed = needed_schema(whole, kernel)
        missing = set(check_schema(found, whole, place, problems))
        problems.raise_if_any()
        self.missing = tuple(path for path in _paths(needed) if path in missing)
        read = paths_to_read(self.metadata, found, needed)
        words = kept_as_words(self.metadata, found) & kernel.coded & read.keys()
        self.schema = as_words(needed, words)
        self.columns = list(read.values())
        self._words = [read[leaf] for leaf in sorted(words)]
        self.rows = self.metadata.num_rows
        self.starts = [0]
        for number in range(self.metadata.num_row_groups):
            self.starts.append(self.starts[-1] + self.metadata.row_group(number).num_rows)

    @property
    def groups(self) -> int:
        """How many row groups there are."""
        return len(self.starts) - 1

    def footer(self) -> bytes:
        """Return the footer with the file's length and time: what tells this state of the file from others."""
        status = self.path.stat()
        with self.path.open("rb") as file:
            file.seek(-8, 2)
            length = int.from_bytes(file.read(4), "little")
            file.seek(-8 - length, 2)
            return file.read(length) + f"{status.st_size} {status.st_mtime_ns}".encode()

    def batches(self, number: int, rows: int) -> Iterator[pa.RecordBatch]:
        """Return a row group in batches of at most so many rows. Raises BadGroup."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        done = 0
        try:
            # The checksums are those of the pages, where whoever wrote the file put them in.
            options = {"metadata": self.metadata, "read_dictionary": self._words}
            with pq.ParquetFile(self.path, page_checksum_verification=True, **options) as file:
                found = file.iter_batches(rows, [number], self.columns, use_threads=False)
                for batch in found:
                    batch.validate(full=True)
                    yield conform(batch, self.schema)
                    done += batch.num_rows
        except RowError as error:
            raise self.bad(number, error.what, None if error.row is None else done + error.row) from None
        except (pa.ArrowException, OSError, ValueError) as error:
            why = one_line(error)
            raise self.bad(number, Both(f"读不出来（{why}）", f"it cannot be read ({why})")) from error
        if done != self.starts[number + 1] - self.starts[number]:
            raise self.bad(number, Both("行数不足", "rows are missing"))

    def bad(self, number: int, why: Both, row: int | None = None) -> BadGroup:
        """Return what to raise for a group; its number and `row`, the one within it, count from 0."""
        first, last = self.starts[number] + 1, self.starts[number + 1]
        if row is not None:
            why = Both(f"第 {first + row} 行：{why.zh}", f"row {first + row}: {why.en}")
        return BadGroup(str(self.path), number + 1, first, last, why)


def _paths(schema: pa.Schema) -> Iterator[str]:
    """Every column and every field in it, outer before inner."""
    seen: dict[str, None] = {}
    for leaf in leaves(schema):
        steps = leaf.split(".")
        for length in range(1, len(steps) + 1):
            seen.setdefault(".".join(steps[:length]))
    yield from seen
