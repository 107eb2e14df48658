"""The ledger's tables: accounts, and what moves money between them."""

from duixian.server.ledger.models.accounts import Account, AllowedMove, Award, Balance, Envelope, YearState
from duixian.server.ledger.models.entries import Decision, Entry, Line, Proposal

__all__ = [
    "Account",
    "AllowedMove",
    "Award",
    "Balance",
    "Decision",
    "Entry",
    "Envelope",
    "Line",
    "Proposal",
    "YearState",
]
