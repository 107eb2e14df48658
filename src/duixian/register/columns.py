"""Turns applicants into Arrow columns and back, exactly, and reads a register from Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duixian.calendar.days import Both, Refusal
from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.amounts import LIMIT
from duixian.register.applicant import Absent, Applicant, Facts, Value
from duixian.register.assembly import Draft, Record
from duixian.register.conform import RowError, check_schema, conform
from duixian.register.names import Lexicon
from duixian.register.problems import Place, Problems
from duixian.register.schema import NONE_SUFFIX, register_schema
from duixian.register.values import check_value, read_id

if TYPE_CHECKING:
    import pyarrow as pa

Cells = dict[str, Any]


def to_arrow(applicants: Iterable[Applicant], vocabulary: Vocabulary) -> pa.Table:
    """The applicants as a table of `register_schema(vocabulary)`, in their order.

    Raises:
        InputError: facts that the vocabulary does not have, or numbers that 64 bits do not hold.
    """
    import pyarrow as pa

    problems = Problems()
    rows = [_Writer(vocabulary, problems, applicant).row() for applicant in applicants]
    problems.raise_if_any()
    return pa.Table.from_pylist(rows, schema=register_schema(vocabulary))


def from_arrow(table: pa.Table, vocabulary: Vocabulary) -> list[Applicant]:
    """The applicants of a table that `to_arrow` made: the same as were given to it.

    What is not told apart in a table is not told apart here: an empty list of records is left out.
    """
    own = vocabulary.entities["applicant"]
    applicants = []
    for row in table.to_pylist():
        lists = {name: row[name] for name in vocabulary.records if row.get(name)}
        records = {
            name: tuple(
                {"id": item["id"], **_facts(vocabulary.entities[name], item)} for item in found["items"]
            )
            for name, found in lists.items()
            if found["items"]
        }
        complete = frozenset(name for name, found in lists.items() if found["complete"])
        applicants.append(Applicant(row["id"], _facts(own, row), records, complete))
    return applicants


def read_parquet(
    path: Path, lexicon: Lexicon, problems: Problems, only: frozenset[str] | None = None
) -> list[Applicant]:
    """The applicants of a Parquet file, checked as every other input is; columns may be missing.

    A place is the row's number from 1 and the column. `only` these ids: of a row group with none of them nothing
    but the ids is read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, place = register_schema(lexicon.vocabulary), Place(str(path))
    before, done, batches = len(problems), 0, []
    numbers: list[int] = []
    try:
        with pq.ParquetFile(path) as file:
            check_schema(file.schema_arrow, schema, place, problems)
            for group in range(file.num_row_groups) if len(problems) == before else ():
                if only is not None and not _wanted(file.read_row_group(group, ["id"])["id"], only):
                    done += file.metadata.row_group(group).num_rows
                    continue
                for batch in file.iter_batches(row_groups=[group]):
                    rows = range(batch.num_rows) if only is None else _wanted(batch["id"], only)
                    batches.append(conform(batch if only is None else batch.take(rows), schema))
                    numbers += (done + row + 1 for row in rows)
                    done += batch.num_rows
    except RowError as error:
        row = "" if error.row is None else str(done + error.row + 1)
        problems.add("null", Place(str(path), row), error.what, whole=True)
    except (pa.ArrowException, OSError) as error:
        what = Both("打不开这个 Parquet 文件", f"the Parquet file cannot be opened: {error}")
        problems.add("unreadable", place, what, whole=True)
    if len(problems) > before:
        return []
    conformed = pa.Table.from_batches(batches, schema)
    seen: set[str] = set()
    found = []
    for number, applicant in zip(numbers, from_arrow(conformed, lexicon.vocabulary), strict=True):
        place = Place(str(path), str(number))
        if applicant.id in seen:
            what = Both(
                f"申报主体编号「{applicant.id}」重复", f"the applicant id '{applicant.id}' stands twice"
            )
            problems.add("duplicate-id", place, what, applicant=applicant.id)
        seen.add(applicant.id)
        found.append(checked(applicant, place, lexicon, problems))
    return found


def _wanted(ids: Any, only: frozenset[str]) -> list[int]:
    """The rows, from 0, whose id is one of these; or has none, which is a fault to be told."""
    return [row for row, id in enumerate(ids.to_pylist()) if id is None or id in only]


