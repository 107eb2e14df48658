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
ROUNDS = 16
"""How often the whole register is assessed; the first time only warms the machine up."""


def main() -> None:
    """Assess each applicant in rounds and print JSON: figures of each one's best time, and of all times.

    Other work on the machine only ever adds time, so the best of several says what the work itself takes.
    Between two times of one applicant come all the others, so none is measured straight after itself.
    """
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
    times: list[list[float]] = [[] for _ in applicants]
    sizes, claims, bare = [], 0, []
    for number in range(ROUNDS):
        bare.append(_bare_loop())
        for own, applicant in zip(times, applicants, strict=True):
            begin = time.perf_counter()
            result = session.applicant(applicant)
            text = encoder.encode(result)
            took = time.perf_counter() - begin
            if number == 0:
                sizes.append(len(text))
                claims += len(result.claims)
            else:
                own.append(took)
    best = sorted(min(own) for own in times)
    p50 = statistics.median(best)
    p50_of_all = statistics.median(took for own in times for took in own)
    size = statistics.median(sizes) / 1024
    print(
        f"{measures} measures, {claims / len(applicants):.0f} claims and {size:.0f} KiB of JSON an applicant"
    )
    print(
        json.dumps(
            {
                "measures": measures,
                "p50_ms": round(p50 * 1000, 3),
                "p95_ms": round(best[int(0.95 * len(best))] * 1000, 3),
                "p50_ms_per_100_measures": round(p50 * 1000 * 100 / measures, 3),
                "p50_ms_per_100_measures_of_all_times": round(p50_of_all * 1000 * 100 / measures, 3),
                "bare_loop_ms": round(min(bare) * 1000, 3),
                "load_and_check_s": round(load_s, 3),
            }
        )
    )


def _bare_loop() -> float:
    """Return what 100,000 additions take, to compare figures of machines and of days."""
    begin, total = time.perf_counter(), 0
    for number in range(100_000):
        total += number
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
