"""Where a register comes from: one that was made up says so, and whoever reads it passes that on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from duixian.calendar.days import Both

if TYPE_CHECKING:
    import pyarrow as pa

_KEY: Final = b"duixian.synthetic"
_COMMENT: Final = "# duixian.synthetic: "
_LONGEST: Final = 100_000
NOTE: Final = Both(
    "合成登记表：其中的主体和数字都是虚构的，不代表任何真实企业或城市",
    "synthetic register: every applicant and figure in it is made up and stands for no real firm or city",
)
"""What every report on a synthetic register says."""


class Synthetic(msgspec.Struct, frozen=True):
    """How a register was made up: with the same values, the same file comes out again.

    `generator` is the version of Duixian that wrote it, `numpy` that of the random numbers, `totals` what it
    was calibrated to.
    """

    seed: int
    firms: int
    last_year: int
    years: int
    generator: str
    numpy: str
    totals: dict[str, dict[str, int]] = {}
    note: str = f"{NOTE.zh} / {NOTE.en}"


def marked(schema: pa.Schema, origin: Synthetic) -> pa.Schema:
    """The schema with the mark of a synthetic register."""
    return schema.with_metadata({**(schema.metadata or {}), _KEY: msgspec.json.encode(origin)})


def origin_of(schema: pa.Schema) -> Synthetic | None:
    """How the register was made up; None if it does not say that it was."""
    mark = (schema.metadata or {}).get(_KEY)
    return msgspec.json.decode(mark, type=Synthetic) if mark else None


def comment(origin: Synthetic) -> str:
    """The mark of a synthetic register as the first lines of a YAML file."""
    return f"{_COMMENT}{msgspec.json.encode(origin).decode()}\n# {NOTE.zh}\n# {NOTE.en}\n"


def synthetic_origin(path: Path) -> Synthetic | None:
    """How the register at `path` (Parquet or YAML) was made up; None if it does not say that it was."""
    if not path.is_file():
        return None
    if path.suffix.lower() in (".yaml", ".yml"):
        return _from_comment(path)
    if path.suffix.lower() != ".parquet":
        return None
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return origin_of(pq.read_schema(path))
    except (pa.ArrowException, OSError):
        return None  # whoever reads the rows tells what is wrong with the file


def _from_comment(path: Path) -> Synthetic | None:
    try:
        with path.open(encoding="utf-8") as file:
            first = file.readline(_LONGEST)
        mark = first.removeprefix(_COMMENT)
        return msgspec.json.decode(mark, type=Synthetic) if mark != first else None
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return None


def is_synthetic(path: Path) -> bool:
    """Whether the register at `path` says that it was made up."""
    return synthetic_origin(path) is not None
