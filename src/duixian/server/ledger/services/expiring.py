"""Reservations whose last day has passed give their money back by themselves."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from duixian.calendar.days import Both
from duixian.server.audit.commands import command
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.ledger import database
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Account, Balance, Entry
from duixian.server.ledger.moves import MOVES
from duixian.server.ledger.refusals import refusals
from duixian.server.ledger.services.posting import post_automatic


def expire_reservations(by: Actor) -> list[Entry]:
    """Gives back what is still reserved for every award whose reservations have all ended, each for itself.

    It needs no second person: two people set the day when they reserved, and the database looks at it.
    """
    today = timezone.localdate()
    candidates = (
        Account.objects.filter(kind=Kind.RESERVED, balance__debit_fen__gt=F("balance__credit_fen"))
        .filter(award__entries__expires_on__lt=today)
        .order_by("id")
        .distinct()
    )
    ended = [expire(by, account=number) for number in candidates.values_list("id", flat=True)]
    return [entry for entry in ended if entry is not None]


@command("ledger.expire")
def expire(by: Actor, *, account: int) -> Entry | None:
    """Gives back what an account of reserved money still holds; None if there is nothing, or no end has come.

    Raises:
        Refused: a person asks; people void.
    """
    if not by.is_system:
        raise Refused(
            "ledger.role", Both("预留到期由系统处理；请使用撤销预留", "it expires by itself; void it")
        )
    found = Account.objects.select_related("envelope", "award").get(id=account, kind=Kind.RESERVED)
    assert found.award is not None
    database.hold(found.envelope)
    held = Balance.objects.get(account=found)
    if not held.fen or not database.reservation_ended(found.envelope_id, found.award.id):
        return None
    move = MOVES["expire_quota" if found.award.from_quota else "expire"]
    # What was ever reserved names the occasion: no second entry until something is reserved anew.
    key = f"expire {found.id} {held.debit_fen}"
    with refusals():
        entry = post_automatic(by, move, found.envelope, found.award, held.fen, key)
        database.check_now()
    return entry
