"""Reads the columns of an Arrow batch in place: addresses of buffers for native code, words turned into codes."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

from duixian.engine.kernel.slots import CODED, Column, Slots
from duixian.register.schema import NONE_SUFFIX

if TYPE_CHECKING:
    import pyarrow as pa

_WIDTHS = {"i64": 8, "i32": 4, "date": 4}
_CODES = {"enum": (0, 2), "set": (1, 8), "division": (2, 4), "name": (3, 2)}
"""The kind that `duixian_encode` knows, and the width in bytes of what it writes."""


class Col(ctypes.Structure):
    """As `Col` in c/values.h."""

    _fields_ = (
        ("valid", ctypes.c_void_p),
        ("data", ctypes.c_void_p),
        ("off", ctypes.c_void_p),
        ("at", ctypes.c_int64),
        ("none", ctypes.c_void_p),
        ("none_at", ctypes.c_int64),
        ("den", ctypes.c_void_p),
    )


class Lst(ctypes.Structure):
    """As `Lst` in c/values.h."""

    _fields_ = (("off", ctypes.c_void_p), ("whole", ctypes.c_void_p), ("whole_at", ctypes.c_int64))


class Inputs:
    """A batch as native code reads it; keeps every buffer alive that it points to."""

    def __init__(self, batch: pa.RecordBatch, slots: Slots, encode: Any, recode: Any) -> None:
        """Find the columns. Raises ValueError for one that is missing or of another type."""
        self._kept: list[Any] = []
        self._encode = encode
        self._recode = recode
        self._batch = batch
        self._places = {name: place for place, name in enumerate(batch.schema.names)}
        self._items: dict[str, tuple[Any, int, int]] = {}
        self.lists = (Lst * max(1, len(slots.lists)))()
        for entity, number in slots.lists.items():
            self._list(entity, self.lists[number])
        self.columns = (Col * max(1, len(slots.columns)))()
        for column, number in slots.columns.items():
            self._column(column, self.columns[number])

    def _list(self, entity: str, made: Lst) -> None:
        struct = self._top(entity)
        items = self._child(struct, "items", entity)
        whole = self._child(struct, "complete", entity)
        if struct.null_count or items.null_count or whole.null_count:
            raise ValueError(
                f"the column `{entity}` has nulls; a list that is not known is empty and not complete"
            )
        offsets, flags = items.offsets, whole.buffers()[1]
        made.off = _address(offsets.buffers()[1], offsets.offset * 4)
        made.whole, made.whole_at = _address(flags, 0), whole.offset
        first = offsets[0].as_py() if len(offsets) else 0
        last = offsets[len(offsets) - 1].as_py() if len(offsets) else 0
        self._items[entity] = (items.values, first, last)
        self._kept += [offsets, whole, items.values]

    def _top(self, name: str) -> Any:
        if name not in self._places:
            raise ValueError(f"the register has no column `{name}`")
        return self._batch.column(self._places[name])

    def _child(self, struct: Any, name: str, where: str) -> Any:
        index = struct.type.get_field_index(name)
        if index < 0:
            raise ValueError(f"the register has no column `{where}.{name}`")
        return struct.field(index)

    def _column(self, column: Column, made: Col) -> None:
        none = None
        if column.entity == "applicant":
            array, first, last = self._top(column.field), 0, self._batch.num_rows
            if column.field + NONE_SUFFIX in self._places:
                none = self._top(column.field + NONE_SUFFIX)
        else:
            values, first, last = self._items[column.entity]
            array = self._child(values, column.field, f"{column.entity}.items")
            if values.type.get_field_index(column.field + NONE_SUFFIX) >= 0:
                none = self._child(values, column.field + NONE_SUFFIX, column.entity)
        array = self._typed(array, column)
        buffers = array.buffers()
        self._kept += [array, none]
        if array.null_count:
            made.valid, made.at = _address(buffers[0], 0), array.offset
        if none is not None:
            made.none, made.none_at = _address(none.buffers()[1], 0), none.offset
        if column.how in _WIDTHS:
            made.data = _address(buffers[1], array.offset * _WIDTHS[column.how])
        elif column.how == "flag":
            made.data, made.at = _address(buffers[1], 0), array.offset
        elif column.how == "share":
            parts = [array.field(0), array.field(1)]
            self._kept += parts
            made.data, made.den = (_address(part.buffers()[1], part.offset * 8) for part in parts)
        elif column.how == "text":
            made.off, made.data = _address(buffers[1], array.offset * 4), _address(buffers[2], 0)
        else:
            made.data = self._coded(array, column, first, last)

    def _typed(self, array: Any, column: Column) -> Any:
        """Return the array with the type that the register's schema has, cast where that is exact."""
        import pyarrow as pa

        if column.how in CODED and pa.types.is_dictionary(array.type):
            indices, text = array.type.index_type, array.type.value_type
            if text.equals(pa.string()) and indices.bit_width < 64 and not array.dictionary.null_count:
                return array
        wanted = _type_of(column.how)
        if array.type.equals(wanted):
            return array
        try:
            return array.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            where = f"{column.entity}.{column.field}"
            raise ValueError(f"the column `{where}` is {array.type}, not {wanted}: {error}") from error

    def _coded(self, array: Any, column: Column, first: int, last: int) -> int:
        """Return where the code of value 0 would stand; only those of the batch are made."""
        import pyarrow as pa

        width = _CODES[column.how][1]
        if not pa.types.is_dictionary(array.type):
            return int(self._words(array, column, first, last).address) - first * width
        made = pa.allocate_buffer(max(1, (last - first) * width))
        self._kept.append(made)
        words = self._words(array.dictionary, column, 0, len(array.dictionary))
        index, wide = array.type.index_type.bit_width // 8, int(width == _WIDTHS["i32"])
        place = _address(array.buffers()[1], (array.offset + first) * index)
        self._recode(last - first, index, place, len(array.dictionary), wide, words.address, made.address)
        return int(made.address) - first * width

    def _words(self, array: Any, column: Column, first: int, last: int) -> Any:
        """Return a buffer with the codes of texts."""
        import pyarrow as pa

        kind, width = _CODES[column.how]
        made = pa.allocate_buffer(max(1, (last - first) * width))
        words = [word.encode() for word in column.words]
        ends = [0]
        for word in words:
            ends.append(ends[-1] + len(word))
        text, outer = array, None
        if column.how == "set":
            text, outer = array.values, _address(array.buffers()[1], (array.offset + first) * 4)
        off = _address(text.buffers()[1], (text.offset + (0 if outer else first)) * 4)
        if last > first and off is not None:
            self._encode(
                kind,
                last - first,
                off,
                _address(text.buffers()[2], 0),
                b"".join(words),
                (ctypes.c_int32 * len(ends))(*ends),
                len(words),
                outer,
                made.address,
            )
        self._kept.append(made)
        return made


@cache
def _type_of(how: str) -> Any:
    """Return the type of the columns that are read so."""
    import pyarrow as pa

    share = pa.struct([pa.field(part, pa.int64(), nullable=False) for part in ("numerator", "denominator")])
    return {
        "i64": pa.int64(),
        "i32": pa.int32(),
        "date": pa.date32(),
        "flag": pa.bool_(),
        "share": share,
        "set": pa.list_(pa.field("item", pa.string(), nullable=False)),
    }.get(how, pa.string())


def _address(buffer: Any, plus: int) -> int | None:
    return None if buffer is None else int(buffer.address) + plus
