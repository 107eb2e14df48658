"""Which of a register's columns the rules of a kernel, and those who ask, use: no other need be read."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from duixian.engine.batch import Kernel
from duixian.register.conform import leaves

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


def needed_schema(schema: pa.Schema, *kernels: Kernel, also: Collection[str] = ()) -> pa.Schema:
    """Return what kernels read of a register's schema, and `also`; all of it if one of them does not say."""
    columns = set(also)
    for kernel in kernels:
        facts: Collection[str] | None = getattr(kernel, "facts", None)
        if facts is None:
            return schema
        columns.update(facts)
    return pruned(schema, columns)


def paths_to_read(file: pq.FileMetaData, found: pa.Schema, wanted: pa.Schema) -> dict[str, str]:
    """Return Parquet's name for each leaf of a file with the schema `found` that is in the one wanted."""
    names = set(leaves(wanted))
    return {leaf: file.schema.column(place).path for place, leaf in enumerate(leaves(found)) if leaf in names}


def kept_as_words(file: pq.FileMetaData, found: pa.Schema) -> frozenset[str]:
    """Return the leaves of a file whose texts stand there as a dictionary: their codes are read for less."""
    if not file.num_row_groups:
        return frozenset()
    first = file.row_group(0)
    return frozenset(
        leaf
        for place, leaf in enumerate(leaves(found))
        if first.column(place).physical_type == "BYTE_ARRAY"
        and any("DICTIONARY" in name for name in first.column(place).encodings)
    )


def as_words(schema: pa.Schema, coded: Collection[str]) -> pa.Schema:
    """Return the schema with these leaves as dictionaries of texts, as Parquet's reader makes them."""
    import pyarrow as pa

    return pa.schema(
        [field.with_type(_as_words(field.type, field.name, coded)) for field in schema],
        metadata=schema.metadata,
    )


def pruned(schema: pa.Schema, columns: Collection[str]) -> pa.Schema:
    """Return the schema with these leaves (`year.items.revenue`) and every id and mark that they need."""
    import pyarrow as pa

    kept = frozenset(columns) | {"id"}
    fields = [_pruned(field, field.name, kept) for field in schema]
    return pa.schema([field for field in fields if field is not None], metadata=schema.metadata)


def _pruned(field: pa.Field, path: str, kept: frozenset[str]) -> pa.Field | None:
    import pyarrow as pa

    if path in kept:
        return field
    kind = field.type
    if pa.types.is_list(kind):
        inner = _pruned(kind.value_field, path, kept)
        return None if inner is None else field.with_type(pa.list_(inner))
    if not pa.types.is_struct(kind) or not any(leaf.startswith(path + ".") for leaf in kept):
        return None
    names = [inner.name for inner in kind]
    always = {f"{path}.{name}" for name in ("complete", "id") if name in names}
    found = [_pruned(inner, f"{path}.{inner.name}", kept | always) for inner in kind]
    return field.with_type(pa.struct([inner for inner in found if inner is not None]))


def _as_words(kind: pa.DataType, path: str, coded: Collection[str]) -> pa.DataType:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return pa.struct(
            [inner.with_type(_as_words(inner.type, f"{path}.{inner.name}", coded)) for inner in kind]
        )
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_as_words(kind.value_type, path, coded)))
    return pa.dictionary(pa.int32(), kind) if path in coded else kind
