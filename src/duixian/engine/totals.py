"""What an applicant's claims come to: each claim's share under take-the-higher, and the totals."""

from __future__ import annotations

from collections.abc import Sequence

from duixian.engine import higher as h
from duixian.engine import result as r
from duixian.engine.assessed import Assessed
from duixian.engine.overlap import Choice

Share = tuple[int | None, r.SetAside | None]


def totals_of(claims: Sequence[Assessed], setting: h.Setting, lang: str) -> tuple[r.Totals, list[Share]]:
    """Return the totals and, for each claim, what is payable of it and whether it was set aside."""
    problem = h.pose(claims, setting, _outcome)
    found = h.choose(problem)
    past = [claim.would_be for claim in claims if claim.would_be is not None]
    hypothetical = None
    if past:
        other = h.choose(h.pose(claims, setting, _would_be))
        hypothetical = r.Hypothetical(other.certain.total, other.most.total, other.decisions.total)
    shares = [_share(index, claims, found) for index in range(len(claims))]
    totals = r.Totals(
        certain_fen=found.certain.total,
        at_most_fen=found.most.total,
        with_decisions_fen=found.decisions.total,
        with_missing_fen=None if _unbounded(claims) else found.missing.total,
        not_stated=sum(1 for claim in claims if claim.outcome.verdict == "amount_not_stated"),
        open=sum(1 for _, aside in shares if aside is not None and aside.open),
        by=_by_year(claims, found),
        readings=_shared_readings(claims, setting, lang, problem, found),
        would_have_been=hypothetical,
    )
    return totals, shares


def _outcome(claim: Assessed) -> r.Outcome:
    return claim.outcome


def _would_be(claim: Assessed) -> r.Outcome | None:
    return claim.would_be


def _unbounded(claims: Sequence[Assessed]) -> bool:
    return any(claim.outcome.verdict == "undetermined" and claim.outcome.max_fen is None for claim in claims)


def _by_year(claims: Sequence[Assessed], found: h.Higher) -> list[r.Total]:
    sums: dict[tuple[str, int | None], list[int]] = {}
    for column, choice in enumerate((found.certain, found.most, found.decisions)):
        for index, fen in choice.paid.items():
            claim = claims[index]
            key = (claim.rule.policy.id, claim.event.year if claim.event else None)
            sums.setdefault(key, [0, 0, 0])[column] += fen
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    return [r.Total(policy, year, *row) for (policy, year), row in ordered]


def _share(index: int, claims: Sequence[Assessed], found: h.Higher) -> Share:
    verdict = claims[index].outcome.verdict
    if verdict in ("ineligible", "not_in_force"):
        return 0, None
    if verdict == "undetermined":
        return None, None
    owed = verdict in h.OWED
    choices = (found.certain, found.most) if owed else (found.decisions,)
    main = found.most if owed else found.decisions
    aside = _aside(index, claims, found, choices)
    if verdict == "amount_not_stated" or claims[index].outcome.max_fen is None:
        return None, aside
    return (main.paid.get(index, 0)), aside


def _aside(
    index: int, claims: Sequence[Assessed], found: h.Higher, choices: tuple[Choice, ...]
) -> r.SetAside | None:
    """Return why a claim is set aside.

    Set aside in every choice, it is so for good; in some only, or beside a claim without a number, it is open.
    """
    rivals = {a + b - index: edge for (a, b), edge in found.edges.items() if index in (a, b)}
    if not rivals:
        return None
    out = [index not in choice.chosen for choice in choices]
    contested = index in found.decisions.open_items or index in found.most.open_items
    granted = index not in found.decisions.chosen
    if not any(out) and not contested and not granted:
        return None
    winners = [
        other
        for other in rivals
        if other in choices[-1].chosen or other in found.decisions.chosen or contested
    ]
    if not winners:
        return None
    edge = rivals[winners[0]]
    keys = [
        r.ClaimKey(claims[o].rule.policy.id, claims[o].rule.measure.id, claims[o].record_id) for o in winners
    ]
    return r.SetAside(keys, edge.because, edge.at, claims[index].outcome.max_fen, contested or not all(out))


def _shared_readings(
    claims: Sequence[Assessed], setting: h.Setting, lang: str, problem: h.Problem, found: h.Higher
) -> list[r.TotalReading]:
    """Return the readings about overlap and shared bounds under which the totals would differ."""
    results = []
    concerned = {claims[index].rule.policy.id for index in problem.live} if len(problem.live) > 1 else set()
    for id, rules in setting.policies.items():
        for name in rules.shared_readings if id in concerned else ():
            reading = rules.policy.reading(name)
            taken = setting.readings[id].get(name)
            if reading is None:
                continue
            others = []
            for choice in reading.choices:
                if choice.id != taken:
                    other = h.pose(claims, setting.under(id, name, choice.id), _outcome)
                    same = other.edges.keys() == problem.edges.keys() and other.ceilings == problem.ceilings
                    same = same and other.limits == problem.limits
                    again = found if same else h.choose(other)
                    others.append(r.TotalAlternative(choice.id, again.certain.total, again.most.total))
            if any((o.certain_fen, o.at_most_fen) != (found.certain.total, found.most.total) for o in others):
                results.append(r.TotalReading(id, name, reading.question.text(lang), taken, others))
    return results
