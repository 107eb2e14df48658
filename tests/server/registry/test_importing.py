"""Imports: what a file would change is shown before, and every refusal is told with its place and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.server.registry.files import (
    AUTHORITY,
    SAMPLE,
    STATEMENT,
    VOCABULARY,
    applied,
    exported,
    one,
    plain,
    refused,
    refused_codes,
    uploaded,
    with_years,
    written,
)
from tests.server.registry.office import DAY, HONGSHAN, WUCHANG, code, firm, officer

from duixian.register.applicant import Absent, Applicant
from duixian.register.columns import to_arrow
from duixian.register.read import read_register
from duixian.register.template import write_template, write_workbook
from duixian.register.write import write_register
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.registry.models import Applicant as Row
from duixian.server.registry.models import RecordVersion
from duixian.server.registry.naturals import ONE_OF
from duixian.server.registry.selectors import known
from duixian.server.registry.services import importing


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
