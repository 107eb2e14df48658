"""What the agreement tests share: registers as batches, and the comparison of native code with the reference."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from benchmarks.applicants import make_applicants
from tests.engine.kernel.mixing import case_applicants, mixed_applicants
from tests.engine.kernel.situations import situations

from duixian.engine.assess import Request
from duixian.engine.batch import Emit, Kernel, compile_kernel
from duixian.engine.kernel.layout import WRITTEN
from duixian.engine.kernel.reference import Row
from duixian.engine.kernel.reference import batch_of as batch_of_rows
from duixian.engine.needed import needed_schema
from duixian.engine.result import ApplicantResult
from duixian.language.pack import load_policies, pack_folders
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary, shared_vocabulary
from duixian.register.applicant import Absent, Applicant, Value
from duixian.register.columns import from_arrow, to_arrow
from duixian.register.conform import conform

DAYS = (dt.date(2022, 6, 1), dt.date(2020, 6, 30), dt.date(2026, 11, 22))


@cache
def all_policies() -> tuple[Policy, ...]:
    return load_policies(pack_folders(), shared_vocabulary(), full=False)


@cache
def all_kernel() -> Kernel:
    kernel = compile_kernel(all_policies(), shared_vocabulary())
    assert kernel.native, kernel.why_not
    return kernel


def batch_of(applicants: Iterable[Applicant], vocabulary: Vocabulary) -> pa.RecordBatch:
    return to_arrow(applicants, vocabulary).combine_chunks().to_batches()[0]


def adopted(kernel: Kernel, day: dt.date = dt.date(2021, 1, 1)) -> dict[str, dt.date]:
    return {policy.id: day for policy in kernel.policies if policy.starts is None}


@dataclass
class Compared:
    """What a comparison saw: applicants, their claims, how many native code did, and where the two differ.

    `met` counts the applicants in each of `SITUATIONS`, `explained` those that went through all of explain.
    """

    applicants: int = 0
    claims: int = 0
    native: int = 0
    explained: int = 0
    differences: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def add(self, other: Compared) -> None:
        """Add what another comparison saw."""
        self.applicants += other.applicants
        self.claims += other.claims
        self.native += other.native
        self.explained += other.explained
        self.differences += other.differences
        self.met += other.met


def agree(
    kernel: Kernel, batch: pa.RecordBatch, request: Request, parameters: Mapping[str, Any] | None = None
) -> int:
    """Assert that all three give the same; return how many rows native code did by itself."""
    found = compared(kernel, batch, request, parameters)
    assert not found.differences, (str(request), found.differences[:3])
    return found.native


def compared(
    kernel: Kernel,
    batch: pa.RecordBatch,
    request: Request,
    parameters: Mapping[str, Any] | None = None,
    explain: int = 5,
) -> Compared:
    """Compare native code with the reference engine on every column, and each so many-th applicant with explain.

    Of those also the readings on which the claims rest, which take the reference engine most of its time.
    """
    reference = kernel._reference
    session = reference.session(request, parameters or {})
    seen = Compared(batch.num_rows)
    rows: list[Row] = []
    counts: Counter[tuple[str, str, str]] = Counter()
    for number, applicant in enumerate(from_arrow(batch, kernel.vocabulary)):
        worked = reference.worked(session, applicant)
        whole = number % explain == 0
        own = [{"row": number, **reference.row(worked, index, whole)} for index in range(len(worked.claims))]
        counts.update((row["policy"], row["measure"], row["verdict"]) for row in own)
        seen.met.update(situations(session, applicant, worked.claims, worked.problem, worked.found))
        rows += own
        if whole:
            seen.explained += 1
            told = session.applicant(applicant)
            if difference := _explained(kernel, told, own):
                seen.differences.append(f"explain {applicant.id}: {difference}")
    seen.claims = len(rows)
    emits: tuple[Emit, ...] = ("all", "payable")
    needed = conform(batch, needed_schema(batch.schema, kernel))  # as a run over a file reads it
    for emit in emits:
        native = kernel.run(needed, request, parameters=parameters, emit=emit)
        expected = rows if emit == "all" else [row for row in rows if row["verdict"] in WRITTEN]
        if native.counts != counts:
            seen.differences.append(f"{emit}: counts differ")
        claims = _resting(native.claims, explain)
        if not claims.equals(batch_of_rows(expected, reference.words)):
            seen.differences += list(_differing(claims.to_pylist(), expected))[:3]
        seen.native = batch.num_rows - len(native.handed_over)
    return seen


def _resting(claims: pa.RecordBatch, explain: int) -> pa.RecordBatch:
    """The claims with the readings of those applicants only of whom the reference tells them."""
    rows, place = claims.column("row"), claims.schema.get_field_index("readings")
    told = pc.equal(pc.subtract(rows, pc.multiply(pc.divide(rows, explain), explain)), 0)
    kept = pc.if_else(told, claims.column("readings"), pa.scalar(0, pa.uint64()))
    return claims.set_column(place, claims.schema.field(place), kept)


def _differing(native: list[Row], expected: list[Row]) -> Iterator[str]:
    if len(native) != len(expected):
        yield f"{len(native)} claims, not {len(expected)}"
    for one, other in zip(native, expected, strict=False):
        if one != other:
            columns = [name for name in one if one[name] != other[name]]
            yield f"{ {name: (one[name], other[name]) for name in columns} } in {other}"


def _explained(kernel: Kernel, told: ApplicantResult, rows: list[Row]) -> str:
    """Say where what explain tells of an applicant differs from the reference's rows."""
    if len(told.claims) != len(rows):
        return "another number of claims"
    for claim, row in zip(told.claims, rows, strict=True):
        ids = kernel.conditions[claim.policy, claim.measure]
        masks = [
            sum(1 << ids.index(item.id) for item in claim.conditions if item.holds is held)
            for held in (False, None)
        ]
        own = (claim.policy, claim.measure, claim.record, claim.event_date, claim.verdict)
        fen = (claim.min_fen, claim.max_fen, claim.payable_fen)
        if (*own, *fen, *masks) != tuple(row[name] for name in _TOLD):
            return f"{claim} is not {row}"
        rests = [id for bit, id in enumerate(kernel.readings[claim.policy]) if row["readings"] >> bit & 1]
        if sorted(item.id for item in claim.readings) != sorted(rests):
            return f"{claim} does not rest on {rests}"
    sums = {
        name: sum(row[f"{name}_fen"] for row in rows) for name in ("certain", "at_most", "with_decisions")
    }
    totals = told.totals
    if (totals.certain_fen, totals.at_most_fen, totals.with_decisions_fen) != tuple(sums.values()):
        return f"{totals} are not {sums}"
    return ""


