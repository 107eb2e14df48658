"""Describes and checks a Parquet register of any size, batch by batch: what is known, how large, what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from duixian.calendar.days import Both
from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.conform import Fit, compare, in_words, refuse_claims
from duixian.register.distribution import Distribution, Sums
from duixian.register.faults import Faults, Rows
from duixian.register.id_checks import Hashes, Twins, check_records, check_references
from duixian.register.origin import Synthetic, origin_of
from duixian.register.problems import InputError, InputProblem, Place, Problems, one_line, shown
from duixian.register.schema import NONE_SUFFIX, register_schema, value_type
from duixian.register.value_checks import Column, check_column, narrowed

if TYPE_CHECKING:
    import pyarrow as pa

BATCH: Final = 1 << 14
"""Rows that are looked at together."""
MOST_RECORDS: Final = 10_000
"""More records of one type than this belong to no applicant: their rows were put under one by mistake."""
Progress = Callable[[int, int], None]


class FieldSurvey(msgspec.Struct, frozen=True):
    """How much is known of a field: values, known to be none (无), not known; sums are in fen."""

    name: str
    label: Both
    known: int
    none: int
    unknown: int
    sums: Distribution | None = None


class TypeSurvey(msgspec.Struct, frozen=True):
    """One record type, or the applicants themselves (`applicant`): how many, whose lists are whole."""

    name: str
    label: Both
    records: int
    applicants: int
    whole: int
    most: int
    fields: tuple[FieldSurvey, ...]


class Survey(msgspec.Struct, frozen=True):
    """What a register holds; `synthetic` says how it was made up, if it was."""

    file: str
    rows: int
    row_groups: int
    synthetic: Synthetic | None
    types: tuple[TypeSurvey, ...]
    missing: tuple[str, ...]
    problems: tuple[InputProblem, ...]


def survey(path: Path, vocabulary: Vocabulary, progress: Progress | None = None) -> Survey:
    """Describe and check the Parquet register at `path`; memory does not grow with it but for 8 bytes a row.

    Raises:
        InputError: the file cannot be opened or read as Parquet.
    """
    import pyarrow.parquet as pq

    faults = Faults(str(path))
    with _told(faults, Both("打不开这个 Parquet 文件", "the Parquet file cannot be opened")):
        file = pq.ParquetFile(path)
    refuse_claims(file.schema_arrow, Place(str(path)), Problems())
    fit = compare(file.schema_arrow, register_schema(vocabulary))
    for item in fit.mismatches:
        faults.whole(item.code, item.path, item.what, item.remedy)
    tallies = {name: _Tally(entity) for name, entity in vocabulary.entities.items()}
    twins, done, whole = Twins(), 0, file.metadata.num_rows
    for group in range(file.metadata.num_row_groups):
        what = Both(f"第{group + 1}个行组已损坏", f"row group {group + 1} is damaged")
        with _told(faults, what):
            for batch in file.iter_batches(BATCH, row_groups=[group], use_threads=True):
                _Reader(batch, done, vocabulary, fit, faults, tallies).read(twins)
                done += batch.num_rows
                if progress is not None:
                    progress(done, whole)
    _name_twins(file, twins, faults)
    types = tuple(tally.found(done) for tally in tallies.values())
    found = (whole, file.metadata.num_row_groups, origin_of(file.schema_arrow))
    return Survey(str(path), *found, types, tuple(map(in_words, fit.missing)), tuple(faults.problems()))


def faults_of(batch: pa.RecordBatch, before: int, vocabulary: Vocabulary, file: str) -> list[InputProblem]:
    """What `survey` finds wrong in one batch of a register's schema; so many rows stand `before` it in the file."""
    faults = Faults(file)
    tallies = {name: _Tally(entity) for name, entity in vocabulary.entities.items()}
    fit = compare(batch.schema, register_schema(vocabulary))
    _Reader(batch, before, vocabulary, fit, faults, tallies).read(Twins())
    return faults.problems()


