"""The web server: gunicorn with our application, in processes that share what was loaded before they forked."""

from __future__ import annotations

import os
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from duixian.server.serving import logs
from duixian.server.serving.parent import end_with_parent


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn's log in ours instead of one with a form of its own."""

    def setup(self, cfg: Any) -> None:
        """Leaves everything to the root logger."""
        self.error_log.propagate = True
        self.error_log.handlers = []


class Web(BaseApplication):  # type: ignore[misc]
    """Gunicorn, set up from our configuration instead of a file of its own."""

    def load_config(self) -> None:
        """Gunicorn's settings."""
        from duixian.server.settings import CONFIG

        settings: dict[str, Any] = {
            "bind": CONFIG.address,
            "workers": CONFIG.web_processes,
            "worker_class": "gthread",
            "threads": 4,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 20,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "accesslog": None,
            "logger_class": _Log,
            "control_socket_disable": True,
            "proc_name": "duixian-web",
            "forwarded_allow_ips": "127.0.0.1",
            "limit_request_line": 4094,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application."""
        from duixian.server.wsgi import application

        return application


def main() -> None:
    """Serves until it is asked to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duixian.server.settings")
    from duixian.server.settings import CONFIG

    logs.set_up(CONFIG.log, "web")
    end_with_parent()
    Web().run()


if __name__ == "__main__":
    main()
