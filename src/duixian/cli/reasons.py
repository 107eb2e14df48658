"""Prints why: for each claim that matters its conditions with their facts, readings, who decides, by when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from duixian.cli.facts import missing_text, near_text, used_facts
from duixian.cli.notes import aside_text
from duixian.cli.sorting import MARKS, STYLES, Force, Group
from duixian.cli.terminal import width_of, wrap
from duixian.cli.wording import FORMS, RIGHTS, VERDICTS, View, outcome_of, sum_text

if TYPE_CHECKING:
    from rich.console import Console

    from duixian.engine.result import Alternative, Claim, ConditionResult, ReadingResult, Stage

LONG_RULE = 150  # columns; a longer line says less than it confuses
HOLDS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}


def print_reasons(
    console: Console, view: View, shown: Sequence[tuple[Group, Claim]], failed: Sequence[Claim], force: Force
) -> None:
    """Print the reasons of the claims that are shown, then those whose conditions were not met."""
    if shown:
        console.print()
        console.print(Text(view.say("理由", "Reasons"), style="bold underline"))
    for group, claim in shown:
        console.print()
        print_claim(console, view, group, claim, claim.policy in force.doubtful)
    if failed:
        console.print()
        title = view.say("不符合的（只列未满足的条件）", "Not met (only the conditions that fail)")
        console.print(Text(title, style="bold underline"))
        _failed(console, view, failed)


def print_claim(console: Console, view: View, group: Group, claim: Claim, doubtful: bool) -> None:
    """Print one claim with all that it rests on."""
    head = f"{view.word(VERDICTS, outcome_of(claim).verdict)}  {_amount(view, claim)}".rstrip()
    if doubtful:
        head = view.say(f"（假如有效：{head}）", f"(had it been in force: {head})")
    title = f"{MARKS[group]} {claim.title}  "
    console.print(Text(wrap(title + head, console.width, hang=4), style=f"bold {STYLES[group]}"))
    day = claim.event_date
    event = view.say(f"事项日期 {day}", f"event {day}") if day and claim.record else ""
    where = " · ".join(
        filter(None, [view.policy(claim.policy), claim.at, claim.record, event, claim.measure])
    )
    console.print(Padding(Text(where, style="dim"), (0, 0, 0, 2)))
    console.print(Padding(_conditions(view, claim, console.width - 2), (0, 0, 0, 2)))
    label_width = 6 if view.lang == "zh" else 11
    for label, text in _lines(view, group, claim):
        line = Table.grid(padding=(0, 1))
        line.add_column(width=label_width, style="dim")
        line.add_column(width=console.width - label_width - 3)
        line.add_row(label, Text(wrap(text, console.width - label_width - 3)))
        console.print(Padding(line, (0, 0, 0, 2)))


def _amount(view: View, claim: Claim) -> str:
    """Return the sum beside the verdict; empty where the verdict already says that there is none."""
    outcome = outcome_of(claim)
    if outcome.verdict == "ineligible" or (outcome.max_fen is None and outcome.verdict != "undetermined"):
        return ""
    return sum_text(view, outcome)


def _conditions(view: View, claim: Claim, width: int) -> Table:
    """Return the conditions with the facts that they rest on beside them."""
    facts = [used_facts(view, condition) for condition in claim.conditions]
    words = max((width_of(condition.text) for condition in claim.conditions), default=0)
    left = min(words, (width - 4) * 3 // 5)
    right = width - left - 4
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(width=left)
    grid.add_column(width=right, style="dim")
    for condition, used in zip(claim.conditions, facts, strict=True):
        mark, style = HOLDS[condition.holds]
        grid.add_row(Text(mark, style=style), Text(wrap(condition.text, left)), Text(wrap(used, right)))
    return grid


def _lines(view: View, group: Group, claim: Claim) -> Iterator[tuple[str, str]]:
    if group not in (Group.NEAR, Group.FAILED):
        yield from _rule(view, claim)
    if claim.missing:
        items = view.join([missing_text(view, claim, item) for item in claim.missing])
        yield view.say("缺", "missing"), items
    for near in claim.near:
        label = (
            view.say("进一步", "next step") if near.condition == "next_step" else view.say("差距", "short by")
        )
        yield label, near_text(view, claim, near)
    if claim.set_aside is not None:
        yield view.say("就高", "higher"), aside_text(view, claim)
    if (
        claim.payable_fen is not None
        and claim.would_be is None
        and group is not Group.ASIDE
        and claim.payable_fen != claim.max_fen
    ):
        yield view.say("可拨", "payable"), view.money(claim.payable_fen)
    for reading in claim.readings:
        yield view.say("口径", "reading"), reading_text(view, claim, reading)
    if group not in (Group.NEAR, Group.FAILED):
        yield from _procedure(view, claim)
    if claim.note:
        yield view.say("注", "note"), claim.note


def _rule(view: View, claim: Claim) -> Iterator[tuple[str, str]]:
    """Tell how the sum is found, where that says more than the sum itself."""
    from duixian.language.render import amount_prose
    from duixian.language.tree import Constant

    measure = view.measure(claim.policy, claim.measure)
    if measure is None:
        return
    told = amount_prose(view.policies[claim.policy], measure, view.lang, view.vocabulary)
    fixed = not measure.instead and isinstance(measure.terms.amount, Constant)
    if not told or fixed:
        return
    if any(width_of(line) > LONG_RULE for line in told):
        shown = f"duixian show {claim.policy} {claim.measure}"
        told = (view.say(f"分情形计算，全文见 {shown}", f"depends on the case, told in full by {shown}"),)
    yield view.say("算法", "amount"), "\n".join(told)


def _procedure(view: View, claim: Claim) -> Iterator[tuple[str, str]]:
    parts = [view.word(RIGHTS, claim.right)]
    if claim.form != "cash":
        parts.append(view.word(FORMS, claim.form))
    if claim.payee:
        parts.append(view.say("付给", "paid to ") + claim.payee)
    if claim.apply_by:
        parts.append(view.say(f"最迟 {claim.apply_by}", f"by {claim.apply_by}"))
    if claim.already_paid_fen:
        parts.append(view.say("已拨付", "already paid ") + view.money(claim.already_paid_fen))
    yield view.say("办理", "procedure"), view.say("；", "; ").join(parts)
    if claim.stages:
        stages = [_stage(view, stage) for stage in claim.stages]
        yield view.say("分期", "in stages"), "\n".join(stages)
    if claim.claw_back:
        day = claim.claw_back.until
        until = view.say(f"（{day} 前）", f" (before {day})") if day else ""
        yield view.say("退还", "paying back"), claim.claw_back.text + until
    if claim.decided_by:
        yield view.say("决定", "decided by"), view.join(claim.decided_by)
    if claim.evidence:
        labels = view.vocabulary.evidence
        yield (
            view.say("材料", "evidence"),
            view.join([labels[item].text(view.lang) for item in claim.evidence]),
        )


def _stage(view: View, stage: Stage) -> str:
    amount = "" if stage.max_fen is None else view.money(stage.max_fen) + " "
    begins = view.say(f"（{stage.begins} 起）", f" (from {stage.begins})") if stage.begins else ""
    return amount + stage.text + begins


def reading_text(view: View, claim: Claim, reading: ReadingResult) -> str:
    """Say which choice of a reading was taken and what the others would give."""
    taken = view.choice(claim.policy, reading.id, reading.choice)
    default = view.say("，默认", ", the default") if reading.choice == reading.default else ""
    text = view.say(
        f"{reading.question} 取“{taken}”（{reading.id}={reading.choice or '?'}{default}）",
        f"{reading.question} Taken: {taken} ({reading.id}={reading.choice or '?'}{default})",
    )
    return text + "".join("\n" + _alternative(view, claim, reading, other) for other in reading.alternatives)


def _alternative(view: View, claim: Claim, reading: ReadingResult, other: Alternative) -> str:
    from duixian.engine.result import Outcome

    label = view.choice(claim.policy, reading.id, other.choice)
    outcome = Outcome(other.verdict, other.min_fen, other.max_fen)
    verdict, amount = view.word(VERDICTS, other.verdict), sum_text(view, outcome)
    given = verdict if amount == "—" or other.verdict == "not_in_force" else f"{verdict} {amount}"
    return view.say(f"若取“{label}”（{other.choice}）：{given}", f"under “{label}” ({other.choice}): {given}")


def _failed(console: Console, view: View, claims: Sequence[Claim]) -> None:
    """Print the claims that fail, those of a policy that fail for the same reasons together."""
    alike: dict[tuple[str, tuple[str, ...]], list[Claim]] = {}
    for claim in claims:
        unmet = tuple(_unmet(view, condition) for condition in claim.conditions if condition.holds is False)
        alike.setdefault((claim.policy, unmet), []).append(claim)
    for (policy, unmet), group in alike.items():
        names: dict[str, list[str]] = {}
        for claim in group:
            names.setdefault(claim.title, []).extend([claim.record] if claim.record else [])
        titles = view.join(
            [f"{title} [{', '.join(records)}]" if records else title for title, records in names.items()]
        )
        reasons = view.say("；", "; ").join(unmet)
        text = view.say(f"✗ {view.policy(policy)}：{titles}", f"✗ {view.policy(policy)}: {titles}")
        console.print(Padding(Text(wrap(text, console.width - 2, hang=2)), (0, 0, 0, 2)))
        console.print(Padding(Text(wrap(reasons, console.width - 4), style="dim"), (0, 0, 0, 4)))


def _unmet(view: View, condition: ConditionResult) -> str:
    facts = used_facts(view, condition)
    return condition.text + (view.say(f"（{facts}）", f" ({facts})") if facts else "")
