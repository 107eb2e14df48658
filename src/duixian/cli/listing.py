"""`duixian policies`, `show`, `vocabulary`, `schema`: what is installed, for people and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duixian.cli.options import check_target, fail, find_name, language

if TYPE_CHECKING:
    from rich.console import Console

    from duixian.calendar.days import Language
    from duixian.language.vocabulary import Entity, Field, Vocabulary


_TITLE = {"zh": 46, "en": 38}


@click.command(short_help="列出已收录的政策 / List the installed policies.")
@click.option("--ids", is_flag=True, help="只列编号，每行一个 / only the ids, one a line.")
@language
def policies(ids: bool, lang: Language) -> None:
    """List the installed policies, and how each stands today.

    列出已收录的政策，以及今天的状态。
    """
    from duixian.language.pack import pack_folders

    if ids:
        for folder in pack_folders():
            click.echo(folder.name)
        return
    import datetime as dt

    from duixian.cli.library import load_named
    from duixian.cli.terminal import console, table, wrap
    from duixian.cli.wording import STATES, View
    from duixian.engine.assess import Request, Rulebook
    from duixian.language.vocabulary import shared_vocabulary

    found = load_named((), lang)
    view = View(found, shared_vocabulary(), lang)
    states = {
        state.id: state
        for state in Rulebook(found.values()).ask(Request(dt.date.today(), lang=lang)).states()
    }
    made = table(
        view.say("政策", "policy"),
        view.say("城市", "division"),
        view.say("今日状态", "today"),
        view.say("有效期", "in force"),
        view.say("措施", "measures"),
        right=(4,),
    )
    made.show_lines = True
    for key, policy in found.items():
        state = states[key]
        dates = f"{state.starts or '?'}\n{state.ends or '?'}" if state.starts or state.ends else "—"
        title = "\n".join([wrap(policy.title.text(lang), _TITLE[lang]), policy.number, key])
        made.add_row(
            title, _city(policy.city, lang), view.word(STATES, state.state), dates, str(len(policy.measures))
        )
    console().print(made)


def _city(division: str, lang: Language) -> str:
    """Return the name of a division in Chinese, else its code (GB/T 2260)."""
    if lang != "zh":
        return division
    from stdnum import numdb

    names = [info.get("county", "") for _, info in numdb.get("cn/loc").info(division)]
    return names[-1].rpartition("]")[2] or division


@click.command(short_help="用文字说明政策或措施 / Tell a policy or measure as prose.")
@click.argument("policy")
@click.argument("measure", required=False)
@language
def show(policy: str, measure: str | None, lang: Language) -> None:
    """Tell a policy, or one of its measures, as prose: the rule, its readings, its cases.

    用文字说明一项政策，或其中一条措施。
    """
    from duixian.cli.library import folder_of, load
    from duixian.language.cases import load_cases
    from duixian.language.render import measure_prose, policy_prose
    from duixian.language.vocabulary import vocabulary_of
    from duixian.register.names import Names

    folder = folder_of(policy, lang)
    loaded = next(iter(load([folder], full=True).values()))
    words = vocabulary_of(folder)
    if measure is None:
        click.echo(policy_prose(loaded, lang, words))
        return
    names = {item.id: (item.title.zh, item.id, item.title.en, item.at) for item in loaded.measures}
    key = find_name(Names(names), measure, lang, "措施", "measure")
    found = next(item for item in loaded.measures if item.id == key)
    cases = [case for case in load_cases(folder, loaded) if case.measure == found.id]
    click.echo(measure_prose(loaded, found, cases, lang, words))


@click.command(short_help="列出可填写的事实 / List what may be known of an applicant.")
@click.argument("entity", required=False)
@language
def vocabulary(entity: str | None, lang: Language) -> None:
    """List what may be known of an applicant: its record types, or the fields of one of them.

    列出可填写的事实：各类记录，或其中一类的字段。
    """
    from duixian.cli.facts import brief
    from duixian.cli.terminal import console, table, width_of, wrap
    from duixian.language.vocabulary import shared_vocabulary
    from duixian.register.names import Lexicon

    words = shared_vocabulary()
    zh = lang == "zh"
    out = console()
    if entity is not None:
        known = find_name(Lexicon(words).entities(), entity, lang, "记录类型", "record type")
        _print_entity(out, words, words.entities[known], lang)
        return
    made = table(
        *(("类型", "名称", "字段数", "字段") if zh else ("entity", "name", "fields", "which")), right=(2,)
    )
    made.show_lines = True
    taken = max(map(width_of, words.entities)) + max(
        width_of(item.label.text(lang)) for item in words.entities.values()
    )
    for name, item in words.entities.items():
        listed = ("、" if zh else ", ").join(brief(field.label.text(lang)) for field in item.fields.values())
        made.add_row(
            name, item.label.text(lang), str(len(item.fields)), wrap(listed, max(20, out.width - taken - 18))
        )
    out.print(made)


def _print_entity(out: Console, words: Vocabulary, entity: Entity, lang: Language) -> None:
    """Print the fields of an entity, then the values of the enums that they use."""
    from duixian.cli.terminal import table

    zh = lang == "zh"
    title = f"{entity.label.text(lang)}（{entity.name}）" if zh else f"{entity.label.en} ({entity.name})"
    columns = (
        ("字段", "名称", "类型", "证明材料", "说明")
        if zh
        else ("field", "name", "type", "evidence", "remarks")
    )
    made = table(*columns, title=title)
    for field in entity.fields.values():
        proof = words.evidence[field.proof].text(lang) if field.proof else ""
        kind = f"{field.type.kind} {field.type.of}".strip()
        made.add_row(field.name, field.label.text(lang), kind, proof, _remarks(field, lang))
    out.print(made)
    enums = dict.fromkeys(
        field.type.of for field in entity.fields.values() if field.type.kind in ("enum", "set")
    )
    for name in enums:
        values = table(name, "名称" if zh else "name")
        for key, label in words.enums[name].items():
            values.add_row(key, label.text(lang))
        out.print(values)


def _remarks(field: Field, lang: Language) -> str:
    marks = [
        (field.required, "必填", "required"),
        (field.optional, "可填“无”", "may be `none`"),
        (field.authority, "由主管部门认定", "stated by an authority"),
    ]
    return ("、" if lang == "zh" else ", ").join(
        zh if lang == "zh" else en for holds, zh, en in marks if holds
    )


@click.command(short_help="写出 JSON Schema / Print JSON Schemas.")
@click.argument("name", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="写到文件夹（不指定名称时写全部）/ write into a folder.",
)
@language
def schema(name: str | None, output: Path | None, lang: Language) -> None:
    """Print a JSON Schema: of a pack's files, or of the `result` that `assess --json` writes.

    写出 JSON Schema：政策包各文件（policy、measures、statements、plan、cases），以及评估结果（result）。
    With -o one or all are written into a folder.
    """
    import msgspec

    from duixian.register.names import Names

    found = _schemas()
    if name is not None:
        key = find_name(Names({item: (item, item) for item in found}), name, lang, "结构", "schema")
        found = {key: found[key]}
    elif output is None:
        fail(
            lang,
            f"请写明哪一个：{'、'.join(found)}；或用 -o 写出全部",
            f"say which: {', '.join(found)}; or -o FOLDER for all",
        )
    texts = {key: msgspec.json.format(msgspec.json.encode(item), indent=2) for key, item in found.items()}
    if output is None:
        click.echo(next(iter(texts.values())))
        return
    _write_all(output, texts, lang)


def _schemas() -> dict[str, Any]:
    """Return all schemas by name."""
    import msgspec

    from duixian.engine.result import Assessment
    from duixian.language.pack_shapes import schemas

    base = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What `duixian assess --json` writes",
    }
    return {**schemas(), "result": {**base, **msgspec.json.schema(Assessment)}}


def _write_all(folder: Path, texts: dict[str, bytes], lang: Language) -> None:
    from duixian.cli.files import replacing, told

    with told(folder, lang):
        folder.mkdir(exist_ok=True)
    for key, text in texts.items():
        target = folder / f"{key}.schema.json"
        check_target(target, (".json",), lang)
        with replacing(target, lang) as path:
            path.write_bytes(text + b"\n")
        click.echo(target)