_TOLD = (
    *("policy", "measure", "record", "event", "verdict", "min_fen", "max_fen", "payable_fen"),
    *("failed", "unknown"),
)


def casework(applicants: Sequence[Applicant], kernel: Kernel, seed: int) -> list[Applicant]:
    """The applicants with decisions, payments, sanctions and incidents, as an authority's register has them."""
    rng = random.Random(seed)  # noqa: S311
    measures = {
        (policy.id, measure.id): measure.per
        for policy in kernel.policies
        for measure in policy.measures
        if measure.claimable
    }
    bare = Counter(id for _, id in measures)
    names = {f"{policy}/{id}": per for (policy, id), per in measures.items()}
    names |= {id: per for (_, id), per in measures.items() if bare[id] == 1}
    return [_with_casework(applicant, names, kernel.vocabulary, rng) for applicant in applicants]


def _with_casework(
    applicant: Applicant, names: Mapping[str, str], vocabulary: Vocabulary, rng: random.Random
) -> Applicant:
    known = list(names)

    def day() -> dt.date:
        return dt.date(2019, 1, 1) + dt.timedelta(rng.randint(0, 1600))

    def entry(entity: str, number: int) -> dict[str, Value]:
        name = rng.choice(known)
        ids = [str(item["id"]) for item in applicant.records.get(names[name], ())] or ["x"]
        found: dict[str, Value] = {
            "measure": name,
            "record": rng.choice(ids),
            "amount": rng.choice((0, 1, 50_000_00, 300_000_00, 2_000_000_00)),
        }
        if entity == "decision":
            found |= {"selected": rng.random() < 0.8, "decided": day()}
            if rng.random() < 0.3:
                found["amount"] = Absent.NONE
        else:
            found["paid"] = day()
        kept = {key: value for key, value in found.items() if key == "measure" or rng.random() > 0.15}
        return {"id": f"{entity}-{number}", **kept}

    records: dict[str, Any] = dict(applicant.records)
    for entity in {"decision", "payment"} & set(vocabulary.records):
        more = [entry(entity, number) for number in range(rng.choice((0, 1, 6, 20)))]
        records[entity] = (*records.get(entity, ()), *more)
    if (
        "sanction" not in records
        and {"sanction", "incident"} <= set(vocabulary.records)
        and rng.random() < 0.2
    ):
        kind = rng.choice(("serious_dishonesty", "barred"))
        records["sanction"] = [
            {"id": "s", "kind": kind, "starts": day(), "ends": rng.choice((day(), Absent.NONE))}
        ]
        records["incident"] = [{"id": "i", "kind": "safety", "major": rng.random() < 0.5, "happened": day()}]
    return Applicant(applicant.id, applicant.facts, records, applicant.complete)


def random_batch(kernel: Kernel, count: int, records: int, seed: int, missing: float) -> pa.RecordBatch:
    """Applicants with random facts and so many records each."""
    made = make_applicants(kernel.vocabulary, count, records, seed, missing)
    return batch_of(casework(made, kernel, seed), kernel.vocabulary)


def mixed_batch(kernel: Kernel, count: int, seed: int, missing: float) -> pa.RecordBatch:
    """Applicants put together from those of the worked cases."""
    made = mixed_applicants(case_applicants(), kernel.vocabulary, count, seed, missing)
    return batch_of(casework(made, kernel, seed), kernel.vocabulary)
