"""Who sees which money: by fund, and for those of a district only what is in it."""

from __future__ import annotations

from django.db.models import Q

from duixian.server.accounts.roles import CITY, DISTRICT, FINANCE, WATCH
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import Rule, scope
from duixian.server.ledger.models import (
    Account,
    AllowedMove,
    Award,
    Balance,
    Decision,
    Entry,
    Envelope,
    Line,
    Proposal,
    YearState,
)


def _within(fund: str, district: str | None) -> Rule:
    """The rule of a model, by the names of its fields that hold the fund's code and the district's."""

    def rule(by: Actor) -> Q | None:
        if by.role in WATCH:
            return Q()
        if by.role not in CITY | FINANCE | DISTRICT:
            return None
        seen = Q() if by.fund is None else Q(**{fund: by.fund})
        if district is None:
            return seen
        if by.role in DISTRICT:
            return seen & Q(**{f"{district}__startswith": by.district}) if by.district else None
        return seen & (Q(**{district: ""}) | Q(**{f"{district}__startswith": by.district or ""}))

    return rule


scope(Envelope)(_within("fund", None))
scope(YearState)(_within("envelope__fund", None))
scope(Award)(_within("fund", "district"))
scope(Account)(_within("envelope__fund", "district"))
scope(Balance)(_within("account__envelope__fund", "account__district"))
scope(Proposal)(_within("envelope__fund", "district"))
scope(Decision)(_within("proposal__envelope__fund", "proposal__district"))
scope(Entry)(_within("envelope__fund", "district"))
scope(Line)(_within("account__envelope__fund", "entry__district"))


@scope(AllowedMove)
def moves(by: Actor) -> Q | None:
    """Which movements there are is no secret to those who work with money."""
    return Q() if by.role in CITY | FINANCE | DISTRICT | WATCH else None
