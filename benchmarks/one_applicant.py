"""How long one applicant takes: all measures with full reasons, as JSON text; 200 distinct applicants."""

from __future__ import annotations

import datetime as dt
import json
import statistics
import time

import msgspec

from benchmarks.applicants import make_applicants
from duixian.engine.assess import Request, Rulebook
from duixian.language.pack import load_policies, pack_folders
from duixian.language.vocabulary import shared_vocabulary

APPLICANTS, RECORDS, SEED = 200, 30, 20261122


def main() -> None:
    """Assess each applicant twice, keep the second time (warm caches of the machine, none of ours), print JSON."""
    vocabulary = shared_vocabulary()
    started = time.perf_counter()
    policies = load_policies(pack_folders(), vocabulary)
    load_s = time.perf_counter() - started
    book = Rulebook(policies, vocabulary)
    applicants = make_applicants(vocabulary, APPLICANTS, RECORDS, SEED)
    # The drafts are taken to be adopted, so that every policy is in force and every measure answers in full.
    drafts = {id: dt.date(2022, 7, 1) for id, rules in book.rules.items() if rules.starts is None}
    session = book.ask(Request(on=dt.date(2022, 7, 15), if_adopted=drafts))
    encoder = msgspec.json.Encoder()
    measures = sum(len(rules.measures) for rules in book.rules.values())
    times, sizes, claims = [], [], 0
    for warm in (True, False):
        for applicant in applicants:
            begin = time.perf_counter()
            result = session.applicant(applicant)
            text = encoder.encode(result)
            took = time.perf_counter() - begin
            if not warm:
                times.append(took)
                sizes.append(len(text))
                claims += len(result.claims)
    p50 = statistics.median(times)
    size = statistics.median(sizes) / 1024
    print(
        f"{measures} measures, {claims / len(applicants):.0f} claims and {size:.0f} KiB of JSON an applicant"
    )
    print(
        json.dumps(
            {
                "measures": measures,
                "p50_ms": round(p50 * 1000, 3),
                "p95_ms": round(sorted(times)[int(0.95 * len(times))] * 1000, 3),
                "p50_ms_per_100_measures": round(p50 * 1000 * 100 / measures, 3),
                "load_and_check_s": round(load_s, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
