"""The app `jobs`."""

from __future__ import annotations

from duixian.server.common.apps import App


class JobsConfig(App):
    """Django's entry for it."""

    name = "duixian.server.jobs"
    label = "jobs"
    verbose_name = "任务"
