"""Records of which there is one by nature: a body has one fiscal year 2023, whatever id each source gives it.

Two sources number such records differently. Kept side by side they would be counted twice, so a second one is
refused on the way in, and of two merged entries only one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

ONE_OF: Final[Mapping[str, tuple[str, ...]]] = {"year": ("year",)}
"""By record type: the fields that tell which one it is. The vocabulary requires each of them."""

Natural = tuple[str, tuple[Any, ...]]


def natural(kind: str, payload: Mapping[str, Any]) -> Natural | None:
    """Which one a record is; None for one of which there may be several."""
    fields = ONE_OF.get(kind)
    if fields is None or not all(name in payload for name in fields):
        return None
    return kind, tuple(payload[name] for name in fields)


def twin_of(
    kind: str, key: str, payload: Mapping[str, Any], others: Iterable[tuple[str, str, Mapping[str, Any]]]
) -> str | None:
    """The id under which the same is recorded already; None if it is not."""
    mine = natural(kind, payload)
    if mine is None:
        return None
    return next(
        (other for type_, other, held in others if other != key and natural(type_, held) == mine), None
    )
