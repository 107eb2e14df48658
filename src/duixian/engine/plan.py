"""What would bring an applicant the most: near misses, next steps, tiers, titles not yet held, closing windows.

Every gain is measured, not guessed: the applicant is assessed again with the one thing changed, and the
gain is the difference of its totals, so take-the-higher and shared bounds are in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from duixian.engine.assess import Session
from duixian.engine.result import ApplicantResult, Claim, Near
from duixian.engine.rules import Rule
from duixian.engine.wish import wish
from duixian.register.applicant import Applicant, Facts, Value

Kind = Literal["apply", "tell", "near_miss", "next_step", "tier", "new_record"]
EFFORT: Mapping[Kind, int] = {
    "apply": 1,
    "tell": 2,
    "near_miss": 3,
    "next_step": 3,
    "tier": 4,
    "new_record": 5,
}
SOON = dt.timedelta(days=180)
_HYPOTHETICAL = "plan"


class PlanItem(msgspec.Struct, frozen=True):
    """One thing the applicant can do: what kind and how much effort (1 least), for which measure and place.

    `needs` says in words what must become true, `changes` the facts that were changed to measure the gain
    (sums in fen). `gain_fen` is what the totals rise by at most, `certain_fen` by how much for certain;
    null where the effect cannot be measured by a single change. `by` is the last day, where there is one.
    `also` names other measures that the same change brings in; the gain is that of all together.
    `over` says that the event lies behind (a fiscal year that has ended): read it as what the next needs.
    """

    kind: Kind
    effort: int
    policy: str
    measure: str
    title: str
    at: str
    record: str | None
    needs: list[str]
    near: list[Near]
    changes: dict[str, str | int | bool]
    gain_fen: int | None
    certain_fen: int | None
    by: dt.date | None
    over: bool
    also: list[str]


@dataclass(slots=True)
class _Planner:
    session: Session
    applicant: Applicant
    result: ApplicantResult
    policies: frozenset[str]
    per: dict[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        """Note on which record type the claims of each measure rest."""
        rules = self.session.book.rules.items()
        self.per = {
            (id, rule.measure.id): rule.measure.per for id, policy in rules for rule in policy.measures
        }

    def total(self, result: ApplicantResult) -> tuple[int, int]:
        totals, past = result.totals, result.totals.would_have_been
        if past is None:
            return totals.with_decisions_fen, totals.certain_fen
        return totals.with_decisions_fen + past.with_decisions_fen, totals.certain_fen + past.certain_fen

    def gain(self, changed: Applicant) -> tuple[int, int]:
        after, before = self.total(self.session.applicant(changed)), self.total(self.result)
        return after[0] - before[0], after[1] - before[1]

    def ends(self, policy: str) -> dt.date | None:
        standing = self.session.standings[policy]
        ends = standing.days["ends"]
        return ends if standing.state == "in_force" and isinstance(ends, dt.date) else None

    def item(
        self,
        kind: Kind,
        claim: Claim,
        needs: list[str],
        near: list[Near],
        changed: Applicant | None,
        changes: Facts,
    ) -> PlanItem:
        gain = (None, None) if changed is None else self.gain(changed)
        shown = {
            key: value if isinstance(value, bool | int) else str(value) for key, value in changes.items()
        }
        by = claim.apply_by or self.ends(claim.policy)
        return PlanItem(
            kind, EFFORT[kind], claim.policy, claim.measure, claim.title, claim.at, claim.record, needs, near,
            shown, gain[0], gain[1], by, kind == "near_miss" and claim.event_date is not None, [],
        )  # fmt: skip

    def claims(self) -> Iterator[PlanItem]:
        """Yield what can be done about the claims there are."""
        for claim in self.result.claims:
            if claim.policy not in self.policies:
                continue
            shown = claim.would_be or claim
            failed = [item.text for item in claim.conditions if item.holds is False]
            if claim.verdict in ("eligible", "eligible_up_to", "competitive_up_to"):
                yield from self.closing(claim)
            if shown.verdict == "undetermined" and claim.record and claim.missing and shown.max_fen:
                needs = [item.fact for item in claim.missing]
                yield self.item("tell", claim, needs, [], None, {})
            elif shown.verdict == "ineligible" and claim.near:
                yield from self.closer("near_miss", claim, failed)
            elif claim.near:
                yield from self.closer("next_step", claim, [])

    def closing(self, claim: Claim) -> Iterator[PlanItem]:
        last = claim.apply_by or self.ends(claim.policy)
        if last is None or not claim.payable_fen:
            return
        left = last - self.session.day(claim.policy)
        if dt.timedelta(0) <= left <= SOON:
            item = self.item("apply", claim, [], [], None, {})
            aside = claim.set_aside is not None
            certain = 0 if aside else min(claim.min_fen or 0, claim.payable_fen)
            yield msgspec.structs.replace(item, gain_fen=claim.payable_fen, certain_fen=certain, by=last)

    def closer(self, kind: Kind, claim: Claim, needs: list[str]) -> Iterator[PlanItem]:
        changes: dict[str, Value] = {
            near.fact: near.need
            for near in claim.near
            if isinstance(near.need, int)
            and not near.derived
            and near.fact.partition(".")[0] in (self.per[claim.policy, claim.measure], "applicant")
        }
        whole = len(changes) == len({near.fact for near in claim.near})
        changed = self.changed(claim.record, changes) if whole else None
        item = self.item(kind, claim, needs, claim.near, changed, changes)
        if item.gain_fen is None or item.gain_fen > 0:
            yield item

    def changed(self, record: str | None, changes: Mapping[str, Value]) -> Applicant | None:
        """Return the applicant with facts of one record (or its own) set; None if a fact is not there to set."""
        facts, records = dict(self.applicant.facts), dict(self.applicant.records)
        for path, value in changes.items():
            entity, _, name = path.partition(".")
            if entity == "applicant":
                facts[name] = value
                continue
            items = [dict(item) for item in records.get(entity, ())]
            found = [item for item in items if item.get("id") == record]
            if not found:
                return None
            found[0][name] = value
            records[entity] = items
        return msgspec.structs.replace(self.applicant, facts=facts, records=records)

    def tiers_and_titles(self) -> Iterator[PlanItem]:
        """Yield higher tiers of records the applicant has, and records it does not have yet."""
        by_measure: dict[tuple[str, str], list[Claim]] = {}
        for claim in self.result.claims:
            by_measure.setdefault((claim.policy, claim.measure), []).append(claim)
        for id in sorted(self.policies):
            for rule in self.session.book.rules[id].measures:
                own = by_measure[id, rule.measure.id]
                if rule.measure.per not in ("applicant", "year", "platform_year") and not self.not_addressed(
                    own
                ):
                    best = self.best(rule, own)
                    if best is not None:
                        yield best

    def not_addressed(self, claims: list[Claim]) -> bool:
        return any(
            condition.id == "to" and condition.holds is False
            for claim in claims
            for condition in claim.conditions
        )

    def best(self, rule: Rule, own: list[Claim]) -> PlanItem | None:
        """Return the new record of a measure that would bring the most, None if none would bring anything."""
        entity, day = rule.measure.per, self.session.day(rule.policy.id)
        held = [claim for claim in own if (claim.would_be or claim).verdict in ("eligible", "eligible_up_to")]
        found: list[PlanItem] = []
        for record in wish(rule, day):
            records = dict(self.applicant.records)
            new = {**record, "id": _HYPOTHETICAL}
            records[entity] = [*records.get(entity, ()), new]
            changed = msgspec.structs.replace(self.applicant, records=records)
            claim = next(
                (
                    claim
                    for claim in self.session.applicant(changed).claims
                    if (claim.policy, claim.measure, claim.record)
                    == (rule.policy.id, rule.measure.id, _HYPOTHETICAL)
                ),
                None,
            )
            if claim is None or (claim.would_be or claim).verdict in ("ineligible", "undetermined"):
                continue
            needs = [
                item.text
                for item in claim.conditions
                if any(fact.startswith(f"{entity}.") for fact in item.facts)
            ]
            item = self.item("tier" if held else "new_record", claim, needs, [], changed, record)
            found.append(msgspec.structs.replace(item, record=held[0].record if held else None))
        gains = [item for item in found if item.gain_fen]
        return max(gains, key=lambda item: item.gain_fen or 0) if gains else None


def plan(session: Session, applicant: Applicant) -> list[PlanItem]:
    """Return what would bring the most, least effort first and within it the greatest gain first.

    Only policies that are in force on their day count; where none is, all are shown as if they were.
    """
    alive = frozenset(id for id, standing in session.standings.items() if standing.in_force is not False)
    planner = _Planner(
        session, applicant, session.applicant(applicant), alive or frozenset(session.standings)
    )
    items = _merged([*planner.claims(), *planner.tiers_and_titles()])
    return sorted(items, key=lambda item: (item.effort, -(item.gain_fen or 0), item.policy, item.measure))


def _merged(items: list[PlanItem]) -> list[PlanItem]:
    """Return the items with those that ask for the very same change told as one."""
    found: dict[tuple[object, ...], PlanItem] = {}
    for number, item in enumerate(items):
        same = item.kind in ("near_miss", "next_step") and item.gain_fen is not None
        key = (item.kind, item.record, *sorted(item.changes.items())) if same else (number,)
        if key in found:
            first = found[key]
            found[key] = msgspec.structs.replace(first, also=[*first.also, item.title])
        else:
            found[key] = item
    return list(found.values())
