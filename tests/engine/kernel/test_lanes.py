"""Sixty-four applicants at a time: the same as the reference engine, at every edge and where lanes give up."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from benchmarks.flat.data import WORDS
from tests.engine.kernel.flat import ID, ON, flat, register, with_value

from duixian.engine.assess import Request
from duixian.engine.batch import BatchResult
from duixian.engine.kernel.layout import CHOICES


def same(batch: pa.RecordBatch, request: Request = ON, **more: Any) -> BatchResult:
    """Assert that native code gives what the reference engine gives, and return it."""
    kernel = flat()
    native, expected = (
        run(batch, request, readings=False, **more) for run in (kernel.run, kernel.reference_run)
    )
    assert native.counts == expected.counts
    assert native.claims.to_pylist() == expected.claims.to_pylist()
    return native


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 129, 200])
def test_any_number_of_rows(rows: int) -> None:
    assert not same(register(rows, rows)).handed_over


def test_more_than_a_chunk_has_the_same_as_its_parts() -> None:
    batch, kernel = register(2048 + 65, 5), flat()
    whole = kernel.run(batch, ON, readings=False).claims
    parts: list[dict[str, Any]] = []
    for start in (0, 2047, 2048, 2049, 2112):
        stop = {0: 2047, 2047: 2048, 2048: 2049, 2049: 2112, 2112: 2113}[start]
        for claim in kernel.run(batch.slice(start, stop - start), ON, readings=False).claims.to_pylist():
            parts.append({**claim, "row": claim["row"] + start})
    assert whole.to_pylist() == parts
    same(batch.slice(2030, 83))


@pytest.mark.parametrize("start", [1, 5, 8, 63])
def test_a_slice_of_a_batch_begins_at_any_bit(start: int) -> None:
    assert same(register(150, 7).slice(start, 80)).claims.num_rows > 80


@pytest.mark.parametrize("many", [0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64])
def test_any_number_of_the_64_may_have_a_claim(many: int) -> None:
    """Sums are worked out for eight at a time of those who are left."""
    batch, rng = register(192, 13, 0.1), random.Random(many)  # noqa: S311
    clean = [row for word in range(3) for row in rng.sample(range(64 * word, 64 * word + 64), many)]
    place = batch.schema.get_field_index("clean_record")
    some = batch.set_column(place, "clean_record", pa.array([row in clean for row in range(192)]))
    assert {claim["row"] for claim in same(some).claims.to_pylist()} <= set(clean)


def test_room_that_gives_out_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, kernel = register(2500, 17), flat()
    whole = kernel.run(batch, ON, readings=False)
    native = kernel._native
    assert native is not None
    monkeypatch.setattr(native, "_most", 0.0)
    monkeypatch.setattr("duixian.engine.kernel.native._LEAST_ROOM", 700)
    found = kernel.run(batch, ON, readings=False)
    assert whole.claims.num_rows > 3 * 700
    assert found.claims.equals(whole.claims)
    assert found.counts == whole.counts


def test_room_for_more_than_a_cache_holds_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a million claims the sums are written past the cache, a line of eight at a time."""
    batch, kernel = register(2500, 19), flat()
    whole = kernel.run(batch, ON, readings=False).claims
    monkeypatch.setattr("duixian.engine.kernel.native._LEAST_ROOM", 2**20)
    assert kernel.run(batch, ON, readings=False).claims.equals(whole)
    assert whole.num_rows > 2500
    some = kernel.run(batch, ON, columns=("max_fen",)).claims
    assert some["max_fen"].equals(whole["max_fen"])


@pytest.mark.parametrize("missing", [0.0, 0.5, 1.0])
def test_facts_known_and_not(missing: float) -> None:
    assert not same(register(100, 3, missing)).handed_over


def coded(batch: pa.RecordBatch, index: pa.DataType, more: int = 0) -> pa.RecordBatch:
    """Return the batch with its words in dictionaries, so many words before them that no row has."""
    for name in WORDS:
        array = batch.column(name).dictionary_encode()
        codes = pc.add(array.indices, more).cast(index)
        words = pa.concat_arrays(
            [pa.array([f"unused {n}" for n in range(more)], pa.string()), array.dictionary]
        )
        place = batch.schema.get_field_index(name)
        batch = batch.set_column(place, name, pa.DictionaryArray.from_arrays(codes, words))
    return batch


@pytest.mark.parametrize("index", [pa.int8(), pa.uint8(), pa.int16(), pa.int32()])
@pytest.mark.parametrize("more", [0, 20, 31, 90])
def test_words_as_a_dictionary_are_the_same_words(index: pa.DataType, more: int) -> None:
    """Thirty-two words at most are looked up in a register, where rows have one byte each."""
    plain, kernel = register(130, 11), flat()
    other = coded(plain, index, more)
    assert pa.types.is_dictionary(other.schema.field("industry").type)
    for start, rows in ((0, 130), (9, 70), (31, 33)):
        found, wanted = (kernel.run(b.slice(start, rows), ON, readings=False) for b in (other, plain))
        assert found.claims.num_rows > rows
        assert found.claims.equals(wanted.claims)


def test_a_null_may_stand_on_anything() -> None:
    batch = register(64, 2, 0.0)
    spoilt = pa.Array.from_buffers(
        pa.int64(), 64, [pa.py_buffer(bytes(8)), batch.column("revenue").buffers()[1]]
    )
    place = batch.schema.get_field_index("revenue")
    empty = batch.set_column(place, "revenue", pa.nulls(64, pa.int64()))
    given = batch.set_column(place, "revenue", spoilt)
    assert flat().run(given, ON, readings=False).claims.equals(flat().run(empty, ON, readings=False).claims)


