"""The readings on which a claim rests are told with it: those of which another choice gives another answer."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from tests.engine.invented import HEAD, policy, reading
from tests.engine.kernel import tangle
from tests.engine.kernel.agreement import agree, batch_of
from tests.engine.kernel.test_conflicts import firm

from duixian.engine import assess_register
from duixian.engine.assess import Request
from duixian.engine.batch import Kernel, compile_kernel
from duixian.engine.written import READINGS
from duixian.language.pack import load_policies
from duixian.language.vocabulary import load_vocabulary

IN_FORCE, LAST_DAY, AFTER = dt.date(2022, 6, 1), dt.date(2023, 1, 1), dt.date(2024, 1, 1)


def kernel_of(folder: Path) -> Kernel:
    """Three measures an item: one rests on `wide`, one on no reading, one on `wide` only for items that are red."""
    tangle.write_vocabulary(folder)
    measures: dict[str, dict[str, Any]] = {
        "wide": {"per": "item", "amount": "if reading.wide == yes then 5元 else 3元"},
        "plain": {"per": "item", "amount": "item.m0"},
        "either": {"per": "item", "amount": "if item.color == red or reading.wide == yes then 2元 else 1元"},
    }
    readings = [
        reading("last", "day_before", "anniversary", default="day_before"),
        reading("wide", "yes", "no", default="no"),
    ]
    ends = "if reading.last == anniversary then starts + 3年 else starts + 3年 - 1日"
    one = policy(folder, "one", measures, readings=readings, validity={**HEAD["validity"], "ends": ends})
    words = load_vocabulary(folder / "vocabulary.yaml")
    return compile_kernel(load_policies([one], words), words)


def rests(kernel: Kernel, on: dt.date, **item: Any) -> dict[str, set[str]]:
    """The readings on which each claim rests, after making sure that all agree."""
    batch = batch_of([firm([{"m0": 100, **item}])], kernel.vocabulary)
    assert agree(kernel, batch, Request(on=on)) == 1
    found = kernel.run(batch, Request(on=on), emit="all").claims.to_pylist()
    names = kernel.readings["one"]
    return {
        row["measure"]: {name for bit, name in enumerate(names) if row["readings"] >> bit & 1}
        for row in found
    }


def test_only_those_that_change_the_answer(tmp_path: Path) -> None:
    kernel = kernel_of(tmp_path)
    assert kernel.readings == {"one": ("last", "wide")}
    assert rests(kernel, IN_FORCE, color="red") == {"wide": {"wide"}, "plain": set(), "either": set()}
    assert rests(kernel, IN_FORCE, color="green") == {"wide": {"wide"}, "plain": set(), "either": {"wide"}}


def test_the_day_on_which_a_reading_decides_whether_the_policy_is_in_force(tmp_path: Path) -> None:
    # From 2020-01-01 three years: 2023-01-01 is in force only if the anniversary itself is the last day. What it
    # would have given rests on `wide` too.
    found = rests(kernel_of(tmp_path), LAST_DAY, color="red")
    assert found == {"wide": {"wide", "last"}, "plain": {"last"}, "either": {"last"}}


def test_what_is_expired_under_both_choices_rests_on_what_it_would_have_given(tmp_path: Path) -> None:
    found = rests(kernel_of(tmp_path), AFTER, color="green")
    assert found == {"wide": {"wide"}, "plain": set(), "either": {"wide"}}


def test_a_run_can_do_without(tmp_path: Path) -> None:
    kernel = kernel_of(tmp_path)
    batch = batch_of([firm([{"m0": 100}])], kernel.vocabulary)
    for run in (kernel.run, kernel.reference_run):
        assert set(run(batch, Request(on=IN_FORCE), readings=False).claims["readings"].to_pylist()) == {0}


def test_a_table_of_claims_names_its_bits(tmp_path: Path) -> None:
    kernel = kernel_of(tmp_path)
    data = batch_of([firm([{"m0": 100}])], kernel.vocabulary)
    found = assess_register(data, policies=kernel, request=Request(on=IN_FORCE))
    assert json.loads(found.schema.metadata[READINGS]) == {"one": ["last", "wide"]}
    assert found.column("readings").to_pylist() == [2, 0, 0]
