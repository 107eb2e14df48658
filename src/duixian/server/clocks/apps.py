"""The app `clocks`."""

from __future__ import annotations

from duixian.server.common.apps import App


class ClocksConfig(App):
    """Django's entry for it."""

    name = "duixian.server.clocks"
    label = "clocks"
    verbose_name = "时限"
