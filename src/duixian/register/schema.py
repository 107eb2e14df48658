"""The register as Arrow columns, one row an applicant: the form that Parquet keeps and the kernel reads.

| fact | column |
|---|---|
| money | int64, in fen |
| area, price_per_area, ratio | struct of int64 `numerator` and `denominator`, in lowest terms, so exact |
| count | int64 |
| year | int32 |
| date | date32 |
| flag | bool |
| text, division, enum, record (an id) | string |
| set | list of string, sorted |

A fact that is not known is null. A field that may be known to be none (`optional`) has a second column
`<name>_none`, a bool that is never null: true is 无, and then the fact itself is null. A record type is a
struct of `complete` (bool) and `items` (a list of structs, each with its `id`), neither of them ever null.
An empty list of records and none at all are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from duixian.language.vocabulary import Entity, Field, Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

NONE_SUFFIX: Final = "_none"
"""What the name of the column ends with that says a fact is known to be none."""
VERSION: Final = {b"duixian.register": b"1"}
"""The metadata of a register's schema."""


def register_schema(vocabulary: Vocabulary) -> pa.Schema:
    """The schema of a register of this vocabulary; its columns are told above.

    Raises:
        ValueError: two columns of the vocabulary would have one name.
    """
    import pyarrow as pa

    columns = [pa.field("id", pa.string(), nullable=False), *_columns(vocabulary.entities["applicant"])]
    for name, entity in vocabulary.records.items():
        columns.append(pa.field(name, record_type(entity), nullable=False))
    _refuse_twins("applicant", columns)
    return pa.schema(columns, metadata=VERSION)


def record_type(entity: Entity) -> pa.StructType:
    """The type of the column that holds an applicant's records of one type."""
    import pyarrow as pa

    fields = [pa.field("id", pa.string(), nullable=False), *_columns(entity)]
    _refuse_twins(entity.name, fields)
    items = pa.list_(pa.field("item", pa.struct(fields), nullable=False))
    return pa.struct(
        [pa.field("complete", pa.bool_(), nullable=False), pa.field("items", items, nullable=False)]
    )


def _columns(entity: Entity) -> list[pa.Field]:
    import pyarrow as pa

    columns = []
    for name, field in entity.fields.items():
        columns.append(pa.field(name, value_type(field)))
        if field.optional:
            columns.append(pa.field(name + NONE_SUFFIX, pa.bool_(), nullable=False))
    return columns


def value_type(field: Field) -> pa.DataType:
    """The Arrow type of a field's values."""
    import pyarrow as pa

    kind = field.type.kind
    if kind in ("area", "price_per_area", "ratio"):
        parts = [pa.field(part, pa.int64(), nullable=False) for part in ("numerator", "denominator")]
        return pa.struct(parts)
    if kind == "set":
        return pa.list_(pa.field("item", pa.string(), nullable=False))
    plain = {
        "money": pa.int64(),
        "count": pa.int64(),
        "year": pa.int32(),
        "date": pa.date32(),
        "flag": pa.bool_(),
    }
    return plain.get(kind, pa.string())


def _refuse_twins(where: str, columns: list[pa.Field]) -> None:
    names = [column.name for column in columns]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValueError(f"{where}: the vocabulary gives two columns the name {', '.join(twins)}")
