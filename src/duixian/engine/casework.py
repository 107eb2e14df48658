"""Runs a pack's worked cases through the engine and says in words where the answer differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from duixian.engine.assess import Request, Rulebook
from duixian.engine.result import Claim, Outcome
from duixian.language import locators
from duixian.language.cases import Case, Expected
from duixian.language.policy import Measure, Policy
from duixian.register.amounts import parse_money
from duixian.register.applicant import Applicant
from duixian.register.problems import Problems
from duixian.register.read_facts import applicant_from_node

Books = Callable[[tuple[str, ...]], Rulebook]


def read_applicant(case: Case, book: Rulebook) -> Applicant:
    """Return the applicant of a case. Raises InputError with every misfit in its facts."""
    problems = Problems()
    applicant = applicant_from_node(case.facts, book.vocabulary, problems, default_id=case.id)
    problems.raise_if_any()
    assert applicant is not None
    return applicant


def run_case(case: Case, policy: Policy, book: Rulebook, applicant: Applicant) -> list[str]:
    """Return the differences between the answer and what the case expects; empty if it holds."""
    drafts = [id for id in (policy.id, *case.policies) if book.rules[id].starts is None]
    adopted = dict.fromkeys(drafts, case.if_adopted) if case.if_adopted else {}
    readings = {f"{policy.id}/{id}": choice for id, choice in case.readings.items()}
    session = book.ask(Request(on=case.on, if_adopted=adopted, readings=readings))
    claims = [claim for claim in session.applicant(applicant).claims if claim.policy == policy.id]
    return compare(case, policy, claims)


def compare(case: Case, policy: Policy, claims: Iterable[Claim]) -> list[str]:
    """Return the differences between claims of the policy and what a case expects.

    A case that names a place is met if any claim under it fits; one that expects `ineligible` is met only
    if every claim there is (or there is none).
    """
    expected = case.expected
    measures = {item.id for item in policy.measures if _meant(case, item)}
    found = [claim for claim in claims if claim.measure in measures]
    if expected.record:
        own = [claim for claim in found if claim.record == expected.record]
        found = own or [claim for claim in found if claim.record is None]
    if not measures:
        return [f"no measure claims the place {case.at}"]
    refused = expected.verdict == "ineligible"
    if not found:
        return [] if refused else ["there is no claim"]
    if case.measure and not expected.record and len(found) > 1:
        return [f"{len(found)} claims: the case must name the record"]
    differences = [_differences(expected, claim) for claim in found]
    if refused:
        return [line for lines in differences for line in lines]
    return min(differences, key=len)


def _meant(case: Case, measure: Measure) -> bool:
    if case.measure:
        return measure.id == case.measure
    return measure.claimable and any(
        locators.meet(locators.parse(place), locators.parse(case.at)) for place in measure.place.at
    )


def _differences(expected: Expected, claim: Claim) -> list[str]:
    name = f"{claim.measure}[{claim.record or ''}]"
    outcome = Outcome(claim.verdict, claim.min_fen, claim.max_fen)
    lines = _outcome(expected, outcome, name)
    failed = {condition.id for condition in claim.conditions if condition.holds is False}
    missing = {item.fact for item in claim.missing}
    lines += [
        f"{name}: `{id}` should fail; failed: {sorted(failed)}" for id in expected.failed if id not in failed
    ]
    lines += [
        f"{name}: `{id}` should be missing; missing: {sorted(missing)}"
        for id in expected.missing
        if id not in missing
    ]
    rivals = [key.measure for key in claim.set_aside.claims] if claim.set_aside else []
    if expected.set_aside_for:
        if expected.set_aside_for not in rivals:
            lines.append(f"{name}: should be set aside for {expected.set_aside_for}, found {rivals}")
    elif claim.set_aside is not None and not claim.set_aside.open and "payable" not in expected.sums:
        lines.append(f"{name}: set aside for {rivals}, which the case does not expect")
    if "payable" in expected.sums and claim.payable_fen != _fen(expected.sums["payable"]):
        lines.append(f"{name}: payable {_yuan(claim.payable_fen)}, expected {expected.sums['payable']}")
    lines += _staging(expected, claim, name)
    last = claim.apply_by.isoformat() if claim.apply_by else "open"
    if expected.apply_by not in ("", last):
        lines.append(f"{name}: to be applied for by {last}, expected {expected.apply_by}")
    if expected.would_be is not None:
        if claim.would_be is None:
            lines.append(f"{name}: there is no would_be")
        else:
            lines += _outcome(expected.would_be, claim.would_be, f"{name} would_be")
    return lines


def _staging(expected: Expected, claim: Claim, name: str) -> list[str]:
    """Return what differs in the stages and in the last day of paying back; neither is compared if not expected."""
    lines = []
    if expected.stages and len(expected.stages) != len(claim.stages):
        lines.append(f"{name}: {len(claim.stages)} stages, expected {len(expected.stages)}")
    for number, (wanted, stage) in enumerate(zip(expected.stages, claim.stages, strict=False), 1):
        due = "open" if stage.due is None else str(stage.due).lower()
        begins = "open" if stage.begins is None else stage.begins.isoformat()
        if "sum" in wanted and stage.max_fen != _fen(wanted["sum"]):
            lines.append(f"{name}: stage {number} {_yuan(stage.max_fen)}, expected {wanted['sum']}")
        for key, found in (("from", begins), ("due", due)):
            if wanted.get(key, found) != found:
                lines.append(f"{name}: stage {number} {key} {found}, expected {wanted[key]}")
    if expected.pay_back_until:
        day = claim.claw_back.until if claim.claw_back else None
        until = day.isoformat() if day else "open" if claim.claw_back else "never"
        if until != expected.pay_back_until:
            lines.append(f"{name}: to be paid back until {until}, expected {expected.pay_back_until}")
    return lines


def _outcome(expected: Expected, outcome: Outcome, name: str) -> list[str]:
    lines = []
    if outcome.verdict != expected.verdict:
        lines.append(f"{name}: {outcome.verdict}, expected {expected.verdict}")
    wanted = dict(expected.sums)
    wanted.pop("payable", None)
    if "sum" in wanted:
        wanted["min"] = wanted["max"] = wanted.pop("sum")
    elif "max" in wanted and "min" not in wanted and expected.verdict != "undetermined":
        wanted["min"] = "open" if wanted["max"] == "open" else "0元"
    for key, found in (("min", outcome.min_fen), ("max", outcome.max_fen)):
        if key in wanted and found != _fen(wanted[key]):
            lines.append(f"{name}: {key} {_yuan(found)}, expected {wanted[key]}")
    return lines


def _fen(text: str) -> int | None:
    return None if text == "open" else parse_money(text)


def _yuan(fen: int | None) -> str:
    return "open" if fen is None else f"{fen / 100:,.2f}元" if fen % 100 else f"{fen // 100:,}元"
