"""Django's own commands, for those who work on the server: python -m duixian.server.manage makemigrations."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Runs one of them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duixian.server.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