def checked(applicant: Applicant, place: Place, lexicon: Lexicon, problems: Problems) -> Applicant:
    """The applicant put together again, so that every value, id and reference is checked."""
    vocabulary = lexicon.vocabulary

    def record(entity: Entity, key: object, facts: Facts) -> Record:
        kind = "" if entity.name == "applicant" else entity.name
        made = Record(str(key or ""), place)
        try:
            read_id(key)
        except Refusal as refusal:
            what = Both(f"编号读到「{refusal.found}」", f"id: found '{refusal.found}'")
            problems.add("value", place, what, refusal.remedy, applicant=applicant.id, record_type=kind)
        for name, value in facts.items():
            try:
                check_value(entity.fields[name], value, lexicon)
                made.facts[name] = value
            except Refusal as refusal:
                at = Place(place.file, f"{place.at}:{'.'.join(filter(None, (kind, name)))}")
                problems.refuse(at, entity.fields[name], refusal, applicant=applicant.id, record_type=kind)
                made.places[name] = at
        return made

    draft = Draft(record(vocabulary.entities["applicant"], applicant.id, applicant.facts))
    draft.complete |= applicant.complete
    for name, items in applicant.records.items():
        entity = vocabulary.entities[name]
        for item in items:
            facts = {key: value for key, value in item.items() if key != "id"}
            draft.add(entity, record(entity, item["id"], facts), problems)
    return draft.finish(vocabulary, problems)


class _Writer:
    """Writes one applicant's row."""

    def __init__(self, vocabulary: Vocabulary, problems: Problems, applicant: Applicant) -> None:
        self.vocabulary = vocabulary
        self.problems = problems
        self.applicant = applicant

    def row(self) -> Cells:
        applicant = self.applicant
        for name in {*applicant.records, *applicant.complete} - set(self.vocabulary.records):
            what = Both(f"没有记录类别「{name}」", f"there is no record type `{name}`")
            self.problems.add("unknown-key", Place("", f"$.{name}"), what, applicant=applicant.id)
        row = {"id": applicant.id, **self.cells(self.vocabulary.entities["applicant"], applicant.facts)}
        for name, entity in self.vocabulary.records.items():
            items = [
                {"id": facts["id"], **self.cells(entity, facts)} for facts in applicant.records.get(name, ())
            ]
            row[name] = {"complete": name in applicant.complete, "items": items}
        return row

    def cells(self, entity: Entity, facts: Facts) -> Cells:
        cells: Cells = {}
        for name in facts:
            if name not in entity.fields and name != "id":
                what = Both(
                    f"「{entity.label.zh}」没有字段「{name}」", f"`{entity.name}` has no field `{name}`"
                )
                self.problems.add(
                    "unknown-key", Place("", f"$.{entity.name}.{name}"), what, applicant=self.applicant.id
                )
        for name, field in entity.fields.items():
            value = facts.get(name)
            if field.optional:
                cells[name + NONE_SUFFIX] = value is Absent.NONE
            cells[name] = None if value is None or value is Absent.NONE else self.cell(entity, field, value)
        return cells

    def cell(self, entity: Entity, field: Field, value: Value) -> object:
        parts: tuple[int, ...] = ()
        if field.type.kind in ("area", "price_per_area", "ratio") and isinstance(value, int | Fraction):
            parts = Fraction(value).as_integer_ratio()
        elif isinstance(value, int) and not isinstance(value, bool):
            parts = (value,)
        if any(abs(part) > LIMIT for part in parts):
            place = Place("", f"$.{entity.name}.{field.name}")
            what = Both(
                f"「{value}」超出64位整数所能精确表示的范围",
                f"'{value}' does not fit 64-bit integers exactly",
            )
            self.problems.add("does-not-fit", place, what, applicant=self.applicant.id)
            return None
        if len(parts) == 2:
            return {"numerator": parts[0], "denominator": parts[1]}
        return sorted(value) if isinstance(value, frozenset) else value


def _facts(entity: Entity, cells: Mapping[str, Any]) -> dict[str, Value]:
    """The known facts of an applicant's row or of a record's struct."""
    facts: dict[str, Value] = {}
    for name, field in entity.fields.items():
        cell = cells.get(name)
        if cell is not None:
            facts[name] = _value(field, cell)
        elif field.optional and cells.get(name + NONE_SUFFIX):
            facts[name] = Absent.NONE
    return facts


def _value(field: Field, cell: Any) -> Value:
    if field.type.kind in ("area", "price_per_area", "ratio"):
        return Fraction(cell["numerator"], cell["denominator"])
    if field.type.kind == "set":
        return frozenset(cell)
    value: int | bool | str | date = cell
    return value
