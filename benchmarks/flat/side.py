"""One engine of the flat track as a worker: `python -m benchmarks.flat.side ENGINE ROWS SEED`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from benchmarks.flat.data import draw
from benchmarks.flat.in_duckdb import InDuckDB
from benchmarks.flat.in_duixian import InDuixian
from benchmarks.flat.in_openfisca import InOpenFisca, InOpenFiscaFloat32
from benchmarks.flat.in_polars import InPolars
from benchmarks.flat.result import Engine
from benchmarks.worker import serve

ENGINES: Mapping[str, type[Engine]] = {
    "duixian": InDuixian,
    "duckdb": InDuckDB,
    "polars": InPolars,
    "openfisca": InOpenFisca,
    "openfisca32": InOpenFiscaFloat32,
}


def prepare(engine: Engine) -> None:
    """Have an engine forget what it has worked out, where it keeps that."""
    forget: Callable[[], None] | None = getattr(engine, "prepare", None)
    if forget is not None:
        forget()


def main() -> None:
    """Work for each line of the input: what to make, and on how many threads."""
    engine = ENGINES[sys.argv[1]](draw(int(sys.argv[2]), int(sys.argv[3])))

    def ready(line: str) -> Callable[[], object]:
        work, threads = line.split()
        engine.threads(int(threads))
        prepare(engine)
        found: Callable[[], object] = getattr(engine, work)
        return found

    serve(ready)


if __name__ == "__main__":
    main()
