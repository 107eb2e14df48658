"""Assesses a register held in memory, from any library that speaks Arrow: Polars, pandas, DuckDB, pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from duixian.engine.assess import Request
from duixian.engine.batch import Emit, Kernel, compile_kernel
from duixian.engine.kernel.parameters import Amount
from duixian.engine.needed import needed_schema
from duixian.engine.written import described, written, written_schema
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary, shared_vocabulary
from duixian.register.conform import check_schema, conform
from duixian.register.problems import Place, Problems
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 16_384
"""How many applicants are assessed at once."""


def kernel_of(policies: Sequence[Policy] | Kernel | None, vocabulary: Vocabulary | None) -> Kernel:
    """Return a kernel: the one given, or one of the policies, or one of all those installed."""
    if isinstance(policies, Kernel):
        return policies
    if policies is None:
        from duixian.language.cache import installed_policies

        policies = installed_policies()
    return compile_kernel(policies, vocabulary or shared_vocabulary())


def reader_of(data: Any) -> pa.RecordBatchReader:
    """Return Arrow batches of a table of another library. Raises TypeError if it does not speak Arrow."""
    import pyarrow as pa

    if not hasattr(data, "__arrow_c_stream__") and type(data).__module__.partition(".")[0] == "pandas":
        data = pa.Table.from_pandas(data, preserve_index=False)  # before its version 2.2
    if hasattr(data, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(data)
    if hasattr(data, "__arrow_c_array__"):
        batch = pa.record_batch(data)
        return pa.RecordBatchReader.from_batches(batch.schema, [batch])
    raise TypeError(f"expected a table with an Arrow interface (`__arrow_c_stream__`), found {type(data)!r}")


def claims_of(
    batches: Iterable[pa.RecordBatch],
    kernel: Kernel,
    request: Request,
    parameters: Mapping[str, Amount],
    emit: Emit,
) -> Iterator[pa.RecordBatch]:
    """Yield the claims of batches of a register, a batch at a time.

    Raises:
        InputError: columns are not those of a register, or a payment or decision names no one measure.
        RowError: something that must be there is null, or a number does not fit.
        RequestError: the request names what the policies do not have.
    """
    whole = register_schema(kernel.vocabulary)
    needed = needed_schema(whole, kernel)
    checked: pa.Schema | None = None
    for batch in batches:
        if checked is None or not batch.schema.equals(checked):
            problems = Problems()
            check_schema(batch.schema, whole, Place(""), problems)
            problems.raise_if_any()
            checked = batch.schema
        for start in range(0, batch.num_rows, ROWS):
            rows = conform(batch.slice(start, ROWS), needed)
            found = kernel.run(rows, request, parameters=parameters, emit=emit)
            yield written(kernel, rows, found)


def claims_table(
    data: Any, kernel: Kernel, request: Request, parameters: Mapping[str, Amount], emit: Emit
) -> pa.Table:
    """Return the claims of a register held in memory."""
    import pyarrow as pa

    reader = reader_of(data)
    problems = Problems()
    check_schema(reader.schema, register_schema(kernel.vocabulary), Place(""), problems)
    problems.raise_if_any()
    found = claims_of(reader, kernel, request, parameters, emit)
    return pa.Table.from_batches(found, described(written_schema(), kernel))
