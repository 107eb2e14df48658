"""Prints what an assessment stands on: the day, and how each policy stands on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from duixian.cli.terminal import wrap
from duixian.cli.wording import View, in_doubt, state_text

if TYPE_CHECKING:
    from rich.console import Console

    from duixian.engine.result import Assessment, PolicyState


def print_policies(console: Console, view: View, found: Assessment, adopted: Sequence[str]) -> None:
    """Print the day and the states of the policies, and say plainly what is not in force."""
    console.print(Text(view.say(f"申报日 {found.on} 的评估", f"Assessment as of {found.on}"), style="bold"))
    grid = Table.grid(padding=(0, 2))
    for state in found.policies:
        text = state_text(view, state, state.id in adopted)
        if state.on != found.on:
            text += view.say(f"，按 {state.on} 申报", f", applied for on {state.on}")
        grid.add_row("  " + view.policy(state.id), Text(text, style="yellow" if in_doubt(state) else "green"))
    console.print(grid)
    for text, style in _notes(view, found.policies):
        console.print(Text("  " + wrap(text, console.width - 2, hang=4), style=style))


def _notes(view: View, states: Sequence[PolicyState]) -> Iterator[tuple[str, str]]:
    """Yield what a reader must know of policies that are not in force, and how to ask otherwise."""
    if not any(in_doubt(state) for state in states):
        return
    zh = "不在有效期内的政策不能据以申领；其金额写在括号里，只表示假如有效时会是多少。"
    yield (
        view.say(
            zh, "A policy that is not in force gives nothing. Sums in brackets are what would have been."
        ),
        "yellow",
    )
    ended = [state.ends for state in states if state.state == "expired" and state.ends]
    if ended and all(in_doubt(state) for state in states):
        day = max(ended)
        yield (
            view.say(f"要按有效期内的一天评估，可加 --on {day}", f"To assess on a day in force: --on {day}"),
            "dim",
        )
    drafts = [state.id for state in states if state.state == "draft"]
    if drafts:
        names = view.join(drafts)
        zh = f"草案可假设施行日：--if-adopted 编号=日期（{names}）"
        yield view.say(zh, f"For a draft: --if-adopted ID=DATE ({names})"), "dim"
