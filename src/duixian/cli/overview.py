"""Prints an assessment at a glance: how the policies stand, what matters to each applicant, the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from duixian.cli.heading import print_policies
from duixian.cli.notes import claim_notes
from duixian.cli.reasons import print_reasons
from duixian.cli.sorting import MARKS, STYLES, Force, Group, group_name, sorted_claims
from duixian.cli.terminal import width_of, wrap
from duixian.cli.totals import print_overall, print_totals, totals_line
from duixian.cli.wording import View, outcome_of, sum_text

if TYPE_CHECKING:
    from rich.console import Console

    from duixian.engine.result import Assessment, Claim

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
    print_policies(console, view, found, adopted)
    force = Force(found)
    several = len(found.applicants) > 1
    for applicant in found.applicants:
        claims = sorted_claims(view, applicant.claims)
        shown = [pair for pair in claims if force.shows(*pair)]
        shown.sort(key=lambda pair: pair[1].policy in force.doubtful)
        console.print()
        name = f"{applicant.name}  {applicant.id}" if applicant.name else applicant.id
        console.rule(Text(name, style="bold"), align="left", characters="─", style="dim")
        console.print(totals_line(view, applicant.totals, force.any))
        if several and not details:
            _print_claims(console, view, shown[:ROWS], force)
            _print_rest(
                console,
                view,
                Counter(group for group, _ in claims) - Counter(group for group, _ in shown[:ROWS]),
            )
            continue
        _print_claims(console, view, shown, force)
        failed = [claim for group, claim in claims if group is Group.FAILED]
        rest = Counter(group for group, _ in claims) - Counter(group for group, _ in shown)
        del rest[Group.FAILED]  # told below, each with what fails
        _print_rest(console, view, rest)
        print_reasons(console, view, shown, failed, force)
        print_totals(console, view, applicant)
    if several:
        console.print()
        print_overall(console, view, found, force)


def _print_claims(console: Console, view: View, claims: Sequence[tuple[Group, Claim]], force: Force) -> None:
    """Print a line for each claim, under the short titles of their policies."""
    places = min(_PLACE, max((width_of(_place(claim)) for _, claim in claims), default=0))
    for policy in dict.fromkeys(claim.policy for _, claim in claims):
        mark = view.say("（不在有效期，以下只是假如）", " (not in force: what would have been)")
        doubtful = policy in force.doubtful
        console.print(Text.assemble((view.policy(policy), "bold"), (mark if doubtful else "", "yellow")))
        for group, claim in claims:
            if claim.policy == policy:
                _print_claim(console, view, group, claim, doubtful, places)


def _print_claim(
    console: Console, view: View, group: Group, claim: Claim, doubtful: bool, places: int
) -> None:
    """Print one line for a claim, and its notes under it; `places` is the width of the last column."""
    first, second = (12, 17) if view.lang == "zh" else (14, 22)
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


def _print_rest(console: Console, view: View, rest: Counter[Group]) -> None:
    """Say how many claims were not listed, by group."""
    parts = [f"{group_name(view, group)} {count}" for group, count in sorted(rest.items())]
    if parts:
        text = view.say("其余未列：", "Not listed: ") + view.say("，", ", ").join(parts)
        console.print(Text("  " + wrap(text, console.width - 2, hang=4), style="dim"))
