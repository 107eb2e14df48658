"""Takes a register's columns from Arrow data of other makers: what is missing is unknown, a wrong type is told.

Other tools write the same facts as large strings, dictionaries, short integers or whole decimals; those are taken
where nothing is lost. A float is not (a sum in floats is not exact any more), nor is a text that looks like a number.
Everything that reads a register from Arrow or Parquet checks it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from duixian.calendar.days import Both
from duixian.register.names import Names
from duixian.register.problems import NOTHING, Place, Problems, one_line, shown
from duixian.register.schema import NONE_SUFFIX

if TYPE_CHECKING:
    import pyarrow as pa

_ITEMS = "items"
_KEYS = ("id", _ITEMS, "numerator", "denominator")
"""What cannot be unknown: without it the rest means nothing."""
_MISSING = {"id": Both("申报主体和记录都要有编号", "applicants and records need an id")}

_CLAIMS = b"duixian.conditions"
"""What the metadata of claims have and those of a register have not."""
_NO_REGISTER = (
    Both(
        "这是 duixian assess 写出的申请结果，不是登记表",
        "these are claims that `duixian assess` wrote, and no register",
    ),
    Both("请给出当初评估的登记表", "give the register that they were made from"),
)


class RowError(ValueError):
    """A row cannot be taken; `row` counts from 0 within the batch, None if it is not known which one."""

    def __init__(self, what: Both, row: int | None = None) -> None:
        super().__init__(what, row)
        self.what = what
        self.row = row

    def __str__(self) -> str:
        return self.what.en


class Mismatch(NamedTuple):
    """A column that cannot be taken: a stable code, its path in words (`year.revenue`), and what to tell of it."""

    code: str
    path: str
    what: Both
    remedy: Both


class Fit(NamedTuple):
    """How a file's columns fit a register's: the paths that are missing (so unknown), and what cannot be taken."""

    missing: tuple[str, ...]
    mismatches: tuple[Mismatch, ...]

    @property
    def refused(self) -> frozenset[str]:
        """Return the paths that cannot be read."""
        return frozenset(item.path for item in self.mismatches if item.code != "unknown-column")


def in_words(path: str) -> str:
    """Return a path as people know it, without the step into a list.

    >>> in_words("year.items.revenue")
    'year.revenue'
    """
    return path.replace(f".{_ITEMS}.", ".")


def compare(found: pa.Schema, wanted: pa.Schema) -> Fit:
    """Compare the columns of a file with those of a register, at every depth."""
    fit = _Comparison()
    fit.fields("", list(found), list(wanted))
    return Fit(tuple(fit.missing), tuple(fit.mismatches))


def refuse_claims(found: pa.Schema, place: Place, problems: Problems) -> None:
    """Raise InputError for a file of claims: that alone is told, and not each of its columns."""
    if _CLAIMS in (found.metadata or {}):
        problems.add("claims", place, *_NO_REGISTER, whole=True)
        problems.raise_if_any()


def check_schema(found: pa.Schema, wanted: pa.Schema, place: Place, problems: Problems) -> tuple[str, ...]:
    """Note every column that cannot be taken; return the paths of those that are missing, so unknown.

    Raises:
        InputError: it is a file of claims.
    """
    refuse_claims(found, place, problems)
    fit = compare(found, wanted)
    for item in fit.mismatches:
        problems.add(item.code, place, item.what, item.remedy, whole=True)
    return fit.missing


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


class _Comparison:
    """Walks two schemas side by side and notes what does not fit."""

    def __init__(self) -> None:
        self.missing: list[str] = []
        self.mismatches: list[Mismatch] = []

    def note(self, code: str, path: str, what: Both, remedy: Both = NOTHING) -> None:
        self.mismatches.append(Mismatch(code, in_words(path), what, remedy))

    def fields(self, prefix: str, found: list[pa.Field], wanted: list[pa.Field]) -> None:
        """Compare the columns of a schema, or the fields of a struct."""
        known = {field.name for field in wanted}
        spellings = Names({name: (name, name) for name in known})
        names = [field.name for field in found]
        for name in dict.fromkeys(names):
            path = prefix + shown(name)
            if name not in known:
                what = Both(f"不认识的列「{in_words(path)}」", f"unknown column `{in_words(path)}`")
                self.note("unknown-column", path, what, spellings.nearest(name))
            elif names.count(name) > 1:
                what = Both(f"列「{in_words(path)}」出现两次", f"the column `{in_words(path)}` stands twice")
                self.note("twin-column", path, what, Both("请只留一列", "keep one"))
        for field in wanted:
            path = prefix + field.name
            if names.count(field.name) == 1:
                self.type(path, found[names.index(field.name)].type, field.type)
            elif field.name not in names and field.name in _KEYS and not field.nullable:
                what = Both(f"没有列「{in_words(path)}」", f"there is no column `{in_words(path)}`")
                self.note("missing-column", path, what, _MISSING.get(field.name, NOTHING))
            elif field.name not in names and not field.name.endswith(NONE_SUFFIX):
                self.missing.append(path)

    def type(self, path: str, found: pa.DataType, wanted: pa.DataType) -> None:
        """Compare the types of one column."""
        import pyarrow as pa

        if pa.types.is_struct(wanted) and pa.types.is_struct(found):
            self.fields(f"{path}.", list(found), list(wanted))
        elif _is_list(wanted) and _is_list(found):
            self.type(path, found.value_type, wanted.value_type)
        elif not _fits(found, wanted):
            name = in_words(path)
            what = Both(
                f"列「{name}」的类型是 {found}，应为 {wanted}",
                f"column `{name}` is {found}, expected {wanted}",
            )
            self.note("type", path, what, _remedy(found, wanted))


def _remedy(found: pa.DataType, wanted: pa.DataType) -> Both:
    import pyarrow as pa

    if pa.types.is_integer(wanted) and (pa.types.is_floating(found) or pa.types.is_decimal(found)):
        return Both(
            "金额写成以分计的整数，不用浮点数",
            "write sums as whole fen and counts as integers: a float is not exact",
        )
    if pa.types.is_date(wanted):
        return Both(
            "日期写成 date32，不带时刻，不写成文字", "write days as date32, with no time and not as text"
        )
    return Both(
        "`duixian import` 写出的文件类型都对", "files that `duixian import` writes have the right types"
    )


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether values of a type can become the wanted one without a guess; numbers too large are told by row."""
    import pyarrow as pa

    if found.equals(wanted) or pa.types.is_null(found):
        return True
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(found) or (pa.types.is_decimal(found) and found.scale == 0))
    if pa.types.is_date(wanted):
        return bool(pa.types.is_date(found))
    if pa.types.is_dictionary(found):
        found = found.value_type
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
        why = one_line(error)
        what = Both(f"列「{field.name}」有放不下的数（{why}）", f"`{field.name}` does not fit: {why}")
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
