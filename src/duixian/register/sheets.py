"""Understands the sheets of a register: which entity each is about, and what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from duixian.calendar.days import Both
from duixian.language.vocabulary import Entity, Field
from duixian.register.names import APPLICANT, ID, Lexicon, Names, plain, split_title
from duixian.register.problems import Place, Problems, shown
from duixian.register.values import column_unit

_ASIDE = frozenset(
    plain(title) for title in ("填写说明", "说明", "选项", "instructions", "options", "readme")
)

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was sent; `place` tells where row and column (from 0) stand in the file."""

    title: str
    place: Callable[[int, int], Place]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of which the title was understood: the key it stands for, its field if it is one, its unit."""

    index: int
    key: str
    field: Field | None = None
    unit: str = ""


@dataclass(slots=True)
class Table:
    """A sheet of which the header was understood; `first` is its first row of data."""

    sheet: Sheet
    entity: Entity
    columns: list[Column]
    first: int

    def index(self, key: str) -> int | None:
        """Where the column with this key stands, if there is one."""
        return next((column.index for column in self.columns if column.key == key), None)


def find_header(rows: Sequence[Row]) -> int | None:
    """The row in which the titles stand: the first that is not empty; None in an empty sheet."""
    return next((number for number, row in enumerate(rows) if not is_empty(row)), None)


def add_table(sheet: Sheet, lexicon: Lexicon, tables: dict[str, Table], problems: Problems) -> None:
    """Add the sheet to the tables by the name of its entity; what is not understood is a problem."""
    names = lexicon.entities()
    name = names.find(sheet.title)
    place = sheet.place(0, 0)
    if name is None:
        if plain(sheet.title) not in _ASIDE:
            what = Both(f"不认识的工作表「{sheet.title}」", f"unknown sheet `{sheet.title}`")
            near = names.nearest(sheet.title)
            remedy = near if near.zh else Both("请改名或删去", "rename it or remove it")
            problems.add("unknown-sheet", place, what, remedy, whole=True)
        return
    if name in tables:
        what = Both(f"工作表「{sheet.title}」重复", f"a second sheet `{name}`")
        problems.add("duplicate-sheet", place, what, Both("请合并为一张", "join them into one"), whole=True)
        return
    header = find_header(sheet.rows) or 0
    entity = lexicon.vocabulary.entities[name]
    columns = _columns(sheet, header, lexicon.columns(entity), entity, problems)
    tables[name] = Table(sheet, entity, columns, header + 1)
    for key, zh, en in ((ID, "编号", "id"), (APPLICANT, "申报主体编号", "applicant")):
        if (key == ID or name != "applicant") and tables[name].index(key) is None:
            label = "申报主体编号" if name == "applicant" else zh
            what = Both(
                f"工作表「{sheet.title}」没有「{label}」列", f"sheet `{sheet.title}` has no column `{en}`"
            )
            problems.add("no-column", sheet.place(header, 0), what, Both("请加上该列", "add it"), whole=True)


def _columns(sheet: Sheet, header: int, names: Names, entity: Entity, problems: Problems) -> list[Column]:
    """The columns whose titles are understood; all other titles are problems of the whole sheet."""
    columns: dict[str, Column] = {}
    for index, cell in enumerate(sheet.rows[header]):
        if is_blank(cell):
            continue
        title, place = str(cell).strip(), sheet.place(header, index)
        key, unit = names.find(title), ""
        parts = split_title(title)
        if key is None and parts:
            key, unit = names.find(parts[0]), parts[1]
        if key is None:
            what = Both(f"不认识的列「{shown(title)}」", f"unknown column `{shown(title)}`")
            problems.add(
                "unknown-column", place, what, names.nearest(parts[0] if parts else title), whole=True
            )
            continue
        field = entity.fields.get(key)
        known = column_unit(field, unit) if field and unit else ""
        if unit and not known:
            what = Both(
                f"列「{shown(title)}」的单位「{unit}」不适用",
                f"column `{shown(title)}`: unit '{unit}' does not fit",
            )
            remedy = Both("金额列可用元、万元、亿元", "columns of money may be in 元, 万元 or 亿元")
            problems.add("unknown-unit", place, what, remedy, whole=True)
        elif key in columns:
            what = Both(f"列「{shown(title)}」重复", f"column `{shown(title)}` stands twice")
            problems.add("duplicate-column", place, what, Both("请只留一列", "keep one"), whole=True)
        else:
            columns[key] = Column(index, key, field, known or "")
    return list(columns.values())


def data_rows(table: Table) -> Iterable[tuple[int, Row]]:
    """The rows under the header that are not empty, with their numbers from 0."""
    for number in range(table.first, len(table.sheet.rows)):
        if not is_empty(table.sheet.rows[number]):
            yield number, table.sheet.rows[number]


def cell_at(row: Row, index: int) -> object:
    """The cell of a row, which may end before it."""
    return row[index] if index < len(row) else None


def is_blank(cell: object) -> bool:
    """Whether the cell holds nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_empty(row: Row) -> bool:
    """Whether all cells of the row are blank."""
    return all(is_blank(cell) for cell in row)
