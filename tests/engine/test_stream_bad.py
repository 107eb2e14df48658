"""A register in Parquet that is bad in part or in whole: what is wrong is named, and where."""

from pathlib import Path

import pyarrow as pa
import pytest
from tests.engine.registers import (
    FUND,
    GROUP,
    REQUEST,
    ROWS,
    asked,
    claims,
    kernel,
    spoil,
    table,
    write_register,
)

from duixian.engine.parquet_register import BadGroup
from duixian.engine.written import written
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant
from duixian.register.columns import to_arrow
from duixian.register.problems import InputError


class TestABadRegister:
    @pytest.mark.parametrize("checksum", [True, False])
    def test_names_the_row_group_that_cannot_be_read(self, tmp_path: Path, checksum: bool) -> None:
        source = write_register(tmp_path / "register.parquet", checksum=checksum)
        spoil(source, 3)
        with pytest.raises(BadGroup) as caught:
            asked().write(source, tmp_path / "claims.parquet")
        bad = caught.value
        assert (bad.file, bad.number, bad.first, bad.last) == (str(source), 4, 61, 80)
        assert "\n" not in bad.text("zh") + bad.text("en")
        assert not (tmp_path / "claims.parquet").exists()

    def test_leaves_it_out_if_asked_to(self, tmp_path: Path) -> None:
        register = write_register(tmp_path / "whole.parquet")
        source = write_register(tmp_path / "register.parquet")
        spoil(source, 3)
        summary = asked(skip_bad=True).write(source, tmp_path / "claims.parquet")
        asked().write(register, tmp_path / "right.parquet")
        lost = {f"a{number}" for number in range(60, 80)}
        kept = [claim for claim in claims(tmp_path / "right.parquet") if claim["applicant"] not in lost]
        assert claims(tmp_path / "claims.parquet") == kept
        assert summary.tally.applicants == ROWS - GROUP
        assert [(bad.number, bad.first, bad.last) for bad in summary.bad] == [(4, 61, 80)]

    def test_names_the_row_without_an_id(self, tmp_path: Path) -> None:
        ids = [None if row == 45 else str(row) for row in range(ROWS)]
        source = write_register(tmp_path / "register.parquet", data=_with("id", pa.array(ids)))
        with pytest.raises(BadGroup, match=r"row group 3 \(rows 41 to 60\).*row 46: `id` is null"):
            asked().write(source, tmp_path / "claims.parquet")

    def test_names_the_payment_that_is_of_no_measure(self, tmp_path: Path) -> None:
        payment = {"id": "p7", "measure": f"{FUND}/nothing-such"}
        applicant = Applicant("a7", {"kind": "enterprise"}, {"payment": [payment]})
        data = pa.concat_tables([table().slice(0, 30), to_arrow([applicant], shared_vocabulary())])
        source = write_register(tmp_path / "register.parquet", data=data)
        with pytest.raises(BadGroup, match=r"row group 2 \(rows 21 to 31\).*payment\[p7\].*applicant a7"):
            asked().write(source, tmp_path / "claims.parquet")

    def test_names_the_group_with_a_sum_of_more_than_64_bits(self, tmp_path: Path) -> None:
        source = write_register(tmp_path / "register.parquet", data=_with_income(2**63, pa.uint64()))
        with pytest.raises(BadGroup, match=r"row group 1 \(rows 1 to 20\).*9223372036854775808"):
            asked().write(source, tmp_path / "claims.parquet")

    def test_the_greatest_sum_of_64_bits_is_taken_exactly(self, tmp_path: Path) -> None:
        data = _with_income(2**63 - 1, pa.int64())
        source = write_register(tmp_path / "register.parquet", data=data)
        asked(emit="all").write(source, tmp_path / "claims.parquet")
        batch = data.combine_chunks().to_batches()[0]
        expected = written(kernel(), batch, kernel().reference_run(batch, REQUEST, emit="all"))
        assert claims(tmp_path / "claims.parquet") == expected.to_pylist()

    def test_an_applicant_of_a_hundred_thousand_records_is_assessed_like_others(self, tmp_path: Path) -> None:
        years = tuple({"id": f"y{n}", "year": 2019 + n % 3, "security_income": 10**6} for n in range(100_000))
        giant = Applicant("giant", {"kind": "enterprise"}, {"year": years}, frozenset({"year"}))
        both = pa.concat_tables([table().slice(0, 30), to_arrow([giant], shared_vocabulary())])
        source = write_register(tmp_path / "register.parquet", data=both)
        summary = asked(emit="all").write(source, tmp_path / "claims.parquet")
        batch = both.combine_chunks().to_batches()[0]
        expected = written(kernel(), batch, kernel().reference_run(batch, REQUEST, emit="all"))
        assert claims(tmp_path / "claims.parquet") == expected.to_pylist()
        assert summary.tally.applicants == 31

    @pytest.mark.parametrize(
        ("name", "values", "told"),
        [
            ("kinds", pa.array([1] * ROWS), "unknown column `kinds`"),
            ("legal_person", pa.array(["yes"] * ROWS), "column `legal_person` is string, expected bool"),
            ("founded", pa.array(["2020-01-01"] * ROWS), "column `founded` is string, expected date32[day]"),
            ("year", pa.array([1] * ROWS), "column `year` is int64, expected struct"),
        ],
    )
    def test_wrong_columns_are_named(self, tmp_path: Path, name: str, values: pa.Array, told: str) -> None:
        source = write_register(tmp_path / "register.parquet", data=_with(name, values))
        with pytest.raises(InputError) as caught:
            asked().write(source, tmp_path / "claims.parquet")
        assert told in str(caught.value)
        assert str(source) in str(caught.value)

    def test_sums_as_floats_are_refused(self, tmp_path: Path) -> None:
        source = write_register(tmp_path / "register.parquet", data=_with_income(0.5, pa.float64()))
        with pytest.raises(InputError, match=r"`year\.security_income` is double.*a float is not exact"):
            asked().write(source, tmp_path / "claims.parquet")

    def test_without_ids_there_is_no_register(self, tmp_path: Path) -> None:
        source = write_register(tmp_path / "register.parquet", data=table().drop_columns("id"))
        with pytest.raises(InputError, match="there is no column `id`"):
            asked().write(source, tmp_path / "claims.parquet")

    def test_missing_columns_are_unknown_and_told(self, tmp_path: Path) -> None:
        source = write_register(
            tmp_path / "register.parquet", data=table().drop_columns(["kind", "division"])
        )
        summary = asked(emit="all").write(source, tmp_path / "claims.parquet")
        blank = table()
        for name in ("kind", "division"):
            place = blank.schema.get_field_index(name)
            blank = blank.set_column(place, blank.schema.field(name), pa.nulls(ROWS, pa.string()))
        other = write_register(tmp_path / "blank.parquet", data=blank)
        asked(emit="all").write(other, tmp_path / "expected.parquet")
        assert set(summary.missing) == {"kind", "division"}
        assert claims(tmp_path / "claims.parquet") == claims(tmp_path / "expected.parquet")

    @pytest.mark.parametrize("content", [b"", b"id\n1\n", b"PAR1" + bytes(40) + b"PAR1"])
    def test_another_kind_of_file_is_told(self, tmp_path: Path, content: bytes) -> None:
        source = tmp_path / "register.parquet"
        source.write_bytes(content)
        with pytest.raises(InputError, match="cannot be opened"):
            asked().write(source, tmp_path / "claims.parquet")

    def test_a_missing_file_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="there is no such file"):
            asked().write(tmp_path / "register.parquet", tmp_path / "claims.parquet")


def _with(name: str, values: pa.Array) -> pa.Table:
    data = table()
    place = data.schema.get_field_index(name)
    return data.append_column(name, values) if place < 0 else data.set_column(place, name, values)


def _with_income(value: float, kind: pa.DataType) -> pa.Table:
    """The register with one income in every year of every applicant."""
    years = table()["year"].combine_chunks()
    items = years.field("items")
    records = items.values
    fields = list(records.type)
    columns = [records.field(place) for place in range(len(fields))]
    place = records.type.get_field_index("security_income")
    fields[place] = pa.field("security_income", kind)
    columns[place] = pa.array([value] * len(records), kind)
    found = pa.ListArray.from_arrays(items.offsets, pa.StructArray.from_arrays(columns, fields=fields))
    made = pa.StructArray.from_arrays([years.field("complete"), found], names=["complete", "items"])
    return _with("year", made)