class _told:  # noqa: N801 - read as a word: with told(...)
    """Turns what Arrow raises on a bad file into an InputError that says what could not be read."""

    def __init__(self, faults: Faults, what: Both) -> None:
        self.faults = faults
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import pyarrow as pa

        if isinstance(error, pa.ArrowException | OSError):
            why = shown(one_line(error))
            what = Both(f"{self.what.zh}（{why}）", f"{self.what.en}: {why}")
            self.faults.whole("unreadable", "", what)
            raise InputError(self.faults.problems()) from None


def _name_twins(file: Any, twins: Twins, faults: Faults) -> None:
    later, first = twins.rows()
    if not len(later):
        return
    row, left = int(later[0]), int(later[0]) - 1
    group = 0
    while left >= file.metadata.row_group(group).num_rows:
        left -= file.metadata.row_group(group).num_rows
        group += 1
    found = shown(str(file.read_row_group(group, columns=["id"])["id"][left]))
    what = Both(
        f"申报主体编号「{found}」重复，首次见于第{first[0]}行",
        f"the applicant id '{found}' stands twice, first in row {first[0]}",
    )
    assert row == int(later[0])
    faults.add("duplicate-id", "id", later, what)


class _Tally:
    """What was counted of an entity so far."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.records = self.applicants = self.whole = self.most = 0
        self.counts = {name: [0, 0, 0] for name in entity.fields}
        self.sums = {name: Sums() for name, field in entity.fields.items() if field.type.kind == "money"}

    def found(self, rows: int) -> TypeSurvey:
        """The description; of the applicants' own facts, each row is a record."""
        own = self.entity.name == "applicant"
        fields = tuple(self._field(field) for field in self.entity.fields.values())
        label = Both(self.entity.label.zh, self.entity.label.en)
        if own:
            return TypeSurvey(self.entity.name, label, rows, rows, rows, 1, fields)
        return TypeSurvey(
            self.entity.name, label, self.records, self.applicants, self.whole, self.most, fields
        )

    def _field(self, field: Field) -> FieldSurvey:
        known, none, unknown = self.counts[field.name]
        sums = self.sums[field.name].distribution() if field.name in self.sums else None
        return FieldSurvey(field.name, Both(field.label.zh, field.label.en), known, none, unknown, sums)


