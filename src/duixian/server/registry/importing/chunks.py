"""A chunk of an import: some thousand applicants as columns of the register's schema, packed for the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from duixian.language.vocabulary import Entity, Vocabulary
from duixian.register.applicant import Applicant
from duixian.register.columns import to_arrow
from duixian.register.schema import NONE_SUFFIX
from duixian.server.registry.models.records import OWN
from duixian.server.registry.wire import COMPLETE

if TYPE_CHECKING:
    import pyarrow as pa

APPLICANTS: Final = 5_000
"""Applicants in a chunk: what one transaction takes in, and what the importing process holds in memory."""
SEALED: Final = "sealed identity"
"""The column that a chunk has besides the register's: scheme, issuer, lookup and ciphertext of identity numbers."""
_NULL: Final = msgspec.Raw(b"null")
_encoder = msgspec.json.Encoder()


def pack(table: pa.Table) -> bytes:
    """The table as a compressed Arrow stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpack(data: bytes) -> pa.Table:
    """The table again, in one piece."""
    import pyarrow as pa

    return pa.ipc.open_stream(data).read_all().combine_chunks()


def sliced(applicants: Sequence[Applicant], vocabulary: Vocabulary) -> Iterator[pa.Table]:
    """Applicants in hand as tables of a chunk's size.

    Raises:
        InputError: facts that the vocabulary does not have, or numbers that 64 bits do not hold.
    """
    for start in range(0, len(applicants), APPLICANTS):
        yield to_arrow(applicants[start : start + APPLICANTS], vocabulary)


def entry_lines(table: pa.Table, source: str) -> Iterator[str]:
    """A line of COPY for each applicant: row, its id as it is shown, code, kind, division, and how it is found.

    It is found by the sender's own id, or by the identity number that `identities` has sealed.
    """
    columns = [table[name].to_pylist() for name in ("id", "uscc", "kind", "division")]
    numbers = table[SEALED].to_pylist() if SEALED in table.column_names else [None] * len(table)
    for row, (number, *cells) in enumerate(zip(numbers, *columns, strict=True)):
        how = number.values() if number else ("own", source, cells[0], None)
        line = ("\\N" if cell is None else _escaped(cell) for cell in (*cells, *how))
        yield "\t".join((str(row), *line)) + "\n"


def record_lines(table: pa.Table, vocabulary: Vocabulary) -> Iterator[str]:
    """A line of COPY for each applicant's own facts and each record: row, type, key, payload as in `wire`."""
    yield from _own_lines(table, vocabulary)
    for name, entity in vocabulary.records.items():
        column = table[name].combine_chunks()
        items = column.field("items")
        rows, records = _flattened(items)
        if not len(records):
            continue
        parts = {field.name: records.field(place) for place, field in enumerate(records.type)}
        keys = parts.pop("id").to_pylist()
        for row, key, payload in zip(rows, keys, _payloads(entity, parts), strict=True):
            yield f"{row}\t{name}\t{_escaped(key)}\t{_escaped(payload)}\n"


def _own_lines(table: pa.Table, vocabulary: Vocabulary) -> Iterator[str]:
    entity = vocabulary.entities[OWN]
    parts = {
        name: table[name].combine_chunks()
        for field in entity.fields.values()
        for name in (field.name, field.name + NONE_SUFFIX)
        if name in table.schema.names
    }
    whole = {
        f"{COMPLETE}{name}": [flag or None for flag in table[name].combine_chunks().field("complete").to_pylist()]
        for name in vocabulary.records
    }  # fmt: skip
    for row, payload in enumerate(_payloads(entity, parts, whole)):
        yield f"{row}\t{OWN}\t\t{_escaped(payload)}\n"


def _flattened(items: Any) -> tuple[list[int], Any]:
    """The records of all lists, and the row that each belongs to."""
    import pyarrow.compute as pc

    return pc.list_parent_indices(items).to_pylist(), items.flatten()


def _payloads(
    entity: Entity, parts: dict[str, Any], more: dict[str, list[Any]] | None = None
) -> Iterator[str]:
    """The payload of each row of an entity's columns."""
    columns = {name: _cells(field.type.kind, parts[name]) for name, field in entity.fields.items()}
    for name, field in entity.fields.items():
        if field.optional:
            cells = columns[name]
            for place in _marked(parts[name + NONE_SUFFIX]):
                cells[place] = _NULL
    columns |= more or {}
    names = tuple(columns)
    for row in zip(*columns.values(), strict=True):
        facts = {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
        yield _encoder.encode(facts).decode()


def _cells(kind: str, array: Any) -> list[Any]:
    """The values of a column as they stand in a payload; None is not known."""
    if kind == "date":
        import pyarrow as pa

        return list(array.cast(pa.string()).to_pylist())
    if kind in ("area", "price_per_area", "ratio"):
        return [cell and [cell["numerator"], cell["denominator"]] for cell in array.to_pylist()]
    return list(array.to_pylist())


def _marked(flags: Any) -> list[int]:
    import numpy as np

    return [int(place) for place in np.flatnonzero(flags.to_numpy(zero_copy_only=False))]


def _escaped(text: str) -> str:
    """The text as COPY takes it; ids and payloads hold no control signs, so only its own sign is in the way."""
    return text.replace("\\", "\\\\")
