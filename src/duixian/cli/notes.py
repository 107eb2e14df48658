"""The short lines under a claim in a table: what is missing, how near it was, what it gave way to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duixian.cli.facts import missing_text, near_text
from duixian.cli.sorting import Group
from duixian.cli.wording import View, outcome_of

if TYPE_CHECKING:
    from duixian.engine.result import Claim

_FEW = 3


def claim_notes(view: View, group: Group, claim: Claim) -> list[str]:
    """Return the lines for a claim, the most useful first."""
    notes = []
    if group is Group.OPEN and claim.missing:
        notes.append(
            view.say("缺：", "missing: ")
            + _few(view, [missing_text(view, claim, item) for item in claim.missing])
        )
    if claim.near:
        notes.append(view.say("；", "; ").join(near_text(view, claim, near) for near in claim.near))
    if claim.set_aside is not None:
        notes.append(aside_text(view, claim))
    elif is_cut(claim):
        own = view.money(outcome_of(claim).max_fen or 0)
        notes.append(
            view.say(f"单独计为{own}，受共享上限限制", f"{own} by itself; a shared ceiling leaves less")
        )
    if claim.readings:
        notes.append(
            view.say(
                f"取决于{len(claim.readings)}项解释口径", f"rests on {_count(len(claim.readings), 'reading')}"
            )
        )
    if claim.already_paid_fen:
        notes.append(view.say("已拨付", "already paid ") + view.money(claim.already_paid_fen))
    if claim.apply_by and group in (Group.PAYABLE, Group.DECISION, Group.UNSTATED, Group.OPEN):
        notes.append(view.say(f"最迟 {claim.apply_by} 申报", f"apply by {claim.apply_by}"))
    return notes


def aside_text(view: View, claim: Claim) -> str:
    """Say for what a claim is set aside under take-the-higher, or that the choice is open."""
    aside = claim.set_aside
    if aside is None:
        return ""
    others = view.join([_other(view, claim, key.policy, key.measure, key.record) for key in aside.claims])
    if aside.open and aside.missing:
        facts = view.join([missing_text(view, claim, item) for item in aside.missing])
        return view.say(
            f"与{others}是否只取其一（{aside.at}）未定，取决于：{facts}",
            f"open whether only one of this and {others} ({aside.at}) is paid; missing: {facts}",
        )
    if aside.open:
        return view.say(
            f"与{others}只取其一（{aside.at}），取哪项未定",
            f"only one of this and {others} ({aside.at}); open which",
        )
    zh, en = (
        ("限额", "limited in number")
        if _by_number(view, aside.because)
        else ("就高不重复", "take the higher")
    )
    text = view.say(f"让位于{others}（{zh}，{aside.at}）", f"gives way to {others} ({en}, {aside.at})")
    if aside.would_have_been_fen is not None:
        sum_ = view.money(aside.would_have_been_fen)
        text += view.say(f"，单独可得{sum_}", f"; {sum_} by itself")
    return text


def _by_number(view: View, relation: str) -> bool:
    """Say whether what sets a claim aside is a bound on a number of claims."""
    policy, _, id = relation.partition("/")
    return policy in view.policies and any(bound.id == id for bound in view.policies[policy].bounds)


def is_cut(claim: Claim) -> bool:
    """Say whether less is payable than the claim would give by itself."""
    return (
        claim.payable_fen is not None and claim.would_be is None and claim.payable_fen < (claim.max_fen or 0)
    )


def _other(view: View, claim: Claim, policy: str, measure: str, record: str | None) -> str:
    title = view.measure_title(policy, measure)
    if record is not None and record != claim.record:
        title += f" [{record}]"
    if policy == claim.policy:
        return view.say(f"「{title}」", f"“{title}”")
    return view.say(f"「{title}」（{view.policy(policy)}）", f"“{title}” ({view.policy(policy)})")


def _few(view: View, items: list[str]) -> str:
    if len(items) <= _FEW:
        return view.join(items)
    return view.join(items[:_FEW]) + view.say(f"等{len(items)}项", f" and {len(items) - _FEW} more")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
