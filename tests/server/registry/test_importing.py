"""Imports: what a file would change is shown first, what was shown is what is applied, and nothing is done twice."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.registry.office import DAY, HONGSHAN, WUCHANG, actor, code, firm, officer
from tests.server.registry.office import given as source

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Absent, Applicant
from duixian.register.columns import to_arrow
from duixian.register.read import read_register
from duixian.register.template import write_template, write_workbook
from duixian.register.write import write_register
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.registry.exporting import forms
from duixian.server.registry.importing import applying, chunks
from duixian.server.registry.importing.chunks import pack, record_lines, unpack
from duixian.server.registry.models import Applicant as Row
from duixian.server.registry.models import Batch, Identifier, Provenance, RecordVersion
from duixian.server.registry.naturals import ONE_OF
from duixian.server.registry.selectors import dossier, known
from duixian.server.registry.services import importing
from duixian.server.registry.services.applicants import identify
from duixian.server.registry.services.merging import merge
from duixian.server.registry.services.records import state
from duixian.server.registry.versions import When
from duixian.server.registry.wire import complete_payload, to_payload

SAMPLE = Path("examples/register.yaml")
AUTHORITY, STATEMENT = Provenance.Kind.AUTHORITY, Provenance.Kind.STATEMENT
VOCABULARY = shared_vocabulary()


def uploaded(
    path: Path, by: Any = None, kind: Provenance.Kind = AUTHORITY, source: str = "市经信局"
) -> Batch:
    return importing.upload(by or officer(), path=path, kind=kind, source=source, stated_on=DAY)


def applied(batch: Batch, by: Any = None, **how: Any) -> Batch:
    importing.confirm_import(by or officer(), batch=batch.pk, **how)
    return applying.apply_batch(batch.pk)


def written(path: Path, *applicants: Applicant) -> Path:
    write_register(path, applicants, VOCABULARY)
    return path


def one(id: str = "a", **facts: Any) -> Applicant:
    own = {"kind": "enterprise", "name": f"{id}公司", "division": WUCHANG} | facts
    return Applicant(id, own)


def with_years(applicant: Applicant, **years: int) -> Applicant:
    records = tuple({"id": key, "year": int(key[1:]), "revenue": value} for key, value in years.items())
    return Applicant(applicant.id, applicant.facts, {"year": records}, applicant.complete)


def exported(source: str = "市经信局") -> dict[str, Applicant]:
    return {form.id: form for some in forms(officer(), source=source, personal=True) for form in some}


def plain(applicant: Applicant) -> object:
    records = {
        kind: sorted((dict(each) for each in items), key=lambda each: str(each["id"]))
        for kind, items in applicant.records.items()
    }
    return applicant.id, dict(applicant.facts), records, applicant.complete


def refused(batch: Batch) -> list[tuple[str, str]]:
    return list(batch.refusals.order_by("id").values_list("code", "place"))


@pytest.mark.parametrize("form", ["yaml", "parquet", "xlsx"])
def test_a_file_comes_back_as_it_was(form: str, tmp_path: Path) -> None:
    wanted = read_register(SAMPLE, VOCABULARY).applicants
    path = tmp_path / f"register.{form}"
    if form == "xlsx":
        write_workbook(path, wanted, VOCABULARY)
    else:
        write_register(path, wanted, VOCABULARY)
    batch = uploaded(path)
    assert (batch.state, batch.counts["added"], batch.counts["records_added"]) == ("previewed", 49, 173)
    assert not Row.objects.exists()
    batch = applied(batch, verified=True)
    assert batch.state == "applied"
    found = exported()
    assert {id: plain(each) for id, each in found.items()} == {each.id: plain(each) for each in wanted}
    assert not batch.chunks.filter(data__isnull=False).exists()
    again = uploaded(path)
    assert again.counts["unchanged"] == 49
    assert not any(again.counts[name] for name in ("added", "changed", "records_added", "records_changed"))


def test_an_empty_template_holds_nothing(tmp_path: Path) -> None:
    write_template(tmp_path / "register.xlsx", VOCABULARY)
    assert uploaded(tmp_path / "register.xlsx").state == "unusable"


def test_every_change_is_shown_before(tmp_path: Path) -> None:
    number = code()
    first = with_years(one(uscc=number, size="micro"), y2022=1, y2023=2)
    applied(uploaded(written(tmp_path / "1.yaml", first)))
    second = with_years(one(uscc=number, size="small", settled=Absent.NONE), y2023=3, y2024=4)
    batch = uploaded(written(tmp_path / "2.yaml", second, one("b")))
    found = [
        (each.own, each.type, each.key, each.field, each.old, each.value, each.new)
        for each in importing.changes(officer(), batch=batch.pk, chunk=1)
    ]
    assert found == [
        ("a", "applicant", "", "size", "micro", "small", False),
        ("a", "applicant", "", "settled", None, "none", False),
        ("a", "year", "y2023", "revenue", 2, 3, False),
        ("a", "year", "y2024", "year", None, 2024, True),
        ("a", "year", "y2024", "revenue", None, 4, True),
        ("b", "applicant", "", "kind", None, "enterprise", True),
        ("b", "applicant", "", "name", None, "b公司", True),
        ("b", "applicant", "", "division", None, WUCHANG, True),
    ]
    assert batch.counts == {
        "added": 1, "changed": 1, "unchanged": 0, "refused": 0, "records_added": 1, "records_changed": 1,
        "records_unchanged": 0, "refused_in_file": 0,
    }  # fmt: skip
    applied(batch)
    years = {str(each["id"]): each["revenue"] for each in exported()["a"].records["year"]}
    assert years == {"y2022": 1, "y2023": 3, "y2024": 4}  # what the file does not name stays
    version = RecordVersion.objects.get(type="year", key="y2023", number=2)
    assert version.stated == ["revenue"]
    assert version.provenance.batch_id == batch.pk
    with pytest.raises(NotFound):
        importing.changes(officer(), batch=batch.pk, chunk=1)


BAD = """
applicants:
  - {id: good, name: 甲, kind: enterprise, division: "420106"}
  - {id: money, name: 乙, kind: enterprise, division: "420106", year: [{id: y, year: 2023, revenue: 约500万}]}
  - {id: twin, name: 丙, kind: enterprise, division: "420106"}
  - {id: twin, name: 丁, kind: enterprise, division: "420106"}
  - {id: code, name: 戊, kind: enterprise, uscc: "91420111000000019A"}
  - {id: one, name: 己, kind: enterprise, uscc: "91420111000000019N"}
  - {id: two, name: 庚, kind: enterprise, uscc: "91420111000000019N"}
  - {id: key, name: 辛, kind: enterprise, profit: 3}
