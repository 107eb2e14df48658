"""How a value is written into the event log: one text for one value, and nothing personal in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Model
from stdnum.cn import ric

_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")


@dataclass(frozen=True, repr=False)
class Personal:
    """A value about a person (a name, an identity number, an account): the log keeps only its keyed hash."""

    value: str

    def __repr__(self) -> str:
        return "Personal(…)"

    @property
    def keyed(self) -> str:
        """HMAC-SM3 in hexadecimal under a key derived from `FIELD_KEY`; the same value has the same hash."""
        code = hmac.HMAC(_key(settings.FIELD_KEY), hashes.SM3())
        code.update(self.value.encode())
        return code.finalize().hex()


def text(value: object) -> str:
    """Canonical JSON: keys sorted, no blanks, days and times in ISO 8601, sums as integers.

    Raises:
        TypeError: a float, or a value that has no single way to be written.
        ValueError: a resident identity number that is not wrapped in `Personal`.
    """
    return free_text(
        json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    )


def free_text(found: str) -> str:
    """A text that may stand in the log.

    Raises:
        ValueError: a resident identity number stands in it.
    """
    if any(ric.is_valid(number.group()) for number in _IDENTITY_NUMBER.finditer(found)):
        raise ValueError("a resident identity number would stand in the event log; wrap it in Personal")
    return found


def on(thing: Model) -> tuple[str, str]:
    """What a row is called in the log: its model's label and its key."""
    return thing._meta.label_lower, str(thing.pk)


def _plain(value: object) -> Any:  # noqa: PLR0911 - one line a kind of value
    match value:
        case Personal():
            return {"personal": value.keyed}
        case Model():
            return ":".join(on(value))
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case dict():
            return {_name(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case set() | frozenset():
            return sorted((_plain(part) for part in value), key=text)
        case _:
            raise TypeError(f"{value!r} cannot stand in the event log")


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{key!r} is no name of a field")
    return key


@cache
def _key(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"duixian event log: personal values").derive(
        secret.encode()
    )
