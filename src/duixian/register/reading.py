"""What one reading of a register gathers as it goes: the problems, and how each sheet was understood."""

from __future__ import annotations

import msgspec

from duixian.calendar.days import Both
from duixian.register.problems import Problems

NO_TEXT = Both("", "")


class SeenColumn(msgspec.Struct):
    """A column: where its title stands, the title, and what it was taken for.

    `key` is the field's name, `id`, `applicant`, or `complete:year`; blank where the column is left unread.
    `unit` is the unit of its plain numbers, blank for a column that has none; `unit_from` says who gave it:
    `title`, `group`, `line` (单位：万元 above the table), or blank where nobody did and 元 is meant. `filled`
    counts the rows of data that have a value in it, `first` is the first one as it was understood, `total` the
    sum of those of a column of money.
    """

    at: str
    title: str
    key: str = ""
    label: Both = NO_TEXT
    unit: str = ""
    unit_from: str = ""
    filled: int = 0
    first: Both = NO_TEXT
    total: Both = NO_TEXT


class SeenRow(msgspec.Struct, frozen=True):
    """A row that holds no record: where it stands, why it was left unread, and its text."""

    at: str
    why: Both
    text: str


class SeenSheet(msgspec.Struct):
    """How one sheet, or one CSV file, was understood; `entity` is blank for a sheet that is not read."""

    title: str
    entity: str = ""
    label: Both = NO_TEXT
    why: Both = NO_TEXT
    header_at: str = ""
    columns: list[SeenColumn] = []
    unread: list[SeenRow] = []
    rows: int = 0
    notices: list[Both] = []


class Reading(Problems):
    """The problems of one reading, the sheets as they were understood, and what the reader was told to do.

    `include_hidden`: rows, columns and sheets that are hidden are read like all others. `only`: the ids of the
    applicants that are wanted, None if all are.
    """

    def __init__(self, include_hidden: bool = False, only: frozenset[str] | None = None) -> None:
        super().__init__()
        self.include_hidden = include_hidden
        self.only = only
        self.sheets: list[SeenSheet] = []
        self.notices: list[Both] = []

    def skip_sheet(self, title: str, why: Both) -> None:
        """Note a sheet that is not read, and why."""
        self.sheets.append(SeenSheet(title, why=why))
