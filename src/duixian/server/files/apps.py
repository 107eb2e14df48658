"""The app `files`."""

from __future__ import annotations

from duixian.server.common.apps import App


class FilesConfig(App):
    """Django's entry for it."""

    name = "duixian.server.files"
    label = "files"
    verbose_name = "文件"
