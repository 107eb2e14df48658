"""A column of another type is an error with its name and a remedy, in every reader; nothing is cast with loss."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duixian.lab.registers import open_register
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant
from duixian.register.columns import from_arrow, to_arrow
from duixian.register.conform import compare, conform
from duixian.register.problems import InputError
from duixian.register.read import read_register
from duixian.register.schema import register_schema
from duixian.register.survey import survey

V = shared_vocabulary()
SCHEMA = register_schema(V)
FIRM = Applicant(
    "A1",
    {"kind": "enterprise", "founded": dt.date(2020, 1, 2), "legal_person": True},
    {"year": ({"id": "y", "year": 2022, "revenue": 500},)},
    frozenset({"year"}),
)


def table(**columns: pa.Array) -> pa.Table:
    """One applicant, some of whose columns are others."""
    made = to_arrow([FIRM], V)
    for name, values in columns.items():
        made = made.set_column(made.schema.get_field_index(name), name, values)
    return made


def with_revenue(kind: pa.DataType, value: object) -> pa.Table:
    """One applicant whose revenue is of another type."""
    year = pa.struct([("id", pa.string()), ("year", pa.int32()), ("revenue", kind)])
    both = pa.struct([("complete", pa.bool_()), ("items", pa.list_(year))])
    item = {"id": "y", "year": 2022, "revenue": value}
    return table(year=pa.array([{"complete": True, "items": [item]}], both))


def told_by_all(path: Path) -> set[str]:
    """What each reader of a Parquet register says of its columns, without the place; the same of all."""
    told: list[str] = []
    for read in (read_register, open_register):
        with pytest.raises(InputError) as caught:
            read(path, V)
        told.append("\n".join(f"{p.what.en}; {p.remedy.en}" for p in caught.value.problems))
    found = survey(path, V).problems
    told.append("\n".join(f"{p.what.en}; {p.remedy.en}" for p in found if p.whole))
    return set(told)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            with_revenue(pa.float64(), 500.0),
            "`year.revenue` is double, expected int64; write sums as whole fen",
        ),
        (
            with_revenue(pa.decimal128(10, 2), Decimal("5.00")),
            "is decimal128(10, 2), expected int64; write sums",
        ),
        (
            with_revenue(pa.string(), "500"),
            "`year.revenue` is string, expected int64; files that `duixian import`",
        ),
        (table(kind=pa.array([1])), "column `kind` is int64, expected string"),
        (table(legal_person=pa.array([1])), "column `legal_person` is int64, expected bool"),
        (table(legal_person=pa.array(["true"])), "column `legal_person` is string, expected bool"),
        (
            table(founded=pa.array([dt.datetime(2020, 1, 2, 23, 59)])),
            "column `founded` is timestamp[us], expected date32[day]; write days as date32, with no time",
        ),
        (table(fields=pa.array(["software"])), "column `fields` is string, expected list"),
        (table(year=pa.array([2022])), "column `year` is int64, expected struct"),
        (table().append_column("yaer", pa.array([1])), "unknown column `yaer`; did you mean `year`"),
        (table().append_column("kind", pa.array(["x"])), "the column `kind` stands twice; keep one"),
        (table().drop_columns("id"), "there is no column `id`; applicants and records need an id"),
    ],
)
def test_every_reader_says_the_same(tmp_path: Path, data: pa.Table, said: str) -> None:
    path = tmp_path / "r.parquet"
    pq.write_table(data, path)
    (told,) = told_by_all(path)
    assert said in told


@pytest.mark.parametrize(
    "data",
    [
        with_revenue(pa.int16(), 500),
        with_revenue(pa.uint64(), 500),
        with_revenue(pa.decimal128(20, 0), Decimal(500)),
        table(kind=pa.array(["enterprise"], pa.large_string())),
        table(kind=pa.array(["enterprise"]).dictionary_encode()),
        table(founded=pa.array([dt.date(2020, 1, 2)], pa.date64())),
    ],
)
def test_what_loses_nothing_is_taken(data: pa.Table) -> None:
    assert compare(data.schema, SCHEMA).mismatches == ()
    [batch] = data.to_batches()
    [found] = from_arrow(pa.Table.from_batches([conform(batch, SCHEMA)]), V)
    assert found.facts["kind"] == "enterprise"
    assert found.facts["founded"] == dt.date(2020, 1, 2)
    assert found.records["year"][0]["revenue"] == 500


def test_a_missing_column_is_unknown_and_told() -> None:
    fit = compare(with_revenue(pa.int64(), 500).drop_columns(["founded", "hire"]).schema, SCHEMA)
    assert fit.mismatches == ()
    assert {"founded", "hire", "year.items.headcount"} <= set(fit.missing)


@pytest.mark.parametrize("value", [2**63, 2**64 - 1])
def test_a_number_that_does_not_fit_is_told(tmp_path: Path, value: int) -> None:
    path = tmp_path / "r.parquet"
    pq.write_table(with_revenue(pa.uint64(), value), path)
    for read in (_read, _batches):
        with pytest.raises(InputError, match="`revenue` does not fit"):
            read(path)


def test_a_row_without_an_id_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    rows: list[dict[str, Any]] = [{"id": "A1"}, {"id": None}]
    pq.write_table(pa.Table.from_pylist(rows, pa.schema([("id", pa.string())])), path)
    for read in (_read, _batches):
        with pytest.raises(InputError, match=r"r\.parquet:2: `id` is null"):
            read(path)


def _read(path: Path) -> None:
    read_register(path, V)


def _batches(path: Path) -> None:
    list(open_register(path, V).batches())
