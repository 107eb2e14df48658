"""Draws charts as SVG: horizontal bars that start at zero, and lines over the steps of a parameter."""

from __future__ import annotations

from typing import Final

from duixian.lab.report.document import Bars, Chart, Lines
from duixian.lab.report.drawing import (
    COLOURS,
    SIZE,
    WIDTH,
    element,
    legend,
    lines_of,
    picture,
    shown,
    steps,
    text,
    width_of,
)
from duixian.lab.report.words import Words

_LABELS: Final = 250
_VALUES: Final = 96
_ROW: Final = 38
_BAR: Final = 20
_PLOT: Final = 260
_LEFT: Final = 74


def draw(chart: Chart, words: Words) -> str:
    """Return a chart as an SVG element for a page of HTML."""
    return _bars(chart, words) if isinstance(chart, Bars) else _lines(chart, words)


def _bars(chart: Bars, words: Words) -> str:
    values = [value for series in chart.series for value in series.values]
    if chart.mark is not None:
        values.append(chart.mark[1])
    if chart.most is not None:
        values = [min(value, chart.most) for value in values]
    per, unit = words.scale(chart.kind, max(map(abs, values), default=0))
    ticks = steps(min(values, default=0) / per, max(values, default=0) / per, whole=chart.kind == "number")
    first, span = ticks[0], ticks[-1] - ticks[0]
    left = _LABELS + (_VALUES if first < 0 else 0)
    room = WIDTH - left - max(_VALUES, max(map(width_of, chart.notes), default=0) + 10)

    def at(value: float) -> float:
        top = value if chart.most is None else min(value, chart.most)
        return left + (top / per - first) / span * room

    named = len(chart.series) > 1 or chart.mark is not None
    top = 34 if named else 8
    bottom = top + _ROW * len(chart.labels) + 4
    parts = [legend(14, [series.name for series in chart.series], _LABELS)] if named else []
    for tick in ticks:
        x = at(tick * per)
        parts.append(element("line", x1=x, x2=x, y1=top, y2=bottom, class_="zero" if tick == 0 else "grid"))
        parts.append(text(x, bottom + 18, shown(tick), "middle", "tick"))
    parts.append(text(left + room / 2, bottom + 40, _axis(chart.axis, unit), "middle", "axis"))
    values_beside = []
    for row, label in enumerate(chart.labels):
        bars, beside = _row(chart, row, label, top + _ROW * (row + 0.5), per, at)
        parts.extend(bars)
        values_beside.append(beside)
    if chart.mark is not None:
        x, begin = at(chart.mark[1]), WIDTH - width_of(chart.mark[0]) - 50
        parts.append(element("line", x1=x, x2=x, y1=top, y2=bottom, class_="mark"))
        parts.append(element("line", x1=begin, x2=begin + 34, y1=10, y2=10, class_="mark"))
        parts.append(text(begin + 40, 14, chart.mark[0], "start", "mark"))
    # The line of the mark crosses bars; figures stand before it.
    return picture(bottom + 52, chart.title, [*parts, *values_beside])


def _row(chart: Bars, row: int, label: str, middle: float, per: int, at: object) -> tuple[list[str], str]:
    """Return the label and bars of a row, and the figure beside them."""
    assert callable(at)
    parts = []
    lines = lines_of(label, _LABELS - 14)
    for number, line in enumerate(lines):
        y = middle + SIZE * 0.36 + (number - (len(lines) - 1) / 2) * (SIZE + 2)
        parts.append(text(_LABELS - 10, y, line, "end"))
    found = list(enumerate(series.values[row] for series in chart.series))
    # The longest first, so that each colour ends at its own sum whatever their order.
    for number, value in sorted(found, key=lambda pair: (-abs(pair[1]), -pair[0])):
        start, end = sorted((at(0), at(value)))
        if end > start:
            # A sum that is small beside the others still shows as a hair's breadth.
            wide, y = max(end - start, 1), middle - _BAR / 2
            parts.append(element("rect", x=start, y=y, width=wide, height=_BAR, fill=COLOURS[number]))
    values = [series.values[row] for series in chart.series]
    far = max(values, key=abs)
    words = chart.notes[row] if chart.notes else shown(far / per)
    side, anchor = (-6, "end") if far < 0 else (6, "start")
    return parts, text(at(far) + side, middle + SIZE * 0.36, words, anchor, "value")


