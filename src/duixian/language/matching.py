"""Says whether a figure of a text is a given parameter: by its kind, its exact value and its unit."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from duixian.calendar.periods import Period
from duixian.language import tree as t
from duixian.language.claimants import Parameter
from duixian.language.figures import Figure

_AREAS = ("平方米", "m2")
_COUNTED = ("count", "number", "grade", "ordinal", "year")
# What the language writes as the unit of a count, and how a text may write it.
_UNITS = {"人": ("人", "名", "位"), "名": ("名", "人", "位"), "等": ("等奖",), "台套": ("台套", "台(套)")}


def is_parameter(figure: Figure, parameter: Parameter) -> bool:
    """Whether the figure has the value of the parameter, in the same kind of unit."""
    if parameter.constant is not None:
        return _is_literal(figure, parameter.constant)
    return parameter.figure is not None and _is_same(figure, parameter.figure)


def _is_same(figure: Figure, stated: Figure) -> bool:
    if figure.kind == "year" and isinstance(stated.value, dt.date):
        # A deadline at the end of a year is often written as the year alone.
        return stated.value == dt.date(int(str(figure.value)), 12, 31)
    if figure.value != stated.value:
        return False
    if stated.kind == "number":
        return figure.kind in _COUNTED
    if figure.kind != stated.kind:
        return False
    priced = ("/" in figure.unit) == ("/" in stated.unit)
    return priced and (figure.kind not in ("count", "ordinal") or figure.unit == stated.unit)


def _is_literal(figure: Figure, constant: t.Constant) -> bool:
    kind, value = constant.type.kind, constant.value
    if kind == "count":
        return _is_count(figure, constant.type.of, value)
    kinds = {
        "money": figure.kind == "money" and "/" not in figure.unit,
        "price_per_area": figure.kind == "money" and figure.unit.endswith(_AREAS) and "/" in figure.unit,
        "area": figure.kind == "count" and figure.unit in _AREAS,
        "ratio": figure.kind in ("percent", "ratio"),
        "period": figure.kind == "period",
        "date": figure.kind == "date",
    }
    return kinds.get(kind, False) and figure.value == value


def _is_count(figure: Figure, unit: str, value: object) -> bool:
    if unit == "月":
        return isinstance(figure.value, Period) and _months(figure.value) == value
    if unit in ("天", "日"):
        return figure.value == Period(days=int(value)) if isinstance(value, int) else False
    if figure.kind not in _COUNTED or figure.value != value:
        return False
    return not unit or not figure.unit or figure.unit in _UNITS.get(unit, (unit,))


def _months(period: Period) -> int | Fraction | None:
    return None if period.days else period.years * 12 + period.months
