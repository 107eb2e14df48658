"""What the lab's commands have in common: a policy, a register, a day, readings, a budget, and output files."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duixian.cli.options import Failure, check_target, fail, language, read_day, split_pairs, tell_slow
from duixian.cli.progress import stoppable, telling

if TYPE_CHECKING:
    import datetime as dt

    from duixian.calendar.days import Language
    from duixian.engine.assess import Request
    from duixian.engine.progress import Tell
    from duixian.lab.registers import Register
    from duixian.lab.report.document import Report
    from duixian.lab.report.words import Words
    from duixian.language.policy import Policy
    from duixian.language.vocabulary import Vocabulary

_REGISTER = click.option(
    "--register",
    type=click.Path(path_type=Path),
    required=True,
    help="登记表：.parquet 或 assess 能读的文件 / .parquet, or any file that `assess` reads.",
)
_AS_OF = click.option("--on", metavar="DATE", help="计量日（默认今天）/ as of which day (today).")
_OUTPUT = (
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        multiple=True,
        help="另存为 .html 或 .xlsx，可重复 / also write a report; may be repeated.",
    ),
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        help="不显示表格和进度（与 -o 合用）/ no tables and no progress (with -o).",
    ),
    language,
)
_OPTIONS = (
    _REGISTER,
    click.option("--on", metavar="DATE", help="申报日（默认今天）/ day of application (today)."),
    click.option(
        "--if-adopted", metavar="DATE", help="假设草案于该日施行 / take the draft to be adopted on that day."
    ),
    click.option(
        "--reading", multiple=True, metavar="ID=CHOICE", help="解释口径 / choose a reading of the policy."
    ),
    *_OUTPUT,
)


@dataclass(frozen=True, slots=True)
class LabAsked:
    """The options as they were typed."""

    register: Path
    on: str | None
    if_adopted: str | None
    reading: tuple[str, ...]
    output: tuple[Path, ...]
    quiet: bool
    lang: Language

    def policy(self, given: str) -> Policy:
        """Return the policy that was named, with its plan. Raises Failure."""
        from duixian.cli.library import find_policy, folder_of, load
        from duixian.language.pack import pack_folders

        if Path(given).is_dir():
            return next(iter(load([folder_of(given, self.lang)], full=True).values()))
        from duixian.cli.library import load_named

        id = find_policy(load_named((), self.lang), given, self.lang)
        folders = {folder.name: folder for folder in pack_folders()}
        return next(iter(load([folders[id]], full=True).values()))

    def vocabulary(self, *given: str) -> Vocabulary:
        """Return the vocabulary of the policies named. Raises Failure."""
        from duixian.cli.library import common_vocabulary

        return common_vocabulary(given, self.lang)

    def words(self, vocabulary: Vocabulary, *policies: Policy) -> Words:
        """Return the words of a report on these policies."""
        from duixian.lab.report.words import Words

        return Words({policy.id: policy for policy in policies}, vocabulary, self.lang)

    def open(self, vocabulary: Vocabulary) -> Register:
        """Open the register, after checking that the output can be written. Raises Failure."""
        from duixian.engine.kernel.compiler import why_no_compiler
        from duixian.lab.registers import open_register
        from duixian.register.problems import InputError

        for target in self.output:
            check_target(target, (".html", ".xlsx"), self.lang)
        tell_slow(why_no_compiler(), self.lang)
        try:
            return open_register(self.register, vocabulary)
        except InputError as error:
            raise Failure(error.text(self.lang)) from None

    def request(
        self, policy: Policy, vocabulary: Vocabulary, readings: tuple[str, ...] | None = None
    ) -> Request:
        """Return what is asked of a policy. Raises Failure if it is not in force on the day, with what to do."""
        import datetime as dt

        from duixian.cli.library import find_readings
        from duixian.engine.assess import Request, Rulebook

        adopted = read_day(self.if_adopted, self.lang, "--if-adopted") if self.if_adopted else None
        if adopted is not None and policy.kind != "draft":
            fail(self.lang, f"{policy.id} 不是草案，请用 --on", f"{policy.id} is no draft: use --on")
        on = read_day(self.on, self.lang) if self.on else max(dt.date.today(), adopted or dt.date.min)
        given = self.reading if readings is None else readings
        taken = find_readings({policy.id: policy}, split_pairs("--reading", given, self.lang), self.lang)
        request = Request(
            on=on,
            if_adopted={policy.id: adopted} if adopted else {},
            readings=taken,
            lang=self.lang,
        )
        state = Rulebook([policy], vocabulary).ask(request).states()[0]
        if state.state not in ("in_force", "open"):
            _not_in_force(policy, on, state.starts, state.ends, self.lang)
        return request

    def telling(self) -> AbstractContextManager[Tell]:
        """Give what shows how far the work is."""
        return telling(self.lang, self.quiet)

    def deliver(self, report: Report, words: Words) -> None:
        """Print the report and write its files."""
        from duixian.cli.lab_output import deliver

        deliver(report, words, self.output, self.quiet)


def _not_in_force(
    policy: Policy, on: dt.date, starts: dt.date | None, ends: dt.date | None, lang: Language
) -> None:
    short = policy.short.text(lang)
    if policy.kind == "draft" and starts is None:
        zh, en = f"{short}是草案，没有效力；请假设施行日", f"{short} is a draft without effect; say from when"
        fail(lang, f"{zh}：--if-adopted 日期", f"{en}: --if-adopted DATE")
    zh = f"{short}在 {on} 不在有效期（{starts or '?'} 至 {ends or '?'}），不花钱"
    en = f"{short} is not in force on {on} ({starts or '?'} to {ends or '?'}) and costs nothing"
    fail(lang, f"{zh}；请用 --on 给出有效期内的一天", f"{en}; give a day in force: --on DATE")


def plan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command those of the lab's options that a plan has a use for; they reach it together as `asked`."""

    @functools.wraps(command)
    def called(
        register: Path,
        on: str | None,
        output: tuple[Path, ...],
        quiet: bool,
        lang: Language,
        **rest: object,
    ) -> Any:
        with stoppable(lang):
            return command(asked=LabAsked(register, on, None, (), output, quiet, lang), **rest)

    for option in reversed((_REGISTER, _AS_OF, *_OUTPUT)):
        called = option(called)
    return called


def lab_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the lab's options; they reach it together as `asked`."""

    @functools.wraps(command)
    def called(
        register: Path,
        on: str | None,
        if_adopted: str | None,
        reading: tuple[str, ...],
        output: tuple[Path, ...],
        quiet: bool,
        lang: Language,
        **rest: object,
    ) -> Any:
        asked = LabAsked(register, on, if_adopted, reading, output, quiet, lang)
        with stoppable(lang):
            return command(asked=asked, **rest)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called


def read_budget(text: str | None, lang: Language) -> int | None:
    """Return a budget in fen. Raises Failure."""
    from duixian.register.amounts import ValueProblem, parse_money

    if text is None:
        return None
    try:
        return parse_money(text)
    except ValueProblem as problem:
        raise Failure(f"--budget {text}: {problem.text(lang)}") from None
