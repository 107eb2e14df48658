"""Values under what is not known: ranges of numbers, unknown things, and three-valued comparison.

Known numbers are plain int and Fraction, so the same operators serve known and unknown facts: where one
side is a Range or UNKNOWN, Python's reflected operators lead here. A comparison that the known facts do
not settle gives None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from duixian.calendar.periods import PeriodProblem, add, subtract

Number = int | Fraction
Truth = bool | None


class Unknown:
    """A value that is not a number and not known; every comparison with it is open."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _open(self, other: object) -> Any:
        return None

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _open

    def __repr__(self) -> str:
        """Return the word itself, for traces."""
        return "unknown"


UNKNOWN = Unknown()


class Range:
    """All that is known of a number: it lies between two bounds, both included; None is no bound."""

    __slots__ = ("high", "low")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, low: Number | None, high: Number | None) -> None:
        """Take the bounds."""
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        """Return the bounds, for traces."""
        return f"[{self.low}, {self.high}]"

    def __add__(self, other: Any) -> Range:
        """Add a number or a range."""
        low, high = bounds(other)
        return Range(
            None if self.low is None or low is None else self.low + low,
            None if self.high is None or high is None else self.high + high,
        )

    __radd__ = __add__

    def __neg__(self) -> Range:
        """Turn the range about zero."""
        return Range(None if self.high is None else -self.high, None if self.low is None else -self.low)

    def __sub__(self, other: Any) -> Range:
        """Subtract a number or a range."""
        result: Range = self + (-other)
        return result

    def __rsub__(self, other: Any) -> Range:
        """Subtract this range from a number."""
        result: Range = -self + other
        return result

    def __lt__(self, other: Any) -> Truth:
        """Compare: surely below, surely not, or open."""
        low, high = bounds(other)
        if self.high is not None and low is not None and self.high < low:
            return True
        return False if self.low is not None and high is not None and self.low >= high else None

    def __le__(self, other: Any) -> Truth:
        """Compare: surely not above, surely above, or open."""
        low, high = bounds(other)
        if self.high is not None and low is not None and self.high <= low:
            return True
        return False if self.low is not None and high is not None and self.low > high else None

    def __gt__(self, other: Any) -> Truth:
        """Compare: the contrary of not above."""
        return negate(self <= other)

    def __ge__(self, other: Any) -> Truth:
        """Compare: the contrary of below."""
        return negate(self < other)

    def __eq__(self, other: object) -> Truth:  # type: ignore[override]
        """Compare: surely not equal where the ranges do not meet, else open."""
        low, high = bounds(other)
        apart = (self.high is not None and low is not None and self.high < low) or (
            self.low is not None and high is not None and self.low > high
        )
        if apart:
            return False
        return True if self.low is not None and self.low == self.high == low == high else None

    def __ne__(self, other: object) -> Truth:  # type: ignore[override]
        """Compare: the contrary of equal."""
        return negate(self == other)


OPEN = frozenset({Range, Unknown, type(None)})
"""The types of what is not settled."""


def bounds(value: Any) -> tuple[Number | None, Number | None]:
    """Return the least and the greatest that a value can be; (None, None) if it is not a number."""
    if isinstance(value, Range):
        return value.low, value.high
    if isinstance(value, Unknown):
        return None, None
    return value, value


def narrow(low: Number | None, high: Number | None) -> Any:
    """Return the number if the bounds meet, else the range."""
    return low if low is not None and low == high else Range(low, high)


def hull(values: Iterable[Any]) -> Any:
    """Return the narrowest value that covers all the given ones."""
    found = list(values)
    first = found[0]
    if all(
        value is first or (type(value) is type(first) and (value == first) is True) for value in found[1:]
    ):
        return first
    if any(not isinstance(value, int | Fraction | Range) or isinstance(value, bool) for value in found):
        return None if all(value is None or isinstance(value, bool) for value in found) else UNKNOWN
    lows = [bounds(value)[0] for value in found]
    highs = [bounds(value)[1] for value in found]
    low = None if None in lows else min(low for low in lows if low is not None)
    high = None if None in highs else max(high for high in highs if high is not None)
    return narrow(low, high)


def negate(truth: Truth) -> Truth:
    """Return the contrary; what is open stays open."""
    return None if truth is None else not truth


def multiply(left: Any, right: Any) -> Any:
    """Multiply exactly; ranges of amounts that are not negative stay ranges."""
    if left == 0 or right == 0:
        return 0
    if isinstance(left, Range) or isinstance(right, Range):
        (a, b), (c, d) = bounds(left), bounds(right)
        if (a is not None and a < 0) or (c is not None and c < 0) or a is None or c is None:
            return _wide_product(left, right)
        return narrow(a * c, None if b is None or d is None else b * d)
    return left * right


def _wide_product(left: Any, right: Any) -> Range:
    (a, b), (c, d) = bounds(left), bounds(right)
    if a is None or b is None or c is None or d is None:
        return Range(None, None)
    corners = (a * c, a * d, b * c, b * d)
    return Range(min(corners), max(corners))


def divide(left: Any, right: Any) -> Any:
    """Divide exactly; by zero, or by what may be zero, the result is open (never negative if neither is)."""
    low, high = bounds(right)
    if low is None or low < 0:
        return Range(None, None) if low is None or low != high else multiply(left, Fraction(1) / low)
    if low == 0:
        above = bounds(left)[0]
        return Range(0 if above is not None and above >= 0 else None, None)
    return multiply(left, narrow(Fraction(1) / high if high else 0, Fraction(1) / low))


def least(values: Iterable[Any]) -> Any:
    """Return the least of several numbers or days, as far as it is known."""
    found = list(values)
    if any(isinstance(value, Unknown) for value in found):
        return UNKNOWN
    if not any(isinstance(value, Range) for value in found):
        return min(found)
    highs = [high for _, high in map(bounds, found) if high is not None]
    lows = [low for low, _ in map(bounds, found)]
    low = None if None in lows else min(low for low in lows if low is not None)
    return narrow(low, min(highs) if highs else None)


def greatest(values: Iterable[Any]) -> Any:
    """Return the greatest of several numbers or days, as far as it is known."""
    found = list(values)
    if any(isinstance(value, Unknown) for value in found):
        return UNKNOWN
    if not any(isinstance(value, Range) for value in found):
        return max(found)
    lows = [low for low, _ in map(bounds, found) if low is not None]
    highs = [high for _, high in map(bounds, found)]
    high = None if None in highs else max(high for high in highs if high is not None)
    return narrow(max(lows) if lows else None, high)


def shift(day: Any, period: Any, back: bool) -> Any:
    """Return a day or a year moved by a period; what is not known stays so, and so is what no calendar has."""
    if isinstance(day, Unknown) or isinstance(period, Unknown):
        return UNKNOWN
    if isinstance(day, dt.date):
        try:
            return subtract(day, period) if back else add(day, period)
        except PeriodProblem:
            return UNKNOWN
    return day - period.years if back else day + period.years


def to_fen(amount: Number) -> int:
    """Return the sum to be paid: the one step where an exact amount is rounded, down to the fen.

    Rounding up could pass a statutory ceiling; published lists carry decimals of a 万元, so nothing coarser
    is ordered by any text.
    """
    return amount if isinstance(amount, int) else amount.numerator // amount.denominator
