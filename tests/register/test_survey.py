"""The survey of a Parquet register: what it counts, and every fault with its column and row."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Absent, Applicant
from duixian.register.columns import to_arrow
from duixian.register.distribution import Sums
from duixian.register.id_checks import hashes
from duixian.register.problems import InputError
from duixian.register.sampling import sample_register
from duixian.register.schema import register_schema
from duixian.register.survey import MOST_RECORDS, Survey, survey

VOCABULARY = shared_vocabulary()
YEAR = {"id": "y1", "year": 2023, "revenue": 5 * 10**8, "rnd_spend": 10**8}
APPLICANTS = (
    Applicant("A", {"kind": "enterprise", "division": "420106", "settled": Absent.NONE}, {"year": (YEAR,)}),
    Applicant("B", {"kind": "enterprise", "fields": frozenset({"software"})}, {}, frozenset({"year"})),
    Applicant("C", {"kind": "person"}, {"project": ({"id": "p1"},)}),
)


def surveyed(tmp_path: Path, table: pa.Table, **options: Any) -> Survey:
    path = tmp_path / "r.parquet"
    pq.write_table(table, path, **options)
    return survey(path, VOCABULARY)


def told(found: Survey) -> list[str]:
    """The problems in English without the file's name."""
    return [problem.text("en").replace(f"{found.file}:", "") for problem in found.problems]


def rows(**changes: Any) -> list[dict[str, Any]]:
    """The three applicants as cells; the first with changed ones."""
    found: list[dict[str, Any]] = to_arrow(APPLICANTS, VOCABULARY).to_pylist()
    found[0] |= changes
    return found


