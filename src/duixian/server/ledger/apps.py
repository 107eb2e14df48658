"""The app `ledger`."""

from __future__ import annotations

from duixian.server.common.apps import App


class LedgerConfig(App):
    """Django's entry for it."""

    name = "duixian.server.ledger"
    label = "ledger"
    verbose_name = "总账"
