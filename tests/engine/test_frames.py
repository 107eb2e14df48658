"""A register held in memory, from pyarrow or any library that speaks Arrow."""

from collections.abc import Callable
from typing import Any

import pandas
import polars
import pyarrow as pa
import pytest
from tests.engine.registers import REQUEST, kernel, table

from duixian.engine import assess_register
from duixian.engine.assess import Request, RequestError
from duixian.engine.written import written
from duixian.register.conform import RowError
from duixian.register.problems import InputError

FIRST = ("a0", "a1", "a2", "a3", "a4")


class Foreign:
    """A table of another library: all that is known of it is its Arrow interface."""

    def __init__(self, data: pa.Table) -> None:
        self._data = data

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._data.__arrow_c_stream__(requested_schema)


class ForeignBatch:
    def __init__(self, data: pa.RecordBatch) -> None:
        self._data = data

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        return self._data.__arrow_c_array__(requested_schema)


def expected() -> list[dict[str, Any]]:
    batch = table().combine_chunks().to_batches()[0]
    found: list[dict[str, Any]] = written(kernel(), batch, kernel().reference_run(batch, REQUEST)).to_pylist()
    return found


def large(kind: pa.DataType) -> pa.DataType:
    """The type as Polars has it: long offsets, dictionaries for words."""
    if pa.types.is_string(kind):
        return pa.large_string()
    if pa.types.is_list(kind):
        return pa.large_list(large(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, large(field.type)) for field in kind])
    return kind


@pytest.mark.parametrize(
    "give",
    [
        lambda data: data,
        lambda data: data.to_reader(max_chunksize=17),
        Foreign,
        lambda data: ForeignBatch(data.combine_chunks().to_batches()[0]),
        lambda data: data.cast(pa.schema([(f.name, large(f.type)) for f in data.schema])),
        lambda data: data.select(list(reversed(data.column_names))),
        lambda data: data.set_column(1, "kind", data["kind"].dictionary_encode()),
    ],
    ids=["table", "reader", "stream", "array", "large types", "other order", "dictionary"],
)
def test_claims_are_those_of_the_reference(give: Any) -> None:
    assert assess_register(give(table()), kernel(), request=REQUEST).to_pylist() == expected()


def test_policies_are_compiled() -> None:
    found = assess_register(table().slice(0, 5), kernel().policies, request=REQUEST)
    assert found.to_pylist() == [claim for claim in expected() if claim["applicant"] in FIRST]


def test_all_installed_policies_are_taken_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duixian.language.cache.installed_policies", lambda: kernel().policies)
    assert assess_register(table(), request=REQUEST).to_pylist() == expected()


def test_what_does_not_speak_arrow_is_refused() -> None:
    with pytest.raises(TypeError, match="__arrow_c_stream__"):
        assess_register([{"id": "a"}], kernel(), request=REQUEST)


def test_a_column_of_another_type_is_told() -> None:
    with pytest.raises(InputError, match="column `id` is int64, expected string"):
        assess_register(pa.table({"id": [1]}), kernel(), request=REQUEST)


def test_a_row_without_an_id_is_told() -> None:
    with pytest.raises(RowError, match="`id` is null") as caught:
        assess_register(pa.table({"id": ["a", None]}), kernel(), request=REQUEST)
    assert caught.value.row == 1


def test_a_policy_that_is_not_known_is_told() -> None:
    with pytest.raises(RequestError, match="no policy `x`"):
        assess_register(pa.table({"id": ["a"]}), kernel(), request=Request(REQUEST.on, {"x": REQUEST.on}))


@pytest.mark.parametrize(
    "give",
    [polars.from_arrow, lambda data: data.to_pandas(types_mapper=pandas.ArrowDtype)],
    ids=["polars", "pandas"],
)
def test_other_libraries(give: Callable[[pa.Table], object]) -> None:
    assert assess_register(give(table()), kernel(), request=REQUEST).to_pylist() == expected()
