"""What the ledger says: every total on every screen comes from here, and here from the accounts' balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet, Sum

from duixian.server.common.acting import Actor
from duixian.server.common.scopes import find, scoped
from duixian.server.ledger.kinds import SPENT, Kind
from duixian.server.ledger.models import Award, Balance, Envelope, Proposal

_FEN = ExpressionWrapper((F("debit_fen") - F("credit_fen")) * F("sign"), output_field=BigIntegerField())


@dataclass(frozen=True)
class Statement:
    """Where the money of one year is, in fen; of what the actor may see. `kinds` has every kind of account."""

    kinds: Mapping[Kind, int]
    appropriated: Mapping[str, int]
    """By source."""
    districts: Mapping[str, Mapping[Kind, int]]
    """By district, what is bound to one."""

    @property
    def budget(self) -> int:
        """What was appropriated and not carried over into a later year."""
        return self.kinds[Kind.APPROPRIATION] - self.kinds[Kind.CARRIED_OVER]

    @property
    def available(self) -> int:
        """What no award holds yet: free, or in a district's quota."""
        return self.kinds[Kind.AVAILABLE] + self.kinds[Kind.QUOTA]

    @property
    def paid_net(self) -> int:
        """Paid net of returns: what has left and was not made available again by finance's own entry."""
        return sum(self.kinds[kind] for kind in SPENT)

    @property
    def accounted(self) -> int:
        """The other side of the budget's identity: where the budget is. It equals `budget`, always."""
        return (
            self.available
            + self.kinds[Kind.RESERVED]
            + self.kinds[Kind.COMMITTED]
            + self.kinds[Kind.AT_DISTRICTS]
            + self.paid_net
            + self.kinds[Kind.SURRENDERED]
        )


def statement(by: Actor, *, envelope: int) -> Statement:
    """The statement of one year's envelope, in one query; a district's roles see their own rows only.

    Raises:
        NotFound: no such envelope within the actor's reach.
    """
    rows = scoped(Balance, by).filter(account__envelope=find(Envelope, by, id=envelope))
    kinds = dict.fromkeys(Kind, 0)
    appropriated: dict[str, int] = {}
    districts: dict[str, dict[Kind, int]] = defaultdict(lambda: dict.fromkeys(Kind, 0))
    grouped = rows.values_list("account__kind", "account__source", "account__district").annotate(
        total=Sum(_FEN)
    )
    for code, source, district, fen in grouped:
        kind = Kind(code)
        kinds[kind] += int(fen)
        if source:
            appropriated[source] = int(fen)
        if district:
            districts[district][kind] += int(fen)
    return Statement(kinds, appropriated, dict(districts))


def award_position(by: Actor, *, award: int) -> dict[Kind, int]:
    """Where one award's money is, over all years, in fen.

    Raises:
        NotFound: no such award within the actor's reach.
    """
    rows = Balance.objects.filter(account__award=find(Award, by, id=award))
    found = rows.values_list("account__kind").annotate(total=Sum(_FEN))
    return {Kind(kind): int(fen) for kind, fen in found}


def undecided(by: Actor) -> QuerySet[Proposal]:
    """The proposals that wait for a second person, oldest first."""
    return scoped(Proposal, by).filter(decision__isnull=True).order_by("id")
