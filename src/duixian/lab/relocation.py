"""The same applicants as if they stood in another city: their own city's divisions are rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duixian.language.vocabulary import Entity, Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

HOME = ("division", "employer_division", "tax_division")
"""Where an applicant's city is read from: the first of these that is known."""


def relocated(batch: pa.RecordBatch, vocabulary: Vocabulary, city: str) -> pa.RecordBatch:
    """Return a batch in which every applicant's own city is `city` (GB/T 2260, six digits).

    Every division of the applicant and its records that lies in its own city becomes the city itself; what
    lies elsewhere stays there, and so do the applicants that are in the city already.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    own = vocabulary.entities["applicant"]
    known = [batch[name] for name in HOME if name in batch.schema.names]
    home = pc.utf8_slice_codeunits(pc.coalesce(*known), 0, 4)
    home = pc.if_else(pc.equal(home, city[:4]), pa.scalar(None, pa.string()), home)
    columns = []
    for field in batch.schema:
        column = batch[field.name]
        if field.name in vocabulary.records:
            column = _records(column, vocabulary.records[field.name], home, city)
        elif field.name in own.fields and own.fields[field.name].type.kind == "division":
            column = _moved(column, home, city)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _moved(column: pa.Array, home: pa.Array, city: str) -> pa.Array:
    import pyarrow.compute as pc

    same = pc.equal(pc.utf8_slice_codeunits(column, 0, 4), home)
    return pc.if_else(pc.fill_null(same, False), city, column)


def _records(column: pa.Array, entity: Entity, home: pa.Array, city: str) -> pa.Array:
    """Return a column of records with the divisions in them rewritten."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = {name for name, field in entity.fields.items() if field.type.kind == "division"}
    if not names:
        return column
    items = pc.struct_field(column, "items")
    flat, parents = pc.list_flatten(items), pc.list_parent_indices(items)
    theirs = home.take(parents)
    fields = []
    for field in flat.type:
        cells = pc.struct_field(flat, field.name)
        fields.append(_moved(cells, theirs, city) if field.name in names else cells)
    made = pa.StructArray.from_arrays(fields, fields=list(flat.type))
    ends = pc.cumulative_sum(pc.list_value_length(items).cast("int32"))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    lists = pa.ListArray.from_arrays(offsets, made, type=items.type)
    return pa.StructArray.from_arrays([pc.struct_field(column, "complete"), lists], fields=list(column.type))
