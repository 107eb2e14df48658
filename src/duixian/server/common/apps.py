"""What every app of the server does when it is loaded."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class App(AppConfig):
    """An app of ours: its `scopes` say who sees what, so they are always loaded."""

    default = False  # each apps.py imports this class beside its own; Django must take the other one

    def __init_subclass__(cls) -> None:
        """Every app's own class is the one to take."""
        cls.default = True

    def ready(self) -> None:
        """Loads the scopes."""
        if find_spec(f"{self.name}.scopes"):
            import_module(f"{self.name}.scopes")
