"""The shape of a batch's claims: columns, verdicts, and which bit of the masks is which condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, get_args

from duixian.language.policy import OWN_CONDITIONS, Measure, Policy, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

Condition = str
VERDICTS: Final[tuple[str, ...]] = get_args(Verdict)
"""In the order of their codes."""
WRITTEN: Final = frozenset(VERDICTS) - {"ineligible", "not_in_force"}
"""The verdicts that a run writes unless it is asked for all."""
Counts = dict[tuple[str, str, str], int]
"""Policy id, measure id and verdict, to the number of claims with it."""
CHOICES: Final = ("certain", "at_most", "with_decisions", "with_missing")


def claims_schema() -> pa.Schema:
    """The columns of claims.

    `row` is the applicant's row in the batch, `event` the day the claim rests on; `min_fen`, `max_fen` are
    as in `result.Claim`, and so is `payable_fen`. The next four are what is paid of the claim under each of
    the four choices of `result.Totals` (0 where it is set aside), so that their sums over an applicant are
    its totals. `failed` and `unknown` have a bit for each condition (`Kernel.conditions`), `readings` one for
    each reading of the policy (`Kernel.readings`) on which the claim rests: another choice of it alone would
    give another verdict or sum, or would have given if the policy were in force.
    """
    import pyarrow as pa

    choices = [pa.field(f"{name}_fen", pa.int64(), nullable=False) for name in CHOICES]
    return pa.schema(
        [
            pa.field("row", pa.int32(), nullable=False),
            pa.field("policy", pa.dictionary(pa.int16(), pa.string()), nullable=False),
            pa.field("measure", pa.dictionary(pa.int16(), pa.string()), nullable=False),
            pa.field("record", pa.string()),
            pa.field("event", pa.date32()),
            pa.field("verdict", pa.dictionary(pa.int8(), pa.string()), nullable=False),
            pa.field("min_fen", pa.int64()),
            pa.field("max_fen", pa.int64()),
            pa.field("payable_fen", pa.int64()),
            *choices,
            pa.field("failed", pa.uint64(), nullable=False),
            pa.field("unknown", pa.uint64(), nullable=False),
            pa.field("readings", pa.uint64(), nullable=False),
        ]
    )


class Dictionaries:
    """The dictionaries of the coded columns: the same for every batch of a kernel, so batches join as they are."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        """Take the policies in the order of their ids."""
        import pyarrow as pa

        measures = [item.id for policy in policies for item in policy.measures if item.claimable]
        self.policies = pa.array([policy.id for policy in policies], pa.string())
        self.measures = pa.array(list(dict.fromkeys(measures)), pa.string())
        self.verdicts = pa.array(VERDICTS, pa.string())

    def of(self, column: str) -> pa.Array | None:
        """Return the dictionary of a column, None if it has none."""
        return {"policy": self.policies, "measure": self.measures, "verdict": self.verdicts}.get(column)


def condition_ids(measure: Measure) -> tuple[Condition, ...]:
    """The conditions of a measure's claims by bit: those that every claim can have, then its own."""
    return (*OWN_CONDITIONS, *(condition.id for condition in measure.conditions))


def conditions_of(policies: Iterable[Policy]) -> Mapping[tuple[str, str], tuple[Condition, ...]]:
    """The conditions by bit of every measure under which there can be claims."""
    return {
        (policy.id, measure.id): condition_ids(measure)
        for policy in policies
        for measure in policy.measures
        if measure.claimable
    }


def readings_of(policies: Iterable[Policy]) -> dict[str, tuple[str, ...]]:
    """Return the readings of each policy by bit of the column `readings`."""
    return {policy.id: tuple(reading.id for reading in policy.readings) for policy in policies}
