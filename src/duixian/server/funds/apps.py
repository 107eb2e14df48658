"""The app `funds`."""

from __future__ import annotations

from duixian.server.common.apps import App


class FundsConfig(App):
    """Django's entry for it."""

    name = "duixian.server.funds"
    label = "funds"
    verbose_name = "资金"
