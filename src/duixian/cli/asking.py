"""`duixian ask`: an interview in the terminal that asks only what still matters, and ends with the assessment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duixian.cli.options import check_target, fail
from duixian.cli.request import Asked, request_options

if TYPE_CHECKING:
    from duixian.cli.wording import View
    from duixian.engine.interview import Answer, Interview, Question

UNKNOWN = ("?", "？", "不知道", "不详", "unknown")
BACK = ("<", "返回", "back")
STOP = ("q", "退出", "quit")
NONE = ("0", "无", "没有", "none")


@click.command(short_help="逐项提问，只问还有用的 / An interview that asks only what still matters.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--resume", is_flag=True, help="接着上次的问答 / go on with an interview that was stopped.")
@request_options
def ask(file: Path, resume: bool, asked: Asked) -> None:
    """Ask about one applicant, the fact that can settle the most money first, and save the facts to FILE (.yaml).

    就一个申报主体逐项提问，先问牵涉金额最大的事实；问完给出评估，事实存入 FILE（.yaml）。

    Each question may be answered with ? (don't know), < (back) or q (stop; --resume goes on later).
    """
    from duixian.cli.terminal import console
    from duixian.engine.interview import Interview

    check_target(file, (".yaml", ".yml"), asked.lang)
    kept = _state(file)
    if resume != kept.is_file():
        _refuse(resume, kept, asked.lang)
    if not resume and file.exists():
        fail(asked.lang, f"{file} 已经存在，请换一个文件名", f"{file} exists already; choose another name")
    session = asked.session()
    interview = Interview(session, _load(kept, asked.lang) if resume else ())
    view = asked.view(session)
    out = console()
    out.print(
        view.say("回答 ? 表示不清楚，< 返回上一题，q 暂停并保存。", "? don't know   < back   q stop and save")
    )
    if not _converse(view, interview, kept):
        out.print(
            view.say(
                f"已保存，接着问：duixian ask {file} --resume", f"saved; go on: duixian ask {file} --resume"
            )
        )
        return
    _finish(view, interview, file, kept)


def _state(file: Path) -> Path:
    return file.with_suffix(".interview.json")


def _refuse(resume: bool, kept: Path, lang: str) -> None:
    if resume:
        fail(lang, f"没有 {kept}，无从接着问", f"there is no {kept} to go on with")
    fail(
        lang,
        f"{kept} 里有未完的问答，请加 --resume 接着问",
        f"{kept} holds an unfinished interview; add --resume",
    )


def _load(kept: Path, lang: str) -> list[Answer]:
    import msgspec

    from duixian.engine.interview import Answer

    try:
        return msgspec.json.decode(kept.read_bytes(), type=list[Answer])
    except (OSError, msgspec.MsgspecError):
        fail(lang, f"{kept} 读不出来，可删去后重新开始", f"{kept} cannot be read; delete it to begin anew")


def _converse(view: View, interview: Interview, kept: Path) -> bool:
    """Ask until nothing matters any more; False if the person stops. Every answer is saved at once."""
    while questions := interview.questions():
        _heading(view, questions[0], len(interview.answers) + 1)
        for question in questions:
            word = _one(view, interview, question)
            _save(interview, kept)
            if word == "stop":
                return False
            if word == "back":
                break
    return True


def _save(interview: Interview, kept: Path) -> None:
    import msgspec

    from duixian.cli.files import replacing

    with replacing(kept) as path:
        path.write_bytes(msgspec.json.encode(interview.answers))


def _heading(view: View, question: Question, number: int) -> None:
    known = view.vocabulary.entities[question.entity].label.text(view.lang)
    record = f" [{question.record}]" if question.record else ""
    click.echo()
    click.echo(click.style(f"{number}. {known}{record}", bold=True))


def _one(view: View, interview: Interview, question: Question) -> str:
    """Ask one question until it is answered; return `next`, `back` or `stop`."""
    _tell(view, question)
    while True:
        text = click.prompt(
            click.style("  " + question.text, fg="cyan"), default="", show_default=False
        ).strip()
        if text in STOP:
            return "stop"
        if text in BACK:
            interview.back()
            return "back"
        if not text:
            continue
        problem = _take(view, interview, question, text)
        if not problem:
            return "next"
        click.echo(click.style("  " + problem, fg="red"))


def _tell(view: View, question: Question) -> None:
    """Say why it is asked, which evidence will be wanted, and what there is to choose from."""
    why = view.say("；", "; ").join(question.reasons)
    money = view.money(question.money_fen) if question.money_fen else view.say("金额未定", "no number")
    zh = f"牵涉{money}、{question.claims}项：{why}"
    click.echo(click.style("  " + view.say(zh, f"{money}, {question.claims} claims: {why}"), dim=True))
    if question.evidence:
        click.echo(click.style("  " + view.say("材料：", "evidence: ") + question.evidence, dim=True))
    for number, option in enumerate(question.options, 1):
        click.echo(f"    {number} {_option(view, question, option)}")
    if question.kind == "records":
        hint = view.say(
            "填序号，可填多个（同类两项写 1 1）；末尾加 + 表示可能还有；0 没有",
            "numbers, several allowed (1 1: two of a kind); + at the end: there may be more; 0 none",
        )
        click.echo(click.style("  " + hint, dim=True))


def _option(view: View, question: Question, option: str) -> str:
    field = view.vocabulary.field(f"{question.entity}.{question.field}")
    if field is not None and field.type.kind in ("enum", "set"):
        return view.vocabulary.enums[field.type.of][option].text(view.lang)
    return option


def _take(view: View, interview: Interview, question: Question, text: str) -> str:
    """Take an answer; return what is wrong with it, empty if nothing is."""
    from duixian.engine.interview import Answer
    from duixian.register.problems import InputError

    if text in UNKNOWN:
        interview.answer(Answer(question.key, unknown=True))
        return ""
    words = text.rstrip("+").replace("、", " ").replace("，", " ").replace(",", " ").split()
    if question.options and all(word.isdigit() for word in words) and text not in NONE:
        numbers = [int(word) for word in words]
        if any(not 1 <= number <= len(question.options) for number in numbers):
            return view.say(f"请填 1 到 {len(question.options)}", f"choose 1 to {len(question.options)}")
        words = [question.options[number - 1] for number in numbers]
    try:
        interview.answer(_answer(interview, question, words, text))
    except InputError as error:
        return error.problems[0].text(view.lang).rpartition(": ")[2] if error.problems else str(error)
    return ""


def _answer(interview: Interview, question: Question, words: list[str], text: str) -> Answer:
    from duixian.engine.interview import Answer

    if question.kind == "fact":
        return Answer(question.key, text="、".join(words) if question.options else text)
    if text in NONE:
        return Answer(question.key)
    whole = not text.endswith("+")
    records = [
        dict(interview.new_record(question.entity, question.field, word, number))
        for number, word in enumerate(words, 1)
    ]
    return Answer(question.key, records=tuple(records), whole=whole)


def _finish(view: View, interview: Interview, file: Path, kept: Path) -> None:
    """Show the assessment, save the facts as a register file, and drop the interview's state."""
    from duixian.cli.files import replacing
    from duixian.cli.overview import print_assessment
    from duixian.cli.terminal import console

    found = interview.session.assess([interview.applicant()])
    print_assessment(console(), view, found, tuple(interview.session.request.if_adopted), True)
    with replacing(file) as path:
        path.write_text(_yaml(interview.facts()), "utf-8")
    kept.unlink(missing_ok=True)
    click.echo(
        view.say(
            f"共 {len(interview.answers)} 问，事实已存入 {file}",
            f"{len(interview.answers)} questions; saved {file}",
        )
    )


def _yaml(facts: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)
