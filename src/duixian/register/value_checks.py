"""Checks whole columns of a register: sums, days, words and codes that cannot be meant, each with its row."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from duixian.calendar.days import Both
from duixian.language.vocabulary import Field, Vocabulary
from duixian.register.amounts import LIMIT, ValueProblem
from duixian.register.faults import Faults, Rows
from duixian.register.identity import check_uscc
from duixian.register.problems import shown
from duixian.register.values import DAYS, LONGEST, YEARS

if TYPE_CHECKING:
    import pyarrow as pa

_DIVISION: Final = r"^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}$"
_EPOCH: Final = dt.date(1970, 1, 1)
_SIGNS: Final = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_NO_CODE: Final = Both("应为六位行政区划代码（GB/T 2260）", "a six-digit division code (GB/T 2260) is needed")


class Column:
    """A column of values as it was read: its field, its name in messages, and the row of each value."""

    def __init__(self, field: Field, name: str, values: pa.Array, rows: Rows) -> None:
        self.field = field
        self.name = name
        self.values = values
        self.rows = rows

    def refuse(self, faults: Faults, code: str, bad: pa.Array, why: Both) -> None:
        """Note the values that `bad` marks (null is not marked)."""
        marked = np.flatnonzero(bad.fill_null(False).to_numpy(zero_copy_only=False))
        if len(marked):
            found = shown(str(self.values[int(marked[0])].as_py()))
            what = Both(
                f"「{self.field.label.zh}」为「{found}」，{why.zh}", f"`{self.name}` is '{found}': {why.en}"
            )
            faults.add(code, self.name, self.rows[marked], what)


def narrowed(values: pa.Array, wanted: pa.DataType, name: str, rows: Rows, faults: Faults) -> pa.Array:
    """The values in the schema's type; those that do not fit it are faults and become unknown."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if values.type.equals(wanted):
        return values
    if pa.types.is_integer(wanted):
        wide = values.cast(pa.decimal128(38, 0)) if not pa.types.is_null(values.type) else values
        top = LIMIT if wanted.bit_width == 64 else 2**31 - 1
        limit = pa.scalar(top, pa.int64()).cast(wide.type)
        bad = pc.or_(pc.greater(wide, limit), pc.less(wide, pc.negate(limit))).fill_null(False)
        marked = np.flatnonzero(bad.to_numpy(zero_copy_only=False))
        if len(marked):
            found = values[int(marked[0])].as_py()
            what = Both(
                f"「{found}」超出{wanted.bit_width}位整数的范围（上限 {top}）",
                f"`{name}`: '{found}' does not fit {wanted.bit_width} bits (at most {top})",
            )
            faults.add("does-not-fit", name, rows[marked], what)
            values = pc.if_else(bad, pa.scalar(None, wide.type), wide)
    try:
        return values.cast(wanted)
    except pa.ArrowInvalid as error:
        why = shown(str(error))
        what = Both(f"不能读成 {wanted}（{why}）", f"`{name}` cannot be read as {wanted}: {why}")
        faults.add("type", name, rows[:1], what)
        return pa.nulls(len(values), wanted)


def check_column(column: Column, vocabulary: Vocabulary, faults: Faults) -> None:
    """Note every value of the column that cannot be meant."""
    kind = column.field.type.kind
    if kind in ("money", "count", "year", "date"):
        _numbers(column, kind, faults)
    elif kind in ("enum", "set"):
        _words(column, vocabulary, faults)
    elif kind in ("text", "record", "division"):
        _texts(column, kind, faults)
    elif kind in ("ratio", "area", "price_per_area"):
        _fractions(column, faults)


def _numbers(column: Column, kind: str, faults: Faults) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = column.values.cast(pa.int32()) if kind == "date" else column.values
    if kind in ("money", "count"):
        why = Both("不能为负数", "it cannot be negative")
        column.refuse(faults, "negative", pc.less(values, 0), why)
        return
    low, high = (YEARS[0], YEARS[-1]) if kind == "year" else [(end - _EPOCH).days for end in DAYS]
    shown_low, shown_high = (low, high) if kind == "year" else (DAYS[0].year, DAYS[1].year)
    bad = pc.or_(pc.less(values, low), pc.greater(values, high))
    why = Both(f"应在{shown_low}至{shown_high}年", f"a year from {shown_low} to {shown_high} is meant")
    column.refuse(faults, kind, bad, why)


def _words(column: Column, vocabulary: Vocabulary, faults: Faults) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    known = pa.array(list(vocabulary.enums[column.field.type.of]), pa.string())
    if column.field.type.kind == "set":
        items = column.values.flatten()
        owner = column.rows[pc.list_parent_indices(column.values).to_numpy(zero_copy_only=False)]
        column = Column(column.field, column.name, items, owner)
        empty = Both("集合里不能有空值", "a set holds no nulls")
        column.refuse(faults, "null-item", items.is_null(), empty)
    why = Both("不是所列选项之一", "it is none of the listed values: `duixian vocabulary` shows them")
    bad = pc.and_(column.values.is_valid(), pc.invert(pc.is_in(column.values, known)))
    column.refuse(faults, "unknown-value", bad, why)


def _texts(column: Column, kind: str, faults: Faults) -> None:
    import pyarrow.compute as pc

    if kind == "division":
        bad = pc.invert(pc.match_substring_regex(column.values, _DIVISION))
        column.refuse(faults, "division", bad, _NO_CODE)
        return
    too_long = pc.greater(pc.utf8_length(column.values), LONGEST)
    column.refuse(faults, "text", too_long, Both(f"超过{LONGEST}字", f"more than {LONGEST} characters"))
    broken = pc.match_substring_regex(column.values, r"[\x00-\x1f\x7f]")
    column.refuse(faults, "text", broken, Both("含有换行等控制符", "it holds line breaks or control signs"))
    if column.field.name == "uscc":
        _codes(column, faults)


def _codes(column: Column, faults: Faults) -> None:
    """Unified social credit codes: the check sign of all at once, the reason of the first bad one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    sized = pc.equal(pc.binary_length(column.values), 18).fill_null(False)
    whole = column.values.filter(sized)
    bad = ~sized.to_numpy(zero_copy_only=False)
    if len(whole):
        table = np.full(256, -1, np.int64)
        table[np.frombuffer(_SIGNS, np.uint8)] = np.arange(len(_SIGNS))
        joined = b"".join(whole.cast(pa.binary()).to_pylist())
        places = table[np.frombuffer(joined, np.uint8).reshape(-1, 18)]
        weights = np.asarray([pow(3, place, 31) for place in range(17)], np.int64)
        right = (31 - places[:, :17] @ weights % 31) % 31 == places[:, 17]
        right &= (places >= 0).all(axis=1) & (places[:, 2:8] <= 9).all(axis=1)
        bad[np.flatnonzero(~bad)] = ~right
    bad &= column.values.is_valid().to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(bad)[:1]:
        try:
            check_uscc(column.values[int(place)].as_py())
            why = Both("应写成18位大写、不含空格", "write it as 18 capitals without spaces")
        except ValueProblem as problem:
            why = Both(problem.text("zh"), problem.text("en"))
        column.refuse(faults, "uscc", pa.array(bad), why)


def _fractions(column: Column, faults: Faults) -> None:
    import pyarrow.compute as pc

    parts: Any = column.values.flatten()
    bad = pc.or_(pc.less(parts[0], 0), pc.less_equal(parts[1], 0))
    why = Both("分子不能为负，分母须大于0", "the numerator cannot be negative, the denominator is above 0")
    column.refuse(faults, "fraction", bad, why)
