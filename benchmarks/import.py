"""How fast a register is imported into the registry, in how much memory, and what one applicant's data cost.

`script/bench import [--applicants N]`: a synthetic register is read into chunks, previewed and applied by a process
of its own, as the server's worker does it, on a cluster with fsync. Its peak memory is that process's.
"""
# ruff: noqa: N999 - `script/bench import` is what it is called

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.server import cluster, connect
from benchmarks.synth import measured

SOURCE = "合成登记表"


def child(path: Path, out: Path) -> None:
    """Import a register and write how long each step took."""
    connect({})
    from duixian.server.accounts.models import Person
    from duixian.server.accounts.roles import Role
    from duixian.server.common.acting import Actor
    from duixian.server.registry.importing.applying import apply_batch, preview_batch, read_batch
    from duixian.server.registry.models import Provenance
    from duixian.server.registry.services.importing import confirm_import, open_import

    person, _ = Person.objects.get_or_create(sign_in="officer", name="officer")
    by = Actor(role=Role.CITY_OFFICER, person=person.pk)
    kind = Provenance.Kind.AUTHORITY
    batch = open_import(by, kind=kind, source=SOURCE, stated_on=dt.date(2026, 1, 1), file=path.name)
    seconds = {}
    began = time.perf_counter()
    for step, work in (
        ("read", lambda: read_batch(batch.pk, path)),
        ("preview", lambda: preview_batch(batch.pk)),
        ("apply", lambda: (confirm_import(by, batch=batch.pk), apply_batch(batch.pk))),
    ):
        started = time.perf_counter()
        work()
        seconds[f"{step}_s"] = round(time.perf_counter() - started, 1)
    seconds["import_s"] = round(time.perf_counter() - began, 1)
    batch.refresh_from_db()
    out.write_text(json.dumps({"state": batch.state, "counts": batch.counts, **seconds}))


def imported(path: Path, folder: Path, environment: dict[str, str]) -> dict[str, object]:
    """Import in a process of its own: its figures, with its peak memory in MiB."""
    out = folder / "figures.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.import", "--child", path, "--out", out],
        env=os.environ | environment,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("the import failed")
    found: dict[str, object] = json.loads(out.read_text())
    return found | {"peak_mib": usage.ru_maxrss >> 10}


def looked_up(count: int) -> dict[str, float]:
    """What everything of one applicant costs: queries at most, milliseconds in the middle; and a search by name."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from duixian.server.common.acting import Actor
    from duixian.server.registry.models import Applicant
    from duixian.server.registry.selectors import dossier, search

    by = Actor.system("benchmark")
    ids = random.Random(1).sample(range(1, count + 1), 200)
    queries, times = 0, []
    for id in ids:
        with CaptureQueriesContext(connection) as caught:
            dossier(by, applicant=id)
        queries = max(queries, len(caught))
        started = time.perf_counter()
        dossier(by, applicant=id)
        times.append(time.perf_counter() - started)
    name = Applicant.objects.filter(pk__in=ids).exclude(name="").values_list("name", flat=True)[0]
    started = time.perf_counter()
    assert search(by, text=name)
    return {
        "one_queries": queries,
        "one_p50_ms": round(statistics.median(times) * 1e3, 1),
        "one_p95_ms": round(statistics.quantiles(times, n=20)[-1] * 1e3, 1),
        "search_ms": round((time.perf_counter() - started) * 1e3),
    }


def size() -> dict[str, int]:
    """How large the registry's tables are, in MiB, with their indexes."""
    from django.db import connection

    tables = ("applicant", "identifier", "recordversion")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) >> 20 FROM pg_class WHERE relname = ANY(%s)",
            [[f"registry_{name}" for name in tables]],
        )
        return {f"{name.removeprefix('registry_')}_mib": mib for name, mib in cursor.fetchall()}


def main() -> None:
    """Make a register, import it, import it again, look applicants up, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=1_000_000, help="about so many")
    parser.add_argument("--register", type=Path, help="import this register instead of a synthetic one")
    parser.add_argument("--again", action="store_true", help="import it a second time: nothing changes")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, asked.out)
        return
    with tempfile.TemporaryDirectory() as name, cluster() as environment:
        folder = Path(name)
        path = asked.register or folder / "register.parquet"
        if not asked.register:
            firms = str(round(asked.applicants / 1.039))
            measured("lab", "synth", "--firms", firms, "--seed", "1", "-o", str(path), "--force")
        first = imported(path, folder, environment)
        counts = first.pop("counts")
        assert isinstance(counts, dict)
        records = counts["records_added"] + counts["added"]
        seconds = first["import_s"]
        assert isinstance(seconds, float)
        figures: dict[str, object] = {
            "applicants": counts["added"],
            "records": records,
            "applicants_per_s": round(counts["added"] / seconds),
            "records_per_s": round(records / seconds),
            **first,
            **size(),
            **looked_up(counts["added"]),
        }
        if asked.again:
            again = imported(path, folder, environment)
            repeated = again["counts"]
            assert isinstance(repeated, dict)
            figures["again_s"] = again["import_s"]
            figures["again_changes"] = repeated["added"] + repeated["changed"]
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
