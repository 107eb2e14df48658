"""Prints an assessment at a glance: how the policies stand, what matters to each applicant, the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from duixian.cli.notes import claim_notes
from duixian.cli.reasons import print_reasons
from duixian.cli.sorting import MARKS, SHOWN, STYLES, Group, group_name, sorted_claims
from duixian.cli.terminal import width_of, wrap
from duixian.cli.totals import print_overall, print_totals, totals_line
from duixian.cli.wording import View, in_doubt, outcome_of, state_text, sum_text

if TYPE_CHECKING:
    from rich.console import Console

    from duixian.engine.result import ApplicantResult, Assessment, Claim

ROWS = 12
"""Claims that are listed for each of several applicants."""
_PLACE = 22
_INDENT = 6


def print_assessment(
    console: Console, view: View, found: Assessment, adopted: Sequence[str], details: bool
) -> None:
    """Print everything: one applicant with full reasons, several with what matters and a table at the end.

    `adopted` are the drafts that are taken to be adopted; `details` gives full reasons for several too.
    """
    _heading(console, view, found, adopted)
    doubtful = {state.id for state in found.policies if in_doubt(state)}
    in_force = len(doubtful) < len(found.policies)
    several = len(found.applicants) > 1
    for applicant in found.applicants:
        console.print()
        _applicant(console, view, applicant, doubtful, in_force, ROWS if several and not details else None)
        if details or not several:
            print_reasons(console, view, sorted_claims(view, applicant.claims), doubtful)
            print_totals(console, view, applicant)
    if several:
        console.print()
        print_overall(console, view, found)


def _heading(console: Console, view: View, found: Assessment, adopted: Sequence[str]) -> None:
    console.print(Text(view.say(f"申报日 {found.on} 的评估", f"Assessment as of {found.on}"), style="bold"))
    grid = Table.grid(padding=(0, 2))
    for state in found.policies:
        text = state_text(view, state, state.id in adopted)
        if state.on != found.on:
            text += view.say(f"，按 {state.on} 申报", f", applied for on {state.on}")
        grid.add_row("  " + view.policy(state.id), Text(text, style="yellow" if in_doubt(state) else "green"))
    console.print(grid)
    if any(in_doubt(state) for state in found.policies):
        note = view.say(
            "  不在有效期内的政策不能据以申领；其金额写在括号里，只表示假如有效时会是多少。",
            "  A policy that is not in force gives nothing. Sums in brackets are what would have been.",
        )
        console.print(Text(note, style="yellow"))
    ended = [state.ends for state in found.policies if state.state == "expired" and state.ends]
    if ended and all(in_doubt(state) for state in found.policies):
        day = max(ended)
        console.print(
            Text(
                view.say(
                    f"  要按有效期内的一天评估，可加 --on {day}", f"  To assess on a day in force: --on {day}"
                ),
                style="dim",
            )
        )
    for state in found.policies:
        if state.state == "draft":
            zh = f"  草案可假设施行日：--if-adopted {state.id}=日期"
            console.print(Text(view.say(zh, f"  For the draft: --if-adopted {state.id}=DATE"), style="dim"))


def _applicant(
    console: Console,
    view: View,
    applicant: ApplicantResult,
    doubtful: set[str],
    in_force: bool,
    limit: int | None,
) -> None:
    """Print the name, the sums in one line, and a table of the claims that matter."""
    name = f"{applicant.name}  {applicant.id}" if applicant.name else applicant.id
    console.rule(Text(name, style="bold"), align="left", characters="─", style="dim")
    console.print(totals_line(view, applicant.totals, in_force))
    claims = sorted_claims(view, applicant.claims)
    shown = [pair for pair in claims if pair[0] in SHOWN]
    shown.sort(key=lambda pair: pair[1].policy in doubtful)
    rest = Counter(group for group, _ in claims if group not in SHOWN)
    if limit is None:
        rest.pop(Group.FAILED, None)  # told below, each with what fails
    elif len(shown) > limit:
        rest.update(group for group, _ in shown[limit:])
        shown = shown[:limit]
    places = min(_PLACE, max((width_of(_place(claim)) for _, claim in shown), default=0))
    for policy in dict.fromkeys(claim.policy for _, claim in shown):
        own = [pair for pair in shown if pair[1].policy == policy]
        mark = view.say("（不在有效期，以下只是假如）", " (not in force: what would have been)")
        console.print(
            Text.assemble((view.policy(policy), "bold"), (mark if policy in doubtful else "", "yellow"))
        )
        for group, claim in own:
            _print_claim(console, view, group, claim, policy in doubtful, places)
    if rest:
        console.print(Text(_rest_line(view, rest), style="dim"))


def _print_claim(
    console: Console, view: View, group: Group, claim: Claim, doubtful: bool, places: int
) -> None:
    """Print one line for a claim, and its notes under it; `places` is the width of the last column."""
    first, second = (12, 17) if view.lang == "zh" else (14, 20)
    title = console.width - first - second - places - 3
    style = STYLES[group]
    verdict, amount = group_name(view, group), claim_sum(view, group, claim)
    if doubtful:
        amount = f"({amount})"
    grid = Table.grid(padding=(0, 1))
    for width in (first, second, title, places):
        grid.add_column(width=width, overflow="fold", justify="right" if width == second else "left")
    grid.add_row(
        Text(f"  {MARKS[group]} {verdict}", style=style),
        Text(amount, style=style),
        Text(wrap(claim.title, title)),
        Text(wrap(_place(claim), places), style="dim"),
    )
    console.print(grid)
    for note in claim_notes(view, group, claim):
        console.print(
            Padding(Text(wrap(note, console.width - _INDENT, hang=2), style="dim"), (0, 0, 0, _INDENT))
        )


def _place(claim: Claim) -> str:
    return f"{claim.at} {claim.record}" if claim.record else claim.at


def claim_sum(view: View, group: Group, claim: Claim) -> str:
    """Return the sum that stands beside a claim: what is payable of it, or why there is no number."""
    outcome = outcome_of(claim)
    if group is Group.ASIDE:
        return view.say("不另付", "not paid besides")
    if group is Group.OPEN and not outcome.max_fen:
        return view.say("未定", "open")
    if claim.would_be is None and claim.payable_fen is not None and claim.payable_fen != outcome.max_fen:
        return view.say(f"最高{view.money(claim.payable_fen)}", f"up to {view.money(claim.payable_fen)}")
    return sum_text(view, outcome)


def _rest_line(view: View, rest: Counter[Group]) -> str:
    parts = [f"{group_name(view, group)} {count}" for group, count in sorted(rest.items())]
    return view.say("  其余未列：", "  Not listed: ") + view.say("，", ", ").join(parts)
