"""The tables of `duixian register`: record types, how much is known of each field, how sums are distributed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from duixian.cli.facts import brief
from duixian.cli.terminal import table
from duixian.register.amounts import FEN_PER

if TYPE_CHECKING:
    from rich.console import Console

    from duixian.calendar.days import Language
    from duixian.register.survey import FieldSurvey, Survey, TypeSurvey


def print_survey(console: Console, found: Survey, lang: Language) -> None:
    """Print the description of a register; its problems are told elsewhere."""
    zh = lang == "zh"
    groups = f"{found.row_groups} 个行组" if zh else f"row groups: {found.row_groups}"
    rows = f"{found.rows:,} 个申报主体" if zh else f"applicants: {found.rows:,}"
    console.print(found.file, soft_wrap=True)
    console.print(f"{rows}，{groups}" if zh else f"{rows}, {groups}")
    if found.synthetic is not None:
        from duixian.register.origin import NOTE

        made = found.synthetic
        console.print(NOTE.text(lang), style="bold")
        how = f"duixian {made.generator}, numpy {made.numpy}"
        zh_made = f"  随机种子 {made.seed}，{made.firms:,} 户企业，{how}"
        console.print(zh_made if zh else f"  seed {made.seed}, {made.firms:,} firms, {how}")
        totals = [name for name, given in made.totals.items() if given]
        if totals:
            names = ", ".join(totals)
            console.print(
                f"  已校准到给定的总量：{names}" if zh else f"  calibrated to given totals: {names}"
            )
    if found.missing:
        names = ("、" if zh else ", ").join(found.missing)
        console.print(f"没有的列（全部不详）：{names}" if zh else f"missing columns (all unknown): {names}")
    console.print()
    console.print(_types(found.types[1:], found.rows, lang))
    for kind in found.types:
        if kind.records:
            console.print(_fields(kind, lang))
    sums = [(kind, field) for kind in found.types for field in kind.fields if field.sums is not None]
    if sums:
        console.print(_sums(sums, lang))


def _types(kinds: Iterable[TypeSurvey], rows: int, lang: Language) -> object:
    zh = lang == "zh"
    names = ("记录类别", "记录数", "有记录的主体", "清单完整", "一个主体最多")
    made = table(
        *(names if zh else ("record type", "records", "applicants", "list whole", "most of one")),
        right=(1, 2, 3, 4),
    )
    for kind in kinds:
        made.add_row(
            kind.label.text(lang),
            f"{kind.records:,}",
            f"{kind.applicants:,} {_share(kind.applicants, rows)}",
            _share(kind.whole, rows),
            f"{kind.most:,}",
        )
    return made


def _fields(kind: TypeSurvey, lang: Language) -> object:
    zh = lang == "zh"
    made = table(
        *(
            ("事实", "已知", "无", "不详", "不详占比")
            if zh
            else ("fact", "known", "none", "unknown", "share")
        ),
        right=(1, 2, 3, 4),
        title=f"{kind.label.text(lang)}（{kind.records:,}）"
        if zh
        else f"{kind.label.text(lang)} ({kind.records:,})",
    )
    for field in kind.fields:
        made.add_row(
            brief(field.label.text(lang)),
            f"{field.known:,}",
            f"{field.none:,}" if field.none else "",
            f"{field.unknown:,}",
            _share(field.unknown, kind.records),
        )
    return made


def _sums(fields: list[tuple[TypeSurvey, FieldSurvey]], lang: Language) -> object:
    zh = lang == "zh"
    heads = ("金额（万元）", "合计", "为零", "10%", "中位", "90%", "99%", "最大")
    if not zh:
        heads = ("sums in 10,000 yuan", "total", "zero", "10%", "median", "90%", "99%", "greatest")
    made = table(*heads, right=(1, 2, 3, 4, 5, 6, 7))
    for kind, field in fields:
        sums = field.sums
        if sums is None:
            continue
        made.add_row(
            f"{kind.label.text(lang)}·{brief(field.label.text(lang))}",
            _wan(sums.total),
            _share(sums.zeros, field.known),
            *map(_wan, (sums.tenth, sums.median, sums.ninetieth, sums.ninety_ninth, sums.greatest)),
        )
    return made


def _wan(fen: int) -> str:
    wan = fen / FEN_PER["万元"]
    return f"{wan:,.0f}" if wan >= 10 else f"{wan:.4g}"


def _share(part: int, whole: int) -> str:
    if not whole:
        return ""
    share = 100 * part / whole
    return f"{share:.0f}%" if share >= 9.5 or not share else f"{share:.1g}%"
