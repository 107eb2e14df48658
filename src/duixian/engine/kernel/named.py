"""Checks the measures that a batch's payments and decisions name, as the reference engine does for one applicant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duixian.engine.naming import Names
from duixian.register.problems import InputError, InputProblem, Place

if TYPE_CHECKING:
    import pyarrow as pa


def check_names(batch: pa.RecordBatch, names: Names) -> None:
    """Look up each name that stands in the batch once.

    Raises:
        InputError: with the first name of which it cannot be said which measure it means.
    """
    for entity in ("payment", "decision"):
        if batch.schema.get_field_index(entity) >= 0:
            _check(batch, entity, names)


def _check(batch: pa.RecordBatch, entity: str, names: Names) -> None:
    import pyarrow.compute as pc

    column = batch.column(entity)
    if column.type.get_field_index("items") < 0:
        return  # what reads the column says so
    items: Any = column.field("items")
    records = items.flatten()
    if not len(records) or records.type.get_field_index("measure") < 0:
        return
    found = records.field("measure")
    for name in pc.unique(found).to_pylist():
        told = names.told(name or "")
        if told is not None:
            place = pc.index(found, name).as_py()
            row = pc.list_parent_indices(items)[place].as_py()
            at = Place("", f"{entity}[{records.field('id')[place].as_py()}]")
            who = batch.column("id")[row].as_py()
            raise InputError([InputProblem("measure", at, *told, applicant=who, record_type=entity)])
