"""Sixty-four applicants at a time, under policies that have what the forty measures of the benchmark do not use."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.engine.kernel.flat import FLAT, ON, register

from duixian.engine.batch import Kernel, compile_kernel
from duixian.engine.kernel import compiler
from duixian.language.pack import load_policies
from duixian.language.vocabulary import load_vocabulary, shared_vocabulary

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
