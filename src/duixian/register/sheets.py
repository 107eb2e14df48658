"""A table as it was sent: its cells, where they stand in the file, and what is hidden or merged in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duixian.calendar.days import Both
from duixian.register.problems import Place, shown

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; `place` tells where row and column (from 0) stand in the file, `merges` are merged areas.

    A merge is its first row and column and its last row and column. `notices` are for the report.
    """

    title: str
    place: Callable[[int, int], Place]
    rows: Sequence[Row]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merges: Sequence[tuple[int, int, int, int]] = ()
    notices: Sequence[Both] = ()


def cell_at(row: Row, index: int) -> object:
    """The cell of a row, which may end before it."""
    return row[index] if index < len(row) else None


def is_blank(cell: object) -> bool:
    """Whether the cell holds nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_empty(row: Row) -> bool:
    """Whether all cells of the row are blank."""
    return all(is_blank(cell) for cell in row)


def cell_text(cell: object) -> str:
    """A cell as a report shows it: whole numbers without a point."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def row_text(row: Row) -> str:
    """The filled cells of a row on one line, for a report."""
    return shown(" | ".join(cell_text(cell) for cell in row if not is_blank(cell)))
