"""Tables of the language: match, steps and crossing, exact where the subject is known, a range where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duixian.engine.context import Context
from duixian.engine.values import Truth, bounds, hull, narrow

Code = Callable[[Context], Any]
Rows = tuple[tuple[Any, Code], ...]


def match(subject: Code, rows: Rows) -> Code:
    """Return the closure of `match`: the value of the row whose key equals the subject, else 0."""

    def run(context: Context) -> Any:
        value = subject(context)
        possible = []
        for key, result in rows:
            held = value == key
            if held is True:
                return result(context)
            if held is None:
                possible.append(result(context))
        return hull([0, *possible])

    return run


def steps(subject: Code, rows: Rows) -> Code:
    """Return the closure of `steps`: the value of the highest step reached (the step included), else 0."""

    def run(context: Context) -> Any:
        value = subject(context)
        possible: list[Any] = [0]
        for key, result in rows:
            reached = value >= key
            if reached is False:
                break
            if reached is True:
                possible = [result(context)]
            else:
                possible.append(result(context))
        return hull(possible)

    return run


def crossing(now: Code, before: Code, strict: Code, several: Code, rows: Rows) -> Code:
    """Return the closure of `crossing`: what the steps give that are passed now and were not before."""

    def run(context: Context) -> Any:
        value, history, exclusive = now(context), before(context), strict(context)
        added = several(context)
        results = []
        for key, result in rows:
            passed = _passed(value, key, exclusive)
            earlier = _passed(history, key, exclusive)
            results.append((_newly(passed, earlier), result(context)))
        if added is None:
            return hull([_all(results), _top(results)])
        return _all(results) if added else _top(results)

    return run


def _passed(value: Any, step: Any, exclusive: Truth) -> Truth:
    over, at_least = value > step, value >= step
    if exclusive is None:
        return over if over == at_least else None
    result: Truth = over if exclusive else at_least
    return result


def _newly(now: Truth, before: Truth) -> Truth:
    if now is False or before is True:
        return False
    return True if now is True and before is False else None


def _all(results: list[tuple[Truth, Any]]) -> Any:
    low: Any = 0
    high: Any = 0
    for held, value in results:
        if held is False:
            continue
        least, most = bounds(value)
        low = None if low is None or least is None else low + (least if held else min(0, least))
        high = None if high is None or most is None else high + (most if held else max(0, most))
    return narrow(low, high)


def _top(results: list[tuple[Truth, Any]]) -> Any:
    """Return the value of the highest step newly passed; a step that may be passed widens the range."""
    possible: list[Any] = []
    for held, value in reversed(results):
        if held is False:
            continue
        possible.append(value)
        if held is True:
            return hull(possible)
    return hull([*possible, 0])