@pytest.mark.parametrize("rate", [Fraction(1, 3), Fraction(7, 300), Fraction(0), Fraction(123457, 1000003)])
def test_rates_of_any_denominator(rate: Fraction) -> None:
    """A rate of nothing is not for lanes: nothing times what is not known is nothing."""
    asked = {key: rate for key, value in flat().parameters.items() if isinstance(value, Fraction)}
    assert len(asked) > 20
    same(register(90, 4), parameters=asked)


@pytest.mark.parametrize("cap", [0, 1, 12_345_678_901])
def test_caps_from_nothing_to_beyond_what_binds(cap: int) -> None:
    asked = {key: cap for key in flat().parameters if key.endswith(".cap")}
    assert len(asked) > 10
    same(register(90, 4), parameters=asked)


def test_readings_choose_between_branches() -> None:
    batch = register(128, 6)
    for step in ("above", "reached"):
        for several in ("highest", "all"):
            readings = {f"{ID}/step_exact": step, f"{ID}/several_steps": several}
            assert not same(batch, Request(on=ON.on, readings=readings)).handed_over


@pytest.mark.parametrize("day", [dt.date(2025, 12, 31), dt.date(2029, 1, 1), dt.date(2028, 2, 29)])
def test_other_days_and_policies_not_in_force(day: dt.date) -> None:
    assert sum(same(register(70, 8), Request(on=day)).counts.values()) == 40 * 70


def test_every_claim_can_be_written() -> None:
    assert same(register(70, 9), emit="all").claims.num_rows == 40 * 70


@pytest.mark.parametrize("value", [2**40, 2**51, 2**60, 2**61, 2**62, 2**63 - 1, -(2**63), -1])
def test_numbers_too_large_for_lanes_are_done_row_by_row(value: int) -> None:
    for name in ("revenue", "rnd_spend", "employees"):
        found = same(with_value(register(128, 10, 0.02), name, 70, value))
        assert set(found.handed_over) <= {70}


def test_numbers_that_grow_along_a_batch_give_what_its_parts_give() -> None:
    """The plan holds for as many bits as were needed so far; wider numbers come within a chunk, and between two."""
    batch, kernel = register(3 * 2048 + 30, 21, 0.05), flat()
    for row, bits in ((70, 44), (300, 46), (2047, 45), (2100, 61), (2101, 47), (4096, 48), (6170, 49)):
        batch = with_value(batch, "revenue", row, 2**bits)
        batch = with_value(batch, "employees", row - 5, 2 ** (bits - 30))
    whole, step = kernel.run(batch, ON, readings=False).claims.to_pylist(), 61
    parts: list[dict[str, Any]] = []
    for start in range(0, batch.num_rows, step):
        for claim in kernel.run(batch.slice(start, step), ON, readings=False).claims.to_pylist():
            parts.append({**claim, "row": claim["row"] + start})
    assert len(whole) > batch.num_rows
    assert whole == parts
    same(batch.slice(2090, 20))


def test_a_word_that_no_vocabulary_has_is_handed_over() -> None:
    batch = with_value(register(140, 12), "industry", 130, "alchemy")
    kernel = flat()
    result = kernel.run(batch, ON, readings=False)
    assert result.handed_over == (130,)
    assert result.claims.equals(kernel.reference_run(batch, ON, readings=False).claims)


def test_totals_are_those_of_the_claims() -> None:
    batch = register(300, 13)
    for name, value in {"industry": "alchemy", "kind": "enterprise", "clean_record": True}.items():
        batch = with_value(batch, name, 130, value)
    kernel = flat()
    result, totals = kernel.run(batch, ON, readings=False), kernel.totals(batch, ON)
    assert totals.counts == result.counts
    assert totals.handed_over == result.handed_over == (130,)
    sums: dict[tuple[str, str], list[int]] = {}
    for claim in result.claims.to_pylist():
        found = sums.setdefault((claim["policy"], claim["measure"]), [0] * 4)
        for place, name in enumerate(CHOICES):
            found[place] += claim[f"{name}_fen"]
    assert {key: paid for key, paid in totals.paid.items() if any(paid)} == {
        key: tuple(paid) for key, paid in sums.items() if any(paid)
    }


@pytest.mark.parametrize("wanted", [("row", "measure", "verdict", "max_fen"), ("unknown", "min_fen"), ()])
def test_columns_asked_for_are_those_of_the_whole(wanted: Sequence[str]) -> None:
    batch = register(200, 14)
    assert (
        flat()
        .run(batch, ON, columns=wanted)
        .claims.equals(flat().run(batch, ON, readings=False).claims.select(wanted))
    )


def test_rows_are_counted_from_the_number_of_the_first() -> None:
    batch = with_value(register(100, 12), "industry", 70, "alchemy")
    kernel = flat()
    for run in (kernel.run, kernel.reference_run):
        plain, moved = run(batch, ON, readings=False), run(batch, ON, readings=False, first=2**31 - 101)
        assert plain.handed_over == moved.handed_over
        assert [claim["row"] + 2**31 - 101 for claim in plain.claims.to_pylist()] == moved.claims[
            "row"
        ].to_pylist()
    with pytest.raises(OverflowError, match="31 bits"):
        kernel.run(batch, ON, first=2**31 - 100)
