"""Puts a Parquet file together of blocks that were made apart, each by whichever thread, without unpacking them.

A block is a Parquet file of one row group, in memory. What it has of columns goes into the target as it is; only
the footer, in the end, is one for all: it says of every column where it now stands. The footer is a struct in
Thrift's compact protocol; its fields have the numbers of parquet.thrift.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC: Final = b"PAR1"
_TAIL: Final = 4 + len(_MAGIC)
_NUM_ROWS, _ROW_GROUPS = 3, 4
"""Fields of FileMetaData."""
_COLUMNS, _GROUP_AT = 1, (5,)
"""Fields of RowGroup: its columns, and where it begins."""
_META_DATA, _COLUMN_AT, _PAGES_AT = 3, (2, 4, 6), (9, 10, 11, 14)
"""Fields of ColumnChunk and, in it, ColumnMetaData: places in the file."""

_TRUE, _BYTE, _NUMBERS, _DOUBLE, _BINARY, _LIST, _STRUCT = 1, 3, (4, 5, 6), 7, 8, 9, 12
_BOOLEANS = (_TRUE, 2)


class _Value(NamedTuple):
    """A field of a struct, or a list with the kind of what is in it."""

    kind: int
    value: Any


Struct: TypeAlias = dict[int, _Value]
"""A struct's fields by their numbers."""


class JoinedFile:
    """A Parquet file that grows by blocks; it is one once `finish` was called."""

    def __init__(self, file: IO[bytes], empty: pa.Buffer) -> None:
        """Begin with a block that has no rows: its schema and metadata are the file's."""
        self._file = file
        self._footer = _footer(memoryview(empty))
        self._groups: list[bytes] = []
        self._rows = 0
        self._at = file.write(_MAGIC)

    def add(self, block: pa.Buffer) -> None:
        """Append the rows of a block."""
        data = memoryview(block)
        footer = _footer(data)
        body = data[len(_MAGIC) : len(data) - _length(data) - _TAIL]
        for group in footer[_ROW_GROUPS].value.value:
            _move(group, self._at - len(_MAGIC))
            self._groups.append(struct_bytes(group))
        self._rows += footer[_NUM_ROWS].value
        self._at += self._file.write(body)

    def finish(self) -> None:
        """Write the footer."""
        self._footer[_NUM_ROWS] = self._footer[_NUM_ROWS]._replace(value=self._rows)
        self._footer[_ROW_GROUPS] = _Value(_LIST, _Value(_STRUCT, self._groups))
        footer = struct_bytes(self._footer)
        self._file.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)


def _length(data: memoryview) -> int:
    return int.from_bytes(data[-_TAIL : -len(_MAGIC)], "little")


def _footer(data: memoryview) -> Struct:
    return read_struct(bytes(data[len(data) - _length(data) - _TAIL :]))


def _move(group: Struct, by: int) -> None:
    """Say that a row group stands so many bytes further on."""
    _shift(group, _GROUP_AT, by)
    for column in group[_COLUMNS].value.value:
        _shift(column, _COLUMN_AT, by)
        _shift(column[_META_DATA].value, _PAGES_AT, by)


def _shift(found: Struct, fields: tuple[int, ...], by: int) -> None:
    for field in fields:
        if field in found and found[field].value:  # 0: it does not say
            found[field] = _Value(found[field].kind, found[field].value + by)


def read_struct(data: bytes) -> Struct:
    """Return the struct that stands there. Raises ValueError for what no footer has."""
    return _Reader(data).struct()


class _Reader:
    """Reads a struct."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while head := self._take(1)[0]:
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            found[number] = _Value(kind, kind == _TRUE if kind in _BOOLEANS else self._value(kind))
        return found

    def _value(self, kind: int) -> Any:
        if kind in _NUMBERS:
            return self._signed()
        if kind == _BINARY:
            return self._take(self._unsigned())
        if kind == _STRUCT:
            return self.struct()
        if kind == _LIST:
            head = self._take(1)[0]
            count = self._unsigned() if head >> 4 == 15 else head >> 4
            return _Value(head & 15, [self._value(head & 15) for _ in range(count)])
        if kind in (_BYTE, *_BOOLEANS):  # in a list a boolean takes a byte
            return self._take(1)
        if kind == _DOUBLE:
            return self._take(8)
        raise ValueError(f"a footer of Parquet has no values of kind {kind}")

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _unsigned(self) -> int:
        found = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7

    def _signed(self) -> int:
        found = self._unsigned()
        return (found >> 1) ^ -(found & 1)


def struct_bytes(found: Struct) -> bytes:
    """Return a struct as it stands in a file."""
    out = bytearray()
    last = 0
    for number, (kind, value) in found.items():
        known = kind if kind not in _BOOLEANS else _TRUE if value else 2
        if 0 < number - last < 16:
            out.append((number - last) << 4 | known)
        else:
            out.append(known)
            _put_signed(out, number)
        last = number
        if kind not in _BOOLEANS:
            _put(out, kind, value)
    out.append(0)
    return bytes(out)


def _put(out: bytearray, kind: int, value: Any) -> None:
    if kind in _NUMBERS:
        _put_signed(out, value)
    elif kind == _BINARY:
        _put_unsigned(out, len(value))
        out += value
    elif kind == _STRUCT:
        out += value if isinstance(value, bytes) else struct_bytes(value)
    elif kind == _LIST:
        inner, values = value
        if len(values) < 15:
            out.append(len(values) << 4 | inner)
        else:
            out.append(15 << 4 | inner)
            _put_unsigned(out, len(values))
        for item in values:
            _put(out, inner, item)
    else:
        out += value


def _put_unsigned(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _put_signed(out: bytearray, value: int) -> None:
    _put_unsigned(out, value << 1 if value >= 0 else (-value << 1) - 1)
