"""Which of the hard situations an applicant is in, so that a comparison can say how often it met each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duixian.engine.assess import Session
from duixian.engine.assessed import Assessed
from duixian.engine.counting import Limit
from duixian.engine.higher import Higher, Problem
from duixian.engine.overlap import Choice, Why
from duixian.engine.sharing import Shared
from duixian.language import tree as t
from duixian.language.policy import Measure
from duixian.register.applicant import Applicant

SITUATIONS = (
    *("policy:draft", "policy:not_yet", "policy:in_force", "policy:expired", "policy:open"),
    *("verdict:eligible", "verdict:eligible_up_to", "verdict:competitive_up_to", "verdict:case_by_case"),
    *("verdict:amount_not_stated", "verdict:undetermined", "verdict:ineligible", "verdict:not_in_force"),
    *("sum:no upper bound", "sum:a range", "reading without a choice", "list that may lack records"),
    *(
        "kind of applicant unknown",
        "no record, list not whole",
        "event unknown",
        "event after the application",
    ),
    *("which: open", "which: under another reading", "role open", "positive: comes to nothing"),
    *(
        "instead: taken",
        "instead: open",
        "previous year there",
        "previous year missing",
        "previous year open",
    ),
    *(
        "first",
        "crossing",
        "steps",
        "match",
        "highest or lowest",
        "sum over records",
        "fact that may be none",
    ),
    *("record followed", "payment for the claim", "payment of unknown record", "payment of unknown sum"),
    *("decision: chosen", "decision: not chosen", "decision: open", "decision that names no record"),
    *(
        "conflict: sure",
        "conflict: open",
        "conflict: tie",
        "conflict: in a tangle",
        "conflict: across policies",
    ),
    *("conflict: without a number", "conflict: certain and greatest differ", "conflict: worth nothing"),
    *("implements", "in addition to", "bound: ceiling binds", "bound: binds in a conflict", "bound: nested"),
    *("bound: crossing", "bound: key not known", "bound: partly paid", "bound: sum or condition open"),
    *("at most: passed", "at most: in a conflict", "at most: partly paid", "unsolved"),
)
"""All that are looked for."""


def situations(
    session: Session, applicant: Applicant, claims: Sequence[Assessed], problem: Problem, found: Higher
) -> set[str]:
    """Return the situations that an applicant's claims are in."""
    met = {f"policy:{standing.state}" for standing in session.standings.values()}
    met |= {f"verdict:{claim.outcome.verdict}" for claim in claims}
    if len(applicant.complete) < len(session.book.vocabulary.records):
        met.add("list that may lack records")
    if "kind" not in applicant.facts:
        met.add("kind of applicant unknown")
    for claim in claims:
        met.update(_of_claim(session, applicant, claim))
    met.update(_of_conflicts(claims, problem, found))
    met.update(_of_bounds(claims, problem, found))
    return met


def _of_claim(session: Session, applicant: Applicant, claim: Assessed) -> Iterator[str]:
    outcome, held = claim.outcome, {item.id: item.holds for item in claim.conditions}
    if outcome.verdict == "not_in_force":
        return
    yield from _years(applicant, claim)
    if claim.context is not None and outcome.verdict != "ineligible":
        yield from _of_live(session, applicant, claim)
    if outcome.max_fen is None and outcome.verdict == "undetermined":
        yield "sum:no upper bound"
    if outcome.min_fen != outcome.max_fen and outcome.min_fen:
        yield "sum:a range"
    yield from (name for id, value, name in _CONDITIONS if id in held and held[id] is value)
    yield from _of_casework(applicant, claim, held)


def _of_live(session: Session, applicant: Applicant, claim: Assessed) -> Iterator[str]:
    yield from _constructs(claim.rule.measure)
    if claim.rule.instead and claim.sums is not claim.rule.sums:
        yield "instead: taken"
    if any(when(claim.context) is None for when, _ in claim.rule.instead):  # type: ignore[arg-type]
        yield "instead: open"
    if any(session.readings[claim.rule.policy.id].get(id) is None for id in claim.touched):
        yield "reading without a choice"


_CONDITIONS = (
    ("record", None, "no record, list not whole"),
    ("happened", None, "event unknown"),
    ("happened", False, "event after the application"),
    ("which", None, "which: open"),
    ("which", False, "which: under another reading"),
    ("role", None, "role open"),
    ("positive", False, "positive: comes to nothing"),
    ("selected", True, "decision: chosen"),
    ("selected", False, "decision: not chosen"),
    ("selected", None, "decision: open"),
)


_KNOWN: dict[int, tuple[Measure, frozenset[str]]] = {}


def _constructs(measure: Measure) -> frozenset[str]:
    if id(measure) not in _KNOWN:
        _KNOWN[id(measure)] = (measure, frozenset(_found(measure)))
    return _KNOWN[id(measure)][1]


def _found(measure: Measure) -> Iterator[str]:
    nodes = [condition.test for condition in measure.conditions]
    for terms in (measure.terms, *(item.terms for item in measure.instead)):
        nodes += [node for node in (terms.amount, terms.least, *terms.options, *terms.caps) if node]
    for part in (part for node in nodes for part in t.walk(node)):
        if isinstance(part, t.Aggregate) and part.function in ("highest", "lowest"):
            yield "highest or lowest"
        elif isinstance(part, t.Aggregate) and part.function == "sum":
            yield "sum over records"
        elif type(part).__name__ in _NAMES:
            yield _NAMES[type(part).__name__]


