"""The real track's side of DuckDB: the same measures as queries, and the comparison of two claims tables."""

from __future__ import annotations

from pathlib import Path

import duckdb

SQL = Path(__file__).parent / "sql"
ABOUT = (
    "applicant",
    "year",
    "platform_year",
    "platform",
    "testing",
    "certification",
    "project",
    "recognition",
    "other",
)
"""What measures rest on: one file of queries each."""
COLUMNS = ("policy", "measure", "record", "verdict", "min_fen", "max_fen")
"""What the queries give of a claim, besides the applicant."""
KEPT = "found"


def connect(source: Path, threads: int, loaded: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection with the queries as views over the register in its file, or `loaded` into memory."""
    connection = duckdb.connect()
    # Rows need no order. That optimiser joins the conditions of all measures into one, which takes longer.
    connection.execute("SET preserve_insertion_order = false; SET disabled_optimizers = 'cte_filter_pusher'")
    connection.execute(f"SET threads = {threads}; SET enable_progress_bar = false")
    connection.execute(f"SET VARIABLE register = '{source}'")
    connection.execute(_text("in_memory" if loaded else "from_file"))
    connection.execute(_text("macros") + _text("register"))
    for name in ABOUT:
        connection.execute(f"CREATE VIEW on_{name} AS {_text(name)}")
    connection.execute(_text("claims"))
    return connection


def assess(connection: duckdb.DuckDBPyConnection, target: Path, claims: str = "claims") -> None:
    """Write the claims of the register, which are a view or a table that is kept."""
    connection.execute(f"COPY {claims} TO '{target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")


def keep(connection: duckdb.DuckDBPyConnection) -> None:
    """Work out the claims and leave them in memory, in the table `KEPT`."""
    connection.execute(f"CREATE TEMP TABLE {KEPT} AS FROM claims")


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the claims that are kept, if there are any."""
    connection.execute(f"DROP TABLE IF EXISTS {KEPT}")


def differences(ours: Path, theirs: Path) -> tuple[int, int, list[tuple[object, ...]]]:
    """Return how many claims there are, of how many measures, and which differ: (side, policy, measure, claims)."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET VARIABLE ours = '{ours}'; SET VARIABLE theirs = '{theirs}'")
    connection.execute(_text("compare"))
    query = "SELECT count(*), count(DISTINCT policy || '/' || measure) FROM duixian"
    claims, measures = connection.execute(query).fetchall()[0]
    return claims, measures, connection.execute("FROM differences ORDER BY ALL").fetchall()


def _text(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
