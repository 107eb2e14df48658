"""Opens a register for the lab: Parquet in batches of bounded size, every other file through its reader."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from duixian.calendar.days import Both
from duixian.engine.batch import Kernel
from duixian.engine.needed import needed_schema, paths_to_read
from duixian.engine.progress import Pace, Tell, silent
from duixian.engine.stream import ROWS_REFERENCE
from duixian.language.vocabulary import Vocabulary
from duixian.register.columns import to_arrow
from duixian.register.conform import RowError, check_schema, conform
from duixian.register.origin import NOTE, origin_of
from duixian.register.problems import InputError, InputProblem, Place, Problems, one_line
from duixian.register.read import read_register
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["given", "fictional", "synthetic"]
ROWS = 32_768
"""Applicants in a batch, where native code does the work."""
_FICTIONAL = "（虚构）"
_NOTES = {
    "given": Both("", ""),
    "fictional": Both(
        "样例登记表：其中的申报主体和数字都是虚构的，结果只说明方法，不代表任何真实企业或城市",
        "sample register: its applicants and figures are fictional; the results show the method "
        "and stand for no real firm or city",
    ),
    "synthetic": NOTE,
}


@dataclass(frozen=True)
class Register:
    """Applicants in batches of `register_schema`, or of the part of it that is asked for.

    rows: how many there are.
    kind: `synthetic` if its metadata say that it was made up, `fictional` if every applicant's name says so
        (the sample register), else `given`.
    missing: the columns that a Parquet file lacks; they are unknown throughout.
    """

    name: str
    kind: Kind
    vocabulary: Vocabulary
    rows: int
    path: Path | None
    table: pa.Table | None = None
    missing: tuple[str, ...] = ()

    @property
    def note(self) -> Both:
        """What every report on this register must say of it; empty for one that was given."""
        return _NOTES[self.kind]

    def batches(
        self,
        kernels: Sequence[Kernel] = (),
        also: Collection[str] = (),
        progress: Tell = silent,
        after: int = 0,
    ) -> Iterator[pa.RecordBatch]:
        """Yield the applicants after the first so many, telling how many are done; each call reads them anew.

        Of a Parquet file only those facts are read that the kernels read, and the columns of `also`; without kernels
        all are. Where a kernel has no native code the batches are small, so that a run can be seen and stopped.

        Raises:
            InputError: the file breaks off or holds what is no register.
        """
        rows = ROWS if all(kernel.native for kernel in kernels) else ROWS_REFERENCE
        if after >= self.rows:
            return
        pace, done = Pace(progress), 0
        schema = register_schema(self.vocabulary)
        for batch in self._read(rows, needed_schema(schema, *kernels, also=also) if kernels else schema):
            passed = min(max(after - done, 0), batch.num_rows)
            if passed < batch.num_rows:
                yield batch.slice(passed)
            done += batch.num_rows
            pace.at(done, self.rows)

    def _read(self, rows: int, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self.table is not None:
            yield from self.table.to_batches(max_chunksize=rows)
            return
        assert self.path is not None
        done = 0
        try:
            with pq.ParquetFile(self.path, page_checksum_verification=True) as file:
                columns = list(paths_to_read(file.metadata, file.schema_arrow, schema).values())
                for batch in file.iter_batches(batch_size=rows, columns=columns):
                    if batch.num_rows:
                        yield conform(batch, schema)
                        done += batch.num_rows
        except RowError as error:
            row = "" if error.row is None else str(done + error.row + 1)
            raise _error("null", Place(str(self.path), row), error.what) from None
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self.path, error, done) from None


def open_register(path: Path, vocabulary: Vocabulary) -> Register:
    """Open a register: Parquet is streamed, any other file that `duixian assess` reads is read whole.

    A Parquet file's columns and types are checked, not each value: it comes from a program.

    Raises:
        InputError: every problem.
    """
    if path.suffix.lower() == ".parquet":
        return _open_parquet(path, vocabulary)
    applicants = read_register(path, vocabulary).applicants
    names = [str(applicant.facts.get("name", "")) for applicant in applicants]
    table = to_arrow(applicants, vocabulary)
    return Register(path.name, _kind(names), vocabulary, table.num_rows, None, table.combine_chunks())


def _open_parquet(path: Path, vocabulary: Vocabulary) -> Register:
    import pyarrow as pa
    import pyarrow.parquet as pq

    problems = Problems()
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            names: list[Any] = []
            if "name" in schema.names and rows:
                first = next(file.iter_batches(batch_size=64, columns=["name"]))
                names = first.column(0).to_pylist()
    except FileNotFoundError:
        what = Both("没有这个文件", "there is no such file")
        raise _error("no-file", Place(str(path)), what) from None
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from None
    missing = check_schema(schema, register_schema(vocabulary), Place(str(path)), problems)
    problems.raise_if_any()
    kind: Kind = "synthetic" if origin_of(schema) is not None else _kind([str(name or "") for name in names])
    return Register(path.name, kind, vocabulary, rows, path, missing=missing)


def _kind(names: list[str]) -> Kind:
    return "fictional" if names and all(name.endswith(_FICTIONAL) for name in names) else "given"


def _unreadable(path: Path, error: Exception, done: int = 0) -> InputError:
    why = one_line(error)
    what = Both(f"这个 Parquet 文件读不了：{why}", f"the Parquet file cannot be read: {why}")
    if done:
        what = Both(
            f"第 {done:,} 行以后读不了：{why}。哪些行组已损坏，见 duixian register {path}",
            f"it cannot be read after row {done:,}: {why}. `duixian register {path}` names the damaged row groups",
        )
    return _error("unreadable", Place(str(path)), what)


def _error(code: str, place: Place, what: Both) -> InputError:
    return InputError([InputProblem(code, place, what, whole=True)])
