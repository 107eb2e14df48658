"""Reads a file into chunks with the register's own readers; what cannot be taken is told, row by row.

A register in Parquet is read in chunks: columns are checked whole, and only a chunk in which something is wrong
is looked at applicant by applicant, to tell of each. Every other file is bounded in size by its reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from duixian.calendar.days import Both
from duixian.language.vocabulary import Vocabulary
from duixian.register.applicant import Applicant
from duixian.register.columns import checked, from_arrow, to_arrow
from duixian.register.conform import RowError, check_schema, conform
from duixian.register.id_checks import Twins, hashes
from duixian.register.names import Lexicon
from duixian.register.problems import InputProblem, Place, Problems
from duixian.register.read import gather, without_bad
from duixian.register.reading import Reading
from duixian.register.schema import NONE_SUFFIX, register_schema
from duixian.register.survey import faults_of
from duixian.server.registry.importing.chunks import APPLICANTS, sliced
from duixian.server.registry.models import Provenance

if TYPE_CHECKING:
    import pyarrow as pa

Part = tuple["pa.Table | None", list[InputProblem]]
"""The applicants of a chunk that can be taken, and what was refused; a problem that is `whole` ends the file."""

_TWIN_CODE = Both(
    "文件中有不同编号的主体用同一信用代码，无法确定是哪一个：请合并为一个",
    "applicants of different ids have the same credit code in this file: make them one",
)


def parts(
    path: Path, vocabulary: Vocabulary, kind: str, *, name: str = "", include_hidden: bool = False
) -> Iterator[Part]:
    """The applicants of a file in chunks; `name` is what the file is called in messages.

    `kind` is that of the source (`Provenance.Kind`): facts that only an authority can state are refused from the
    applicant's own statement.
    """
    name = name or path.name
    if path.suffix.lower() == ".parquet":
        found: Iterator[Part] = _parquet(path, vocabulary, name)
    else:
        reading = Reading(include_hidden)
        applicants = gather(path, vocabulary, reading)
        found = given(applicants, reading, vocabulary, name)
    for table, problems in found:
        told = [_named(problem, path, name) for problem in problems]
        if table is None or kind != Provenance.Kind.STATEMENT:
            yield table, told
        else:
            rest, more = _own_statements(table, vocabulary, name)
            yield rest, told + more


def given(
    applicants: Sequence[Applicant], problems: Problems, vocabulary: Vocabulary, name: str = ""
) -> Iterator[Part]:
    """Applicants that a reader (or the API) has put together already, with the problems that it found."""
    if any(problem.whole for problem in problems.found):
        yield None, problems.found
        return
    by_code = defaultdict(list)
    for applicant in applicants:
        if "uscc" in applicant.facts:
            by_code[applicant.facts["uscc"]].append(applicant.id)
    for ids in by_code.values():
        if len(set(ids)) > 1:
            for id in ids:
                problems.add("twin-code", Place(name, id), _TWIN_CODE, applicant=id)
    read = without_bad(list(applicants), problems)
    yield None, list(read.problems)
    for table in sliced(read.applicants, vocabulary):
        yield table, []


def _parquet(path: Path, vocabulary: Vocabulary, name: str) -> Iterator[Part]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    problems, place = Problems(), Place(name)
    try:
        with pq.ParquetFile(path) as file:
            check_schema(file.schema_arrow, register_schema(vocabulary), place, problems)
            if problems.found:
                yield None, problems.found
                return
            twins = _twins(file)
            before = 0
            for groups in _row_groups(file.metadata):
                for batch in file.iter_batches(APPLICANTS, row_groups=groups):
                    yield _batch(batch, before, twins, vocabulary, name)
                    before += batch.num_rows
                pa.default_memory_pool().release_unused()
    except RowError as error:
        problems.add("null", place, error.what, whole=True)
        yield None, problems.found
    except (pa.ArrowException, OSError) as error:
        what = Both(f"这个 Parquet 文件读不了：{error}", f"the Parquet file cannot be read: {error}")
        problems.add("unreadable", place, what, whole=True)
        yield None, problems.found


def _row_groups(metadata: Any) -> Iterator[list[int]]:
    """Row groups that are read together, ten chunks or more; all at once they would pile up in memory."""
    groups, rows = list[int](), 0
    for group in range(metadata.num_row_groups):
        groups.append(group)
        rows += metadata.row_group(group).num_rows
        if rows >= 10 * APPLICANTS:
            yield groups
            groups, rows = [], 0
    if groups:
        yield groups


def _twins(file: Any) -> dict[int, tuple[str, int]]:
    """Rows (from 0) whose id or code stands in another row too: which of the two, and in which other row."""
    found: dict[int, tuple[str, int]] = {}
    for column in ("id", "uscc"):
        if column not in file.schema_arrow.names:
            continue
        twins = Twins()
        for batch in file.iter_batches(1 << 16, columns=[column]):
            twins.add(hashes(batch.column(0).cast("string")))
        later, first = twins.rows()
        for row, other in zip(later.tolist(), first.tolist(), strict=True):
            found.setdefault(row - 1, (column, other))
            found.setdefault(other - 1, (column, row))
    return found


def _batch(
    batch: pa.RecordBatch, before: int, twins: dict[int, tuple[str, int]], vocabulary: Vocabulary, name: str
) -> Part:
    """One batch of a Parquet register."""
    import pyarrow as pa

    table = pa.Table.from_batches([conform(batch, register_schema(vocabulary))])
    told = faults_of(table.combine_chunks().to_batches()[0], before, vocabulary, name) if len(table) else []
    problems = Problems()
    here = [row for row in range(before, before + len(table)) if row in twins] if twins else []
    for row in here:
        column, other = twins[row]
        id = table["id"][row - before].as_py()
        what = _TWIN_CODE if column == "uscc" else Both(f"编号「{id}」重复", f"the id '{id}' stands twice")
        remedy = Both(f"另见第 {other} 行", f"see row {other}")
        problems.add("twin-code" if column == "uscc" else "duplicate-id", Place(name, str(row + 1)), what, remedy, applicant=id)  # fmt: skip # noqa: E501
    if not told and not here:
        return table, []
    lexicon = Lexicon(vocabulary)
    applicants = [
        checked(applicant, Place(name, str(number)), lexicon, problems)
        for number, applicant in enumerate(from_arrow(table, vocabulary), before + 1)
    ]
    if told and len(problems) == len(here):  # what was found in the columns cannot be put down to applicants
        return None, [_whole(problem) for problem in told]
    spoilt = problems.spoilt()
    good = [applicant for applicant in applicants if applicant.id not in spoilt]
    return (to_arrow(good, vocabulary) if good else None), problems.found


def _own_statements(table: pa.Table, vocabulary: Vocabulary, name: str) -> Part:
    """Refuse applicants of whom the file states what only an authority can."""
    import pyarrow.compute as pc

    stated: dict[int, list[str]] = defaultdict(list)
    for type_, entity in vocabulary.entities.items():
        own = type_ == "applicant"
        column = None if own else table[type_].combine_chunks().field("items")
        records = None if column is None else column.flatten()
        rows = np.arange(len(table)) if column is None else pc.list_parent_indices(column).to_numpy()
        names = table.schema.names if records is None else [field.name for field in records.type]
        for field in entity.fields.values():
            if not field.authority:
                continue
            for part in (field.name, field.name + NONE_SUFFIX):
                if part not in names:
                    continue
                values = table[part].combine_chunks() if records is None else records.field(names.index(part))
                known = values.is_valid() if part == field.name else values
                for row in set(rows[known.to_numpy(zero_copy_only=False).astype(bool)].tolist()):
                    stated[row].append(f"{entity.label.zh}·{field.label.zh}")
    ids = table["id"]
    problems = Problems()
    for row, fields in sorted(stated.items()):
        listed = "、".join(dict.fromkeys(fields))
        what = Both(f"「{listed}」由主管部门认定或提供", f"only an authority can state: {listed}")
        remedy = Both(
            "请删去这些内容，或由主管部门的文件导入", "take them out, or import them from an authority's file"
        )
        id = ids[row].as_py()
        problems.add("authority", Place(name, id), what, remedy, applicant=id)
    if not stated:
        return table, []
    keep = [row for row in range(len(table)) if row not in stated]
    return (table.take(keep) if keep else None), problems.found


def _whole(problem: InputProblem) -> InputProblem:
    import msgspec

    return msgspec.structs.replace(problem, whole=True)


def _named(problem: InputProblem, path: Path, name: str) -> InputProblem:
    """The problem with the file's own name instead of where it was put."""
    import msgspec

    place = problem.place
    return (
        msgspec.structs.replace(problem, place=Place(name, place.at)) if place.file == str(path) else problem
    )


def any_whole(problems: Iterable[InputProblem]) -> bool:
    """Whether one of them is of the file as a whole."""
    return any(problem.whole for problem in problems)
