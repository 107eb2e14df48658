"""`duixian plan`: what would bring one applicant the most, by effort, each gain measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.options import fail
from duixian.cli.request import Asked, input_errors, read_applicants, request_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from duixian.cli.wording import View
    from duixian.engine.plan import PlanItem
    from duixian.register.applicant import Applicant

KINDS = {
    "apply": ("抓紧申报", "apply now"),
    "tell": ("补充事实", "tell more"),
    "near_miss": ("差一点", "near miss"),
    "next_step": ("下一档", "next step"),
    "tier": ("更高等级", "higher tier"),
    "new_record": ("新增事项", "new"),
}
EFFORTS = {
    1: ("现在就能办", "can be done now"),
    2: ("补材料", "needs papers"),
    3: ("再努力一步", "a step away"),
    4: ("提升等级", "needs a higher level"),
    5: ("新做一件事", "needs something new"),
}
ROWS = 8
_NAMED = 20


@click.command(short_help="怎样能多得 / What would bring an applicant more.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "wanted", metavar="ID", help="申报主体编号 / which applicant, if the file has several.")
@click.option("--json", "as_json", is_flag=True, help="写 JSON / write JSON to standard output.")
@click.option("--all", "whole", is_flag=True, help="列出全部 / list everything, not the best of each effort.")
@request_options
def plan(file: Path, wanted: str | None, as_json: bool, whole: bool, asked: Asked) -> None:
    """Show what would bring the applicant in FILE the most: near misses, next steps, tiers, new titles.

    列出 FILE 中一个申报主体怎样能多得：差一点的、下一档、更高等级、尚未取得的称号，以及快要截止的。

    Every gain is what the totals rise by when the applicant is assessed again with that one change, so
    take-the-higher is in it.
    """
    import msgspec

    from duixian.engine.plan import plan as make_plan

    only = () if wanted is None else (wanted,)
    applicant = _one(read_applicants(file, asked.vocabulary, False, asked.lang, only), asked.lang)
    session = asked.session()
    with input_errors(asked.lang):
        items = make_plan(session, applicant)
    if as_json:
        click.echo(msgspec.json.encode(items))
        return
    _print(asked.view(session), applicant, items, whole, str(session.request.on))


def _one(applicants: Sequence[Applicant], lang: str) -> Applicant:
    if len(applicants) > 1:
        some = [applicant.id for applicant in applicants[:_NAMED]]
        more = len(applicants) - len(some)
        zh = "、".join(some) + (f" 等 {len(applicants)} 个" if more else "")
        en = ", ".join(some) + (f" and {more} more" if more else "")
        fail(
            lang, f"文件里有多个申报主体，请用 --id 指定：{zh}", f"several applicants; choose with --id: {en}"
        )
    return applicants[0]


def _print(view: View, applicant: Applicant, items: Sequence[PlanItem], whole: bool, on: str) -> None:
    from rich.text import Text

    from duixian.cli.terminal import console

    out = console()
    name = str(applicant.facts.get("name", applicant.id))
    out.print(
        Text(
            view.say(f"{name}：怎样能多得（申报日 {on}）", f"{name}: what would bring more ({on})"),
            style="bold",
        )
    )
    if not items:
        out.print(view.say("  没有发现可改进之处。", "  Nothing was found that would bring more."))
    for effort, words in EFFORTS.items():
        own = [item for item in items if item.effort == effort]
        if not own:
            continue
        shown = own if whole else own[:ROWS]
        out.print()
        out.print(Text(view.say(*words), style="bold"))
        out.print(_table(view, shown, out.width))
        if len(own) > len(shown):
            rest = len(own) - len(shown)
            out.print(
                Text(view.say(f"  另有 {rest} 项，--all 列出", f"  {rest} more with --all"), style="dim")
            )


def _table(view: View, items: Sequence[PlanItem], width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    from duixian.cli.terminal import wrap

    room = width - 12 - 16 - 19 - 3
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=12)
    grid.add_column(width=16, justify="right")
    grid.add_column(width=room)
    grid.add_column(width=19, overflow="fold")
    for item in items:
        title = Text(wrap(f"{item.title}", room))
        for line in _lines(view, item):
            title.append("\n" + wrap(line, room), style="dim")
        place = f"{view.policy(item.policy)}\n{item.at}" + (f" {item.record}" if item.record else "")
        grid.add_row(f"  {view.say(*KINDS[item.kind])}", _gain(view, item), title, Text(place, style="dim"))
    return grid


def _gain(view: View, item: PlanItem) -> str:
    if item.gain_fen is None:
        return view.say("增额未定", "gain not known")
    if item.kind == "apply":
        return view.money(item.gain_fen)
    return f"+{view.money(item.gain_fen)}"


def _lines(view: View, item: PlanItem) -> list[str]:
    from duixian.cli.facts import fact_name, quantity

    lines = []
    for near in item.near:
        name = fact_name(view, near.fact)
        values = [
            quantity(view, near.unit, value)
            for value in (near.have, near.need, near.short)
            if isinstance(value, int | str)
        ]
        if len(values) == 3:
            have, need, short = values
            lines.append(
                view.say(
                    f"{name}由{have}到{need}，还差{short}", f"{name} from {have} to {need}: {short} short"
                )
            )
    if item.kind == "tell":
        lines.append(
            view.say("缺：", "missing: ") + view.join([fact_name(view, fact) for fact in item.needs])
        )
    elif not item.near:
        lines.extend(item.needs)
    if item.kind in ("tier", "new_record"):
        measure = view.measure(item.policy, item.measure)
        entity = measure.per if measure else ""
        told = [
            f"{fact_name(view, f'{entity}.{key}')} {_value(view, f'{entity}.{key}', value)}"
            for key, value in item.changes.items()
        ]
        lines.append(view.say("按此测算：", "measured with: ") + view.join(told))
    if item.also:
        lines.append(view.say("同时带来：", "brings as well: ") + view.join(item.also))
    if item.over:
        lines.append(
            view.say("该年度已过，供来年参考", "that year is over; it shows what the next one needs")
        )
    if item.by is not None:
        lines.append(view.say(f"最迟 {item.by}", f"by {item.by}"))
    return lines


def _value(view: View, path: str, value: str | int | bool) -> str:
    from duixian.cli.facts import fact_value

    return fact_value(view, path, value)
