"""Writes a report as one HTML page: no network, ready for print, every table a CSV to download."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from duixian.lab.report.charts import draw
from duixian.lab.report.document import Cell, Column, Report, Row, Section, Table, percent, yuan
from duixian.lab.report.words import Words

_STYLE: Final = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 860px; padding: 24px 32px 48px; background: #fff; color: #1a1a1a;
  font: 15px/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", Arial, sans-serif; }
:lang(en) body { font-family: Arial, "Liberation Sans", "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 25px; line-height: 1.3; margin: 0 0 6px; color: #0B3C5D; }
h2 { font-size: 18px; margin: 40px 0 6px; color: #0B3C5D; border-bottom: 2px solid #0B3C5D; }
p { margin: 4px 0 10px; }
.basis { color: #444; }
.warning { border: 2px solid #8a4b00; background: #fff4e0; padding: 8px 14px; font-weight: 600; }
.facts { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0; padding: 0; list-style: none; }
.facts li { flex: 1 1 118px; border: 1px solid #b9c6d0; border-top: 4px solid #0B3C5D; padding: 8px 12px; }
.facts b { display: block; font-size: 18px; line-height: 1.35; color: #0B3C5D; }
.facts span { display: block; }
.facts small { color: #444; }
figure { margin: 14px 0 18px; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: 6px; }
svg.chart { display: block; width: 100%; min-width: 620px; height: auto; font-size: 13px; fill: #1a1a1a; }
svg .grid { stroke: #d5dbe0; stroke-width: 1; }
svg .zero { stroke: #444; stroke-width: 1.3; }
svg line.mark { stroke: #B3261E; stroke-width: 2; stroke-dasharray: 7 4; }
svg text.mark { fill: #B3261E; font-weight: 600; }
svg .tick { font-size: 12px; fill: #333; }
svg .axis { font-size: 12.5px; fill: #333; }
svg .value { font-size: 12.5px; font-weight: 600; paint-order: stroke; stroke: #fff; stroke-width: 4px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; line-height: 1.4; }
th { background: #e9eff4; text-align: left; vertical-align: bottom; word-break: keep-all; }
th, td { padding: 4px 8px; border-bottom: 1px solid #cfd8df; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.n { white-space: normal; }
.w { white-space: nowrap; }
.total td { font-weight: 700; border-top: 2px solid #0B3C5D; }
a.csv { color: #0B3C5D; font-size: 13px; }
footer { break-inside: avoid; margin-top: 40px; padding-top: 8px; border-top: 1px solid #888; font-size: 12.5px;
  color: #333; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
@page { size: A4; margin: 14mm 12mm; @bottom-center { content: counter(page) " / " counter(pages); font-size: 9pt; } }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2, h2 + p { break-after: avoid; }
  svg.chart { min-width: 0; }
  tr { break-inside: avoid; } a.csv { display: none; } .wide { overflow: visible; } }
"""


def page(report: Report, words: Words) -> str:
    """Return the report as a page of HTML that is well-formed XML too."""
    lang = "zh-CN" if report.lang == "zh" else "en"
    return "".join(
        [
            f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8"/>\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n',
            f"<title>{escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n",
            *_head(report, words),
            *(part for section in report.sections for part in _section(section, words)),
            "<footer>\n",
            *(f"<p>{escape(line)}</p>\n" for line in report.source),
            "</footer>\n</body>\n</html>\n",
        ]
    )


def _head(report: Report, words: Words) -> Iterator[str]:
    yield f"<h1>{escape(report.title)}</h1>\n"
    for line in report.basis:
        yield f'<p class="basis">{escape(line)}</p>\n'
    for line in report.warnings:
        yield f'<p class="warning">{escape(line)}</p>\n'
    if report.facts:
        yield '<ul class="facts">\n'
        for fact in report.facts:
            note = f"<small>{escape(fact.note)}</small>" if fact.note else ""
            yield f"<li><span>{escape(fact.label)}</span><b>{escape(fact.figure)}</b>{note}</li>\n"
        yield "</ul>\n"
        label = words.say("下载以上数字（CSV）", "download these figures (CSV)")
        yield _download("summary", report.headlines(words.say), words, label)


def _section(section: Section, words: Words) -> Iterator[str]:
    yield f"<section id={quoteattr(section.id)}>\n<h2>{escape(section.title)}</h2>\n"
    if section.note:
        yield f"<p>{escape(section.note)}</p>\n"
    for chart in section.charts:
        yield f"<figure>\n<figcaption>{escape(chart.title)}</figcaption>\n"
        yield f'<div class="wide">{draw(chart, words)}</div>\n</figure>\n'
    yield f'<div class="wide"><table>\n{"".join(_table(section.table, words))}</table></div>\n'
    label = words.say("下载本表（CSV）", "download this table (CSV)")
    yield _download(section.id, section.table, words, label)
    yield "</section>\n"


def _download(name: str, table: Table, words: Words, label: str) -> str:
    data = base64.b64encode(csv_of(table, words).encode()).decode()
    file = quoteattr(f"{name}.csv")
    return f'<p><a class="csv" download={file} href="data:text/csv;charset=utf-8;base64,{data}">{label}</a></p>\n'


def _table(table: Table, words: Words) -> Iterator[str]:
    yield "<thead><tr>"
    for column in table.columns:
        yield f"<th{_side(column)}>{escape(words.head(column))}</th>"
    yield "</tr></thead>\n<tbody>\n"
    for row in table.rows:
        yield _row(table, row, words)
    yield "</tbody>\n"
    if table.total is not None:
        yield f'<tbody class="total">{_row(table, table.total, words)}</tbody>\n'


def _row(table: Table, row: Row, words: Words) -> str:
    cells = (
        f"<td{_side(column)}>{escape(words.cell(column.kind, cell))}</td>"
        for column, cell in zip(table.columns, row, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>\n"


def _side(column: Column) -> str:
    return {"text": "", "word": ' class="w"'}.get(column.kind, ' class="n"')


def csv_of(table: Table, words: Words) -> str:
    """Return a table as CSV with a byte-order mark, by which spreadsheets know it is UTF-8; sums in yuan.

    A text that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([words.head(column) for column in table.columns])
    for row in (*table.rows, *([table.total] if table.total else [])):
        writer.writerow(_plain(column, cell) for column, cell in zip(table.columns, row, strict=True))
    return "\ufeff" + out.getvalue()


def _plain(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
    if column.kind == "fen" and isinstance(cell, int):
        return yuan(cell)
    return str(cell) if isinstance(cell, int) and column.kind == "number" else percent(_fraction(cell))


def _fraction(cell: Cell) -> Fraction:
    assert isinstance(cell, int | Fraction)
    return Fraction(cell)