_NAMES = {
    "First": "first",
    "Crossing": "crossing",
    "Steps": "steps",
    "Match": "match",
    "Has": "fact that may be none",
    "Follow": "record followed",
}


def _years(applicant: Applicant, claim: Assessed) -> Iterator[str]:
    nodes = [condition.test for condition in claim.rule.measure.conditions]
    nodes += [claim.rule.measure.terms.amount] if claim.rule.measure.terms.amount else []
    for part in (part for node in nodes for part in t.walk(node)):
        if isinstance(part, t.Record) and part.of == "previous" and claim.record:
            year = claim.record.get("year")
            years = [item.get("year") for item in applicant.records.get(part.entity, ())]
            if isinstance(year, int) and year - 1 in years:
                yield "previous year there"
            elif part.entity in applicant.complete:
                yield "previous year missing"
            else:
                yield "previous year open"


def _of_casework(applicant: Applicant, claim: Assessed, held: dict[str, bool | None]) -> Iterator[str]:
    if claim.paid.fen:
        yield "payment for the claim"
    for fact, _ in claim.paid.missing:
        yield f"payment of unknown {'record' if fact == 'payment.record' else 'sum'}"
    if "selected" in held:
        about = [item for item in applicant.records["decision"] if item.get("measure") in claim.rule.names]
        if claim.record is not None and all(item.get("record") is None for item in about):
            yield "decision that names no record"


def _of_conflicts(claims: Sequence[Assessed], problem: Problem, found: Higher) -> Iterator[str]:
    near: dict[int, set[int]] = {}
    for pair, edge in problem.edges.items():
        one, other = pair
        yield from _of_edge(claims, problem, pair)
        if not edge.open:
            near.setdefault(one, {one}).add(other)
            near.setdefault(other, {other}).add(one)
    if any(near[other] != group for group in near.values() for other in group):
        yield "conflict: in a tangle"
    if (found.certain.chosen ^ found.most.chosen) & {index for pair in problem.edges for index in pair}:
        yield "conflict: certain and greatest differ"
    names = {claims[index].rule.names[1] for index in problem.live}
    rules = [claims[index].rule for index in problem.live]
    if any(f"{rule.policy.id}/{other}" in names for rule in rules for other in rule.measure.in_addition_to):
        yield "in addition to"


def _of_edge(claims: Sequence[Assessed], problem: Problem, pair: tuple[int, int]) -> Iterator[str]:
    edge = problem.edges[pair]
    yield "conflict: open" if edge.open else "conflict: sure"
    if edge.because.endswith("/implements"):
        yield "implements"
    if claims[pair[0]].rule.policy is not claims[pair[1]].rule.policy:
        yield "conflict: across policies"
    worth = [problem.found[index].max_fen for index in pair]  # type: ignore[union-attr]
    if worth[0] == worth[1] and worth[0]:
        yield "conflict: tie"
    if None in worth:
        yield "conflict: without a number"
    if 0 in worth:
        yield "conflict: worth nothing"


def _of_bounds(claims: Sequence[Assessed], problem: Problem, found: Higher) -> Iterator[str]:
    inside = {index for pair in problem.edges for index in pair}
    for choice, least in ((found.certain, True), (found.most, False), (found.missing, False)):
        if {Why.LIMIT, Why.CROSSING} & choice.open_why.keys():
            yield "unsolved"
        yield from _of_ceilings(problem, choice, least, inside)
        yield from _of_limits((problem.strict if least else problem.loose).limits, choice, inside)
    strict, loose = (_shape(bounds) for bounds in (problem.strict, problem.loose))
    if strict != loose:
        same = [members for members, _ in strict] == [members for members, _ in loose]
        yield "bound: sum or condition open" if same else "bound: key not known"
    live = {claims[index].rule.names[1] for index in problem.live}
    paid = {claim.rule.names[1] for claim in claims if claim.paid.fen}
    for policy in {claim.rule.policy.id: claim.rule.policy for claim in claims}.values():
        for item in policy.bounds:
            over = {f"{policy.id}/{id}" for id in item.over}
            if over & live and over & paid:
                yield "bound: partly paid" if item.ceiling is not None else "at most: partly paid"


def _of_ceilings(problem: Problem, choice: Choice, least: bool, inside: set[int]) -> Iterator[str]:
    binding: list[set[int]] = []
    for bound in (problem.strict if least else problem.loose).ceilings:
        members = [index for index in bound.members if index in choice.paid]
        if sum(_worth(problem, index, least) for index in members) > bound.fen:
            own = set(bound.members)
            yield "bound: ceiling binds"
            if inside & own:
                yield "bound: binds in a conflict"
            for other in binding:
                if own & other:
                    yield "bound: nested" if own <= other or other <= own else "bound: crossing"
            binding.append(own)


def _of_limits(limits: Sequence[Limit], choice: Choice, inside: set[int]) -> Iterator[str]:
    for limit in limits:
        members = set(limit.members)
        known = members & (choice.paid.keys() | set(choice.chosen))
        if members - known and len(known) >= limit.number:
            yield "at most: passed"
            if members & inside:
                yield "at most: in a conflict"


def _worth(problem: Problem, index: int, least: bool) -> int:
    outcome = problem.found[index]
    assert outcome is not None
    return (outcome.min_fen if least else outcome.max_fen) or 0


def _shape(bounds: Shared) -> list[tuple[tuple[int, ...], int]]:
    return sorted((tuple(item.members), item.fen) for item in bounds.ceilings)
