"""The log: one line an event on standard error, for people or as JSON; never a secret, a query string or a body."""

from __future__ import annotations

import json
import logging
import logging.config
import time
from typing import Any

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one JSON object: when, level, logger, message, what was added with `extra`, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _PLAIN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(form: str, process: str) -> None:
    """Sets up the log of this process; `form` is `text` or `json`, `process` its name in the lines of `text`."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "text": {"format": f"%(asctime)s {process:6} %(levelname)-7s %(name)s: %(message)s"},
                "json": {"()": JsonLines},
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                # Every start and end of a job, with its arguments; failures are told by level ERROR.
                "procrastinate": {"level": "WARNING"},
                "procrastinate.worker": {"level": "ERROR"},
                "axes": {"level": "WARNING"},
                "gunicorn.error": {"level": "WARNING"},
            },
        }
    )
