"""The app `accounts`."""

from __future__ import annotations

from duixian.server.common.apps import App


class AccountsConfig(App):
    """Django's entry for it."""

    name = "duixian.server.accounts"
    label = "accounts"
    verbose_name = "账号"
