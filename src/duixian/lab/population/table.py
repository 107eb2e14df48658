"""Records of one type as columns: pieces put together, ids given, facts taken away, turned into Arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from duixian.lab.population.draws import NONE, UNKNOWN, Flags, Floats, Ints, Stream
from duixian.lab.population.society import DISTRICTS, FIELD_SETS
from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.schema import record_type, value_type

if TYPE_CHECKING:
    import pyarrow as pa

_MONEY = {"revenue": 0.03, "main_revenue": 0.08, "rnd_spend": 0.10}
_BY_KIND = {
    "money": 0.05,
    "count": 0.05,
    "date": 0.04,
    "flag": 0.10,
    "enum": 0.03,
    "set": 0.06,
    "record": 0.02,
}
_AUTHORITY = 0.02


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records of one type: whose each is (a row of the block), and columns of whole numbers.

    A value is fen, a count, a year, a day since 1970, 0 or 1, the place of an enum's value in the vocabulary, of
    a set in `FIELD_SETS`, of a division in `DISTRICTS`, the number of a record of the same applicant from 1, or
    UNKNOWN, or NONE. A column that is left out is unknown everywhere.
    """

    owner: Ints
    columns: Mapping[str, Ints]

    def kept(self, rows: Flags | Ints) -> Piece:
        """The records of these rows."""
        return Piece(self.owner[rows], {name: values[rows] for name, values in self.columns.items()})


def joined(pieces: Sequence[Piece]) -> Piece:
    """All pieces as one, the records of an applicant together."""
    if not pieces:
        return Piece(np.empty(0, np.int64), {})
    names = sorted({name for piece in pieces for name in piece.columns})
    columns = {
        name: np.concatenate(
            [piece.columns.get(name, np.full(len(piece.owner), UNKNOWN, np.int64)) for piece in pieces]
        )
        for name in names
    }
    whole = Piece(np.concatenate([piece.owner for piece in pieces]), columns)
    return whole.kept(np.argsort(whole.owner, kind="stable"))


def numbers(owner: Ints) -> Ints:
    """The number of each record among its applicant's, from 1; the owners ascend."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    lengths = np.diff(np.append(starts, len(owner)))
    return np.arange(len(owner), dtype=np.int64) - np.repeat(starts, lengths) + 1


def missing_rate(entity: Entity, field: Field) -> float:
    """How often a fact is missing with an applicant of middling care; never where the vocabulary requires it."""
    if field.required or field.name == "kind":
        return 0.0
    if field.authority:
        return _AUTHORITY
    if entity.name == "year" and field.name in _MONEY:
        return _MONEY[field.name]
    return _BY_KIND.get(field.type.kind, 0.01)


def without_some(entity: Entity, piece: Piece, rng: Stream, neglect: Floats) -> Piece:
    """The records with facts missing: each field at its rate, times its applicant's neglect."""
    columns = {}
    share = neglect[piece.owner]
    for name, values in piece.columns.items():
        rate = missing_rate(entity, entity.fields[name])
        if rate:
            limit = np.minimum(share * rate * 65536, 60000).astype(np.uint16)
            gone = rng.integers(0, 65536, len(values), dtype=np.uint16) < limit
            values = np.where(gone, UNKNOWN, values)  # noqa: PLW2901 - the same column, thinned
        columns[name] = values
    return Piece(piece.owner, columns)


def to_arrow(entity: Entity, piece: Piece, complete: Flags, vocabulary: Vocabulary) -> pa.StructArray:
    """The record type's column of the register."""
    import pyarrow as pa

    kind = record_type(entity)
    count = len(piece.owner)
    children = [ids(entity, piece), *columns(entity, piece.columns, count, vocabulary)]
    records = pa.StructArray.from_arrays(children, fields=list(kind.field("items").type.value_type))
    offsets = np.zeros(len(complete) + 1, np.int32)
    np.cumsum(np.bincount(piece.owner, minlength=len(complete)), out=offsets[1:])
    lists = pa.ListArray.from_arrays(pa.array(offsets), records, type=kind.field("items").type)
    return pa.StructArray.from_arrays([pa.array(complete), lists], fields=list(kind))


def ids(entity: Entity, piece: Piece) -> pa.Array:
    """The ids of the records: `year-2023`, `project-1`."""
    import pyarrow as pa

    if "year" in piece.columns and entity.event == "year" and "platform" not in piece.columns:
        number = piece.columns["year"]
    else:
        number = numbers(piece.owner)
    return take([f"{entity.name}-{n}" for n in range(int(number.max(initial=0)) + 1)], number, pa.string())


def columns(entity: Entity, given: Mapping[str, Ints], count: int, vocabulary: Vocabulary) -> list[Any]:
    """The Arrow columns of an entity's fields, in the schema's order."""
    import pyarrow as pa

    made: list[Any] = []
    for name, field in entity.fields.items():
        values = given.get(name)
        if values is None:
            made.append(pa.nulls(count, value_type(field)))
        else:
            made.append(_column(field, values, vocabulary))
        if field.optional:
            made.append(pa.array(np.zeros(count, bool) if values is None else values == NONE))
    return made


def _column(field: Field, values: Ints, vocabulary: Vocabulary) -> pa.Array:
    import pyarrow as pa

    kind, wanted = field.type.kind, value_type(field)
    if kind == "enum":
        return take(list(vocabulary.enums[field.type.of]), values, wanted)
    if kind == "set":
        return take(FIELD_SETS, values, wanted)
    if kind == "division":
        return take(DISTRICTS, values, wanted)
    if kind == "record":
        most = int(values.max(initial=0))
        return take([f"{field.type.of}-{n}" for n in range(most + 1)], values, wanted)
    if kind == "price_per_area":
        mask = values < 0
        parts = [pa.array(np.maximum(values, 0)), pa.array(np.ones(len(values), np.int64))]
        return pa.StructArray.from_arrays(parts, fields=list(wanted), mask=pa.array(mask))
    plain = {"date": np.int32, "year": np.int32, "flag": np.bool_}.get(kind, np.int64)
    made = pa.array(np.maximum(values, 0).astype(plain), mask=values < 0)
    return made.cast(wanted)


def take(words: Sequence[object], codes: Ints, kind: pa.DataType) -> pa.Array:
    """The word of each code; null where the code is below 0."""
    import pyarrow as pa

    return pa.array(words, kind).take(pa.array(codes, mask=codes < 0))
