"""Measures the event log's chain: how fast it grows and is verified, and that one changed byte is named.

`script/bench chain [--rows N]`
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time

from benchmarks.server import cluster

EVENTS = """
INSERT INTO audit_event (request, person, role, fund, district, action, refusal, kind, key, before, after, why)
SELECT gen_random_uuid(), n %% 97, 'city_officer', 'fund', '420111', 'applications.review', '',
    'applications.application', n::text, '{"status":"district_review"}',
    '{"status":"city_review","sum_fen":' || n * 100 || '}', '材料齐全'
FROM generate_series(%s, %s) n
"""


def main() -> None:
    """Fill, chain, verify, change a byte here and there; the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    rows, chance = options.rows, random.Random(options.seed)
    with cluster() as environment:
        from django.db import connection, connections

        from duixian.server.audit.chain import BATCH, extend
        from duixian.server.audit.verifying import verify

        with connection.cursor() as cursor:
            for first in range(1, rows + 1, 50_000):
                cursor.execute(EVENTS, [first, min(first + 49_999, rows)])
        began = time.perf_counter()
        while extend() == BATCH:
            pass
        chained = time.perf_counter() - began
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{rows} events taken up in {chained:.1f} s, {rows / chained:,.0f} a second", flush=True)

        def look() -> tuple[float, list[str]]:
            began = time.perf_counter()
            found = verify(environment["DATABASE_AUDITOR_URL"])
            return time.perf_counter() - began, [f"{fault.table} {fault.row}" for fault in found.faults]

        spent = time.process_time()
        whole = [look() for _ in range(3)]
        spent = (time.process_time() - spent) / 3
        assert all(not faults for _, faults in whole), whole
        seconds = min(took for took, _ in whole)
        print(f"verified in {seconds:.2f} s, {rows / seconds:,.0f} a second", flush=True)

        places = sorted({1, rows // 2, rows, *(chance.randint(1, rows) for _ in range(3))})
        named, slowest = 0, 0.0
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_rows")
            for place in places:
                cursor.execute("SELECT event_id, why FROM audit_link JOIN audit_event e ON e.id = event_id "
                               "WHERE number = %s", [place])  # fmt: skip
                event, why = cursor.fetchone()
                cursor.execute("UPDATE audit_event SET why = replace(why, '齐', '齑') WHERE id = %s", [event])
                took, faults = look()
                named += faults == [f"audit_event {event}", "audit_event audit_event_rows"]
                slowest = max(slowest, took)
                print(f"a byte changed in row {place}: {', '.join(faults)} ({took:.2f} s)", flush=True)
                cursor.execute("UPDATE audit_event SET why = %s WHERE id = %s", [why, event])
    figures = {
        "rows": rows, "chain_rows_per_s": round(rows / chained), "verify_s": round(seconds, 2),
        "verify_rows_per_s": round(rows / seconds), "verify_cpu_s": round(spent, 2),
        "changed": len(places), "named": named, "named_within_s": round(slowest, 2),
    }  # fmt: skip
    print(json.dumps(figures))
    sys.exit(named != len(places))


if __name__ == "__main__":
    main()