def table_of(cells: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(cells, schema=register_schema(VOCABULARY))


def with_column(name: str, values: pa.Array) -> pa.Table:
    table = to_arrow(APPLICANTS, VOCABULARY)
    return table.set_column(table.schema.get_field_index(name), name, values)


def with_year(field: str, kind: pa.DataType, value: object) -> pa.Table:
    """The register with one field of the fiscal year in another type."""
    schema = register_schema(VOCABULARY)
    place = schema.get_field_index("year")
    items = schema.field("year").type.field("items").type.value_type
    fields = [pa.field(f.name, kind) if f.name == field else f for f in items]
    changed = pa.struct([pa.field("complete", pa.bool_()), pa.field("items", pa.list_(pa.struct(fields)))])
    cells = rows()
    cells[0]["year"]["items"][0][field] = value
    return pa.Table.from_pylist(cells, schema=schema.set(place, pa.field("year", changed)))


class TestDescription:
    def test_known_none_and_unknown(self, tmp_path: Path) -> None:
        found = surveyed(tmp_path, to_arrow(APPLICANTS, VOCABULARY))
        own = {field.name: (field.known, field.none, field.unknown) for field in found.types[0].fields}
        assert (found.rows, found.problems, found.missing, found.synthetic) == (3, (), (), None)
        assert own["kind"] == (3, 0, 0)
        assert own["division"] == (1, 0, 2)
        assert own["settled"] == (0, 1, 2)

    def test_records_and_whole_lists(self, tmp_path: Path) -> None:
        found = {kind.name: kind for kind in surveyed(tmp_path, to_arrow(APPLICANTS, VOCABULARY)).types}
        year = found["year"]
        assert (year.records, year.applicants, year.whole, year.most) == (1, 1, 1, 1)
        assert (found["project"].records, found["project"].whole) == (1, 0)

    @pytest.mark.parametrize("size", [1, 2])
    def test_row_groups_change_nothing(self, tmp_path: Path, size: int) -> None:
        table = to_arrow(APPLICANTS, VOCABULARY)
        assert surveyed(tmp_path, table, row_group_size=size).types == surveyed(tmp_path, table).types

    def test_sums(self) -> None:
        sums = Sums()
        values = np.random.default_rng(1).integers(1, 10**12, 10_000)
        sums.add(pa.array([0, *values.tolist(), None]))
        sums.add(pa.array([2**63 - 1, 2**63 - 1]))
        found = sums.distribution()
        assert found is not None
        assert found.total == int(values.astype(object).sum()) + 2 * (2**63 - 1)
        assert (found.zeros, found.least, found.greatest) == (1, 0, 2**63 - 1)
        assert found.median == pytest.approx(float(np.median(values)), rel=0.02)
        assert found.ninetieth == pytest.approx(float(np.quantile(values, 0.9)), rel=0.02)


class TestColumns:
    def test_missing_ones_are_told_and_unknown(self, tmp_path: Path) -> None:
        found = surveyed(tmp_path, to_arrow(APPLICANTS, VOCABULARY).drop_columns(["founded", "hire"]))
        assert found.missing == ("founded", "hire")
        assert found.problems == ()
        assert {field.name: field.unknown for field in found.types[0].fields}["founded"] == 3

    def test_without_ids(self, tmp_path: Path) -> None:
        found = surveyed(tmp_path, to_arrow(APPLICANTS, VOCABULARY).drop_columns(["id"]))
        assert told(found) == ["id: there is no column `id`; applicants and records need an id"]

    def test_unknown_ones_name_the_nearest(self, tmp_path: Path) -> None:
        table = to_arrow(APPLICANTS, VOCABULARY).append_column("divison", pa.array(["1"] * 3))
        (problem,) = told(surveyed(tmp_path, table))
        assert problem.startswith("divison: unknown column `divison`")
        assert "division" in problem.removeprefix("divison: unknown column `divison`")

    @pytest.mark.parametrize(
        ("kind", "value", "name"),
        [(pa.float64(), 5.0, "double"), (pa.string(), "500万元", "string"), (pa.bool_(), True, "bool")],
    )
    def test_wrong_types(self, tmp_path: Path, kind: pa.DataType, value: object, name: str) -> None:
        (problem,) = told(surveyed(tmp_path, with_year("revenue", kind, value)))
        assert problem.startswith(f"year.revenue: column `year.revenue` is {name}, expected int64")

    def test_a_list_that_is_none(self, tmp_path: Path) -> None:
        (problem,) = told(surveyed(tmp_path, with_column("year", pa.array([1, 2, 3]))))
        assert problem.startswith("year: column `year` is int64, expected struct<")

    @pytest.mark.parametrize("kind", [pa.int32(), pa.uint64(), pa.decimal128(20, 0)])
    def test_other_whole_numbers_are_read(self, tmp_path: Path, kind: pa.DataType) -> None:
        value = Decimal(500) if pa.types.is_decimal(kind) else 500
        found = surveyed(tmp_path, with_year("revenue", kind, value))
        sums = {field.name: field.sums for field in found.types[1].fields}["revenue"]
        assert (found.problems, sums and sums.total) == ((), 500)

    @pytest.mark.parametrize("kind", [pa.uint64(), pa.decimal128(25, 0)])
    def test_more_fen_than_64_bits_hold(self, tmp_path: Path, kind: pa.DataType) -> None:
        value = Decimal(2**63) if pa.types.is_decimal(kind) else 2**63
        (problem,) = told(surveyed(tmp_path, with_year("revenue", kind, value)))
        assert problem == (
            "1:year.revenue: `year.revenue`: '9223372036854775808' does not fit 64 bits "
            "(at most 9223372036854775807)"
        )

    def test_a_fraction_of_more_than_64_bits(self, tmp_path: Path) -> None:
        schema = register_schema(VOCABULARY)
        price = pa.struct([("numerator", pa.uint64()), ("denominator", pa.uint64())])
        fields = [
            pa.field(field.name, price) if field.name == "market_price" else field
            for field in schema.field("home").type.field("items").type.value_type
        ]
        changed = pa.struct([("complete", pa.bool_()), ("items", pa.list_(pa.struct(fields)))])
        item = {"id": "h", "market_price": {"numerator": 2**63, "denominator": 1}}
        cells = rows()
        cells[0]["home"] = {"complete": True, "items": [{**item, "talent_none": False}]}
        table = pa.Table.from_pylist(
            cells, schema=schema.set(schema.get_field_index("home"), pa.field("home", changed))
        )
        (problem,) = told(surveyed(tmp_path, table))
        assert problem.startswith("1:home.market_price: `home.market_price` cannot be read as struct<")

    def test_dictionaries_and_large_strings_are_read(self, tmp_path: Path) -> None:
        for values in (
            pa.array(["enterprise"] * 3).dictionary_encode(),
            pa.array(["enterprise"] * 3, pa.large_string()),
        ):
            assert surveyed(tmp_path, with_column("kind", values)).problems == ()


def year(**changes: Any) -> Callable[[], pa.Table]:
    def make() -> pa.Table:
        cells = rows()
        cells[0]["year"]["items"][0] |= changes
        return table_of(cells)

    return make


def own(**changes: Any) -> Callable[[], pa.Table]:
    return lambda: table_of(rows(**changes))


def records(name: str, *items: dict[str, Any]) -> Callable[[], pa.Table]:
    def make() -> pa.Table:
        cells = rows()
        empty = {
            field.name: None
            for field in register_schema(VOCABULARY).field(name).type.field("items").type.value_type
        }
        none = {key: False for key in empty if key.endswith("_none")}
        cells[0][name] = {"complete": True, "items": [{**empty, **none, **item} for item in items]}
        return table_of(cells)

    return make


FAULTS = {
    "negative": (year(revenue=-1), "1:year.revenue: `year.revenue` is '-1': it cannot be negative"),
    "year": (year(year=23), "1:year.year: `year.year` is '23': a year from 1949 to 2100 is meant"),
    "required": (year(year=None), "1:year.year: there is no `year`, which is required"),
    "day": (own(founded=-100_000), "1:founded: `founded` is '1696-03-17': a year from 1800 to 2199 is meant"),
    "word": (own(size="huge"), "1:size: `size` is 'huge': it is none of the listed values"),
    "set": (own(fields=["software", "magic"]), "1:fields: `fields` is 'magic': it is none of the listed"),
    "division": (own(division="武汉"), "1:division: `division` is '武汉': a six-digit division code"),
    "long": (own(name="字" * 501), "more than 500 characters"),
    "lines": (own(name="a\nb"), "it holds line breaks or control signs"),
    "uscc": (own(uscc="91420100MA00000024"), "need the check sign"),
    "uscc length": (own(uscc="9142"), "it has 4"),
    "blank id": (own(id=""), "1:id: there is no id"),
    "twin ids": (own(id="C"), "3:id: the applicant id 'C' stands twice, first in row 1"),
    "twin records": (
        records("certification", {"id": "c", "scheme": "dcmm"}, {"id": "c", "scheme": "ccrc"}),
        "1:certification.id: the id 'c' stands twice with the same applicant",
    ),
    "reference": (
        records("platform_year", {"id": "u", "platform": "nowhere", "year": 2023}),
        "1:platform_year.platform: the applicant has no platform with the id 'nowhere'",
    ),
    "price": (
        records("home", {"id": "h", "market_price": {"numerator": 1, "denominator": 0}}),
        "the denominator is above 0",
    ),
    "value and none": (
        records("hire", {"id": "h", "kind": "ai_urgent", "left": 19000, "left_none": True}),
        "1:hire.left_none: it has a value and is said to be none",
    ),
    "crowd": (
        records("home", *({"id": f"h{number}"} for number in range(MOST_RECORDS + 1))),
        "1:home: one applicant has 10,001 records of `home`, more than 10,000",
    ),
}


class TestFaults:
    @pytest.mark.parametrize("name", FAULTS)
    def test_each_is_told_once_with_its_row(self, tmp_path: Path, name: str) -> None:
        make, words = FAULTS[name]
        found = surveyed(tmp_path, make())
        assert len(found.problems) == 1, told(found)
        assert words in told(found)[0]
        assert found.problems[0].text("zh") != found.problems[0].text("en")

    def test_many_of_a_kind_are_counted(self, tmp_path: Path) -> None:
        cells = [row | {"size": "huge"} for row in rows()]
        (problem,) = told(surveyed(tmp_path, table_of(cells), row_group_size=1))
        assert problem.endswith("shows them (and 2 more)")

    def test_a_record_of_another_applicant_is_no_target(self, tmp_path: Path) -> None:
        cells = records("platform_year", {"id": "u", "platform": "x", "year": 2023})().to_pylist()
        cells[1]["platform"] = records("platform", {"id": "x"})().to_pylist()[0]["platform"]
        (problem,) = told(surveyed(tmp_path, table_of(cells)))
        assert problem.startswith("1:platform_year.platform")

    def test_nulls_where_none_may_be(self, tmp_path: Path) -> None:
        schema = register_schema(VOCABULARY)
        loose = pa.schema([pa.field(f.name, f.type, nullable=True) for f in schema])
        cells = rows()
        cells[1]["year"] = None
        found = surveyed(tmp_path, pa.Table.from_pylist(cells, schema=loose))
        assert "2:year: it is never null" in told(found)

    def test_an_applicant_of_100_000_records_is_described(self, tmp_path: Path) -> None:
        many = tuple({"id": f"h{number}"} for number in range(100_000))
        table = to_arrow([*APPLICANTS, Applicant("D", {}, {"home": many})], VOCABULARY)
        found = surveyed(tmp_path, table)
        assert told(found)[0].startswith("4:home: one applicant has 100,000 records")
        assert {kind.name: kind.most for kind in found.types}["home"] == 100_000

    @pytest.mark.parametrize("content", [b"", b"PAR1 and nothing else", b"id,name\n1,2\n"])
    def test_what_is_no_parquet(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "r.parquet"
        path.write_bytes(content)
        with pytest.raises(InputError, match="cannot be opened"):
            survey(path, VOCABULARY)

    def test_a_damaged_row_group_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        pq.write_table(to_arrow(APPLICANTS, VOCABULARY), path, row_group_size=2, use_dictionary=False)
        place = pq.read_metadata(path).row_group(1).column(0).data_page_offset
        data = bytearray(path.read_bytes())
        data[place : place + 40] = b"\xff" * 40
        path.write_bytes(data)
        with pytest.raises(InputError, match="row group 2 is damaged"):
            survey(path, VOCABULARY)


class TestHashes:
    def test_equal_texts_only(self) -> None:
        texts = [f"{number}" for number in range(20_000)] + ["ab", "ba", "a", "aa", "", "编号", "号编"]
        found = hashes(pa.array(texts))
        assert len(set(found.tolist())) == len(texts)
        assert found[texts.index("")] == 0

    def test_slices_and_nulls(self) -> None:
        whole = pa.array(["x", None, "yy", "x"])
        found = hashes(whole)
        assert found[1] == 0
        assert found[0] == found[3]
        assert hashes(whole.slice(2)).tolist() == found[2:].tolist()


class TestSample:
    def test_seeded_and_in_order(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        many = [Applicant(f"{number:05}", {}) for number in range(1000)]
        pq.write_table(to_arrow(many, VOCABULARY), path, row_group_size=90)
        one, again, other = (sample_register(path, 50, seed)["id"].to_pylist() for seed in (1, 1, 2))
        assert one == again == sorted(one)
        assert one != other
        assert len(set(one)) == 50
        assert sample_register(path, 5000, 1).num_rows == 1000
