"""Room for claims that native code fills, and the Arrow batches made of it without a copy."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from duixian.engine.kernel.layout import CHOICES, Dictionaries, claims_schema

if TYPE_CHECKING:
    import pyarrow as pa

_POINTERS = (
    "row",
    "policy",
    "measure",
    "record_off",
    "record_bytes",
    "record_valid",
    "event",
    "event_valid",
    "verdict",
    "lo",
    "lo_valid",
    "hi",
    "hi_valid",
    "payable",
    "payable_valid",
    *CHOICES,
    "failed",
    "unknown",
)
_WIDTHS = {"row": 4, "policy": 2, "measure": 2, "record_off": 4, "event": 4, "verdict": 1}


class Out(ctypes.Structure):
    """As `Out` in c/claims.h."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in _POINTERS),
        *((name, ctypes.c_int64) for name in ("room", "bytes_room", "count", "bytes")),
        ("counts", ctypes.c_void_p),
        ("handed", ctypes.c_void_p),
        ("handed_count", ctypes.c_int64),
    )


class Room:
    """Room for so many claims, with so many bytes of record ids."""

    def __init__(self, claims: int, text: int, counts: Any, handed: Any) -> None:
        """Allocate; `counts` and `handed` are arrays that several rooms share."""
        import pyarrow as pa

        self.out = Out(room=claims, bytes_room=text)
        self.out.counts = ctypes.addressof(counts)
        self.out.handed = ctypes.addressof(handed)
        self.buffers: dict[str, Any] = {}
        for name in _POINTERS:
            size = (claims + 1) * _WIDTHS.get(name, 8)
            if name.endswith("_valid"):
                size = claims // 8 + 1
            elif name == "record_bytes":
                size = text
            buffer = pa.allocate_buffer(max(size, 8))
            if name.endswith("_valid"):
                ctypes.memset(buffer.address, 0, buffer.size)
            self.buffers[name] = buffer
            setattr(self.out, name, buffer.address)
        ctypes.memset(self.buffers["record_off"].address, 0, 4)

    def batch(self, words: Dictionaries) -> pa.RecordBatch:
        """Return what was filled in as a batch of `claims_schema`."""
        import pyarrow as pa

        count, held = self.out.count, self.buffers

        def column(type: Any, name: str, valid: str = "") -> Any:
            return pa.Array.from_buffers(type, count, [held[valid] if valid else None, held[name]])

        texts = [held["record_valid"], held["record_off"], held["record_bytes"]]
        choices = [column(pa.int64(), name) for name in CHOICES]
        columns = [
            column(pa.int32(), "row"),
            pa.DictionaryArray.from_arrays(column(pa.int16(), "policy"), words.policies),
            pa.DictionaryArray.from_arrays(column(pa.int16(), "measure"), words.measures),
            pa.Array.from_buffers(pa.string(), count, texts),
            column(pa.date32(), "event", "event_valid"),
            pa.DictionaryArray.from_arrays(column(pa.int8(), "verdict"), words.verdicts),
            column(pa.int64(), "lo", "lo_valid"),
            column(pa.int64(), "hi", "hi_valid"),
            column(pa.int64(), "payable", "payable_valid"),
            *choices,
            column(pa.uint64(), "failed"),
            column(pa.uint64(), "unknown"),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=claims_schema())
