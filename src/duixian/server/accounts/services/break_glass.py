"""The break-glass administrator: opened for a reason and some hours, seen by who watches, looked at afterwards."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from duixian.server.accounts.models import LONGEST_OPENING_HOURS, Opening, Person
from duixian.server.accounts.roles import SELF, WATCH, Role
from duixian.server.accounts.rules import ADMINISTRATORS, another, given, locked, refused, require
from duixian.server.accounts.selectors import in_force, opening, today
from duixian.server.accounts.services.people import end_sessions_of
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor

_SHORTEST_REASON = 10


@command("accounts.open_glass")
def open_glass(by: Actor, *, reason: str, hours: int) -> Opening:
    """Puts the actor's own break-glass role into use, for 1 to 4 hours.

    The role itself was given by two people beforehand; it can do what a security administrator can, and needs
    a second person wherever that one does.

    Raises:
        Refused: no such role is held today, no reason of ten characters or more, too long, or open already.
    """
    if by.role != SELF or by.person is None:
        raise refused("role", "只能由本人启用", "only the holder opens it")
    person = Person.objects.select_for_update().get(pk=by.person)
    held = [row for row in person.holdings.filter(role=Role.BREAK_GLASS) if in_force(row, today())]
    if not held or not person.is_active:
        raise refused("role_not_held", "您不是应急管理员", "you are no break-glass administrator today")
    if len(given(reason, "事由", "the reason")) < _SHORTEST_REASON:
        raise refused(
            "missing", f"事由至少{_SHORTEST_REASON}个字", f"give a reason of {_SHORTEST_REASON} characters"
        )
    if not 1 <= hours <= LONGEST_OPENING_HOURS:
        raise refused(
            "hours", f"时限为1至{LONGEST_OPENING_HOURS}小时", f"for 1 to {LONGEST_OPENING_HOURS} hours"
        )
    if any(opening(row) for row in held):
        raise refused("state", "已启用", "it is open already")
    now = timezone.now()
    row = Opening(holding=held[0], reason=reason.strip(), opened_at=now, until=now + timedelta(hours=hours))
    row.save(force_insert=True)
    record(
        by,
        "accounts.open_glass",
        on=row,
        after={"hours": hours, "until": row.until.isoformat()},
        why=row.reason,
    )
    return row


@command("accounts.close_glass")
def close_glass(by: Actor, *, opening: int) -> Opening:
    """Ends a use before its time: the holder, a security administrator, or who watches; sessions end.

    Raises:
        Refused: another role, or it is over.
    """
    row = locked(Opening, by, pk=opening)
    if not (by.role == SELF and row.holding.person_id == by.person):
        require(by, ADMINISTRATORS | WATCH)
    if row.closed_at is not None or row.until <= timezone.now():
        raise refused("state", "已关闭", "it is closed already")
    row.closed_at = timezone.now()
    row.save()
    end_sessions_of(Person.objects.select_for_update().get(pk=row.holding.person_id))
    record(by, "accounts.close_glass", on=row, before={"closed": False}, after={"closed": True})
    return row


@command("accounts.review_glass")
def review_glass(by: Actor, *, opening: int, review: str) -> Opening:
    """An auditor, or discipline inspection, looks at a use that is over and says what they found.

    Raises:
        Refused: another role, still open, no text, reviewed already, or a use of one's own from before one watched.
    """
    reviewer = require(by, WATCH)
    row = locked(Opening, by, pk=opening)
    another(by, row.holding.person)
    if row.closed_at is None and row.until > timezone.now():
        raise refused("state", "尚未关闭；可先关闭", "it is still open; close it first")
    if row.reviewed_at is not None:
        raise refused("state", "已复核", "it has been reviewed already")
    row.reviewed_by_id, row.reviewed_at = reviewer, timezone.now()
    row.review = given(review, "复核意见", "what you found")
    row.save()
    record(
        by,
        "accounts.review_glass",
        on=row,
        before={"reviewed": False},
        after={"reviewed": True},
        why=row.review,
    )
    return row
