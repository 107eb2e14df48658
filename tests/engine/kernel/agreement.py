"""What the agreement tests share: registers as batches, and the comparison of native code with the reference."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
from benchmarks.applicants import make_applicants

from duixian.engine.assess import Request
from duixian.engine.batch import Emit, Kernel, compile_kernel
from duixian.language.pack import load_policies, pack_folders
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary, shared_vocabulary
from duixian.register.applicant import Absent, Applicant, Value
from duixian.register.columns import to_arrow

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


def agree(
    kernel: Kernel, batch: pa.RecordBatch, request: Request, parameters: Mapping[str, Any] | None = None
) -> int:
    """Assert that both give the same; return how many rows native code did by itself."""
    rows = int(batch.num_rows)
    emits: tuple[Emit, ...] = ("all", "payable")
    for emit in emits:
        native = kernel.run(batch, request, parameters=parameters, emit=emit)
        reference = kernel.reference_run(batch, request, parameters=parameters, emit=emit)
        assert native.counts == reference.counts
        if not native.claims.equals(reference.claims):
            pairs = zip(native.claims.to_pylist(), reference.claims.to_pylist(), strict=False)
            differing = [pair for pair in pairs if pair[0] != pair[1]]
            raise AssertionError(f"{request}: {differing[:2]}")
        rows = min(rows, batch.num_rows - len(native.handed_over))
    return rows


def casework(applicants: Sequence[Applicant], kernel: Kernel, seed: int) -> list[Applicant]:
    """The applicants with decisions, payments, sanctions and incidents, as an authority's register has them."""
    rng = random.Random(seed)  # noqa: S311
    names = [name for key in kernel.conditions for name in (key[1], "/".join(key))]
    bare = [key[1] for key in kernel.conditions]
    names = [name for name in names if "/" in name or bare.count(name) == 1]
    return [_with_casework(applicant, names, rng) for applicant in applicants]


def _with_casework(applicant: Applicant, names: Sequence[str], rng: random.Random) -> Applicant:
    ids = [str(item["id"]) for items in applicant.records.values() for item in items] or ["x"]

    def day() -> dt.date:
        return dt.date(2019, 1, 1) + dt.timedelta(rng.randint(0, 1600))

    def entry(entity: str, number: int) -> dict[str, Value]:
        found: dict[str, Value] = {
            "measure": rng.choice(names),
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
        return {"id": f"{entity}{number}", **kept}

    records: dict[str, Any] = dict(applicant.records)
    for entity in ("decision", "payment"):
        records[entity] = [entry(entity, number) for number in range(rng.choice((0, 1, 6, 20)))]
    if rng.random() < 0.3:
        kind = rng.choice(("serious_dishonesty", "barred"))
        records["sanction"] = [
            {"id": "s", "kind": kind, "starts": day(), "ends": rng.choice((day(), Absent.NONE))}
        ]
        records["incident"] = [{"id": "i", "kind": "safety", "major": rng.random() < 0.5, "happened": day()}]
    return Applicant(applicant.id, applicant.facts, records, applicant.complete)


def random_batch(kernel: Kernel, count: int, records: int, seed: int, missing: float) -> pa.RecordBatch:
    made = make_applicants(kernel.vocabulary, count, records, seed, missing)
    return batch_of(casework(made, kernel, seed), kernel.vocabulary)
