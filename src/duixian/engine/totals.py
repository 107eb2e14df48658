"""What an applicant's claims come to: each claim's share under take-the-higher, and the totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from duixian.engine import higher as h
from duixian.engine import result as r
from duixian.engine.assessed import Assessed
from duixian.engine.conflicts import Edge
from duixian.engine.overlap import Choice

Again = Callable[[Assessed, str, str], r.Outcome]
"""Works out a claim once more under another choice of a reading (its id and the choice)."""


class Share(NamedTuple):
    """What is payable of a claim (None: open or without a number), and why it is not paid beside others.

    For a policy that is not in force `would_be` is what would have been payable, and `aside` why not.
    """

    payable: int | None
    aside: r.SetAside | None
    would_be: int | None = None


_REFUSED = Share(0, None)
_OPEN = Share(None, None)


def totals_of(
    claims: Sequence[Assessed], setting: h.Setting, lang: str, again: Again
) -> tuple[r.Totals, list[Share]]:
    """Return the totals and, for each claim, what is payable of it and whether it was set aside."""
    problem = h.pose(claims, setting, [claim.outcome for claim in claims])
    found = h.choose(problem)
    live = [claims[index] for index in problem.live]
    shares = [_REFUSED] * len(claims)
    for index, claim in zip(problem.live, live, strict=True):
        shares[index] = _share(index, claims, found, claim.outcome)
    totals = r.Totals(
        certain_fen=found.certain.total,
        at_most_fen=found.most.total,
        with_decisions_fen=found.decisions.total,
        with_missing_fen=None if _unbounded(live) else found.missing.total,
        not_stated=sum(1 for claim in live if claim.outcome.verdict == "amount_not_stated"),
        open=sum(1 for share in shares if share.aside is not None and share.aside.open),
        by=_by_year(claims, found),
        readings=list(_shared_readings(claims, setting, lang, (problem, found), again)),
        would_have_been=_would_have_been(claims, setting, shares),
    )
    return totals, shares


def _would_have_been(
    claims: Sequence[Assessed], setting: h.Setting, shares: list[Share]
) -> r.Hypothetical | None:
    """Return what the policies not in force would have given among themselves, and say so of their claims."""
    would_be = [claim.would_be for claim in claims]
    if not any(would_be):
        return None
    found = h.choose(h.pose(claims, setting, would_be))
    for index, claim in enumerate(claims):
        if claim.would_be is not None:
            share = _share(index, claims, found, claim.would_be)
            shares[index] = Share(0, share.aside, share.payable)
    by = _by_year(claims, found)
    return r.Hypothetical(found.certain.total, found.most.total, found.decisions.total, by)


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


def _share(index: int, claims: Sequence[Assessed], found: h.Higher, outcome: r.Outcome) -> Share:
    verdict = outcome.verdict
    if verdict in ("ineligible", "not_in_force"):
        return _REFUSED
    if verdict == "undetermined":
        return _OPEN
    owed = verdict in h.OWED
    promised = (found.most, found.decisions) if verdict == "amount_not_stated" else (found.decisions,)
    choices = (found.certain, found.most, found.decisions) if owed else promised
    aside = _aside(index, claims, found, choices, outcome)
    if verdict == "amount_not_stated" or outcome.max_fen is None:
        return Share(None, aside)
    main = found.most if owed else found.decisions
    return Share(main.paid.get(index, 0), aside)


def _aside(
    index: int,
    claims: Sequence[Assessed],
    found: h.Higher,
    choices: tuple[Choice, ...],
    outcome: r.Outcome,
) -> r.SetAside | None:
    """Return why a claim is set aside, None if it is in every choice.

    Set aside in every choice, it is so for good; in some only, or beside a claim without a number, it is open.
    It is set aside for those that are chosen where it is not.
    """
    rivals = {a + b - index: edge for (a, b), edge in found.edges.items() if index in (a, b)}
    if not rivals:
        return None
    without = [choice for choice in choices if index not in choice.chosen]
    unsettled = [choice.open_items for choice in choices if index in choice.open_items]
    if not without and not unsettled:
        return None
    winners = [other for other in rivals if any(other in choice.chosen for choice in without)]
    if unsettled:
        # Nothing was chosen between these, so whichever is open beside it may yet win.
        beside = [other for other in rivals if any(other in those for those in unsettled)]
        winners = beside or winners or list(rivals)
    if not winners:
        return None
    edge = rivals[winners[0]]
    is_open = bool(unsettled) or len(without) < len(choices)
    keys = [
        r.ClaimKey(claims[o].rule.policy.id, claims[o].rule.measure.id, claims[o].record_id) for o in winners
    ]
    return r.SetAside(keys, edge.because, edge.at, outcome.max_fen, is_open, _missing(rivals, winners))


def _missing(rivals: dict[int, Edge], winners: Sequence[int]) -> list[r.MissingFact]:
    """Return the facts that would settle whether a claim is in conflict with the others at all."""
    return sorted({r.MissingFact(*item) for other in winners for item in rivals[other].missing})


def _shared_readings(
    claims: Sequence[Assessed],
    setting: h.Setting,
    lang: str,
    taken: tuple[h.Problem, h.Higher],
    again: Again,
) -> Iterator[r.TotalReading]:
    """Yield the readings about overlap and shared bounds under which the totals would differ."""
    problem, found = taken
    own = _totals(found)
    for id, live in _concerned(claims, setting, problem):
        policy, readings = setting.policies[id].policy, setting.readings[id]
        resting = [
            (n, claim) for n, claim in enumerate(claims) if claim.touched and claim.rule.policy is policy
        ]
        for name, measures in setting.policies[id].shared_readings.items():
            moved = [(index, claim) for index, claim in resting if name in claim.touched]
            if not moved and measures.isdisjoint(live):
                continue
            reading, choice = policy.reading(name), readings.get(name)
            if reading is None:
                continue
            others = []
            for other in reading.choices:
                if other.id != choice:
                    outcomes = problem.found.copy()
                    for index, claim in moved:
                        outcomes[index] = again(claim, name, other.id)
                    posed = h.pose(claims, setting.under(id, name, other.id), outcomes)
                    sums = own if posed == problem else _totals(h.choose(posed))
                    others.append(r.TotalAlternative(other.id, *sums))
            if any((item.certain_fen, item.at_most_fen, item.with_decisions_fen) != own for item in others):
                yield r.TotalReading(id, name, reading.question.text(lang), choice, others)


def _totals(found: h.Higher) -> tuple[int, int, int]:
    return found.certain.total, found.most.total, found.decisions.total


def _concerned(
    claims: Sequence[Assessed], setting: h.Setting, problem: h.Problem
) -> Iterator[tuple[str, set[str]]]:
    """Yield the policies of which what their claims share may matter, each with the measures of these claims.

    That is so of several claims, or of one under a bound.
    """
    measures: dict[str, set[str]] = {}
    for index in problem.live:
        rule = claims[index].rule
        measures.setdefault(rule.policy.id, set()).add(rule.measure.id)
    for id, own in measures.items():
        bounds = setting.policies[id].bounds
        if len(problem.live) > 1 or any(not own.isdisjoint(bound.over) for bound, _, _ in bounds):
            yield id, own