class _Reader:
    """Reads one batch into the tallies and the faults."""

    def __init__(
        self,
        batch: pa.RecordBatch,
        before: int,
        vocabulary: Vocabulary,
        fit: Fit,
        faults: Faults,
        tallies: dict[str, _Tally],
    ) -> None:
        self.columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        self.rows: Rows = np.arange(before + 1, before + batch.num_rows + 1, dtype=np.int64)
        self.vocabulary = vocabulary
        self.refused = fit.refused
        self.faults = faults
        self.tallies = tallies
        self.keys: dict[str, Hashes] = {}
        self.references: list[tuple[Field, str, pa.Array, Rows]] = []

    def read(self, twins: Twins) -> None:
        """Read all columns, then look up the references."""
        if "id" in self.columns and "id" not in self.refused:
            twins.add(check_records("", self._text(self.columns["id"]), self.rows, self.faults))
        self._fields(self.vocabulary.entities["applicant"], "", self.columns, self.rows)
        for name, entity in self.vocabulary.records.items():
            if name in self.columns and name not in self.refused:
                self._records(entity, self.columns[name])
        for field, name, values, rows in self.references:
            there = self.keys.get(field.type.of, np.zeros(0, np.uint64))
            check_references(field, name, values, rows, there, self.faults)

    def _text(self, values: pa.Array) -> pa.Array:
        import pyarrow as pa

        return values.cast(pa.string())

    def _records(self, entity: Entity, column: pa.StructArray) -> None:
        import pyarrow.compute as pc

        tally, name = self.tallies[entity.name], entity.name
        parts = dict(zip([field.name for field in column.type], column.flatten(), strict=True))
        never = Both("不能为空", "it is never null")
        self.faults.add("null", name, self.rows[_marked(column.is_null())], never)
        if "complete" in parts and f"{name}.complete" not in self.refused:
            self.faults.add(
                "null", f"{name}.complete", self.rows[_marked(parts["complete"].is_null())], never
            )
            tally.whole += int(np.count_nonzero(parts["complete"].fill_null(False)))
        if "items" not in parts or f"{name}.items" in self.refused:
            return
        items = parts["items"]
        self.faults.add("null", f"{name}.items", self.rows[_marked(items.is_null())], never)
        lengths = pc.list_value_length(items).fill_null(0).to_numpy(zero_copy_only=False)
        self._count(tally, lengths)
        flat = items.flatten()
        rows = np.repeat(self.rows, lengths)
        self.faults.add("null", f"{name}.items", rows[_marked(flat.is_null())], never)
        inner = dict(zip([field.name for field in flat.type], flat.flatten(), strict=True))
        if "id" in inner and f"{name}.id" not in self.refused:
            self.keys[name] = check_records(name, self._text(inner["id"]), rows, self.faults)
        self._fields(entity, f"{name}.", inner, rows)

    def _count(self, tally: _Tally, lengths: Rows) -> None:
        tally.records += int(lengths.sum())
        tally.applicants += int(np.count_nonzero(lengths))
        tally.most = max(tally.most, int(lengths.max(initial=0)))
        over = np.flatnonzero(lengths > MOST_RECORDS)
        if len(over):
            count = int(lengths[over[0]])
            what = Both(
                f"一个申报主体有 {count:,} 条「{tally.entity.label.zh}」记录，超过 {MOST_RECORDS:,}",
                f"one applicant has {count:,} records of `{tally.entity.name}`, more than {MOST_RECORDS:,}",
            )
            remedy = Both("请核对这些记录各属于谁", "check whose records they are")
            self.faults.add("too-many-records", tally.entity.name, self.rows[over], what, remedy)

    def _fields(self, entity: Entity, prefix: str, columns: dict[str, pa.Array], rows: Rows) -> None:
        tally = self.tallies[entity.name]
        for name, field in entity.fields.items():
            path = prefix + name
            counts = tally.counts[name]
            if name not in columns or path in self.refused:
                counts[2] += len(rows)
                continue
            values = narrowed(columns[name], value_type(field), path, rows, self.faults)
            column = Column(field, path, values, rows)
            none = self._none(column, columns.get(name + NONE_SUFFIX))
            known = len(values) - values.null_count
            counts[0] += known
            counts[1] += none
            counts[2] += len(values) - known - none
            if name in tally.sums:
                tally.sums[name].add(values)
            if field.required:
                missing = rows[_marked(values.is_null())]
                what = Both(f"未填「{field.label.zh}」", f"there is no `{name}`, which is required")
                self.faults.add("required", path, missing, what)
            check_column(column, self.vocabulary, self.faults)
            if field.type.kind == "record":
                self.references.append((field, path, values, rows))

    def _none(self, column: Column, none: pa.Array | None) -> int:
        """How many are known to be none; one that has a value as well is a fault."""
        if none is None or column.name + NONE_SUFFIX in self.refused:
            return 0
        path = column.name + NONE_SUFFIX
        never = Both("不能为空", "it is never null")
        self.faults.add("null", path, column.rows[_marked(none.is_null())], never)
        said = none.fill_null(False).to_numpy(zero_copy_only=False)
        known = column.values.is_valid().to_numpy(zero_copy_only=False)
        both = Both("既有值又说明「无」", "it has a value and is said to be none")
        self.faults.add("none-and-value", path, column.rows[np.flatnonzero(said & known)], both)
        return int(np.count_nonzero(said & ~known))


def _marked(flags: pa.Array) -> Rows:
    found: Rows = np.flatnonzero(flags.to_numpy(zero_copy_only=False))
    return found
