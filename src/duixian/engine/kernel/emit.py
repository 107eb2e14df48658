"""Collects lines of C: temporaries, blocks, and the types of values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from duixian.engine.kernel.slots import NUMBERS, NotNativeError

_TYPES = {
    **dict.fromkeys(NUMBERS, "N"),
    "date": "D",
    "flag": "T",
    "enum": "i32",
    "division": "i32",
    "set": "S",
    "period": "P",
    "text": "X",
    "record": "X",
}
_LETTERS = {"N": "n", "D": "d", "T": "t", "i32": "e", "S": "s", "P": "p", "X": "x"}


def c_type(kind: str) -> str:
    """Return the C type of values of a kind."""
    if kind not in _TYPES:
        raise NotNativeError(f"values of the kind {kind}")
    return _TYPES[kind]


def letter(kind: str) -> str:
    """Return what the names of operations on a kind begin with (`n_add`, `d_lt`)."""
    return "f" if kind == "flag" else _LETTERS[c_type(kind)]


class Emitter:
    """The body of one function."""

    def __init__(self, letter: str = "v") -> None:
        """Begin with nothing; temporaries are called by the letter and a number."""
        self.lines: list[str] = []
        self._letter = letter
        self._count = 0
        self._depth = 1

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * self._depth + text)

    def name(self, type: str, value: str = "") -> str:
        """Declare a temporary and return its name."""
        self._count += 1
        made = f"{self._letter}{self._count}"
        self.line(f"{type} {made}{f' = {value}' if value else ''};")
        return made

    def array(self, type: str, length: int) -> str:
        """Declare an array and return its name."""
        self._count += 1
        made = f"{self._letter}{self._count}"
        self.line(f"{type} {made}[{length}];")
        return made

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Put the lines that follow in braces behind `head`."""
        self.line(f"{head} {{")
        self._depth += 1
        yield
        self._depth -= 1
        self.line("}")
