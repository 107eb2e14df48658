"""The claims of a register as they are written: by the applicant's id, alike whatever the batches were.

They have the columns of `claims_schema` with two changes. `row`, a place in a batch, gives way to
`applicant`, the id. And the masks `failed`, `unknown` and `readings` are int64 with the same bits, since many
a reader of Parquet has no unsigned number. What the bits stand for is in the metadata of the schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from duixian.engine.batch import BatchResult, Kernel, claims_schema
from duixian.engine.kernel.layout import CHOICES, VERDICTS

if TYPE_CHECKING:
    import pyarrow as pa

PAID = tuple(f"{name}_fen" for name in CHOICES)
"""What is paid of a claim under each of the four choices of `result.Totals`."""


class Tally(msgspec.Struct):
    """What the claims of some applicants come to.

    `counts` has all claims by policy, measure and verdict; `written` is the number of rows; `fen` the sums of
    the columns `PAID`; `handed_over` the applicants that native code left to the reference engine.
    """

    applicants: int = 0
    written: int = 0
    handed_over: int = 0
    counts: dict[tuple[str, str, str], int] = {}
    fen: dict[str, int] = {}

    def add(self, other: Tally) -> None:
        """Add what other applicants have."""
        self.applicants += other.applicants
        self.written += other.written
        self.handed_over += other.handed_over
        for key, count in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + count
        for name, fen in other.fen.items():
            self.fen[name] = self.fen.get(name, 0) + fen

    def by_verdict(self) -> dict[str, int]:
        """Return how many claims have each verdict, written or not."""
        found = dict.fromkeys(VERDICTS, 0)
        for (_, _, verdict), count in self.counts.items():
            found[verdict] += count
        return {verdict: count for verdict, count in found.items() if count}


def written_schema(plain: bool = False, columns: Iterable[str] | None = None) -> pa.Schema:
    """Return the columns of written claims, or only `applicant` and those that are named.

    `plain` has strings where others have dictionaries (Spark). Raises ValueError for a name that is no column's.
    """
    import pyarrow as pa

    known = claims_schema().names[1:]
    wanted = known if columns is None else list(columns)
    odd = sorted({*wanted} - {*known, "applicant"})
    if odd:
        raise ValueError(f"claims have no {', '.join(odd)}")
    fields = [pa.field("applicant", pa.string(), nullable=False)]
    for field in list(claims_schema())[1:]:
        if field.name not in wanted:
            continue
        if pa.types.is_dictionary(field.type):
            kind = pa.string() if plain else pa.dictionary(pa.int32(), pa.string())
            fields.append(field.with_type(kind))
        else:
            fields.append(field.with_type(pa.int64()) if pa.types.is_uint64(field.type) else field)
    return pa.schema(fields)


CONDITIONS: Final = b"duixian.conditions"
READINGS: Final = b"duixian.readings"
"""The metadata of a schema of claims: JSON with the conditions of each `policy/measure` by bit of the columns
`failed` and `unknown`, and the readings of each policy by bit of the column `readings`."""


def described(schema: pa.Schema, kernel: Kernel) -> pa.Schema:
    """Return the schema of a kernel's claims with what the bits of its columns stand for."""
    conditions = {"/".join(key): ids for key, ids in kernel.conditions.items()}
    told = {CONDITIONS: json.dumps(conditions).encode(), READINGS: json.dumps(kernel.readings).encode()}
    return schema.with_metadata({**(schema.metadata or {}), **told})


def written(
    kernel: Kernel, batch: pa.RecordBatch, result: BatchResult, schema: pa.Schema | None = None
) -> pa.RecordBatch:
    """Return a batch's claims with the applicants' ids, the dictionaries in the order of the policies.

    `schema` is what `written_schema` returned, all columns if it is left out.
    """
    import pyarrow as pa

    claims = result.claims
    columns = [batch.column("id").take(claims.column("row"))]
    known: dict[str, list[str]] = {
        "policy": [policy.id for policy in kernel.policies],
        "measure": list(dict.fromkeys(m.id for policy in kernel.policies for m in policy.measures)),
        "verdict": list(VERDICTS),
    }
    schema = schema or written_schema()
    for field in list(schema)[1:]:
        column = claims.column(field.name)
        if field.name in known:
            column = _in_order(column, known[field.name])
        elif not column.type.equals(field.type):
            column = column.view(field.type)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def plainly(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return written claims with strings in place of dictionaries."""
    schema = written_schema(plain=True)
    import pyarrow as pa

    columns = [batch.column(field.name).cast(field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _in_order(column: Any, words: list[str]) -> Any:
    """The column over exactly these words."""
    import pyarrow as pa

    place = {word: index for index, word in enumerate(words)}
    moves = pa.array([place[word] for word in column.dictionary.to_pylist()], pa.int32())
    return pa.DictionaryArray.from_arrays(moves.take(column.indices), pa.array(words, pa.string()))


def tally(batch: pa.RecordBatch, result: BatchResult) -> Tally:
    """Return what a batch's claims come to."""
    claims = result.claims
    fen = {name: _sum(claims.column(name)) for name in PAID}
    return Tally(batch.num_rows, claims.num_rows, len(result.handed_over), dict(result.counts), fen)


def _sum(column: Any) -> int:
    """The exact sum of fen; Arrow's own wraps round in 64 bits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(column):
        return 0
    ends = pc.min_max(column).as_py()
    if max(abs(ends["min"]), abs(ends["max"])) * len(column) < 2**63:
        return int(pc.sum(column).as_py())
    return int(pc.sum(column.cast(pa.decimal128(38))).as_py())
