"""What makes a service a command: one transaction, and a refusal that is remembered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from enum import Enum
from typing import Concatenate, ParamSpec, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from duixian.server.audit.services import refuse
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused

_P = ParamSpec("_P")
_R = TypeVar("_R")
COMMANDS: dict[str, Callable[..., object]] = {}
"""Every command that has been declared, by its action."""
_running: ContextVar[bool] = ContextVar("a command runs", default=False)
_noted: ContextVar[list[Callable[[], None]] | None] = ContextVar("refusals in a whole", default=None)


@runtime_checkable
class Told(Protocol):
    """A structure given to commands that says itself what of it may stand in the log."""

    def told(self) -> Mapping[str, object]:
        """Its codes, numbers and days; no text that somebody wrote."""


def command(
    action: str,
) -> Callable[[Callable[Concatenate[Actor, _P], _R]], Callable[Concatenate[Actor, _P], _R]]:
    """Declares a service as the command `app.action`.

    Its changes and their events are one transaction. If it is refused all of that is undone, the refusal is
    written in a transaction of its own, and raised again. A command that another one calls is part of that one:
    the outer one answers for the refusal.
    """

    def declare(service: Callable[Concatenate[Actor, _P], _R]) -> Callable[Concatenate[Actor, _P], _R]:
        @functools.wraps(service)
        def run(by: Actor, /, *args: _P.args, **given: _P.kwargs) -> _R:
            if _running.get():
                with transaction.atomic():
                    return service(by, *args, **given)
            token = _running.set(True)
            try:
                with transaction.atomic():
                    return service(by, *args, **given)
            except Refused as refused:
                on = next((value for value in given.values() if isinstance(value, Model)), None)
                _note(functools.partial(refuse, by, action, refused.code, on=on, asked=_safe(given)))
                raise
            finally:
                _running.reset(token)

        COMMANDS[action] = run
        return run

    return declare


@contextmanager
def whole() -> Iterator[None]:
    """One transaction around commands. If it fails, their refusals are written again after it was rolled back."""
    noted: list[Callable[[], None]] = []
    token = _noted.set(noted)
    try:
        with transaction.atomic():
            yield
    except Exception:
        if noted:
            with transaction.atomic():
                for write in noted:
                    write()
        raise
    finally:
        _noted.reset(token)


def _note(write: Callable[[], None]) -> None:
    """Writes a refusal, and keeps it for the case that the transaction around it fails."""
    with transaction.atomic():
        write()
    noted = _noted.get()
    if noted is not None:
        noted.append(write)


def _safe(given: Mapping[str, object]) -> dict[str, object]:
    """What a command was given, without texts: a text may be about a person."""
    kept = Model | Enum | bool | int | date | UUID | None
    found: dict[str, object] = {}
    for name, value in given.items():
        if isinstance(value, Told):
            found[name] = {part: said for part, said in value.told().items() if isinstance(said, kept | str)}
        elif isinstance(value, kept):
            found[name] = value
    return found
