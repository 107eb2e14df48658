"""The app `registry`."""

from __future__ import annotations

from duixian.server.common.apps import App


class RegistryConfig(App):
    """Django's entry for it."""

    name = "duixian.server.registry"
    label = "registry"
    verbose_name = "主体库"
