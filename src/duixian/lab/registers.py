"""Opens a register for the lab: Parquet in batches of bounded size, every other file through its reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from duixian.calendar.days import Both
from duixian.language.vocabulary import Vocabulary
from duixian.register.columns import to_arrow
from duixian.register.origin import NOTE, origin_of
from duixian.register.problems import InputError, Place, Problems, shown
from duixian.register.read import read_register
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["given", "fictional", "synthetic"]
ROWS = 32_768
"""Applicants in a batch."""
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
    """Applicants in batches of `register_schema`.

    kind: `synthetic` if its metadata say that it was made up, `fictional` if every applicant's name says so
        (the sample register), else `given`.
    """

    name: str
    kind: Kind
    vocabulary: Vocabulary
    path: Path | None
    table: pa.Table | None = None

    @property
    def note(self) -> Both:
        """What every report on this register must say of it; empty for one that was given."""
        return _NOTES[self.kind]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the applicants; each call reads them anew.

        Raises:
            InputError: the file breaks off or holds what is no register.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self.table is not None:
            yield from self.table.to_batches(max_chunksize=ROWS)
            return
        assert self.path is not None
        schema = register_schema(self.vocabulary)
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=ROWS):
                    if batch.num_rows:
                        yield _conformed(pa.Table.from_batches([batch]), schema)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OSError) as error:
            raise _unreadable(self.path, error) from None


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
    return Register(path.name, _kind(names), vocabulary, None, table.combine_chunks())


def _open_parquet(path: Path, vocabulary: Vocabulary) -> Register:
    import pyarrow as pa
    import pyarrow.parquet as pq

    problems = Problems()
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            names: list[Any] = []
            if "name" in schema.names and file.metadata.num_rows:
                first = next(file.iter_batches(batch_size=64, columns=["name"]))
                names = first.column(0).to_pylist()
    except (pa.ArrowInvalid, OSError) as error:
        raise _unreadable(path, error) from None
    expected = register_schema(vocabulary)
    for name in schema.names:
        if name not in expected.names:
            what = Both(f"不认识的列「{shown(name)}」", f"unknown column `{shown(name)}`")
            problems.add("unknown-column", Place(str(path)), what, whole=True)
    if "id" not in schema.names:
        what = Both("没有 id 列", "there is no column `id`")
        problems.add("no-id", Place(str(path)), what, whole=True)
    problems.raise_if_any()
    kind: Kind = "synthetic" if origin_of(schema) is not None else _kind([str(name or "") for name in names])
    return Register(path.name, kind, vocabulary, path)


def _kind(names: list[str]) -> Kind:
    return "fictional" if names and all(name.endswith(_FICTIONAL) for name in names) else "given"


def _unreadable(path: Path, error: Exception) -> InputError:
    problems = Problems()
    what = Both(f"这个 Parquet 文件读不了：{error}", f"the Parquet file cannot be read: {error}")
    problems.add("unreadable", Place(str(path)), what, whole=True)
    try:
        problems.raise_if_any()
    except InputError as raised:
        return raised
    raise AssertionError("a problem was added")


def _conformed(table: pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the schema's columns in its order and types; a column it lacks is unknown throughout."""
    import pyarrow as pa

    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else _unknown(field, table.num_rows)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema).combine_chunks().to_batches()[0]


def _unknown(field: pa.Field, rows: int) -> pa.Array:
    import pyarrow as pa

    if field.nullable:
        return pa.nulls(rows, field.type)
    value: Any = {"complete": False, "items": []} if pa.types.is_struct(field.type) else False
    return pa.array([value] * rows, field.type)
