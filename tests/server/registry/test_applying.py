"""Imports applied: what was shown, once, however often the job is killed; and the same again changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.registry.files import (
    AUTHORITY,
    SAMPLE,
    VOCABULARY,
    applied,
    exported,
    one,
    plain,
    uploaded,
    with_years,
    written,
)
from tests.server.registry.office import DAY, HONGSHAN, WUCHANG, actor, code, firm, officer
from tests.server.registry.office import given as source

from duixian.register.applicant import Applicant
from duixian.register.columns import to_arrow
from duixian.register.read import read_register
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.registry.importing import applying, chunks
from duixian.server.registry.importing.chunks import pack, record_lines, unpack
from duixian.server.registry.models import Applicant as Row
from duixian.server.registry.models import Batch, Identifier, RecordVersion
from duixian.server.registry.selectors import dossier, known
from duixian.server.registry.services import importing
from duixian.server.registry.services.applicants import identify
from duixian.server.registry.services.merging import merge
from duixian.server.registry.services.records import state
from duixian.server.registry.versions import When
from duixian.server.registry.wire import complete_payload, to_payload


def test_what_was_shown_is_what_is_applied(tmp_path: Path) -> None:
    path = written(tmp_path / "r.yaml", with_years(one("a"), y2023=1), one("b"))
    applied(uploaded(path))
    batch = uploaded(written(tmp_path / "2.yaml", with_years(one("a"), y2023=2), one("b")))
    row = Identifier.objects.get(lookup="a").applicant
    importing.confirm_import(officer(), batch=batch.pk)
    state(officer(), applicant=row.pk, type="year", key="y2023", facts={"revenue": 7}, given=source())
    batch = applying.apply_batch(batch.pk)
    assert batch.state == "stale"
    assert exported()["a"].records["year"][0]["revenue"] == 7
    batch = applying.preview_batch(batch.pk)
    (change,) = importing.changes(officer(), batch=batch.pk, chunk=1)
    assert (change.old, change.value) == (7, 2)
    assert applied(batch).state == "applied"
    # A change of something else does not matter.
    batch = uploaded(written(tmp_path / "3.yaml", with_years(one("a"), y2023=3)))
    importing.confirm_import(officer(), batch=batch.pk)
    state(officer(), applicant=row.pk, type="year", key="y2020", facts={"year": 2020}, given=source())
    assert applying.apply_batch(batch.pk).state == "applied"


def test_an_applicant_with_merged_entries_is_compared_as_it_is_read(tmp_path: Path) -> None:
    kept = firm("甲公司", size="micro")
    applied(
        uploaded(
            written(
                tmp_path / "1.yaml", with_years(one("old", founded=dt.date(2001, 1, 1)), y2020=1, y2021=2)
            )
        )
    )
    other = Identifier.objects.get(lookup="old").applicant
    merge(officer(), kept=kept.pk, absorbed=other.pk, why="重复")
    same = with_years(one("old", name="甲公司", founded=dt.date(2001, 1, 1)), y2020=1, y2021=2)
    assert uploaded(written(tmp_path / "2.yaml", same)).counts["unchanged"] == 1
    newer = Applicant(
        "old", {"name": "甲公司", "size": "small"}, {"year": ({"id": "y2021", "year": 2021, "headcount": 9},)}
    )
    batch = uploaded(written(tmp_path / "3.yaml", newer))
    assert (batch.counts["changed"], batch.counts["records_changed"]) == (1, 1)
    applied(batch)
    form = known(officer(), applicant=kept.pk)
    years = {str(each["id"]): (each["revenue"], each.get("headcount")) for each in form.records["year"]}
    assert years == {"y2020": (1, None), "y2021": (2, 9)}
    assert form.facts["founded"] == dt.date(2001, 1, 1)
    own = kept.versions.filter(type="applicant").latest("number")
    assert own.payload is not None and "founded" not in own.payload  # that stays what the merged entry knew


def test_who_may_import(tmp_path: Path) -> None:
    path = written(tmp_path / "r.yaml", one())
    for role in (Role.AGENT, Role.EXPERT, Role.AUDITOR, Role.OPERATOR):
        with pytest.raises(Refused, match=r"registry\.role"):
            uploaded(path, actor(role))
    batch = uploaded(path, officer(WUCHANG))
    with pytest.raises(NotFound):
        importing.confirm_import(officer(HONGSHAN), batch=batch.pk)
    importing.abandon_import(officer(WUCHANG), batch=batch.pk, why="文件有误")
    assert not batch.chunks.exists()
    with pytest.raises(Refused, match=r"registry\.state"):
        importing.confirm_import(officer(WUCHANG), batch=batch.pk)
    with pytest.raises(Refused, match=r"registry\.source"):
        uploaded(path, source=" ")


def test_the_log_has_one_event_a_batch_and_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "APPLICANTS", 2)
    batch = applied(uploaded(written(tmp_path / "r.yaml", *(one(f"a{n}") for n in range(5)))))
    actions = list(Event.objects.order_by("id").values_list("action", flat=True))
    assert actions == [
        "registry.open_import", "registry.confirm_import", *["registry.import_chunk"] * 3, "registry.import",
    ]  # fmt: skip
    told = Event.objects.filter(action="registry.import_chunk").first()
    assert told is not None and batch.chunks.get(number=1).digest in str(told.after)
    assert applying.progress(batch) == (5, 5)


class Killed(BaseException):
    """The process is gone."""


def test_a_killed_import_neither_doubles_nor_loses(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at every statement of the job in turn; each time it is run again, and at the end all is there once."""
    monkeypatch.setattr(chunks, "APPLICANTS", 3)
    applicants = [with_years(one(f"a{n}", uscc=code()), y2023=n) for n in range(7)]
    batch = uploaded(written(tmp_path / "r.yaml", *applicants))
    importing.confirm_import(officer(), batch=batch.pk)
    kills, allowed = 0, 0
    while True:
        left = allowed

        def dies(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(dies):
                applying.apply_batch(batch.pk)
            break
        except Killed:
            kills += 1
            connection.close()
            allowed += 1
    assert kills > 15
    assert Batch.objects.get(pk=batch.pk).state == "applied"
    assert {id: plain(each) for id, each in exported().items()} == {
        each.id: plain(each) for each in applicants
    }
    assert (Row.objects.count(), Identifier.objects.count(), RecordVersion.objects.count()) == (7, 14, 14)
    assert set(RecordVersion.objects.values_list("number", flat=True)) == {1}
    assert Event.objects.filter(action="registry.import_chunk").count() == 3


def test_a_chunk_that_is_not_applied_keeps_its_data(tmp_path: Path) -> None:
    batch = uploaded(written(tmp_path / "r.yaml", one()))
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.chunks.update(data=None)
    assert uploaded(written(tmp_path / "r.yaml", one())).chunks.get().data


@pytest.mark.parametrize("sign", ["\\", '"', "\\N", "\\t", "’", "，", "\\\\."])
def test_odd_signs_pass(sign: str, tmp_path: Path) -> None:
    name, key = f"甲{sign}乙", f"k{sign}"
    record = {"id": key, "year": 2023}
    applicant = Applicant(
        f"a{sign}", {"kind": "enterprise", "name": name, "division": WUCHANG}, {"year": (record,)}
    )
    applied(uploaded(written(tmp_path / "r.parquet", applicant)))
    assert plain(exported()[f"a{sign}"]) == plain(applicant)


def test_columns_say_the_same_as_facts() -> None:
    """The two ways into the registry, by columns (files) and by facts (services), keep the same."""
    table = to_arrow(read_register(SAMPLE, VOCABULARY).applicants, VOCABULARY)
    wanted = []
    for row, applicant in enumerate(read_register(SAMPLE, VOCABULARY).applicants):
        own = to_payload(VOCABULARY.entities["applicant"], applicant.facts) | complete_payload(
            applicant.complete
        )
        wanted.append((str(row), "applicant", "", own))
        for kind, items in applicant.records.items():
            wanted += [
                (str(row), kind, str(each["id"]), to_payload(VOCABULARY.entities[kind], each))
                for each in items
            ]
    found = [line.rstrip("\n").split("\t") for line in record_lines(unpack(pack(table)), VOCABULARY)]
    assert sorted(((*cells[:3], json.loads(cells[3])) for cells in found), key=str) == sorted(wanted, key=str)


registers = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.tuples(
        st.dictionaries(st.sampled_from(["y2022", "y2023"]), st.integers(0, 3)),
        st.sampled_from([None, "micro", "small"]),
    ),
    min_size=1,
)  # fmt: skip