"""


def test_every_refusal_is_told_and_the_rest_can_be_taken(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(BAD, "utf-8")
    batch = uploaded(path)
    assert sorted(refused(batch)) == [
        ("duplicate-id", "bad.yaml:6:5"),
        ("twin-code", "bad.yaml:one"),
        ("twin-code", "bad.yaml:two"),
        ("unknown-key", "bad.yaml:10:42"),
        ("value", "bad.yaml:4:100"),
        ("value", "bad.yaml:7:49"),
    ]
    money = batch.refusals.get(subject="money")
    assert "约500万" in money.what_zh and "约500万" in money.what_en
    assert money.remedy_zh and money.remedy_en
    assert applied(batch).counts["added"] == 1
    assert [row.name for row in Row.objects.all()] == ["甲"]


def test_a_bad_cell_is_told_with_its_sheet(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "bad.xlsx"))
    sheet = book.add_worksheet("申报主体")
    for number, row in enumerate(
        (["申报主体编号", "名称", "注册地"], ["a", "甲", "420106"], ["b", "乙", "武昌"])
    ):
        sheet.write_row(number, 0, row)
    years = book.add_worksheet("年度经营")
    for number, cells in enumerate(
        (["申报主体编号", "编号", "年度", "营业收入（万元）"], ["a", "y", 2023, -5])
    ):
        years.write_row(number, 0, cells)
    book.close()
    batch = uploaded(tmp_path / "bad.xlsx")
    assert sorted(refused(batch)) == [("value", "bad.xlsx:年度经营!D2"), ("value", "bad.xlsx:申报主体!C3")]
    assert batch.state == "unusable"  # nobody is left


def test_bad_rows_of_a_parquet_register_are_told(tmp_path: Path) -> None:
    same = code()
    applicants = [
        one("ok"), one("neg"), one("t1", uscc=same), one("t2", uscc=same), one("ok2"), one("dup"), one("dup"),
    ]  # fmt: skip
    applicants[1] = with_years(applicants[1], y2023=-1)
    pq.write_table(to_arrow(applicants, VOCABULARY), tmp_path / "r.parquet")
    batch = uploaded(tmp_path / "r.parquet")
    assert sorted(refused(batch)) == [
        ("duplicate-id", "r.parquet:6"),
        ("duplicate-id", "r.parquet:7"),
        ("twin-code", "r.parquet:3"),
        ("twin-code", "r.parquet:4"),
        ("value", "r.parquet:2:year.revenue"),
    ]
    assert applied(batch).counts["added"] == 2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-workbook"),
        ("r.xlsx", b"", "empty"),
        ("r.parquet", b"PAR1 no", "unreadable"),
        ("r.yaml", b"applicants: [", "yaml"),
        ("r.json", b"{", "json"),
        ("r.docx", b"x", "file-type"),
    ],
)
def test_a_file_that_is_none_is_unusable(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    batch = uploaded(tmp_path / name)
    assert batch.state == "unusable"
    row = batch.refusals.first()
    assert row is not None and row.whole and row.what_zh and row.what_en
    assert str(tmp_path) not in row.place
    with pytest.raises(Refused, match=r"registry\.state"):
        importing.confirm_import(officer(), batch=batch.pk)


def test_columns_that_are_none_end_the_file(tmp_path: Path) -> None:
    table = to_arrow([one()], VOCABULARY)
    pq.write_table(table.rename_columns([*table.column_names[:-1], "profit"]), tmp_path / "r.parquet")
    batch = uploaded(tmp_path / "r.parquet")
    assert (batch.state, batch.refusals.get().code) == ("unusable", "unknown-column")


def test_the_applicant_itself_does_not_state_titles(tmp_path: Path) -> None:
    titled = Applicant("b", one("b").facts, {"recognition": ({"id": "r", "title": "little_giant"},)})
    for name in ("r.yaml", "r.parquet"):
        path = written(tmp_path / name, one("a"), titled, one("c", leading_firm=True))
        batch = uploaded(path, kind=STATEMENT, source=name)
        assert [row.subject for row in batch.refusals.order_by("subject")] == ["b", "c"]
        assert "称号认定·称号" in batch.refusals.get(subject="b").what_zh
        assert batch.counts["added"] == 1
        assert uploaded(path, source=f"{name}2").counts["added"] == 3


def test_who_is_meant_must_be_plain(tmp_path: Path) -> None:
    old, new = code(), code()
    applied(
        uploaded(
            written(tmp_path / "1.yaml", one("a", uscc=old), one("b", uscc=new), one("p", kind="person"))
        )
    )
    swapped = one("a", uscc=new), one("x", uscc=old)
    assert refused_codes(written(tmp_path / "2.yaml", *swapped)) == {"a": "two-applicants"}
    assert refused_codes(written(tmp_path / "3.yaml", one("a", uscc=code()))) == {"a": "other-code"}
    assert refused_codes(written(tmp_path / "4.yaml", one("p"))) == {"p": "other-kind"}
    both = one("a"), one("y", uscc=old)
    assert refused_codes(written(tmp_path / "5.yaml", *both)) == {
        "a": "twin-applicant",
        "y": "twin-applicant",
    }
    assert refused_codes(written(tmp_path / "6.yaml", one("z", division=HONGSHAN)), WUCHANG) == {
        "z": "outside"
    }


def test_a_year_that_is_there_under_another_id_is_refused(tmp_path: Path) -> None:
    applied(uploaded(written(tmp_path / "1.yaml", with_years(one("a"), y2023=1))))
    other = Applicant("a", one("a").facts, {"year": ({"id": "fy23", "year": 2023},)})
    assert refused_codes(written(tmp_path / "2.yaml", other)) == {"a": "twin-record"}


def test_the_vocabulary_requires_what_tells_a_record() -> None:
    for kind, fields in ONE_OF.items():
        assert all(VOCABULARY.entities[kind].fields[name].required for name in fields)


def refused_codes(path: Path, district: str | None = None) -> dict[str, str]:
    return dict(uploaded(path, officer(district)).refusals.values_list("subject", "code"))


def test_a_known_code_brings_a_senders_own_id(tmp_path: Path) -> None:
    row = firm(division=WUCHANG)
    number = row.identifiers.get().lookup
    applied(uploaded(written(tmp_path / "1.yaml", one("own-7", uscc=number, size="micro"))))
    assert set(row.identifiers.values_list("scheme", "lookup")) == {("uscc", number), ("own", "own-7")}
    assert Row.objects.count() == 1
    applied(uploaded(written(tmp_path / "2.yaml", one("own-7", size="small"))))
    assert known(officer(), applicant=row.pk).facts["size"] == "small"
    # Another sender's 7 is somebody else.
    applied(uploaded(written(tmp_path / "3.yaml", one("own-7")), source="别处"))
    assert Row.objects.count() == 2


def test_data_come_without_a_file_too() -> None:
    year = {"id": "y", "year": 2023, "revenue": "500万元"}
    data: list[dict[str, Any]] = [
        {"id": "a", "name": "甲", "kind": "enterprise", "division": "420106", "year": [year]},
        {"id": "b", "name": "乙", "kind": "firm"},
    ]  # fmt: skip
    batch = importing.deliver(officer(), applicants=data, kind=AUTHORITY, source="区接口", stated_on=DAY)
    assert [(row.place, row.code) for row in batch.refusals.all()] == [("$[1].kind", "value")]
    applied(batch)
    assert exported("区接口")["a"].records["year"][0]["revenue"] == 500 * 10**6


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
