"""Sixty-four applicants at a time: the same as the reference engine, at every edge and where lanes give up."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from benchmarks.flat.data import COLUMNS, DATES, FLAGS, MONEY, WORDS

from duixian.engine.assess import Request
from duixian.engine.batch import BatchResult, Kernel, compile_kernel
from duixian.engine.kernel import compiler
from duixian.engine.kernel.layout import CHOICES
from duixian.language.pack import load_policies
from duixian.language.vocabulary import load_vocabulary, shared_vocabulary

FLAT = Path(__file__).parents[3] / "benchmarks/flat/policy"
ID = "flat-support-2026"
ON = Request(on=dt.date(2026, 6, 30))


@cache
def flat() -> Kernel:
    vocabulary = load_vocabulary(FLAT / "vocabulary.yaml")
    kernel = compile_kernel(load_policies([FLAT / ID], vocabulary), vocabulary)
    assert kernel.native, kernel.why_not
    assert kernel._native is not None
    assert kernel._native.program.lanes
    return kernel


@cache
def edges() -> tuple[list[int], list[int]]:
    """Sums and counts that stand in the rules, with what lies just beside them and quotients at which sums turn."""
    numbers = {int(value) for value in flat().parameters.values() if isinstance(value, int)}
    around = {value + more for value in numbers for more in (-1, 0, 1) if value + more >= 0}
    money = [value for value in around if value > 1000]
    money += [value * part // of for value in money for part, of in ((1, 2), (10, 1), (25, 3), (20, 1))]
    return money, [*(value for value in around if value <= 1000), 0, 3, 7, 12, 250]


def register(rows: int, seed: int, missing: float = 0.15, words: bool = True) -> pa.RecordBatch:
    rng = random.Random(seed)  # noqa: S311
    money, counts = edges()
    days = [dt.date(2023, 6, 30), dt.date(2025, 1, 1), dt.date(2025, 6, 30), dt.date(2025, 12, 31)]

    def value(name: str) -> Any:
        if rng.random() < missing:
            return None
        if name in WORDS:
            return rng.choice(WORDS[name])
        if name in DATES:
            return rng.choice(days) + dt.timedelta(days=rng.choice((-1, 0, 1, 400)))
        if name in FLAGS:
            return rng.random() < 0.7
        return rng.choice(money if name in MONEY else counts)

    columns: dict[str, pa.Array] = {"id": pa.array([f"a{row}" for row in range(rows)], pa.string())}
    for name in COLUMNS:
        kind = pa.date32() if name in DATES else pa.bool_() if name in FLAGS else pa.int64()
        columns[name] = pa.array([value(name) for _ in range(rows)], pa.string() if name in WORDS else kind)
        if name in WORDS and not words:
            columns[name] = columns[name].dictionary_encode()
    return pa.RecordBatch.from_pydict(columns)


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


@pytest.mark.parametrize("many", [1, 2, 7, 8, 9, 15])
def test_few_of_the_64_may_have_a_claim(many: int) -> None:
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


@pytest.mark.parametrize("missing", [0.0, 0.5, 1.0])
def test_facts_known_and_not(missing: float) -> None:
    assert not same(register(100, 3, missing)).handed_over


def test_words_as_a_dictionary_are_the_same_words() -> None:
    plain, coded = register(130, 11), register(130, 11, words=False)
    assert flat().run(plain, ON, readings=False).claims.equals(flat().run(coded, ON, readings=False).claims)
    assert (
        flat()
        .run(coded.slice(9, 70), ON, readings=False)
        .claims.equals(flat().run(plain.slice(9, 70), ON, readings=False).claims)
    )


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


def with_value(batch: pa.RecordBatch, name: str, row: int, value: Any) -> pa.RecordBatch:
    values = batch.column(name).to_pylist()
    values[row] = value
    place = batch.schema.get_field_index(name)
    return batch.set_column(
        place, batch.schema.field(place), pa.array(values, batch.schema.field(place).type)
    )


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


MEASURE = """
- {{id: {id}, at: 一#{n}, title: {{zh: 奖, en: award}}, to: [enterprise], per: applicant,
   requires: {{a: {{is: "{test}", zh: 甲, en: a}}}}, amount: "{amount}", right: {right}, sum: {sum}}}
