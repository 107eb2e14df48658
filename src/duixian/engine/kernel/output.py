"""Room for claims that native code fills, and the Arrow batches made of it without a copy."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from duixian.engine.kernel.layout import CHOICES, VERDICTS, Dictionaries, claims_schema

if TYPE_CHECKING:
    import pyarrow as pa

_PARTS = {
    "row": ("row",),
    "policy": ("policy",),
    "measure": ("measure",),
    "record": ("record_off", "record_bytes", "record_valid"),
    "event": ("event", "event_valid"),
    "verdict": ("verdict",),
    "min_fen": ("lo", "lo_valid"),
    "max_fen": ("hi", "hi_valid"),
    "payable_fen": ("payable", "payable_valid"),
    **{f"{name}_fen": (name,) for name in CHOICES},
    "failed": ("failed",),
    "unknown": ("unknown",),
    "readings": ("readings",),
}
"""The buffers of each column of `claims_schema`, in the order of the fields of `Out`."""
_POINTERS = tuple(name for parts in _PARTS.values() for name in parts)
_WIDTHS = {"row": 4, "policy": 2, "measure": 2, "record_off": 4, "event": 4, "verdict": 1}


class Out(ctypes.Structure):
    """As `Out` in c/claims.h."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in _POINTERS),
        *((name, ctypes.c_int64) for name in ("room", "bytes_room", "count", "bytes", "first")),
        ("counts", ctypes.c_void_p),
        ("sums", ctypes.c_void_p),
        ("handed", ctypes.c_void_p),
        ("handed_count", ctypes.c_int64),
    )


class Tally:
    """What a run counts, whatever it writes: claims by measure and verdict, sums by measure, rows handed over."""

    def __init__(self, measures: int, rows: int) -> None:
        """Begin with nothing."""
        import pyarrow as pa

        self.counts = (ctypes.c_int64 * (measures * len(VERDICTS)))()
        self._handed = pa.allocate_buffer(4 * max(1, rows))
        self.left = 0
        # Sums have 128 bits, which want an address that ctypes does not promise.
        self._sums = pa.allocate_buffer(measures * len(CHOICES) * 16)
        ctypes.memset(self._sums.address, 0, self._sums.size)

    def out(self, room: int, text: int, first: int) -> Out:
        """Return the structure that native code fills, without columns."""
        out = Out(room=room, bytes_room=text, first=first, handed_count=self.left, sums=self._sums.address)
        out.counts, out.handed = ctypes.addressof(self.counts), self._handed.address
        return out

    def handed(self) -> list[int]:
        """Return the rows of the batch that native code left."""
        return memoryview(self._handed).cast("i")[: self.left].tolist()

    def sums(self) -> list[int]:
        """Return the sums in fen, the four choices of each measure in turn."""
        raw = self._sums.to_pybytes()
        return [
            int.from_bytes(raw[at : at + 16], sys.byteorder, signed=True) for at in range(0, len(raw), 16)
        ]


class Room:
    """Room for so many claims, with so many bytes of record ids, in the columns asked for."""

    def __init__(self, claims: int, text: int, tally: Tally, columns: Sequence[str], first: int) -> None:
        """Allocate."""
        import pyarrow as pa

        self.out = tally.out(claims, text, first)
        self.columns = columns
        self.buffers: dict[str, Any] = {}
        for name in (part for column in columns for part in _PARTS[column]):
            size = (claims + 1) * _WIDTHS.get(name, 8)
            if name.endswith("_valid"):
                size = claims // 64 * 8 + 8  # whole words
            elif name == "record_bytes":
                size = text
            buffer = pa.allocate_buffer(max(size, 8))
            if name.endswith("_valid"):
                ctypes.memset(buffer.address, 0, buffer.size)
            self.buffers[name] = buffer
            setattr(self.out, name, buffer.address)
        if "record" in columns:
            ctypes.memset(self.buffers["record_off"].address, 0, 4)

    def batch(self, words: Dictionaries) -> pa.RecordBatch:
        """Return what was filled in as a batch of `claims_schema`, or of those columns of it."""
        import pyarrow as pa

        schema = claims_schema()
        fields = [schema.field(name) for name in self.columns]
        return pa.RecordBatch.from_arrays(
            [self._column(field, words) for field in fields], schema=pa.schema(fields)
        )

    def _column(self, field: pa.Field, words: Dictionaries) -> pa.Array:
        import pyarrow as pa

        count, held, parts = self.out.count, self.buffers, _PARTS[field.name]
        dictionary = words.of(field.name)
        if dictionary is not None:
            codes = pa.Array.from_buffers(field.type.index_type, count, [None, held[parts[0]]])
            return pa.DictionaryArray.from_arrays(codes, dictionary, safe=False)
        if field.name == "record":
            data = [held[name] for name in ("record_valid", "record_off", "record_bytes")]
        else:
            data = [held[parts[1]] if len(parts) > 1 else None, held[parts[0]]]
        return pa.Array.from_buffers(field.type, count, data)
