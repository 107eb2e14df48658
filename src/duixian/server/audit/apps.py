"""The app `audit`."""

from __future__ import annotations

from duixian.server.common.apps import App


class AuditConfig(App):
    """Django's entry for it."""

    name = "duixian.server.audit"
    label = "audit"
    verbose_name = "留痕"
