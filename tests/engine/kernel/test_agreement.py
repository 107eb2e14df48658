"""Native code and the reference engine agree on every claim, verdict, fen and condition."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.kernel.agreement import (
    DAYS,
    adopted,
    agree,
    all_kernel,
    batch_of,
    mixed_batch,
    random_batch,
)

from duixian.engine.assess import Request, RequestError
from duixian.engine.batch import BatchResult, Emit, Kernel, compile_kernel
from duixian.engine.casework import read_applicant
from duixian.language.cases import load_with_cases
from duixian.language.pack import companion_folder, load_pack, pack_folders
from duixian.language.vocabulary import shared_vocabulary, vocabulary_of
from duixian.register.applicant import Applicant

INVENTED = Path(__file__).parents[2] / "packs"
PACKS = (*pack_folders(), *pack_folders(INVENTED), *pack_folders(INVENTED / "invented"))


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_all_cases_of_a_pack(folder: Path) -> None:
    policy, cases = load_with_cases(folder)
    vocabulary = vocabulary_of(folder)
    kernels: dict[tuple[str, ...], Kernel] = {}
    asked: dict[str, tuple[Kernel, Request, list[Applicant]]] = {}
    for case in cases:
        if case.policies not in kernels:
            others = (load_pack(companion_folder(folder, id)) for id in case.policies)
            kernels[case.policies] = compile_kernel([policy, *others], vocabulary)
        kernel = kernels[case.policies]
        days = adopted(kernel, case.if_adopted) if case.if_adopted else {}
        readings = {f"{policy.id}/{id}": choice for id, choice in case.readings.items()}
        request = Request(on=case.on, if_adopted=days, readings=readings)
        book = kernel._reference.book
        _, _, applicants = asked.setdefault(f"{case.policies}{request}", (kernel, request, []))
        applicants.append(read_applicant(case, book))
    done = 0
    for kernel, request, applicants in asked.values():
        assert kernel.native, kernel.why_not
        done += agree(kernel, batch_of(applicants, vocabulary), request)
    assert done > 0.8 * len(cases)  # a number of claims that is passed is left to the reference engine


@pytest.mark.parametrize(("seed", "records", "missing"), [(1, 14, 0.05), (2, 40, 0.3), (3, 6, 0.8)])
def test_random_registers(seed: int, records: int, missing: float) -> None:
    kernel = all_kernel()
    batch = random_batch(kernel, 50, records, seed, missing)
    for day in DAYS:
        assert agree(kernel, batch, Request(on=day, if_adopted=adopted(kernel))) > 40
    assert agree(kernel, batch, Request(on=DAYS[0])) > 40


@settings(max_examples=5, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(0, 30), st.floats(0, 1), st.dates(DAYS[1].replace(year=2015), DAYS[2])
)
def test_generated_registers(seed, records, missing, day) -> None:  # type: ignore[no-untyped-def]
    kernel = all_kernel()
    batch = random_batch(kernel, 8, records, seed, missing)
    assert agree(kernel, batch, Request(on=day, if_adopted=adopted(kernel))) > 0


def test_each_other_choice_of_a_reading_and_random_combinations() -> None:
    kernel = all_kernel()
    batch = random_batch(kernel, 6, 25, 9, 0.1)
    readings = {
        f"{policy.id}/{reading.id}": [choice.id for choice in reading.choices]
        for policy in kernel.policies
        for reading in policy.readings
    }
    rng = random.Random(9)  # noqa: S311
    asked = [{name: choice} for name, choices in readings.items() for choice in rng.sample(choices, 1)]
    asked += [{name: rng.choice(choices) for name, choices in readings.items()} for _ in range(12)]
    for chosen in asked:
        assert agree(kernel, batch, Request(on=DAYS[0], if_adopted=adopted(kernel), readings=chosen)) > 0


def test_other_parameters() -> None:
    kernel = all_kernel()
    batch = random_batch(kernel, 25, 30, 10, 0.05)
    rng = random.Random(10)  # noqa: S311
    numbers = {name: value for name, value in kernel.parameters.items() if isinstance(value, int | Fraction)}
    for _ in range(4):
        factor = rng.choice((Fraction(1, 3), Fraction(1, 7), 2, 10))
        varied = {name: value * factor for name, value in numbers.items() if rng.random() < 0.5}
        varied = {name: int(value) if value.denominator == 1 else value for name, value in varied.items()}
        agree(kernel, batch, Request(on=DAYS[0], if_adopted=adopted(kernel)), varied)
    with pytest.raises(RequestError, match="no policy has"):
        kernel.run(batch, Request(on=DAYS[0]), parameters={"nothing": 1})
    with pytest.raises(RequestError, match="another kind"):
        kernel.run(batch, Request(on=DAYS[0]), parameters={next(iter(numbers)): DAYS[0]})


def test_batches_of_any_size_and_order_give_the_same() -> None:
    kernel, request = all_kernel(), Request(on=DAYS[0])
    batch = random_batch(kernel, 210, 12, 11, 0.1)
    whole = kernel.run(batch, request)
    claims = whole.claims.to_pylist()
    assert len({row["row"] for row in claims}) > 100
    for rows in (13, 64, 71, 150):
        parts, counts = [], Counter[tuple[str, str, str]]()
        for start in range(0, 210, rows):
            piece = kernel.run(batch.slice(start, rows), request)
            parts += [{**row, "row": row["row"] + start} for row in piece.claims.to_pylist()]
            counts.update(piece.counts)
        assert parts == claims
        assert counts == whole.counts
    order = list(range(210))
    random.Random(1).shuffle(order)  # noqa: S311
    mixed = kernel.run(batch.take(order), request).claims.to_pylist()
    back = sorted(({**row, "row": order[row["row"]]} for row in mixed), key=lambda row: row["row"])
    assert back == claims


@pytest.mark.parametrize("emit", ["payable", "all"])
def test_room_that_gives_out_changes_nothing(monkeypatch: pytest.MonkeyPatch, emit: Emit) -> None:
    kernel, request = all_kernel(), Request(on=DAYS[0])
    batch = random_batch(kernel, 100, 20, 12, 0.1)
    whole = kernel.run(batch, request, emit=emit)
    runs: list[int] = []
    native = kernel._native
    assert native is not None
    run = native._run
    monkeypatch.setattr(native, "_run", lambda *given: runs.append(1) or run(*given))
    monkeypatch.setattr(native, "_most", 0.0)
    monkeypatch.setattr("duixian.engine.kernel.native._LEAST_ROOM", 7)
    found = kernel.run(batch, request, emit=emit)
    assert len(runs) > 2
    assert found.claims.equals(whole.claims)
    assert found.counts == whole.counts


@pytest.mark.parametrize("emit", ["payable", "all"])
def test_threads_that_share_a_kernel_give_the_same(emit: Emit) -> None:
    kernel, days = all_kernel(), [*DAYS, DAYS[0]] * 3
    batch = mixed_batch(kernel, 60, 11, 0.1)

    def run(day: dt.date) -> BatchResult:
        return kernel.run(batch, Request(on=day), emit=emit)

    alone = {day: run(day) for day in DAYS}
    with ThreadPoolExecutor(4) as pool:
        for day, found in zip(days, pool.map(run, days), strict=True):
            assert found.claims.equals(alone[day].claims)
            assert (found.counts, found.handed_over) == (alone[day].counts, alone[day].handed_over)


def test_sums_that_64_bits_do_not_hold_are_handed_over() -> None:
    kernel = all_kernel()
    applicants = [
        Applicant(
            f"a{fen}",
            {"kind": "enterprise", "division": "420106", "legal_person": True},
            {"year": [{"id": str(y), "year": y, "revenue": fen, "rnd_spend": fen} for y in (2020, 2021)]},
            frozenset(shared_vocabulary().records),
        )
        for fen in (2**63 - 1, 2**62, 10**15, 0, 1)
    ]
    batch, request = batch_of(applicants, shared_vocabulary()), Request(on=DAYS[0])
    agree(kernel, batch, request)
    # Only what is worked out can be too large: all of it where every claim is written.
    assert kernel.run(batch, request, emit="all").handed_over == (0,)


def test_a_word_or_division_that_no_vocabulary_has_is_handed_over() -> None:
    kernel = all_kernel()
    batch = random_batch(kernel, 5, 10, 12, 0)
    kinds = pa.array(["enterprise", "guild", None, "park", "enterprise"])
    places = pa.array(["420106", "420100", "42", "420000", "x"])
    for name, column in (("kind", kinds), ("division", places)):
        batch = batch.set_column(batch.schema.get_field_index(name), batch.schema.field(name), column)
    agree(kernel, batch, Request(on=DAYS[0]))
    assert kernel.run(batch, Request(on=DAYS[0])).handed_over == (1, 2, 4)


def test_a_missing_or_misshapen_column_is_named() -> None:
    kernel = all_kernel()
    batch = random_batch(kernel, 3, 5, 13, 0)
    with pytest.raises(ValueError, match="no column `year`"):
        kernel.run(batch.drop_columns(["year"]), Request(on=DAYS[0]))
    text = batch.set_column(batch.schema.get_field_index("settled"), "settled", pa.array(["x"] * 3))
    with pytest.raises(ValueError, match="settled"):
        kernel.run(text, Request(on=DAYS[0]))