def made(content: dict[str, Any]) -> list[Applicant]:
    return [
        with_years(one(id, **({"size": size} if size else {})), **years)
        for id, (years, size) in content.items()
    ]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(registers, registers)
def test_to_import_again_changes_nothing(first: dict[str, Any], second: dict[str, Any]) -> None:
    with transaction.atomic():
        for content in (first, second, second):
            batch = importing.open_import(officer(), kind=AUTHORITY, source="市经信局", stated_on=DAY)
            before = exported(), RecordVersion.objects.count()
            applying.keep(batch, [(to_arrow(made(content), VOCABULARY), [])])
            batch = applied(applying.preview_batch(batch.pk))
            assert batch.state == "applied"
        assert batch.counts["unchanged"] == len(second)
        assert (exported(), RecordVersion.objects.count()) == before
        wanted = {id: (dict(years), size) for id, (years, size) in first.items()}
        for id, (years, size) in second.items():
            had = wanted.get(id, ({}, None))
            wanted[id] = (had[0] | years, size or had[1])
        found = {
            id: ({str(y["id"]): y["revenue"] for y in each.records.get("year", ())}, each.facts.get("size"))
            for id, each in exported().items()
        }
        assert found == wanted
        transaction.set_rollback(True)


def test_an_importers_verification_is_with_every_value(tmp_path: Path) -> None:
    applied(uploaded(written(tmp_path / "r.yaml", one())), verified=True)
    row = Row.objects.get()
    sources = dossier(officer(), applicant=row.pk).sources(("applicant", ""), When.now())
    assert {each.version.provenance.verified_by_id for each in sources.values()} == {officer().person}
    assert sources["name"].version.provenance.source == "市经信局"
    identify(officer(), applicant=row.pk, scheme=Identifier.Scheme.USCC, number=code(), given=source())
