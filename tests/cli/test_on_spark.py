"""What the command makes of Spark's long messages."""

import pytest

from duixian.cli.on_spark import _why

RAISED = """ An exception was thrown from the Python worker:
Traceback (most recent call last):
  File "worker.py", line 1, in main
    return loads(obj)
ModuleNotFoundError: No module named 'duixian'
 SQLSTATE: 38000"""


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (RAISED, "ModuleNotFoundError: No module named 'duixian'"),
        (
            "duixian.register.problems.InputError: a: bad\nmore",
            "duixian.register.problems.InputError: a: bad",
        ),
        ("\n[PATH_NOT_FOUND] no path\nmore", "[PATH_NOT_FOUND] no path"),
        ("", "RuntimeError"),
    ],
)
def test_the_line_that_says_most_is_told(message: str, why: str) -> None:
    assert _why(RuntimeError(message)) == why
