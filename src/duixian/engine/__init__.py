"""What a checked rule means for an applicant: verdicts, sums, reasons and take-the-higher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

    from duixian.engine.assess import Request
    from duixian.engine.batch import Kernel
    from duixian.engine.kernel.parameters import Amount
    from duixian.language.policy import Policy
    from duixian.language.vocabulary import Vocabulary

__all__ = ["assess_register"]


def assess_register(
    data: Any,
    policies: Sequence[Policy] | Kernel | None = None,
    *,
    request: Request,
    vocabulary: Vocabulary | None = None,
    parameters: Mapping[str, Amount] | None = None,
    emit: Literal["payable", "all"] = "payable",
) -> pa.Table:
    """Assess a register held in memory; return its claims, one row each, as docs/library.md tells.

    `data` is an Arrow table or reader of batches, or a table of any library with an Arrow interface (Polars,
    pandas, DuckDB), with the columns of `duixian.register.schema.register_schema`; what is missing is
    unknown. `policies` are checked policies, a kernel that was compiled before, or all installed ones.
    Sums are fen.

    Raises:
        InputError: columns are not those of a register, or a payment or decision names no one measure.
        RowError: something that must be there is null, or a number does not fit.
        RequestError: the request names a policy, reading or parameter that there is not.
        TypeError: `data` has no Arrow interface.
    """
    from duixian.engine.frames import claims_table, kernel_of

    return claims_table(data, kernel_of(policies, vocabulary), request, parameters or {}, emit)
