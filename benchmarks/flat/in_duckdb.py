"""The flat benchmark in DuckDB: a table in memory, words as enums, and three files of SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.flat.data import WORDS, Data, to_arrow
from benchmarks.flat.result import Claims, Totals

_FOLDER = Path(__file__).resolve().parent


class InDuckDB:
    """The engine with the data loaded."""

    name = "DuckDB"

    def __init__(self, data: Data) -> None:
        """Load the data."""
        table = to_arrow(data).set_column(0, "row", pa.array(np.arange(data.rows, dtype=np.int32)))
        self.connection = duckdb.connect(config={"threads": 2})
        self.connection.register("loaded", table)
        for name, words in WORDS.items():
            self.connection.execute(f"CREATE TYPE {name}_word AS ENUM {words}")
        coded = ", ".join(f"{name}::{name}_word AS {name}" for name in WORDS)
        self.connection.execute(f"CREATE TABLE applicants AS SELECT * REPLACE ({coded}) FROM loaded")  # noqa: S608
        self.connection.execute((_FOLDER / "measures.sql").read_text(encoding="utf-8"))
        self._totals = (_FOLDER / "totals.sql").read_text(encoding="utf-8")
        self._claims = (_FOLDER / "claims.sql").read_text(encoding="utf-8")

    def threads(self, count: int) -> None:
        """Use so many threads from now on."""
        self.connection.execute(f"SET threads = {count}")

    def totals(self) -> list[int]:
        """Return payable, undetermined and fen of each measure in turn."""
        [row] = self.connection.sql(self._totals).fetchall()
        return list(row)

    def claims(self) -> pa.Table:
        """Return all claims as an Arrow table."""
        return self.connection.sql(self._claims).to_arrow_table()

    def read_totals(self, found: list[int]) -> Totals:
        """Return totals in the form that is compared."""
        return np.array(found, np.int64).reshape(-1, 3)

    def read_claims(self, found: pa.Table) -> Claims:
        """Return claims in the form that is compared."""
        return Claims.of(found["row"], found["measure"], found["payable"], found["fen"])
