"""Prints what it comes to: an applicant's sums in one line, by policy and year, a row for each of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from duixian.cli.sorting import Force, Group, sorted_claims
from duixian.cli.terminal import table, width_of, wrap
from duixian.cli.wording import View

if TYPE_CHECKING:
    from rich.console import Console

    from duixian.engine.result import ApplicantResult, Assessment, Hypothetical, Totals

Sums = tuple[int, int, int]


def sums_of(totals: Totals | Hypothetical | None) -> Sums:
    """Return certain, at most and with decisions, in fen; zeros for nothing."""
    return (
        (0, 0, 0) if totals is None else (totals.certain_fen, totals.at_most_fen, totals.with_decisions_fen)
    )


def totals_line(view: View, totals: Totals, in_force: bool) -> Text:
    """Return an applicant's sums: now, and in a line of its own what would have been.

    `in_force` says whether any policy is in force on the day.
    """
    line = Text()
    now, then = sums_of(totals), sums_of(totals.would_have_been)
    if in_force:
        line.append(_three(view, now), style="bold green" if any(now) else "bold")
    else:
        line.append(view.say("现在不能申领", "nothing can be claimed now"), style="bold")
    if totals.not_stated:
        line.append(
            view.say(f"；另有{totals.not_stated}项未写金额", f"; {totals.not_stated} with no sum stated")
        )
    if totals.open:
        line.append(view.say(f"；{totals.open}项取舍未定", f"; {totals.open} where the choice is open"))
    if any(then):
        line.append("\n")
        line.append(
            view.say("假如政策有效：", "had the policies been in force: ") + f"({_three(view, then)})",
            style="yellow",
        )
    return line


def _three(view: View, sums: Sums) -> str:
    certain, most, decided = sums
    parts = [view.say("确定 ", "certain ") + view.money(certain)]
    if most != certain:
        parts.append(view.say("最高 ", "at most ") + view.money(most))
    if decided != most:
        parts.append(view.say("若评审都通过 ", "if all decisions fall well ") + view.money(decided))
    return " · ".join(parts)


def print_totals(console: Console, view: View, applicant: ApplicantResult) -> None:
    """Print an applicant's totals by policy and year, and the readings on which they rest."""
    totals = applicant.totals
    rows = [
        (
            view.policy(item.policy),
            str(item.year or "—"),
            item.certain_fen,
            item.at_most_fen,
            item.with_decisions_fen,
        )
        for item in totals.by
    ]
    if rows:
        console.print()
        made = table(
            view.say("政策", "policy"),
            view.say("年度", "year"),
            *_columns(view),
            right=(2, 3, 4),
            title=view.say("合计", "Totals"),
        )
        for policy, year, *sums in rows:
            made.add_row(policy, year, *map(view.money, sums))
        if len(rows) > 1:
            made.add_section()
            made.add_row(view.say("合计", "total"), "", *map(view.money, sums_of(totals)), style="bold")
        console.print(made)
    if totals.with_missing_fen is not None and totals.with_missing_fen > totals.with_decisions_fen:
        text = view.say("若缺失的事实也都有利，最高 ", "If the missing facts turn out well too, at most ")
        console.print(Text(text + view.money(totals.with_missing_fen)))
    for reading in totals.readings:
        chosen = view.choice(reading.policy, reading.id, reading.choice)
        zh = f"合计取决于口径：{reading.question} 现取“{chosen}”（{reading.id}={reading.choice or '?'}）"
        en = f"The totals rest on a reading: {reading.question} Taken: {chosen} "
        en += f"({reading.id}={reading.choice or '?'})"
        console.print(Text(wrap(view.say(zh, en), console.width, hang=2)))
        for other in reading.alternatives:
            label = view.choice(reading.policy, reading.id, other.choice)
            given = _three(view, (other.certain_fen, other.at_most_fen, other.at_most_fen))
            zh, en = f"若取“{label}”（{other.choice}）：{given}", f"under “{label}” ({other.choice}): {given}"
            console.print(Text("  " + wrap(view.say(zh, en), console.width - 2, hang=4)))


def print_overall(console: Console, view: View, found: Assessment, force: Force) -> None:
    """Print one line for each applicant, and their sum."""
    past = any(item.totals.would_have_been for item in found.applicants)
    now = force.any
    title = view.say(f"{len(found.applicants)} 个申报主体", f"{len(found.applicants)} applicants")
    columns = _columns(view) if now else [f"({name})" for name in _columns(view)]
    if now and past:
        columns.append(view.say("(假如有效)", "(had it been in force)"))
    number = len(columns)
    titles = (view.say("申报主体", "applicant"), *columns, view.say("待定", "open"))
    none = view.say("：没有政策在有效期，均为假如", ": no policy is in force; what would have been")
    made = table(*titles, right=tuple(range(1, number + 2)), title=title if now else title + none)
    rows: list[tuple[str, ...]] = []
    whole = [0] * number
    for applicant in found.applicants:
        sums = _row(applicant, now, past)
        whole = [total + item for total, item in zip(whole, sums, strict=True)]
        open_ = sum(
            force.shows(group, claim)
            for group, claim in sorted_claims(view, applicant.claims)
            if group is Group.OPEN
        )
        rows.append((applicant.name or applicant.id, *_cells(view, sums, now), str(open_ or "—")))
    last = (view.say("合计", "total"), *_cells(view, whole, now), "")
    widths = [max(width_of(row[place]) for row in (titles, last, *rows)) for place in range(1, len(titles))]
    for name, *cells in rows:
        made.add_row(wrap(name, max(16, console.width - sum(widths) - 3 * len(widths) - 2)), *cells)
    made.add_section()
    made.add_row(*last, style="bold")
    console.print(made)
    _print_years(console, view, found)


def _print_years(console: Console, view: View, found: Assessment) -> None:
    """Print the sums of all applicants by policy and year."""
    sums: dict[tuple[str, int], list[int]] = {}
    for applicant in found.applicants:
        for item in applicant.totals.by:
            row = sums.setdefault((item.policy, item.year or 0), [0, 0, 0])
            for place, fen in enumerate((item.certain_fen, item.at_most_fen, item.with_decisions_fen)):
                row[place] += fen
    if not sums:
        return
    titles = (view.say("政策", "policy"), view.say("年度", "year"), *_columns(view))
    made = table(*titles, right=(2, 3, 4), title=view.say("按政策和年度", "By policy and year"))
    for (policy, year), row in sorted(sums.items()):
        made.add_row(view.policy(policy), str(year or "—"), *_cells(view, row, True))
    console.print(made)


def _row(applicant: ApplicantResult, now: bool, past: bool) -> list[int]:
    then = sums_of(applicant.totals.would_have_been)
    if not now:
        return list(then)
    return [*sums_of(applicant.totals), *([then[1]] if past else [])]


def _cells(view: View, sums: list[int], now: bool) -> list[str]:
    texts = [view.money(fen) if fen else "—" for fen in sums]
    return [
        f"({text})" if text != "—" and (not now or index > 2) else text for index, text in enumerate(texts)
    ]


def _columns(view: View) -> list[str]:
    return [view.say("确定", "certain"), view.say("最高", "at most"), view.say("含评审", "with decisions")]