def _lines(chart: Lines, words: Words) -> str:
    marked = [chart.mark[1]] if chart.mark else []
    values = [value for series in chart.series for value in series.values]
    per, unit = words.scale(chart.kind, max([*values, *marked], default=0))
    ticks = steps(0, max([*values, *marked], default=0) / per, whole=chart.kind == "number" or per == 1)
    widest = max((width_of(label, 12) for label in chart.labels), default=0)
    top, room = 58, WIDTH - _LEFT - max(30, widest / 2 + 4)
    bottom = top + _PLOT
    positions = chart.positions or tuple(range(len(chart.labels)))
    last = max(positions[-1], 1)

    def x_at(place: int) -> float:
        return _LEFT + positions[place] / last * room

    def y_at(value: float) -> float:
        return bottom - value / per / ticks[-1] * _PLOT

    parts = [legend(14, [series.name for series in chart.series], 0)]
    parts.append(text(0, 42, _axis(chart.axis, unit), "start", "axis"))
    for tick in ticks:
        y = y_at(tick * per)
        parts.append(
            element("line", x1=_LEFT, x2=_LEFT + room, y1=y, y2=y, class_="zero" if tick == 0 else "grid")
        )
        parts.append(text(_LEFT - 8, y + 4, shown(tick), "end", "tick"))
    free = 0.0
    for place in range(len(chart.labels)):
        if x_at(place) < free:
            continue
        free = x_at(place) + widest + 14
        parts.append(element("line", x1=x_at(place), x2=x_at(place), y1=bottom, y2=bottom + 5, class_="zero"))
        parts.append(text(x_at(place), bottom + 20, chart.labels[place], "middle", "tick"))
    parts.append(text(_LEFT + room / 2, bottom + 44, chart.across, "middle", "axis"))
    for number, series in enumerate(chart.series):
        parts.extend(_line([(x_at(i), y_at(v)) for i, v in enumerate(series.values)], number))
    if chart.mark:
        y, x = y_at(chart.mark[1]), _LEFT + room - width_of(chart.mark[0]) - 40
        parts.append(element("line", x1=_LEFT, x2=_LEFT + room, y1=y, y2=y, class_="mark"))
        parts.append(element("line", x1=x, x2=x + 34, y1=10, y2=10, class_="mark"))
        parts.append(text(x + 40, 14, chart.mark[0], "start", "mark"))
    return picture(bottom + 58, chart.title, parts)


def _line(points: list[tuple[float, float]], number: int) -> list[str]:
    """A line with a sign at each point; each series has its own sign, for those who do not see its colour."""
    colour = COLOURS[number]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [element("polyline", points=path, fill="none", stroke=colour, stroke_width=2.2)]
    for x, y in points if len(points) <= 40 else ():
        if number == 0:
            parts.append(element("circle", cx=x, cy=y, r=4, fill=colour))
        elif number == 1:
            parts.append(element("rect", x=x - 4, y=y - 4, width=8, height=8, fill=colour))
        else:
            turn = 1 if number == 2 else -1
            sign = f"{x:.1f},{y - 5 * turn:.1f} {x + 5:.1f},{y + 4 * turn:.1f} {x - 5:.1f},{y + 4 * turn:.1f}"
            parts.append(element("polygon", points=sign, fill=colour))
    return parts


def _axis(words: str, unit: str) -> str:
    if not unit:
        return words
    return f"{words}（{unit}）" if ord(unit[-1]) > 0x2E7F else f"{words} ({unit})"
