"""Takes a register's columns from Arrow data of other makers: what is missing is unknown, a wrong type is told.

Other tools write the same facts as large strings, dictionaries or short integers; those are taken where
nothing is lost. A float is not: a sum in floats is not exact any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from duixian.calendar.days import Both
from duixian.register.names import Names
from duixian.register.problems import NOTHING, Place, Problems, shown
from duixian.register.schema import NONE_SUFFIX

if TYPE_CHECKING:
    import pyarrow as pa

_KEYS = ("id", "items", "numerator", "denominator")
"""What cannot be unknown: without it the rest means nothing."""


class RowError(ValueError):
    """A row cannot be taken; `row` counts from 0 within the batch, None if it is not known which one."""

    def __init__(self, what: Both, row: int | None = None) -> None:
        super().__init__(what, row)
        self.what = what
        self.row = row

    def __str__(self) -> str:
        return self.what.en


def check_schema(found: pa.Schema, wanted: pa.Schema, place: Place, problems: Problems) -> tuple[str, ...]:
    """Note every column that cannot be taken; return the paths of those that are missing, so unknown."""
    missing: list[str] = []
    columns = {field.name: field.type for field in found}
    _check_fields("", columns, list(wanted), (place, problems), missing)
    return tuple(missing)


def conform(batch: pa.RecordBatch, wanted: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns, order and types of `wanted`; a missing one is unknown throughout.

    Columns that already have their type are not copied.

    Raises:
        RowError: something that must be there is null, or a number does not fit.
    """
    import pyarrow as pa

    columns = []
    for field in wanted:
        place = batch.schema.get_field_index(field.name)
        array = _unknown(batch.num_rows, field) if place < 0 else _taken(batch.column(place), field)
        _require(array, field, field.name)
        columns.append(array)
    return pa.RecordBatch.from_arrays(columns, schema=wanted)


def leaves(schema: pa.Schema) -> Iterator[str]:
    """The path of every leaf in the order in which Parquet counts its columns, without the lists' own steps."""
    for field in schema:
        yield from _leaves(field.type, field.name)


def _leaves(kind: pa.DataType, path: str) -> Iterator[str]:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(field.type, f"{path}.{field.name}")
    elif _is_list(kind):
        yield from _leaves(kind.value_type, path)
    else:
        yield path


def _check_fields(
    path: str,
    found: dict[str, pa.DataType],
    wanted: list[pa.Field],
    told: tuple[Place, Problems],
    missing: list[str],
) -> None:
    place, problems = told
    names = Names({field.name: (field.name, field.name) for field in wanted})
    for name in found:
        if all(field.name != name for field in wanted):
            what = Both(f"不认识的列「{shown(path + name)}」", f"unknown column `{shown(path + name)}`")
            problems.add("unknown-column", place, what, names.nearest(name), whole=True)
    for field in wanted:
        kind = found.get(field.name)
        if kind is not None:
            _check_type(path + field.name, kind, field.type, told, missing)
        elif field.name in _KEYS and not field.nullable:
            what = Both(f"没有列「{path}{field.name}」", f"there is no column `{path}{field.name}`")
            problems.add("missing-column", place, what, whole=True)
        elif not field.name.endswith(NONE_SUFFIX):
            missing.append(path + field.name)


def _check_type(
    path: str, found: pa.DataType, wanted: pa.DataType, told: tuple[Place, Problems], missing: list[str]
) -> None:
    import pyarrow as pa

    if pa.types.is_struct(wanted) and pa.types.is_struct(found):
        inner = {field.name: field.type for field in found}
        _check_fields(f"{path}.", inner, list(wanted), told, missing)
    elif _is_list(wanted) and _is_list(found):
        _check_type(path, found.value_type, wanted.value_type, told, missing)
    elif not _fits(found, wanted):
        place, problems = told
        what = Both(
            f"列「{path}」的类型是 {found}，应为 {wanted}", f"column `{path}` is {found}, expected {wanted}"
        )
        remedy = NOTHING
        if pa.types.is_integer(wanted) and (pa.types.is_floating(found) or pa.types.is_decimal(found)):
            remedy = Both("金额写成以分计的整数，不用浮点数", "write sums as whole fen: a float is not exact")
        problems.add("type", place, what, remedy, whole=True)


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(found):
        found = found.value_type
    if found.equals(wanted) or pa.types.is_null(found):
        return True
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(found))
    texts: tuple[Callable[[pa.DataType], bool], ...] = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
    )
    return bool(pa.types.is_string(wanted)) and any(is_text(found) for is_text in texts)


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _taken(array: Any, field: pa.Field) -> Any:
    """The array in the field's type."""
    import pyarrow as pa

    wanted = field.type
    if array.type.equals(wanted):
        return array
    if pa.types.is_null(array.type):
        return _unknown(len(array), field)
    if pa.types.is_struct(wanted):
        names = {inner.name: place for place, inner in enumerate(array.type)}
        children = [
            _taken(array.field(names[inner.name]), inner)
            if inner.name in names
            else _unknown(len(array), inner)
            for inner in wanted
        ]
        mask = array.is_null() if array.null_count else None
        return pa.StructArray.from_arrays(children, fields=list(wanted), mask=mask)
    if _is_list(wanted):
        import pyarrow.compute as pc

        values = _taken(array.values, wanted.value_field)
        offsets = pc.add(array.offsets, 0).cast(pa.int32())
        mask = array.is_null() if array.null_count else None
        return pa.ListArray.from_arrays(offsets, values, type=wanted, mask=mask)
    try:
        return array.cast(wanted)
    except pa.ArrowInvalid as error:
        what = Both(f"列「{field.name}」有放不下的数（{error}）", f"`{field.name}` does not fit: {error}")
        raise RowError(what) from None


def _unknown(count: int, field: pa.Field) -> Any:
    """So many values of which nothing is known."""
    import pyarrow as pa

    wanted = field.type
    if field.nullable:
        return pa.nulls(count, wanted)
    if pa.types.is_boolean(wanted):
        return pa.repeat(pa.scalar(False), count)
    if pa.types.is_struct(wanted):
        return pa.StructArray.from_arrays([_unknown(count, inner) for inner in wanted], fields=list(wanted))
    offsets = pa.repeat(pa.scalar(0, pa.int32()), count + 1)
    return pa.ListArray.from_arrays(offsets, pa.array([], wanted.value_type), type=wanted)


def _require(array: Any, field: pa.Field, path: str, own: bool = True) -> None:
    """Raise RowError if something is null that must not be; `own` says that an element is a row."""
    import pyarrow as pa

    if array.null_count and not field.nullable:
        row = array.is_null().index(True).as_py() if own else None
        raise RowError(Both(f"「{path}」缺失", f"`{path}` is null"), row)
    if pa.types.is_struct(field.type) and not array.null_count:
        for place, inner in enumerate(field.type):
            _require(array.field(place), inner, f"{path}.{inner.name}", own)
    elif _is_list(field.type):
        _require(array.flatten(), field.type.value_field, path, own=False)
