"""Compares a Parquet file's columns with the register's schema: what is missing, unknown or of another type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duixian.calendar.days import Both
from duixian.language.vocabulary import Vocabulary
from duixian.register.faults import Faults
from duixian.register.names import Names
from duixian.register.problems import shown
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa

_RIGHT_TYPE = Both(
    "`duixian import` 写出的文件类型都对", "files that `duixian import` writes have the right types"
)


class Fit:
    """What a file has of the schema: `missing` columns (told, not refused) and `refused` ones (not read)."""

    def __init__(self) -> None:
        self.missing: list[str] = []
        self.refused: set[str] = set()


def compare(found: pa.Schema, vocabulary: Vocabulary, faults: Faults) -> Fit:
    """Compare a file's schema with the register's; what does not fit is a fault of the whole file."""
    fit = Fit()
    _children(register_schema(vocabulary), found, "", fit, faults)
    if "id" in fit.missing:
        what = Both("没有 id 列：申报主体没有编号", "there is no column `id`: applicants have no id")
        faults.whole("no-id", "id", what)
    return fit


def _children(
    wanted: pa.Schema | pa.StructType, found: pa.Schema | pa.StructType, path: str, fit: Fit, faults: Faults
) -> None:
    names = [field.name for field in found]
    known = [field.name for field in wanted]
    for name in {name: None for name in names if names.count(name) > 1}:
        what = Both(f"列「{shown(name)}」出现两次", f"the column `{shown(name)}` stands twice")
        faults.whole("twin-column", path + name, what)
        fit.refused.add(path + name)
    spellings = Names({name: (name, name) for name in known})
    for name in names:
        if name not in known:
            what = Both(f"不认识的列「{shown(name)}」", f"unknown column `{shown(name)}`")
            faults.whole("unknown-column", path + shown(name), what, spellings.nearest(name))
    for field in wanted:
        column = path + field.name
        if field.name not in names:
            fit.missing.append(column)
        elif column not in fit.refused:
            _one(field.type, found.field(field.name).type, column, fit, faults)


def _one(wanted: pa.DataType, found: pa.DataType, column: str, fit: Fit, faults: Faults) -> None:
    import pyarrow as pa

    if pa.types.is_struct(wanted) and pa.types.is_struct(found):
        _children(wanted, found, f"{column}.", fit, faults)
    elif pa.types.is_list(wanted) and (pa.types.is_list(found) or pa.types.is_large_list(found)):
        inner = wanted.value_type
        if pa.types.is_struct(inner) and pa.types.is_struct(found.value_type):
            _children(inner, found.value_type, f"{column.removesuffix('.items')}.", fit, faults)
        else:
            _one(inner, found.value_type, column, fit, faults)
    elif not _readable(wanted, found):
        what = Both(f"类型为 {found}，应为 {wanted}", f"the type is {found}, {wanted} is needed")
        faults.whole("type", column, what, _RIGHT_TYPE)
        fit.refused.add(column)


def _readable(wanted: pa.DataType, found: pa.DataType) -> bool:
    """Whether values of a type can be turned into the wanted one without a guess; a float of money cannot."""
    import pyarrow as pa

    if pa.types.is_null(found):
        return True
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(found) or (pa.types.is_decimal(found) and found.scale == 0))
    if pa.types.is_string(wanted):
        if pa.types.is_dictionary(found):
            found = found.value_type
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
    return bool(wanted.equals(found) or (pa.types.is_date(wanted) and pa.types.is_date(found)))
