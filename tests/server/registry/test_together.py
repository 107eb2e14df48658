"""Many at once: in pairs, first what goes wrong without the lock, then the real thing."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from tests.server.registry.files import one, uploaded, with_years, written
from tests.server.registry.office import WUCHANG, code, firm, given, officer
from tests.server.registry.test_merging import twin

from duixian.register.applicant import Facts
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import find
from duixian.server.registry.importing import applying
from duixian.server.registry.models import Applicant, Batch, Merger, PayeeAccount, RecordVersion
from duixian.server.registry.selectors import known
from duixian.server.registry.services import records
from duixian.server.registry.services.applicants import register
from duixian.server.registry.services.importing import confirm_import
from duixian.server.registry.services.merging import merge
from duixian.server.registry.services.payees import propose_payee

FIELDS = ("revenue", "main_revenue", "rnd_spend", "security_income", "security_income_local", "headcount")


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each gives, or the error that it ends with, all begun at the same moment."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return work()
        except (Refused, IntegrityError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def stating(row: Applicant, by: Actor, field: str) -> Callable[[], object]:
    facts: Facts = {field: 7}
    return lambda: records.state(by, applicant=row.pk, type="year", key="y", facts=facts, given=given())


def fields_after_all_at_once() -> set[str]:
    row, by = firm(), officer()
    records.state(by, applicant=row.pk, type="year", key="y", facts={"year": 2023}, given=given())
    at_once(*(stating(row, by, field) for field in FIELDS))
    (record,) = known(by, applicant=row.pk).records["year"]
    return set(record) & set(FIELDS)


def test_without_the_lock_statements_are_lost(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = records.current

    def slowly(*args: object) -> object:
        found = read(*args)  # type: ignore[arg-type]
        time.sleep(0.05)
        return found

    monkeypatch.setattr(records, "locked", lambda by, applicant: find(Applicant, by, pk=applicant))
    monkeypatch.setattr(records, "current", slowly)
    assert fields_after_all_at_once() < set(FIELDS)


def test_what_many_state_at_once_is_all_there(database: str) -> None:
    assert fields_after_all_at_once() == set(FIELDS)


def test_a_number_entered_by_many_at_once_is_one_applicant(database: str) -> None:
    facts: Facts = {"kind": "enterprise", "name": "某公司", "division": WUCHANG, "uscc": code()}
    by = officer()
    found = at_once(*([lambda: register(by, facts=facts, given=given())] * 6))
    assert sorted(str(getattr(each, "code", "")) for each in found) == ["", *["registry.taken"] * 5]
    assert (Applicant.objects.count(), RecordVersion.objects.count()) == (1, 1)


def test_two_entries_are_not_merged_into_each_other(database: str) -> None:
    one_, two, by = twin("甲"), twin("乙"), officer()
    at_once(
        lambda: merge(by, kept=one_.pk, absorbed=two.pk, why="重复"),
        lambda: merge(by, kept=two.pk, absorbed=one_.pk, why="重复"),
    )
    assert Merger.objects.count() == 1
    assert Applicant.objects.exclude(merged_into=None).count() == 1


def test_one_account_is_proposed_at_a_time(database: str) -> None:
    row, by = firm("某公司"), officer()
    works = [
        lambda number=number: propose_payee(  # type: ignore[misc]
            by, applicant=row.pk, holder="某公司", bank="行", number=f"{number}2345678", why="首次"
        )
        for number in range(5)
    ]
    found = at_once(*works)
    assert sum(getattr(each, "code", "") == "registry.proposed" for each in found) == 4
    assert PayeeAccount.objects.count() == 1


def test_two_workers_on_one_batch_apply_it_once(database: str, tmp_path: Path) -> None:
    path = written(tmp_path / "r.yaml", *(with_years(one(f"a{n}"), y2023=n) for n in range(30)))
    batch = uploaded(path)
    confirm_import(officer(), batch=batch.pk)
    at_once(*([lambda: applying.apply_batch(batch.pk)] * 3))
    assert Batch.objects.get().state == "applied"
    assert (Applicant.objects.count(), RecordVersion.objects.count()) == (30, 60)
