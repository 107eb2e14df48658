"""Shows a report of the lab: tables in the terminal, a workbook, a page of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.files import replacing
from duixian.cli.progress import stop
from duixian.cli.sheets import Column, Sheet

if TYPE_CHECKING:
    from rich.table import Table as Drawn

    from duixian.cli.sheets import Row
    from duixian.lab.report.document import Cell, Report, Section, Table
    from duixian.lab.report.words import Words

_KINDS = {"text": "text", "word": "text", "fen": "sum", "number": "count", "share": "share"}


_LEAST = 14
"""Columns that a text needs in the terminal."""


def deliver(report: Report, words: Words, outputs: tuple[Path, ...], quiet: bool) -> None:
    """Print the report and write it to files. Raises Stuck if a file cannot be written."""
    if not quiet:
        print_report(report, words)
    written: list[str] = []
    try:
        for output in outputs:
            with replacing(output, words.lang) as path:
                _write(path, report, words)
            written.append(str(output))
            click.echo(words.say(f"已写入 {output}", f"written: {output}"), err=True)
    except KeyboardInterrupt:
        if not written:
            raise
        done = words.say("、", ", ").join(written)
        stop(words.lang, f"只写出了 {done}", f"only {done} was written")


def _write(path: Path, report: Report, words: Words) -> None:
    if path.suffix.lower() == ".html":
        from duixian.lab.report.page import page

        path.write_text(page(report, words), encoding="utf-8")
        return
    from duixian.cli.workbook import write_sheets

    write_sheets(path, report.title, list(_sheets(report, words)))


def print_report(report: Report, words: Words) -> None:
    """Print headlines and the first rows of every table."""
    from rich.text import Text

    from duixian.cli.terminal import console, wrap

    out = console()
    out.print(Text(report.title, style="bold"))
    for line in report.basis:
        out.print(Text(wrap(line, out.width)))
    for line in report.warnings:
        out.print(Text(wrap(f"！{line}" if words.lang == "zh" else f"! {line}", out.width), style="yellow"))
    out.print()
    for fact in report.facts:
        note = words.say(f"（{fact.note}）", f" ({fact.note})") if fact.note else ""
        out.print(Text.assemble(f"{fact.label}  ", (fact.figure, "bold"), (note, "dim")))
    for section in report.sections:
        _print_section(section, words, out)
    out.print()
    for line in report.source[:1]:
        out.print(Text(wrap(line, out.width), style="dim"))


def _print_section(section: Section, words: Words, out: object) -> None:
    from rich.console import Console
    from rich.text import Text

    from duixian.cli.terminal import wrap

    assert isinstance(out, Console)
    if not section.table.show:
        return
    out.print()
    found = _narrowed(section.table)
    apart = bool(section.note) or not found.rows
    if apart:
        out.print(Text(section.title, style="bold"))
    if section.note:
        out.print(Text(wrap(section.note, out.width), style="dim"))
    if not found.rows:
        out.print(words.say("（无）", "(none)"))
        return
    out.print(_drawn(found, "" if apart else section.title, words, out.width))
    rest = len(found.rows) - found.show
    if rest > 0:
        out.print(
            Text(
                words.say(
                    f"另有 {rest} 行，见 -o 写出的文件",
                    f"{rest} more {'rows' if rest > 1 else 'row'}: see the file of -o",
                ),
                style="dim",
            )
        )


def _drawn(found: Table, title: str, words: Words, width: int) -> Drawn:
    """Return a table for a terminal of a width."""
    from duixian.cli.terminal import table

    right = tuple(place for place, column in enumerate(found.columns) if column.kind not in ("text", "word"))
    listed = [*found.rows[: found.show], *([found.total] if found.total is not None else [])]
    short = False
    widths, room = _widths(found, listed, words, width)
    if room < _LEAST:
        # Sums to the fen do not fit this terminal; the files have them.
        short = True
        widths, room = _widths(found, listed, words, width, short)
    made = table(
        *(
            _title(words.head(column, short), least or room)
            for column, least in zip(found.columns, widths, strict=True)
        ),
        right=right,
        title=title,
    )
    for place, least in enumerate(widths):
        if least:
            made.columns[place].min_width = least
    for row in found.rows[: found.show]:
        made.add_row(*_cells(row, found, words, room, short))
    if found.total is not None:
        made.add_section()
        made.add_row(*_cells(found.total, found, words, room, short), style="bold")
    return made


def _narrowed(table: Table) -> Table:
    """Return a table with the columns that a terminal has room for."""
    from msgspec.structs import replace

    if table.narrow is None:
        return table
    places = table.narrow
    rows = tuple(tuple(row[place] for place in places) for row in table.rows)
    total = None if table.total is None else tuple(table.total[place] for place in places)
    return replace(table, columns=tuple(table.columns[place] for place in places), rows=rows, total=total)


def _widths(
    found: Table, rows: list[tuple[Cell, ...]], words: Words, width: int, short: bool = False
) -> tuple[list[int], int]:
    """Return what each column must have, 0 for a text, and what is left for each text.

    A figure is never broken into two lines; a title is, between words.
    """
    from duixian.cli.terminal import width_of

    made = []
    for place, column in enumerate(found.columns):
        heads = _title(words.head(column, short), 1).split("\n")
        cells = (words.cell(column.kind, row[place], short) for row in rows)
        made.append(0 if column.kind == "text" else max(map(width_of, (*heads, *cells))))
    texts = max(sum(column.kind == "text" for column in found.columns), 1)
    left = width - sum(made) - 3 * len(made)
    return made, left // texts if any(not width for width in made) else left + _LEAST


def _title(text: str, width: int) -> str:
    """Break a column's title into lines of a width, or of its longest part: at blanks, hyphens, and before （."""
    from duixian.cli.terminal import width_of

    lines = [""]
    for part in re.split(r"(?<=[ -])|(?=（)", text):
        if lines[-1] and width_of(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def _cells(row: tuple[Cell, ...], found: Table, words: Words, room: int, short: bool) -> Iterator[str]:
    from duixian.cli.terminal import wrap

    for column, cell in zip(found.columns, row, strict=True):
        text = words.cell(column.kind, cell, short)
        yield wrap(text, room) if column.kind == "text" else text


def _sheets(report: Report, words: Words) -> Iterator[Sheet]:
    say = words.say
    headlines = report.headlines(say)
    facts = [_values(row) for row in headlines.rows]
    columns = [
        Column(column.title, kind)
        for column, kind in zip(headlines.columns, ("text", "text", "long"), strict=True)
    ]
    lines = [report.title, *report.warnings, *report.basis, *report.source]
    yield Sheet(say("概要", "summary"), columns, facts, notes=lines)
    for section in report.sections:
        yield Sheet(
            section.brief,
            [Column(words.head(column), _KINDS[column.kind]) for column in section.table.columns],
            [_values(row) for row in section.table.rows],
            notes=[section.title, *report.warnings, *([section.note] if section.note else [])],
            total=_values(section.table.total) if section.table.total else None,
        )


def _values(row: tuple[Cell, ...]) -> Row:
    return tuple(row)
