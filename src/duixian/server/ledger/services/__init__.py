"""The ledger's commands: years and awards, proposals, their confirmation, and what happens by itself."""

from duixian.server.ledger.services.confirming import confirm, decline
from duixian.server.ledger.services.expiring import expire_reservations
from duixian.server.ledger.services.proposing import propose, propose_reversal
from duixian.server.ledger.services.years import close_year, name_award, open_year, reopen_year

__all__ = [
    "close_year",
    "confirm",
    "decline",
    "expire_reservations",
    "name_award",
    "open_year",
    "propose",
    "propose_reversal",
    "reopen_year",
]
