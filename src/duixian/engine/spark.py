"""The claims of a register on a Spark cluster: one function for `DataFrame.mapInArrow`, the same kernel within.

    fn = claims_udf(installed_policies(), Request(on=dt.date(2023, 6, 1)))
    claims = spark.read.parquet("register.parquet").mapInArrow(fn, spark_schema())
    claims.write.parquet("claims.parquet")

Duixian is installed on every executor. Each Python worker compiles the policies once, or takes the compiled
code from its user's cache folder (`DUIXIAN_CACHE`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from duixian.engine.assess import Request
from duixian.engine.batch import Emit, Kernel, compile_kernel
from duixian.engine.frames import claims_of
from duixian.engine.journal import digest
from duixian.engine.kernel.parameters import Amount
from duixian.engine.needed import needed_schema
from duixian.engine.written import plainly, written_schema
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary, shared_vocabulary
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa

Batches = Callable[[Iterable["pa.RecordBatch"]], Iterator["pa.RecordBatch"]]

_TYPES: Final = {"string": "string", "int64": "bigint", "date32[day]": "date"}
_kernels: dict[str, Kernel] = {}
"""The kernels of this process: a worker runs many tasks."""


@dataclass(frozen=True)
class _Job:
    """All that a task needs to know; it travels to the executors."""

    policies: tuple[Policy, ...]
    vocabulary: Vocabulary
    request: Request
    emit: Emit
    parameters: Mapping[str, Amount] = field(default_factory=dict)


def claims_udf(
    policies: Sequence[Policy],
    request: Request,
    *,
    vocabulary: Vocabulary | None = None,
    parameters: Mapping[str, Amount] | None = None,
    emit: Emit = "payable",
) -> Batches:
    """Return the function for `mapInArrow` that turns rows of a register into claims.

    The order within a partition is kept; Spark decides on that of the partitions. The claims have the columns
    of `written_schema(plain=True)`, which `spark_schema()` says in Spark's words.
    """
    job = _Job(tuple(policies), vocabulary or shared_vocabulary(), request, emit, dict(parameters or {}))
    return partial(_claims, job)


def needed_columns(
    policies: Sequence[Policy], columns: Sequence[str], vocabulary: Vocabulary | None = None
) -> list[str]:
    """Return those of a data frame's columns that the policies read, and those that no register has.

    Spark sends whole columns to Python; `register.select(*needed_columns(...))` sends only these. A column
    that is no register's stays in, so that it is told and not passed over.
    """
    vocabulary = vocabulary or shared_vocabulary()
    whole = register_schema(vocabulary)
    needed = needed_schema(whole, compile_kernel(policies, vocabulary)).names
    return [name for name in columns if name in needed or name not in whole.names]


def spark_schema() -> str:
    """Return the claims' columns as Spark's DDL."""
    return ", ".join(f"{item.name} {_TYPES[str(item.type)]}" for item in written_schema(plain=True))


def _claims(job: _Job, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in claims_of(batches, _kernel(job), job.request, job.parameters, job.emit):
        yield plainly(batch)


def _kernel(job: _Job) -> Kernel:
    encode = msgspec.msgpack.encode
    key = digest(encode(job.policies), encode(job.vocabulary))
    if key not in _kernels:
        _kernels[key] = compile_kernel(job.policies, job.vocabulary)
    return _kernels[key]
