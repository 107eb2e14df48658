"""Persons imported by identity number: found by it, and plain nowhere but in the file that was sent."""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from psycopg import sql
from tests.server.registry.files import AUTHORITY, VOCABULARY, applied, refused, uploaded, written
from tests.server.registry.office import DAY, HONGSHAN, RESIDENT, WUCHANG, code, firm, officer, person

from duixian.register.applicant import Applicant as Form
from duixian.register.template import write_workbook
from duixian.register.write import write_register
from duixian.server.common.sealing import unseal
from duixian.server.registry.importing.chunks import unpack
from duixian.server.registry.importing.identities import hidden
from duixian.server.registry.models import Applicant, Chunk, Identifier
from duixian.server.registry.selectors import by_number
from duixian.server.registry.services import importing
from duixian.server.registry.services.applicants import identify

OTHER = "420106199003074519"
PASSPORT, MINE = "E12345678", "护照:CHN:E12345678"
WRONG = "110105194912310021"
"""A number whose check digit is wrong: it is somebody's all the same."""


def human(id: str, **facts: Any) -> Form:
    own = {"kind": "person", "name": "张三", "division": WUCHANG} | facts
    return Form(id, own, {"home": ({"id": "h", "division": WUCHANG},)})


def file_of(form: str, folder: Path, *people: Form) -> Path:
    path = folder / f"people.{form}"
    if form == "xlsx":
        write_workbook(path, people, VOCABULARY)
    else:
        write_register(path, people, VOCABULARY)
    return path


