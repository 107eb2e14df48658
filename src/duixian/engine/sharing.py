"""The ceilings and numbers that several claims of an applicant share, each net of what was already paid.

What is not known makes two versions of each: a strict one, under which surely no more is paid than the bound
allows, for what is certain; and a loose one, which surely holds back nothing that may be paid, for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from duixian.engine.assessed import Assessed
from duixian.engine.context import Context, Frame
from duixian.engine.counting import Limit
from duixian.engine.overlap import Ceiling
from duixian.engine.rules import Code
from duixian.engine.setting import Setting
from duixian.engine.values import Truth, bounds, to_fen
from duixian.language import policy as p

Key = tuple[Any, ...]


class _Payment(NamedTuple):
    """The key under which a payment counts and its sum in fen (None: not known), and the record it was for."""

    key: Key | None
    record: str
    fen: int | None


@dataclass(slots=True)
class Shared:
    """Ceilings on sums and limits on numbers, in one version."""

    ceilings: list[Ceiling] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)


def shared(claims: Sequence[Assessed], live: Sequence[int], setting: Setting) -> tuple[Shared, Shared]:
    """Return the strict and the loose version of what the policies' bounds allow the live claims."""
    strict, loose = Shared(), Shared()
    by_policy: dict[str, list[int]] = {}
    for index in live:
        by_policy.setdefault(claims[index].rule.policy.id, []).append(index)
    for id, own in by_policy.items():
        for bound, most, when in setting.policies[id].bounds:
            members = [index for index in own if claims[index].rule.measure.id in bound.over]
            if members:
                _Bound(id, bound, claims, members, setting).add(most, when, strict, loose)
    return strict, loose


class _Bound:
    """One bound over the live claims of its measures, in groups that surely share its key."""

    def __init__(
        self, policy: str, bound: p.Bound, claims: Sequence[Assessed], members: list[int], setting: Setting
    ) -> None:
        self.policy = policy
        self.bound = bound
        self.claims = claims
        self.frame: Frame = setting.frame
        self.context: Context = setting.context(policy)
        self.groups: dict[Key, list[int]] = {}
        self.stray: list[int] = []
        for index in members:
            key = _key(bound, claims[index])
            if None in key:
                self.stray.append(index)
            else:
                self.groups.setdefault(key, []).append(index)

    def add(self, most: Code, when: Code | None, strict: Shared, loose: Shared) -> None:
        """Add the bound's ceilings or limits for each group."""
        held: Truth = True if when is None else when(self.context)
        if held is False:
            return
        low, high = bounds(most(self.context))
        payments = list(self.payments())
        for key, members in self.groups.items():
            paid = [item for item in payments if item.key in (key, None)]
            self.one(strict, [*members, *self.stray], 0 if low is None else low, paid)
            if held and high is not None:
                self.one(loose, members, high, [item for item in payments if item.key == key and item.fen])
        if self.stray:
            self.one(strict, self.stray, 0 if low is None else low, payments)
        for index in self.stray if held and high is not None else ():
            self.one(loose, [index], high, [])

    def one(self, to: Shared, members: list[int], value: Any, payments: list[_Payment]) -> None:
        """Add a ceiling on the sums of these claims or a limit on their number; a payment may have used it up."""
        members = sorted(members)
        if self.bound.ceiling is not None:
            fen = to_fen(value)
            left = fen - sum(fen if item.fen is None else item.fen for item in payments)
            to.ceilings.append(Ceiling(tuple(members), max(0, left)))
            return
        # A claim that was paid has its place already, and what is still due of it needs no other.
        had = {item.record for item in payments}
        rest = tuple(index for index in members if self.claims[index].record_id not in had)
        first = tuple(index for index in members if index not in rest)
        number = max(0, int(value) - len(had))
        to.limits.append(Limit(rest, number, f"{self.policy}/{self.bound.id}", self.bound.at[0], first))

    def payments(self) -> Iterator[_Payment]:
        """Yield what was paid under the bound's measures.

        A claim's own earlier payment is already taken off its sum, so the ceiling must shrink by it too;
        payments for records that are no live claim count where their record shares the key.
        """
        names = {name for id in self.bound.over for name in (id, f"{self.policy}/{id}")}
        for payment in self.frame.lists.get("payment", ()):
            if payment.get("measure") in names:
                amount, record = payment.get("amount"), payment.get("record")
                fen = amount if isinstance(amount, int) else None
                yield _Payment(self.key_of(record), str(record or payment.get("id", "")), fen)

    def key_of(self, record: Any) -> Key | None:
        """Return the key of a record that was paid for, None if it is not known."""
        if set(self.bound.per) <= {"applicant"}:
            return tuple("" for _ in self.bound.per)
        for claim in self.claims:
            own = claim.rule.policy.id == self.policy and claim.rule.measure.id in self.bound.over
            if own and claim.record_id is not None and claim.record_id == record:
                key = _key(self.bound, claim)
                return None if None in key else key
        return None


def _key(bound: p.Bound, claim: Assessed) -> Key:
    return tuple(_part(name, claim) for name in bound.per)


def _part(name: str, claim: Assessed) -> Any:
    """Return what a claim has under one part of a bound's key, None if that is not known."""
    record = claim.record or {}
    field = name.partition(".")[2]
    if field:
        return record.get(field)
    if name == "applicant":
        return ""
    if name == "matter":
        return None if claim.project_unknown else claim.matter or ""
    if name in ("record", claim.rule.measure.per):
        return claim.record_id or ""
    if name == "year":
        return claim.event.year if claim.event is not None else None
    return record.get(name)
