"""Blocks of Parquet put together: what any reader finds is what was put in, and the footer is spelt as Arrow's."""

import io
from pathlib import Path

import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.engine.blocks import encoded
from duixian.engine.parquet_blocks import JoinedFile, read_struct, struct_bytes

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("word", pa.dictionary(pa.int32(), pa.string())),
        pa.field("sum", pa.int64()),
        pa.field("day", pa.date32()),
        pa.field("sure", pa.bool_()),
        pa.field("share", pa.float64()),
        pa.field("parts", pa.list_(pa.field("element", pa.int32()))),
    ]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text(max_size=5),
            "word": st.sampled_from(["", "项目", "b", None]),
            "sum": st.none() | st.integers(-(2**63), 2**63 - 1),
            "day": st.none() | st.dates(),
            "sure": st.none() | st.booleans(),
            "share": st.none() | st.floats(allow_nan=False),
            "parts": st.none() | st.lists(st.integers(-9, 9), max_size=3),
        }
    ),
    min_size=1,
    max_size=6,
)


def joined(blocks: list[pa.Buffer], schema: pa.Schema = SCHEMA) -> bytes:
    file = io.BytesIO()
    made = JoinedFile(file, encoded(schema.empty_table()))
    for block in blocks:
        made.add(block)
    made.finish()
    return file.getvalue()


def footer(data: bytes) -> bytes:
    return data[-8 - int.from_bytes(data[-8:-4], "little") : -8]


class TestAJoinedFile:
    @given(st.lists(ROWS, max_size=20))
    def test_has_the_rows_of_its_blocks_in_their_order(self, groups: list[list[dict[str, object]]]) -> None:
        blocks = [encoded(pa.Table.from_pylist(rows, schema=SCHEMA)) for rows in groups]
        file = pq.ParquetFile(pa.BufferReader(joined(blocks)))
        assert file.read().to_pylist() == [row for rows in groups for row in rows]
        assert [file.metadata.row_group(number).num_rows for number in range(len(groups))] == [
            len(rows) for rows in groups
        ]
        for number, rows in enumerate(groups):
            assert file.read_row_group(number).to_pylist() == rows

    def test_of_one_block_is_that_block(self) -> None:
        block = encoded(pa.table({"id": ["a", "b"], "sum": [1, 2]}))
        assert joined([block], pa.schema({"id": pa.string(), "sum": pa.int64()})) == block.to_pybytes()

    def test_keeps_the_metadata_the_types_and_where_ids_lie(self) -> None:
        schema = SCHEMA.with_metadata({"told": "真"})
        rows = [{"id": name, "word": "项目"} for name in "bca"]
        file = pq.ParquetFile(
            pa.BufferReader(joined([encoded(pa.Table.from_pylist(rows, schema=SCHEMA))] * 2, schema))
        )
        assert file.schema_arrow.equals(schema, check_metadata=True)
        told = file.metadata.row_group(1).column(0).statistics
        assert (told.min, told.max) == ("a", "c")

    def test_is_read_alike_by_another_reader(self, tmp_path: Path) -> None:
        tables = [pa.table({"id": [str(n)] * n, "sum": range(n)}) for n in range(1, 40)]
        path = tmp_path / "joined.parquet"
        path.write_bytes(joined([encoded(table) for table in tables], tables[0].schema))
        whole = pa.concat_tables(tables).to_pylist()
        assert polars.read_parquet(path).to_dicts() == whole
        last = polars.scan_parquet(path).filter(polars.col("id") == "39").collect()
        assert last["sum"].to_list() == list(range(39))


class TestAFooter:
    @pytest.mark.parametrize("options", [{}, {"write_page_index": True}, {"compression": "none"}])
    def test_is_spelt_as_it_was_read(self, options: dict[str, object]) -> None:
        """A footer of Arrow's with many columns, statistics of each type and more than 15 row groups."""
        rows = [{"id": "a", "word": "b", "sum": -1, "sure": True, "share": 0.5, "parts": [1, 2]}]
        fields = [pa.field(f"{field.name}{number}", field.type) for field in SCHEMA for number in range(30)]
        made = pa.Table.from_pylist(rows * 20, schema=SCHEMA)
        table = pa.table([made[field.name] for field in SCHEMA for _ in range(30)], schema=pa.schema(fields))
        out = io.BytesIO()
        pq.write_table(table, out, row_group_size=1, **options)
        told = footer(out.getvalue())
        assert struct_bytes(read_struct(told)) == told

    @pytest.mark.parametrize("wrong", [b"\x1a\x00", b"\x1b\x00"])
    def test_with_values_of_another_kind_is_refused(self, wrong: bytes) -> None:
        with pytest.raises(ValueError, match="no values of kind"):
            read_struct(wrong)