def everything() -> str:
    """All that the database holds, chunks unpacked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'pg_temp')")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in [*tables, "incoming_entry", "incoming_record"]:
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0] is None:
                continue
            cursor.execute(
                sql.SQL("SELECT string_agg(t::text, chr(10)) FROM {} t").format(sql.Identifier(table))
            )
            found.append(str(cursor.fetchone()[0]))
    chunks = [unpack(bytes(chunk.data)).to_pylist() for chunk in Chunk.objects.all() if chunk.data]
    return "\n".join(found) + str(chunks)


def plain(text: str) -> list[str]:
    return [
        number for number in (RESIDENT, RESIDENT.lower(), OTHER, WRONG, PASSPORT, RESIDENT[6:14]) if number in text
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["yaml", "parquet", "xlsx"])
def test_a_person_is_imported_by_number_which_stands_nowhere(
    form: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    people = (human(RESIDENT), human(MINE, name="李四"), human(OTHER, name="王五"), human(WRONG, name="赵六"))
    path = file_of(form, tmp_path, *people)
    batch = uploaded(path)
    assert [code for code, _ in refused(batch)] == ["identity"]
    assert (batch.counts["added"], batch.counts["refused_in_file"]) == (3, 1)
    shown = {(each.own, each.value) for each in importing.changes(officer(), batch=batch.pk, chunk=1) if each.field == "name"}  # fmt: skip # noqa: E501
    assert shown == {("1101************2X", "张三"), ("E******78", "李四"), ("4201************19", "王五")}
    assert not plain(everything())
    assert applied(batch).state == "applied"
    assert not plain(everything() + caplog.text + str(shown))
    found = by_number(officer(), scheme=Identifier.Scheme.RESIDENT, number=RESIDENT.lower())
    assert found.name == "张三"
    kept = found.identifiers.get()
    assert kept.sealed is not None
    assert unseal(bytes(kept.sealed), "resident") == RESIDENT
    assert (
        by_number(officer(), scheme=Identifier.Scheme.PASSPORT, number=PASSPORT, issuer="CHN").name == "李四"
    )
    again = uploaded(path)  # the same file changes nothing
    assert (again.counts["unchanged"], again.counts["added"], again.counts["changed"]) == (3, 0, 0)


def test_applicants_as_data_are_sealed_as_well() -> None:
    people = [
        {"id": RESIDENT, "kind": "person", "name": "张三"},
        {"id": WRONG, "kind": "person", "name": "x" * 501},
    ]
    batch = importing.deliver(officer(), applicants=people, kind=AUTHORITY, source="人社局", stated_on=DAY)
    assert batch.counts["added"] == 1
    assert refused(batch)
    assert not plain(everything())


def test_a_person_who_is_known_is_found_whoever_sends_the_number(tmp_path: Path) -> None:
    row = person()
    identify(officer(), applicant=row.pk, scheme=Identifier.Scheme.RESIDENT, number=RESIDENT)
    spelt = f"身份证：{RESIDENT[:6]} {RESIDENT[6:14]}-{RESIDENT[14:].lower()}"
    path = written(tmp_path / "1.yaml", human(spelt, settled=DAY))
    batch = applied(uploaded(path, source="人社局"))
    assert (batch.counts["added"], batch.counts["changed"]) == (0, 1)
    assert list(Applicant.objects.all()) == [row]
    assert not plain(everything())


def test_a_number_belongs_to_a_person_of_the_district(tmp_path: Path) -> None:
    row = person(division=HONGSHAN)
    identify(officer(), applicant=row.pk, scheme=Identifier.Scheme.RESIDENT, number=RESIDENT)
    batch = uploaded(written(tmp_path / "1.yaml", human(RESIDENT)), officer(WUCHANG))
    assert refused(batch) == [("outside", "1.yaml:1101************2X")]
    unknown = Form(OTHER, {"name": "谁", "division": WUCHANG})
    assert refused(uploaded(written(tmp_path / "2.yaml", unknown))) == [
        ("identity-of-nobody", "2.yaml:4201************19")
    ]


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        (RESIDENT, "enterprise"),  # of the legal representative, perhaps
        (RESIDENT, "team"),
        (RESIDENT[:17], "person"),
        ("110105491231002", "person"),
        (f"员工{RESIDENT}", "person"),
        ("护照:E12345678", "person"),
        ("护照:CHN:E1", "person"),
        (MINE, "team"),
        (WRONG, "person"),
    ],
)
def test_what_looks_like_a_number_and_is_none_of_a_person_is_refused(
    id: str, kind: str, tmp_path: Path
) -> None:
    batch = uploaded(written(tmp_path / "1.yaml", human(id, kind=kind), human("b")))
    ((why, place),) = refused(batch)
    assert why == "identity"
    assert "*" in place
    assert batch.counts["added"] == 1
    assert not plain(everything())
    assert RESIDENT[:15] not in everything()


def test_ids_of_bodies_may_be_long(tmp_path: Path) -> None:
    ids = (code(), "20240101000000123", "914201060000000019"[:18])
    batch = uploaded(
        written(tmp_path / "1.yaml", *(Form(id, {"kind": "enterprise", "name": id}) for id in ids))
    )
    assert batch.counts["added"] == 3


def test_one_number_in_two_spellings_is_told(tmp_path: Path) -> None:
    batch = uploaded(written(tmp_path / "1.yaml", human(RESIDENT), human(RESIDENT.lower())))
    assert refused(batch) == [("twin-identity", "1.yaml:1101************2X")] * 2


def test_a_fault_elsewhere_in_the_row_does_not_tell_the_number(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["id", "kind", "name", "division"], [RESIDENT, "person", "张三", "武昌"], [OTHER, "人", "李四", WUCHANG],
             [OTHER, "person", "李四", WUCHANG]]
        )  # fmt: skip
    batch = uploaded(path)
    assert refused(batch)
    assert not plain(everything())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"编号「{RESIDENT}」重复", "编号「1101************2X」重复"),
        ("编号「１１０１０５１９４９１２３１００２Ｘ」重复", "编号「1101************2X」重复"),
        ("91420111000000019N 的校验码", "91420111000000019N 的校验码"),
        ("第 12 行，2024-01-01", "第 12 行，2024-01-01"),
    ],
)
def test_what_is_masked_in_messages(text: str, shown: str) -> None:
    assert hidden(text) == shown


def test_a_firm_is_not_found_by_a_persons_number(tmp_path: Path) -> None:
    row = firm()
    facts = {"kind": "person", "name": "张三", "division": WUCHANG, "uscc": row.identifiers.get().lookup}
    batch = uploaded(written(tmp_path / "1.yaml", Form(RESIDENT, facts)))
    assert [why for why, _ in refused(batch)] == ["other-kind"]