"""
POLICY = """
id: small-2026
title: {zh: 小政策, en: a small policy}
short: {zh: 小, en: small}
number: 临〔2026〕2号
issuer: [临江市人民政府]
city: "429800"
kind: issued
issued: 2025-12-20
at: 首#1
validity: {starts: 2026-01-01, ends: 2028-12-31, at: 首#2}
outline: {首: [1, 1], 一: [1, 1, 1]}
"""


def test_rights_and_payments_of_the_shared_vocabulary(tmp_path: Path) -> None:
    """A ceiling, a choice of the authority, and applicants who were paid, whom lanes leave to single rows."""
    folder = tmp_path / "small-2026"
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    found = [
        MEASURE.format(id=f"award-{n}", n=n, test=test, amount="10万元", right=right, sum=sum)
        for n, (right, sum, test) in enumerate(
            [
                ("entitled", "up_to", "applicant.founded >= application_day - 3年"),
                ("selected", "exact", "applicant.founded < 2026-03-01"),
                ("case_by_case", "up_to", "applicant.founded != 2026-01-01"),
            ],
            1,
        )
    ]
    (folder / "measures.yaml").write_text("".join(found), encoding="utf-8")
    vocabulary = shared_vocabulary()
    kernel = compile_kernel(load_policies([folder], vocabulary), vocabulary)
    assert kernel._native is not None
    assert kernel._native.program.lanes
    batch = small_register(vocabulary)
    native, expected = kernel.run(batch, ON, readings=False), kernel.reference_run(batch, ON, readings=False)
    assert native.claims.to_pylist() == expected.claims.to_pylist()
    assert native.counts == expected.counts
    assert len({claim["verdict"] for claim in native.claims.to_pylist()}) >= 4


ODD = [
    ("applicant.listed >= applicant.certified", "10万元"),
    (
        "applicant.listed < applicant.certified or applicant.completed != 2025-06-30",
        "10万元 - 5% * applicant.revenue",
    ),
    ("2026-06-30 - 1年 > applicant.certified", "(applicant.revenue - applicant.revenue_last) / 4"),
    ("applicant.employees == applicant.employees_last", "20万元"),
    (
        "10% * applicant.revenue != 15% * applicant.rnd_spend",
        "min(applicant.revenue, applicant.tax_paid) - 3万元",
    ),
    (
        "500万元 <= applicant.revenue",
        "if applicant.high_tech then 7% * applicant.revenue else applicant.rnd_spend / 3",
    ),
    ("if applicant.state_lab then applicant.high_tech else not applicant.specialised", "1万元 * 3"),
    ("applicant.patents in [10, 50, 100]", "match(applicant.patents, 10: 1万元, 50: 2万元, 100: 1.5万元)"),
    (
        "max(applicant.revenue, applicant.revenue_last) >= 1000万元",
        "max(10% * applicant.tax_paid, 1% * applicant.revenue, 2万元)",
    ),
    ("reading.open_question == yes or applicant.high_tech", "30万元"),
    (
        "applicant.revenue - applicant.revenue_last - applicant.tax_paid > 0元",
        "1/7 * (applicant.revenue + applicant.tax_paid)",
    ),
    (
        "applicant.graduates * 2 + applicant.apprentices >= applicant.employees",
        "steps(applicant.certified, 2025-01-01: 1万元, 2025-12-31: 2万元)",
    ),
]
ODD_READING = """
readings:
  - id: open_question
    at: 首#2
    question: {zh: 是否？, en: Is it so?}
    choices: {yes: {zh: 是, en: 'yes'}, no: {zh: 否, en: 'no'}}
    default: none
    reason: {zh: 文本未写, en: the text is silent}
"""


def odd_kernel(folder: Path, times: int) -> Kernel:
    """A kernel of the odd measures, each so many times."""
    count = len(ODD) * times
    outline = "一: [" + ", ".join("1" * count) + "]"
    policy = POLICY.replace("一: [1, 1, 1]", outline) + ODD_READING.replace("yes", "so").replace(
        "no:", "not_so:"
    )
    folder = folder / "small-2026"
    folder.mkdir()
    (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    found = [
        MEASURE.format(id=f"odd-{n}", n=n, test=test, amount=amount, right="entitled", sum="exact")
        for n, (test, amount) in enumerate(ODD * times, 1)
    ]
    (folder / "measures.yaml").write_text("".join(found).replace("== yes", "== so"), encoding="utf-8")
    vocabulary = load_vocabulary(FLAT / "vocabulary.yaml")
    kernel = compile_kernel(load_policies([folder], vocabulary), vocabulary)
    assert kernel._native is not None, kernel.why_not
    assert kernel._native.program.lanes
    return kernel


def test_constructs_that_the_forty_do_not_use(tmp_path: Path) -> None:
    kernel = odd_kernel(tmp_path, 1)
    for missing in (0.05, 0.4):
        batch = register(300, 21, missing)
        native, expected = (run(batch, ON, readings=False) for run in (kernel.run, kernel.reference_run))
        assert native.claims.to_pylist() == expected.claims.to_pylist()
        assert native.counts == expected.counts
        assert len(native.handed_over) < 10


@pytest.mark.parametrize("level", range(4))
def test_more_measures_than_a_word_has_bits_at_every_level_of_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: int
) -> None:
    """Code for the baseline and for each level that this processor has, not only for its own."""
    baseline = compiler._target()[1]
    known = [*compiler._LEVELS, baseline]
    have = known[known.index(compiler._level(baseline)) :] if "x86" in baseline else [baseline]
    monkeypatch.setattr(compiler, "_level", lambda _: have[level % len(have)])
    kernel, batch = odd_kernel(tmp_path, 6), register(150, 22, 0.1)
    native, expected = (run(batch, ON, readings=False) for run in (kernel.run, kernel.reference_run))
    numbers = [int(claim["measure"].removeprefix("odd-")) for claim in native.claims.to_pylist()]
    assert min(numbers) == 1
    assert max(numbers) > 64
    assert native.claims.to_pylist() == expected.claims.to_pylist()
    assert native.counts == expected.counts


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


def small_register(vocabulary: Any) -> pa.RecordBatch:
    from duixian.register.applicant import Applicant
    from duixian.register.columns import to_arrow

    days = [None, dt.date(2020, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 3, 1), dt.date(2023, 6, 30)]
    applicants = []
    for number in range(300):
        facts: dict[str, Any] = {"kind": "enterprise" if number % 7 else "person"}
        if days[number % 5]:
            facts["founded"] = days[number % 5]
        records: dict[str, Any] = {}
        if number % 90 == 1:
            paid = {"id": "p", "measure": "award-1", "amount": 3_000_000}
            records = {"payment": [paid], "decision": [{"id": "d", "measure": "award-2", "selected": True}]}
        applicants.append(Applicant(f"a{number}", facts, records, frozenset(vocabulary.records)))
    return to_arrow(applicants, vocabulary).combine_chunks().to_batches()[0]
