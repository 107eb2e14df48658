"""Other values for a policy's literals: ranges as people write them, and whether each variant is a policy still."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, Final

import msgspec

from duixian.calendar.days import Both, Language, Refusal, parse_day, require_day
from duixian.calendar.periods import Period, PeriodProblem
from duixian.engine.kernel.parameters import Amount, map_constants, varied
from duixian.language import tree as t
from duixian.language.policy import Policy
from duixian.language.prose import literals
from duixian.language.vacuous import vacuous
from duixian.register import amounts

MOST: Final = 500
"""Variants that a sweep tries one by one."""
MOST_STEPS: Final = 1_000_000
"""Settings of one range among which the one that meets a budget is looked for."""
_RANGE: Final = re.compile(r"(?P<first>.+?)\s*\.\.\s*(?P<last>.+?)\s*/\s*(?P<step>.+)")
_PERIOD: Final = re.compile(r"([0-9]{1,5})\s*(年|个月|日|天)")
_UNITS: Final = {"年": "years", "个月": "months", "日": "days", "天": "days"}


class VariantError(ValueError):
    """A range cannot be read, or a variant is no policy; `what` says it in both languages."""

    def __init__(self, what: Both) -> None:
        self.what = what
        super().__init__(what.en)


class Vary(msgspec.Struct, frozen=True):
    """A literal and the values it is to take: its address, kind, present value; `even` if they are evenly spaced.

    A figure that the pack writes at several places (`a.1+a.2`) has the same value at all of them.
    """

    address: str
    kind: str
    present: Amount
    values: tuple[Amount, ...]
    even: bool

    def at(self, policy: Policy, value: Amount) -> dict[str, Amount]:
        """Return the parameters of a policy that give it a value, by full address."""
        return {f"{policy.id}/{name}": value for name in self.address.split("+")}


def read_vary(text: str, policy: Policy, most: int = MOST) -> Vary:
    """Read `software-rnd.cap=50万元..200万元/10万元`, or a list of values such as `=50万元,80万元`.

    `most` is how many values a range may have.

    Raises:
        VariantError: there is no such literal, or the values cannot be read.
    """
    address, equals, given = (part.strip() for part in text.partition("="))
    if not equals or not given:
        raise VariantError(
            Both(f"{text}：应写成 参数=起..止/步长", f"{text}: write it as NAME=FROM..TO/STEP")
        )
    constants = literals_of(policy)
    names = [part.strip().removeprefix(f"{policy.id}/") for part in address.split("+")]
    for name in names:
        if name not in constants:
            raise VariantError(_unknown(name, constants))
    name, constant = "+".join(names), constants[names[0]]
    kind = constant.type.kind
    if any(constants[other].value != constant.value for other in names):
        raise VariantError(
            Both(
                f"{name}：各处的现值不同，不是同一个数字",
                f"{name}: they differ now, so they are not one figure",
            )
        )
    if kind not in _PARSERS:
        raise VariantError(Both(f"{name} 不能变动", f"`{name}` is {constant.type}, which cannot be varied"))
    match = _RANGE.fullmatch(given)
    if match is None and ".." in given:
        raise VariantError(Both(f"{text}：范围应写成 起..止/步长", f"{text}: write a range as FROM..TO/STEP"))
    if match is None:
        values = tuple(_parsed(part, kind, name) for part in given.split(","))
        return Vary(name, kind, constant.value, values, False)
    first, last, step = (_parsed(match[part], kind, name) for part in ("first", "last", "step"))
    return Vary(name, kind, constant.value, _range(given, kind, (first, last, step), most), True)


def _unknown(name: str, known: Iterable[str]) -> Both:
    """Say that there is no such literal, and which ones may be meant: the nearest, or all."""
    names = sorted(known)
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    listed = ", ".join(close or names)
    if close:
        return Both(
            f"没有参数 {name}。是否为：{listed}", f"there is no parameter `{name}`. Did you mean: {listed}"
        )
    return Both(
        f"没有参数 {name}。可变动的有：{listed}", f"there is no parameter `{name}`. There are: {listed}"
    )


def _range(given: str, kind: str, ends: tuple[Any, Any, Any], most: int) -> tuple[Amount, ...]:
    """Return the values of a range: first, last, step."""
    if kind == "date":
        raise VariantError(Both(f"{given}：请逐一列出日期", f"{given}: list the days one by one"))
    if kind != "period":
        return tuple(_plain(value) for value in _steps(given, *ends, most))
    units = {_unit(period) for period in ends}
    if len(units) != 1:
        raise VariantError(Both(f"{given}：请用同一种单位", f"{given}: use one unit"))
    unit = units.pop()
    return tuple(Period(**{unit: n}) for n in _steps(given, *_counts(ends, unit), most))


def _counts(ends: tuple[Period, Period, Period], unit: str) -> tuple[int, int, int]:
    first, last, step = (int(getattr(end, unit)) for end in ends)
    return first, last, step


def _steps(given: str, first: Any, last: Any, step: Any, most: int) -> list[Any]:
    if step <= 0:
        raise VariantError(Both(f"{given}：步长应大于零", f"{given}: the step must be more than zero"))
    if first > last:
        raise VariantError(
            Both(f"{given}：起点大于终点，请对调", f"{given}: it starts above its end; swap the two")
        )
    count = (last - first) // step + 1
    if count > most:
        raise VariantError(
            Both(
                f"{given}：共 {count:,} 个值，最多 {most:,} 个；请加大步长或缩小范围",
                f"{given}: {count:,} values, and at most {most:,}; take a larger step or a narrower range",
            )
        )
    return [first + step * n for n in range(int(count))]


def _period(text: str) -> Period:
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise PeriodProblem(
            text, Both("期间，如 6个月、2年、30日", "a period: 6个月, 2年 or 30日"), Both("", "")
        )
    return Period(**{_UNITS[match[2]]: int(match[1])})


def _unit(period: Period) -> str:
    return next((unit for unit in ("years", "months", "days") if getattr(period, unit)), "days")


_PARSERS: Final[dict[str, Callable[[str], Any]]] = {
    "money": amounts.parse_money,
    "ratio": amounts.parse_ratio,
    "count": amounts.parse_count,
    "year": amounts.parse_count,
    "area": amounts.parse_area,
    "price_per_area": amounts.parse_price_per_area,
    "date": lambda text: require_day(parse_day(text)),
    "period": _period,
}


def _parsed(text: str, kind: str, name: str) -> Any:
    try:
        return _plain(_PARSERS[kind](text.strip()))
    except Refusal as problem:
        raise VariantError(
            Both(f"{name}={text}：{problem.text('zh')}", f"{name}={text}: {problem.text('en')}")
        ) from None


def _plain(value: Any) -> Any:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def literals_of(policy: Policy) -> dict[str, t.Constant]:
    """Return the literals of a policy that can be varied, by address."""
    found: dict[str, t.Constant] = {}

    def note(constant: t.Constant) -> t.Constant:
        if constant.parameter:
            found[constant.parameter] = constant
        return constant

    # What measures the plan's targets costs nothing.
    map_constants(msgspec.structs.replace(policy, targets=()), note)
    return found


def variants(policy: Policy, varies: Sequence[Vary]) -> list[tuple[Amount, ...]]:
    """Return every combination of the values, each a policy that passes the pack's load checks.

    Raises:
        VariantError: there are too many, one literal is varied twice, or one is no policy; it says which and why.
    """
    names = [name for vary in varies for name in vary.address.split("+")]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise VariantError(Both(f"{twice} 给了两次", f"`{twice}` is varied twice"))
    count = 1
    for vary in varies:
        count *= len(vary.values)
    if count > MOST:
        raise VariantError(
            Both(f"共 {count} 个方案，最多 {MOST} 个", f"{count} variants, and at most {MOST}")
        )
    found = list(product(*(vary.values for vary in varies)))
    for values in found:
        check_variant(policy, parameters(policy, varies, values))
    return found


def parameters(policy: Policy, varies: Sequence[Vary], values: Sequence[Amount]) -> dict[str, Amount]:
    """Return one combination of values by full address."""
    pairs = zip(varies, values, strict=True)
    return {name: value for vary, taken in pairs for name, value in vary.at(policy, taken).items()}


def check_variant(policy: Policy, values: Mapping[str, Amount]) -> None:
    """Check a variant as a pack is checked on loading: steps rise, keys differ, conditions can hold and fail.

    What the pack itself says is not held against the variant.

    Raises:
        VariantError: it is no policy.
    """
    [made] = varied([policy], values)
    told = ", ".join(f"{name.partition('/')[2]}={shown(value, 'en')}" for name, value in values.items())
    before = set(_faults(policy))
    for fault in _faults(made):
        if fault not in before:
            raise VariantError(Both(f"{told}：{fault.zh}", f"{told}: {fault.en}"))


def _faults(policy: Policy) -> Iterator[Both]:
    for node in _nodes(policy):
        if isinstance(node, t.Steps | t.Crossing):
            keys = [row.key.value for row in node.rows if isinstance(row.key, t.Constant)]
            if not all(_rises(a, b) for a, b in pairwise(keys)):
                yield Both("档次须由低到高", "the steps must rise")
        if isinstance(node, t.Arithmetic) and node.left.type.kind == "year":
            moved = node.right.period if isinstance(node.right, t.Constant) else None
            if moved is not None and (moved.months or moved.days):
                yield Both("年度只能按整年推移", "a year moves by whole years")
        if isinstance(node, t.Match):
            keys = [row.key.value for row in node.rows if isinstance(row.key, t.Constant)]
            if len(set(keys)) < len(keys):
                yield Both("同一个键出现两次", "a key stands twice")
    conditions = {item.id: item for measure in policy.measures for item in measure.conditions}
    tests = [(item.label, item.test) for item in conditions.values()]
    tests += [(measure.title, measure.which) for measure in policy.measures if measure.which is not None]
    for label, test in tests:
        held = vacuous(test)
        if held is not None:
            yield Both(
                f"条件「{label.zh}」{'总是成立' if held else '不可能成立'}",
                f"the condition “{label.en}” {'always holds' if held else 'can never hold'}",
            )


def _rises(low: Any, high: Any) -> bool:
    return bool(low < high)


def _nodes(part: Any) -> Iterator[t.Node]:
    if isinstance(part, tuple):
        for item in part:
            yield from _nodes(item)
    elif isinstance(part, msgspec.Struct):
        if isinstance(part, t.Node):
            yield part
        for name in part.__struct_fields__:
            yield from _nodes(getattr(part, name))


def shown(value: Amount, lang: Language, kind: str = "") -> str:
    """Return a value for people: a sum in money, a share in percent."""
    if kind == "money" and isinstance(value, int):
        return amounts.format_money(value, lang)
    if kind == "ratio" and isinstance(value, int | Fraction):
        hundred = Fraction(value) * 100
        return f"{float(hundred):g}%" if hundred.denominator > 1 else f"{hundred}%"
    if isinstance(value, Period):
        return literals.period(value, lang)
    return value.isoformat() if isinstance(value, dt.date) else str(value)
