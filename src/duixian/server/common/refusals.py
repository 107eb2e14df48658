"""Why a command was not carried out, for the person who gave it."""

from __future__ import annotations

from duixian.calendar.days import Both


class Refused(Exception):  # noqa: N818 - a refusal is an answer to a person, named for what it is
    """A command that must not be carried out; nothing of it was.

    `code` is stable, for programs and tests (`ledger.over_ceiling`); `why` is for people and says what to do.
    """

    def __init__(self, code: str, why: Both) -> None:
        super().__init__(f"{code}: {why.en}")
        self.code = code
        self.why = why


class NotFound(Refused):
    """What does not exist, or lies outside the actor's scope: the two cannot be told apart from outside."""

    def __init__(self) -> None:
        super().__init__(
            "not_found", Both("不存在，或者不在您的权限范围内", "does not exist, or is outside your scope")
        )
