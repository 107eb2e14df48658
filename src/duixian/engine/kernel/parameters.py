"""The literals of policies by address, and policies with other values in their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import msgspec

from duixian.calendar.periods import Period
from duixian.engine.assess import RequestError
from duixian.language.policy import Policy
from duixian.language.problems import nearest
from duixian.language.tree import Constant

Amount = int | Fraction | dt.date | Period


def map_constants(part: Any, change: Callable[[Constant], Constant]) -> Any:
    """Return a policy, or any part of one, with each literal changed; what stays equal stays the same object."""
    if isinstance(part, Constant):
        return change(part)
    if isinstance(part, tuple):
        items = tuple(map_constants(item, change) for item in part)
        return part if all(a is b for a, b in zip(items, part, strict=True)) else items
    if not isinstance(part, msgspec.Struct):
        return part
    changed = {}
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, tuple | msgspec.Struct):
            made = map_constants(value, change)
            if made is not value:
                changed[name] = made
    return msgspec.structs.replace(part, **changed) if changed else part


def parameter_values(policies: Iterable[Policy]) -> dict[str, Amount]:
    """Return every literal's value by its address with its policy's id."""
    found: dict[str, Amount] = {}
    for policy in policies:

        def note(constant: Constant, prefix: str = policy.id) -> Constant:
            if constant.parameter:
                found[f"{prefix}/{constant.parameter}"] = constant.value
            return constant

        map_constants(policy, note)
    return found


def resolve(known: Mapping[str, Amount], asked: Mapping[str, Amount]) -> dict[str, Amount]:
    """Return the asked values by full address. Raises RequestError for an unknown one or another kind."""
    found: dict[str, Amount] = {}
    for name, value in asked.items():
        places = [name] if name in known else [key for key in known if key.partition("/")[2] == name]
        if len(places) != 1:
            what = "several policies have" if places else "no policy has"
            raise RequestError(f"{what} a parameter `{name}`: {', '.join(places) or nearest(name, known)}")
        if _kind(known[places[0]]) != _kind(value):
            raise RequestError(f"`{name}` is {known[places[0]]}, and {value!r} is of another kind")
        found[places[0]] = value
    return found


def _kind(value: Amount) -> str:
    if isinstance(value, dt.date):
        return "day"
    return "period" if isinstance(value, Period) else "number" if type(value) in (int, Fraction) else "other"


def varied(policies: Iterable[Policy], values: Mapping[str, Amount]) -> tuple[Policy, ...]:
    """Return the policies with these values (by full address) in place of their own."""

    def change(constant: Constant, prefix: str) -> Constant:
        value = values.get(f"{prefix}/{constant.parameter}")
        if value is None:
            return constant
        if isinstance(value, dt.date):
            return msgspec.structs.replace(constant, day=value)
        if isinstance(value, Period):
            return msgspec.structs.replace(constant, period=value)
        top, below = value.as_integer_ratio()
        return msgspec.structs.replace(constant, numerator=top, denominator=below)

    if not values:
        return tuple(policies)
    return tuple(map_constants(policy, partial(change, prefix=policy.id)) for policy in policies)
