"""Checks the ids of a register: blank ones, twins, and references to records that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from duixian.calendar.days import Both
from duixian.language.vocabulary import Field
from duixian.register.faults import Faults, Rows
from duixian.register.problems import shown

if TYPE_CHECKING:
    import pyarrow as pa

Hashes = NDArray[np.uint64]
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)


def hashes(ids: pa.Array) -> Hashes:
    """A 64-bit number for each text (0 for null): equal texts have equal ones, others as good as never."""
    import pyarrow as pa

    size = len(ids)
    if not size:
        return np.zeros(0, np.uint64)
    ids = pa.concat_arrays([ids.fill_null("")])  # without the offset of a slice
    _, offsets, data = ids.buffers()
    ends = np.frombuffer(offsets, np.int32)[ids.offset : ids.offset + size + 1].astype(np.int64)
    text = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data is not None else np.zeros(0, np.uint8)
    starts, lengths = ends[:-1] - ends[0], np.diff(ends)
    place = np.arange(len(text), dtype=np.uint64) - np.repeat(starts, lengths).astype(np.uint64)
    mixed = _mixed((place << np.uint64(8)) + text.astype(np.uint64) + np.uint64(1))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
    found = _mixed(sums[ends[1:] - ends[0]] - sums[starts] + lengths.astype(np.uint64))
    found[lengths == 0] = 0
    return found


def _mixed(numbers: Hashes) -> Hashes:
    numbers = (numbers + _ODD) * _MIX
    numbers ^= numbers >> np.uint64(29)
    numbers *= _ODD
    return numbers ^ (numbers >> np.uint64(32))


def within(owner: Rows, keys: Hashes) -> Hashes:
    """The keys told apart by their owner."""
    return _mixed(keys ^ _mixed(owner.astype(np.uint64)))


def check_records(name: str, ids: pa.Array, rows: Rows, faults: Faults) -> Hashes:
    """Note records without an id and twins of one applicant; returns what references are looked up in."""
    keys = hashes(ids)
    column = f"{name}.id" if name else "id"
    blank = np.flatnonzero(keys == 0)
    faults.add("no-id", column, rows[blank], Both("没有编号", "there is no id"))
    if not name:
        return keys
    own = within(rows, keys)
    order = np.argsort(own, kind="stable")
    twins = np.sort(order[1:][own[order][1:] == own[order][:-1]])
    twins = twins[keys[twins] != 0]
    if len(twins):
        found = shown(str(ids[int(twins[0])]))
        what = Both(f"编号「{found}」重复", f"the id '{found}' stands twice with the same applicant")
        faults.add("duplicate-id", column, rows[twins], what)
    return own


def check_references(
    field: Field, name: str, values: pa.Array, rows: Rows, there: Hashes, faults: Faults
) -> None:
    """Note references to records that the applicant does not have."""
    known = values.is_valid().to_numpy(zero_copy_only=False)
    lost = np.flatnonzero(known & ~np.isin(within(rows, hashes(values)), there))
    if len(lost):
        found = shown(str(values[int(lost[0])]))
        what = Both(
            f"「{field.label.zh}」所指的编号「{found}」不在该申报主体的记录中",
            f"the applicant has no {field.type.of} with the id '{found}'",
        )
        faults.add("no-such-record", name, rows[lost], what)


class Twins:
    """Finds ids that two applicants have: eight bytes an applicant are kept, and only suspects looked up."""

    def __init__(self) -> None:
        self._parts: list[Hashes] = []

    def add(self, keys: Hashes) -> None:
        """Take in a batch's keys, in the order of the file."""
        self._parts.append(keys)

    def rows(self) -> tuple[Rows, Rows]:
        """The rows (from 1) whose id stood before, and for each the row where it stood first."""
        keys = np.concatenate([np.zeros(0, np.uint64), *self._parts])
        self._parts = [keys]
        ranked = np.sort(keys)
        twins = np.unique(ranked[1:][(ranked[1:] == ranked[:-1]) & (ranked[1:] != 0)])
        del ranked
        suspects = np.flatnonzero(np.isin(keys, twins)) if len(twins) else np.zeros(0, np.int64)
        _, first, which = np.unique(keys[suspects], return_index=True, return_inverse=True)
        before = suspects[first[which]]
        later = before != suspects
        return suspects[later] + 1, before[later] + 1
