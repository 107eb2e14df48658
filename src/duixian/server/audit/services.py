"""Writes into the event log, in the transaction of the change that it tells of."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.db.models import Model

from duixian.calendar.days import Both
from duixian.server.audit import canonical
from duixian.server.audit.canonical import Personal
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused

__all__ = ["Personal", "record"]


def record(
    by: Actor,
    action: str,
    *,
    on: Model | None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    why: str = "",
) -> Event:
    """Notes one change: `before` and `after` hold the fields that changed, None where there was or is nothing.

    Values about a person are wrapped in `Personal`; `why` is for reasons, never for names or numbers of people.

    Raises:
        Refused: a resident identity number stands in the reason.
        RuntimeError: no transaction is open, so that the change could stand without its event.
        TypeError, ValueError: a value that must not or cannot stand in the log (see `canonical.text`).
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{action} must be recorded inside the transaction of the change")
    event = _event(by, action, on, before, after)
    try:
        event.why = canonical.free_text(why)
    except ValueError:
        raise Refused(
            "audit.identity_number",
            Both(
                "事由中不得出现身份证件号码；请改写事由",
                "a reason must not hold a resident identity number; say it without",
            ),
        ) from None
    event.save(force_insert=True)
    return event


def refuse(by: Actor, action: str, code: str, *, on: Model | None, asked: Mapping[str, object]) -> None:
    """Notes that a command was refused; `asked` is what it was given, without free text."""
    try:
        event = _event(by, action, on, None, asked)
    except ValueError:  # an identity number, typed where a sum belongs
        event = _event(by, action, on, None, {})
    event.refusal = code
    event.save(force_insert=True)


def _event(
    by: Actor,
    action: str,
    on: Model | None,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> Event:
    kind, key = canonical.on(on) if on is not None else ("", "")
    return Event(
        request=by.request,
        person=by.person,
        role=by.role,
        fund=by.fund or "",
        district=by.district or "",
        organisation=by.organisation,
        action=action,
        kind=kind,
        key=key,
        before=None if before is None else canonical.text(before),
        after=None if after is None else canonical.text(after),
    )
