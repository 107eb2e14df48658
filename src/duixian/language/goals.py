"""Builds a plan's targets and tasks: each figure to be reached, and how a register shows how far it is.

What measures a figure is an expression about one applicant, as in a measure without `per:`. A yes/no counts the
applicants for which it holds; a sum of money or a count is added up over all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from duixian.calendar.periods import Period
from duixian.language import policy as p
from duixian.language import tree as t
from duixian.language.resolve import resolve
from duixian.language.scope import Scope
from duixian.language.shape import Entry
from duixian.language.units import COUNT, DATE, PERIOD, YEAR, Type, unify
from duixian.language.vocabulary import label

if TYPE_CHECKING:
    from duixian.language.build import Builder

AS_OF = "as_of"
"""The day as of which a target is measured: the day that is asked for, or the deadline if that is earlier."""
LAST_YEAR = "last_year"
"""The last calendar year that is over on that day."""
_DAY = t.Builtin(type=DATE, name="application_day")
_YEAR = t.Arithmetic(
    type=YEAR,
    operator="-",
    left=t.YearOf(
        type=YEAR,
        day=t.Arithmetic(
            type=DATE,
            operator="+",
            left=_DAY,
            right=t.Constant(type=PERIOD, period=Period(days=1), text="1日"),
        ),
    ),
    right=t.Constant(type=COUNT, numerator=1, text="1"),
)
_DAYS = frozenset({"city", "issued"})
_MEASURED = ("flag", "money", "count")


def target(builder: Builder, entry: Entry, by: dt.date | None) -> p.Target:
    """Build one target or task of the plan, due `by` a day."""
    place = builder.place(entry)
    figures = entry.get("figures", ())
    # The upper end of a range is a figure of the text too.
    ends = tuple(p.Figure(item.text("to"), label(item)) for item in figures if item.text("to"))
    goals = tuple(
        goal for number, item in enumerate(figures, 1) for goal in _goal(builder, entry, item, number)
    )
    return p.Target(
        entry.text("id"),
        p.Place(place.at, (*place.figures, *ends), place.not_parameters, place.not_in_text),
        entry.text("kind"),  # type: ignore[arg-type]
        label(entry),
        by,
        entry.texts("lead"),
        entry.texts("with"),
        goals,
    )


def plan_scope(scope: Scope) -> Scope:
    """Return what the expressions of a plan can see: an applicant, its lists, the day, the last full year.

    Neither readings nor named expressions of the policy: an assessment, which needs no plan, checks their use.
    """
    lets: dict[str, t.AnyNode] = {AS_OF: _DAY, LAST_YEAR: _YEAR}
    return replace(scope, entity="applicant", readings={}, lets=lets, builtins=_DAYS)


def on_day(measure: t.AnyNode, day: dt.date, slot: str) -> t.AnyNode:
    """Return what measures a figure with the day, and the last full year on it, in their places.

    `slot` begins the addresses of these two literals, so that another day is another value of the same rule.
    """
    year = (day + dt.timedelta(1)).year - 1
    known: dict[t.AnyNode, t.AnyNode] = {
        _YEAR: t.Constant(type=YEAR, numerator=year, text=f"{year}年", parameter=f"{slot}.{LAST_YEAR}"),
        _DAY: t.Constant(type=DATE, day=day, text=day.isoformat(), parameter=f"{slot}.{AS_OF}"),
    }
    made: t.AnyNode = _placed(measure, known)
    return made


def _placed(part: Any, known: Mapping[t.AnyNode, t.AnyNode]) -> Any:
    if part in (_YEAR, _DAY):
        return known[part]
    if isinstance(part, tuple):
        return tuple(_placed(item, known) for item in part)
    if not isinstance(part, t.Node | t.Row):
        return part
    fields = {name: _placed(getattr(part, name), known) for name in part.__struct_fields__}
    return msgspec.structs.replace(part, **fields)


def _goal(builder: Builder, entry: Entry, item: Entry, number: int) -> tuple[p.Goal, ...]:
    """Return the goal of a figure, nothing (reported) if it is wrong."""
    report = builder.report
    if item.get("measured_by") is not None and item.get("not_measured") is not None:
        message = "a figure has `measured_by:` or `not_measured:`, and not both"
        report.add(item.place("not_measured"), "wrong-form", message, "remove one of them")
    slot = f"{entry.text('id')}.figures.{number}"
    scope = plan_scope(builder.scope)
    measure = builder.expression(item.get("measured_by"), scope.at(f"{slot}.measured_by"), None)
    why = label(item.get("not_measured")) if item.get("not_measured") else None
    figure = p.Figure(item.text("value"), label(item), item.text("than"))
    if measure is None:
        return (p.Goal(figure, None, None, None, why, item.text("to")),)
    kind = measure.type
    if kind.kind not in _MEASURED:
        message = f"a figure is measured by a yes/no, a sum of money or a count, found {kind}"
        hint = "a yes/no counts the applicants for which it holds; a sum or a count is added up"
        report.add(item.place("measured_by"), "wrong-type", message, hint)
        return ()
    wanted = COUNT if kind.kind == "flag" else kind
    value, to = (_literal(builder, item, key, wanted) for key in ("value", "to"))
    if value is not None and to is not None and not _rises(value, to):
        message = f"{item.text('to')} is not above {item.text('value')}"
        report.add(item.place("to"), "table-order", message, "`value` is the lower end, `to` the upper one")
    return (p.Goal(figure, value, to, measure, why, item.text("to")),)


def _literal(builder: Builder, item: Entry, key: str, wanted: Type) -> t.Constant | None:
    """Return a figure as the literal that it is compared by; one that is none, or of another unit, is reported."""
    source = item.get(key)
    if source is None:
        return None
    node = resolve(source, replace(plan_scope(builder.scope), lets={}, builtins=frozenset()), builder.report)
    if node is None:
        return None
    if not isinstance(node, t.Constant) or unify(node.type, wanted) is None:
        message = f"what measures this figure gives {wanted}, and `{source.text}` is {node.type}"
        hint = "mend one of them; what cannot be measured has `not_measured:` with the reason"
        builder.report.add(source.position, "wrong-unit", message, hint)
        return None
    return node


def _rises(low: t.Constant, high: t.Constant) -> bool:
    return bool(low.value < high.value)  # type: ignore[operator]
