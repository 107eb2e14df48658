"""`duixian ask`: an interview in the terminal that asks only what still matters, and ends with the assessment."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duixian.cli.options import check_target, fail
from duixian.cli.request import Asked, request_options

if TYPE_CHECKING:
    from duixian.calendar.days import Language
    from duixian.cli.wording import View
    from duixian.engine.interview import Answer, Interview, Question
    from duixian.register.problems import InputProblem

UNKNOWN = ("?", "？", "不清楚", "不知道", "不详", "unknown")
BACK = ("<", "返回", "back")
STOP = ("q", "退出", "quit")
NONE = ("0", "无", "没有", "none")
RECORDS = (
    "填序号，可填多个（同类两项写 1 1）；末尾加 + 表示可能还有；0 没有",
    "numbers, several allowed (1 1: two of a kind); + at the end: there may be more; 0 none",
)
YEARS = (
    "填序号，有经营的年度都要填，如 1 2 3；末尾加 + 表示更早的年度也有；0 都没有",
    "numbers of all years with business, such as 1 2 3; + at the end: earlier years too; 0 none",
)
COUNT = (
    "填项数，如 2；末尾加 + 表示可能还有；0 没有",
    "how many, such as 2; + at the end: there may be more; 0 none",
)
MOST = 50
HINTS = {
    "money": ("金额，如 500万元；只写数字按元计", "a sum, such as 500万元; a bare number is yuan"),
    "price_per_area": ("单价，如 8000元/平方米", "a price, such as 8000元/平方米"),
    "date": ("日期，如 2023-05-01", "a day, such as 2023-05-01"),
    "division": (
        "六位行政区划代码，如江岸区 420102、青羊区 510105、岳麓区 430104",
        "a six-digit division code, such as 420102",
    ),
    "flag": ("填 是 或 否", "yes or no"),
    "enum": ("填序号", "a number"),
    "set": ("填序号，可填多个，如 1 3", "numbers, several allowed, such as 1 3"),
    "record": ("填序号", "a number"),
}


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
    again = shlex.join(["duixian", "ask", str(file), "--resume", *asked.words()])
    out.print(
        view.say("回答 ? 表示不清楚，< 返回上一题，q 暂停并保存。", "? don't know   < back   q stop and save")
    )
    if not _talk(view, interview, kept):
        click.echo(view.say(f"已保存，接着问：{again}", f"saved; go on: {again}"))
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


def _talk(view: View, interview: Interview, kept: Path) -> bool:
    """Ask to the end; False if the person stops, be it with q, Ctrl-C or Ctrl-D."""
    try:
        return _converse(view, interview, kept)
    except click.Abort:
        click.echo()
        _save(interview, kept, view.lang)
        return False


def _converse(view: View, interview: Interview, kept: Path) -> bool:
    """Ask until nothing matters any more; False if the person stops. Every answer is saved at once.

    Questions of one record follow each other, but one that an answer has made needless is passed over.
    """
    group: list[str] = []
    while True:
        question = None
        while group and question is None:
            question = interview.question(group.pop(0))
        if question is None:
            found = interview.questions()
            if not found:
                return True
            question, group = found[0], [item.key for item in found[1:]]
        word = _one(view, interview, question)
        if word == "stop":
            return False
        if word == "back":
            group = _back(view, interview, question, group)
        _save(interview, kept, view.lang)


def _back(view: View, interview: Interview, question: Question, group: list[str]) -> list[str]:
    """Take the last answer back and return what to ask next: its question, then the one it was left from."""
    last = interview.back()
    if last is None:
        click.echo("  " + view.say("这是第一题", "this is the first question"))
        return [question.key, *group]
    return [last.key, question.key, *group]


def _save(interview: Interview, kept: Path, lang: Language) -> None:
    import msgspec

    from duixian.cli.files import replacing

    with replacing(kept, lang) as path:
        path.write_bytes(msgspec.json.encode(interview.answers))


def _heading(view: View, interview: Interview, question: Question) -> None:
    """Number the question and say whose fact it is; of a record, what kind it is."""
    title = view.vocabulary.entities[question.entity].label.text(view.lang)
    if question.record:
        title += view.say("：", ": ") + _which(view, interview, question.entity, question.record)
    click.echo()
    click.echo(click.style(f"{len(interview.answers) + 1}. {title}", bold=True))


def _which(view: View, interview: Interview, entity: str, id: str) -> str:
    """Name a record by what it is, such as its kind or year, and by its id where several are the same."""
    records = interview.records(entity)
    words = {item["id"]: _named(view, entity, item) for item in records}
    word = words.get(id, "")
    if not word:
        return id
    return word if list(words.values()).count(word) == 1 else f"{word} [{id}]"


def _named(view: View, entity: str, record: dict[str, str]) -> str:
    return view.join([_word(view, f"{entity}.{name}", text) for name, text in record.items() if name != "id"])


def _one(view: View, interview: Interview, question: Question) -> str:
    """Ask one question until it is answered; return `next`, `back` or `stop`."""
    _heading(view, interview, question)
    _tell(view, interview, question)
    while True:
        text = click.prompt(
            click.style("  " + question.text, fg="cyan"), default="", show_default=False
        ).strip()
        if text in STOP:
            return "stop"
        if text in BACK:
            return "back"
        if not text:
            continue
        problem = _take(view, interview, question, text)
        if not problem:
            return "next"
        click.echo(click.style("  " + problem, fg="red"))


def _tell(view: View, interview: Interview, question: Question) -> None:
    """Say why it is asked, which evidence will be wanted, what there is to choose from, how to write it."""
    money = view.money(question.money_fen) if question.money_fen else view.say("金额未定", "no number")
    _dim(view.say(f"牵涉{money}、{question.claims}项，如：", f"{money}, {question.claims} claims, such as:"))
    for reason in question.reasons:
        _dim(f"  {reason}")
    if question.evidence:
        _dim(view.say("材料：", "evidence: ") + question.evidence)
    for number, option in enumerate(question.options, 1):
        click.echo(f"    {number} {_option(view, interview, question, option)}")
    if question.kind == "records":
        _dim(view.say(*_how(question)))
        return
    field = view.vocabulary.field(f"{question.entity}.{question.field}")
    if field is not None and field.type.kind in HINTS and (question.options or field.type.kind != "record"):
        hint = view.say(*HINTS[field.type.kind])
        if field.optional:
            hint += view.say("；没有填 无", "; 无 if there is none")
        _dim(hint)


def _how(question: Question) -> tuple[str, str]:
    """Return how to say which records there are."""
    if not question.options:
        return COUNT
    return YEARS if question.field == "year" else RECORDS


def _dim(text: str) -> None:
    click.echo(click.style("  " + text, dim=True))


def _option(view: View, interview: Interview, question: Question, option: str) -> str:
    field = view.vocabulary.field(f"{question.entity}.{question.field}")
    if field is not None and field.type.kind == "record":
        return _which(view, interview, field.type.of, option)
    return _word(view, f"{question.entity}.{question.field}", option)


def _word(view: View, path: str, value: str) -> str:
    """Return the word for a value of a list, other values as they are."""
    field = view.vocabulary.field(path)
    if field is not None and field.type.kind in ("enum", "set"):
        known = view.vocabulary.enums[field.type.of].get(value)
        return known.text(view.lang) if known else value
    return value


def _take(view: View, interview: Interview, question: Question, text: str) -> str:
    """Take an answer; return what is wrong with it, empty if nothing is."""
    from duixian.engine.interview import Answer
    from duixian.register.problems import InputError

    if text in UNKNOWN:
        interview.answer(Answer(question.key, unknown=True))
        return ""
    words = text.rstrip("+").replace("、", " ").replace("，", " ").replace(",", " ").split()
    numbers = [int(word) for word in words if word.isdecimal()]
    if question.kind == "records" and not question.options and text not in NONE:
        if len(words) != 1 or len(numbers) != 1 or numbers[0] > MOST:
            return view.say(f"请填项数，不超过 {MOST}", f"say how many, up to {MOST}")
        words = [""] * numbers[0]
    elif question.options and len(numbers) == len(words) and text not in NONE:
        if any(not 1 <= number <= len(question.options) for number in numbers):
            return view.say(f"请填 1 到 {len(question.options)}", f"choose 1 to {len(question.options)}")
        words = [question.options[number - 1] for number in numbers]
    try:
        interview.answer(_answer(interview, question, words, text))
    except InputError as error:
        return view.say("；", "; ").join(_fault(view, problem) for problem in error.problems[:1])
    return ""


def _fault(view: View, problem: InputProblem) -> str:
    """Return what is wrong and what to do; the place and the applicant are known here."""
    parts = (problem.what.text(view.lang), problem.remedy.text(view.lang))
    return view.say("；", "; ").join(part for part in parts if part)


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
    with replacing(file, view.lang) as path:
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
