"""A day's root: the chain's head, small enough to be printed, mailed, or read out to somebody outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from cryptography.hazmat.primitives import hashes

WHAT = "duixian event log root"


class RootProblem(Exception):  # noqa: N818 - told to a person, as what it is
    """A root file that cannot be read, or was changed."""


@dataclass(frozen=True)
class Root:
    """The chain as it stood: `links` so many, the last one's hash `head` in hexadecimal, taken up at `at`.

    Whoever holds one can tell whether any event up to that link was changed, added or left out since, even by
    somebody who could write the whole chain anew.
    """

    day: date
    links: int
    head: str
    at: datetime

    def text(self) -> str:
        """The file: JSON with the SM3 of all else as `check`, against a slip of the pen."""
        body = self._body()
        body["check"] = _check(body)
        return msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n"

    def _body(self) -> dict[str, object]:
        return {
            "what": WHAT,
            "day": self.day.isoformat(),
            "links": self.links,
            "head": self.head,
            "at": self.at.isoformat(),
        }

    @staticmethod
    def read(text: str) -> Root:
        """The root that a file holds.

        Raises:
            RootProblem: it is no root, or was changed.
        """
        try:
            found = msgspec.json.decode(text)
            root = Root(
                date.fromisoformat(found["day"]),
                int(found["links"]),
                str(found["head"]),
                datetime.fromisoformat(found["at"]),
            )
            whole = found["what"] == WHAT and len(bytes.fromhex(root.head)) == hashes.SM3.digest_size
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            raise RootProblem(
                "not a root of the event log; give the file that `duixian audit root` wrote"
            ) from error
        if not whole or found.get("check") != _check(root._body()):
            raise RootProblem("the root was changed or copied wrongly: its `check` does not fit")
        return root


def day_root(cursor: Any, day: date) -> Root | None:
    """The chain's head at the end of a day in Beijing (today: so far); None if there was no link yet.

    `cursor` is Django's or psycopg's own.
    """
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Asia/Shanghai"))
    cursor.execute(
        "SELECT number, hash, at FROM audit_link WHERE at < %s ORDER BY at DESC, number DESC LIMIT 1", [end]
    )
    found = cursor.fetchone()
    return Root(day, found[0], bytes(found[1]).hex(), found[2].astimezone(UTC)) if found else None


def _check(body: dict[str, object]) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(msgspec.json.encode({key: value for key, value in body.items() if key != "check"}))
    return digest.finalize().hex()
