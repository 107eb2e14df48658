"""Puts an applicant's claims in the order in which they matter to a person, and tells the rest apart."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from duixian.cli.facts import nearness
from duixian.cli.wording import View, in_doubt, outcome_of

if TYPE_CHECKING:
    from duixian.engine.result import Assessment, Claim


class Group(IntEnum):
    """What a claim is to its reader, most interesting first."""

    PAYABLE = 0
    DECISION = 1
    UNSTATED = 2
    OPEN = 3
    ASIDE = 4
    NEAR = 5
    FAILED = 6
    MAYBE_RECORD = 7
    NO_RECORD = 8
    NOT_ADDRESSED = 9


SHOWN = (Group.PAYABLE, Group.DECISION, Group.UNSTATED, Group.OPEN, Group.ASIDE, Group.NEAR)
_SURE = (Group.PAYABLE, Group.DECISION, Group.UNSTATED)
MARKS = dict(zip(Group, "✓◆✓?–≈✗·✗✗", strict=True))
STYLES = dict(
    zip(
        Group, ("green", "cyan", "green", "yellow", "dim", "magenta", "red", "dim", "dim", "dim"), strict=True
    )
)
_NAMES = {
    Group.PAYABLE: ("可得", "payable"),
    Group.DECISION: ("待评审", "decision"),
    Group.UNSTATED: ("可得", "payable"),
    Group.OPEN: ("待定", "open"),
    Group.ASIDE: ("让位", "set aside"),
    Group.NEAR: ("未达标", "short"),
    Group.FAILED: ("不符合", "not met"),
    Group.MAYBE_RECORD: ("未见记录", "no record seen"),
    Group.NO_RECORD: ("无此类事项", "no such record"),
    Group.NOT_ADDRESSED: ("不面向该主体", "for others"),
}
_BY_VERDICT = {
    "eligible": Group.PAYABLE,
    "eligible_up_to": Group.PAYABLE,
    "competitive_up_to": Group.DECISION,
    "case_by_case": Group.DECISION,
    "amount_not_stated": Group.UNSTATED,
}


def group_name(view: View, group: Group) -> str:
    """Return the word for a group."""
    return view.say(*_NAMES[group])


def group_of(view: View, claim: Claim) -> Group:
    """Return the group of a claim, judged by what it gives or would have given."""
    verdict = outcome_of(claim).verdict
    if verdict == "undetermined":
        return Group.MAYBE_RECORD if _rests_on_nothing(view, claim) else Group.OPEN
    if verdict == "ineligible":
        if claim.near:
            return Group.NEAR
        if [(item.id, item.holds) for item in claim.conditions] == [("to", False)]:
            return Group.NOT_ADDRESSED
        return Group.NO_RECORD if _rests_on_nothing(view, claim) else Group.FAILED
    if claim.set_aside is not None and not claim.set_aside.open and not claim.payable_fen:
        return Group.ASIDE
    return _BY_VERDICT[verdict]


def _rests_on_nothing(view: View, claim: Claim) -> bool:
    measure = view.measure(claim.policy, claim.measure)
    return claim.record is None and measure is not None and measure.per != "applicant"


def sorted_claims(view: View, claims: list[Claim]) -> list[tuple[Group, Claim]]:
    """Return claims with their groups: by group, then greatest sum, fewest open facts, nearest miss first."""
    found = [(group_of(view, claim), claim) for claim in claims]
    return sorted(found, key=lambda pair: (pair[0], *_rank(*pair)))


def _rank(group: Group, claim: Claim) -> tuple[float, float]:
    greatest = outcome_of(claim).max_fen or 0
    if group is Group.OPEN:
        return (len(claim.missing), -greatest)
    if group is Group.NEAR:
        return (max(nearness(near) for near in claim.near), -greatest)
    return (-greatest, 0)


class Force:
    """Which policies are in force, and so which claims deserve a line.

    `doubtful` are the policies whose sums are only what would have been; `any` says if one is in force.
    """

    def __init__(self, found: Assessment) -> None:
        """Take the states of the policies."""
        self.doubtful = {state.id for state in found.policies if in_doubt(state)}
        self.any = len(self.doubtful) < len(found.policies)
        drafts = {state.id for state in found.policies if state.state == "draft"}
        self._quiet = self.doubtful if self.any else drafts

    def shows(self, group: Group, claim: Claim) -> bool:
        """Say whether a claim is listed.

        What is open or falls short is listed only where it could be mended: not under a draft, nor under a
        policy that is over while another is in force.
        """
        return group in (SHOWN if claim.policy not in self._quiet else _SURE)
