"""What `assess`, `plan` and `ask` have in common: the day, policies and readings asked for, and the register."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duixian.cli.options import Failure, fail, language, read_day, split_pairs, tell_origin

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from duixian.calendar.days import Language
    from duixian.cli.wording import View
    from duixian.engine.assess import Session
    from duixian.language.policy import Policy
    from duixian.language.vocabulary import Vocabulary
    from duixian.register.applicant import Applicant
    from duixian.register.problems import InputError

_OPTIONS = (
    click.option(
        "--on",
        multiple=True,
        metavar="[POLICY=]DATE",
        help="申报日（默认今天），可分政策 / day of application (today), or of one policy.",
    ),
    click.option(
        "--if-adopted",
        multiple=True,
        metavar="POLICY=DATE",
        help="假设草案于该日施行 / take a draft to be adopted on that day.",
    ),
    click.option(
        "--policy", multiple=True, metavar="ID", help="只按这些政策（默认全部）/ only these policies (all)."
    ),
    click.option(
        "--reading",
        multiple=True,
        metavar="ID=CHOICE",
        help="解释口径 [政策/]口径=选项 / choose a reading, [POLICY/]ID=CHOICE.",
    ),
    language,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were typed."""

    on: tuple[str, ...]
    if_adopted: tuple[str, ...]
    policy: tuple[str, ...]
    reading: tuple[str, ...]
    lang: Language

    def words(self) -> list[str]:
        """Return the options again as words of a command line, to repeat the request."""
        named = (
            ("--on", self.on),
            ("--if-adopted", self.if_adopted),
            ("--policy", self.policy),
            ("--reading", self.reading),
            ("--lang", ("en",) if self.lang == "en" else ()),
        )
        return [word for name, values in named for value in values for word in (name, value)]

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the policies asked for. Raises Failure."""
        from duixian.cli.library import common_vocabulary

        return common_vocabulary(self.policy, self.lang)

    def session(self) -> Session:
        """Check what was asked and make ready to assess. Raises Failure with what to mend."""
        from duixian.cli.library import find_readings, load_named
        from duixian.engine.assess import Request, Rulebook

        policies = load_named(self.policy, self.lang)
        day, days = _days(self.on, policies, self.lang)
        adopted = _by_policy("--if-adopted", self.if_adopted, policies, self.lang)
        for name in adopted:
            if policies[name].kind != "draft":
                fail(
                    self.lang, f"{name} 不是草案，不能假设施行日", f"{name} is no draft: its days are its own"
                )
        readings = find_readings(policies, split_pairs("--reading", self.reading, self.lang), self.lang)
        request = Request(on=day, on_policy=days, if_adopted=adopted, readings=readings, lang=self.lang)
        return Rulebook(policies.values(), self.vocabulary).ask(request)

    def view(self, session: Session) -> View:
        """Return the words for showing answers of a session."""
        from duixian.cli.wording import View

        policies = {id: rules.policy for id, rules in session.book.rules.items()}
        return View(policies, session.book.vocabulary, self.lang)


def request_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a request; they reach it together as `asked`."""

    @functools.wraps(command)
    def called(
        on: tuple[str, ...],
        if_adopted: tuple[str, ...],
        policy: tuple[str, ...],
        reading: tuple[str, ...],
        lang: Language,
        **rest: object,
    ) -> Any:
        return command(asked=Asked(on, if_adopted, policy, reading, lang), **rest)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called


@contextmanager
def input_errors(lang: Language) -> Iterator[None]:
    """Let facts that cannot be used end the command with every problem. Raises Failure."""
    from duixian.register.problems import InputError

    try:
        yield
    except InputError as error:
        raise Failure(error.text(lang)) from None


def read_applicants(
    file: Path, vocabulary: Vocabulary, skip_bad: bool, lang: Language, only: Sequence[str] = ()
) -> Sequence[Applicant]:
    """Read the register, or `only` the applicants with these ids. Raises Failure with every problem."""
    from duixian.register.problems import InputError
    from duixian.register.read import read_register

    try:
        wanted = frozenset(only) if only else None
        read = read_register(file, vocabulary, skip_bad=skip_bad, only=wanted)
    except InputError as error:
        raise Failure(error.text(lang) + _unskipped(error, skip_bad, lang)) from None
    if read.problems:
        for problem in read.problems:
            click.echo(problem.text(lang), err=True)
        names = ("、" if lang == "zh" else ", ").join(read.skipped)
        count = len(read.skipped)
        zh = f"略过 {count} 个有问题的申报主体：{names}；评估其余 {len(read.applicants)} 个"
        en = f"left out {count} with a problem: {names}; assessing the other {len(read.applicants)}"
        click.echo(zh if lang == "zh" else en, err=True)
    known = {applicant.id for applicant in read.applicants} | set(read.skipped)
    missing = [id for id in dict.fromkeys(only) if id not in known]
    if missing:
        zh, en = "、".join(missing), ", ".join(missing)
        fail(lang, f"{file}：没有申报主体 {zh}", f"{file}: there is no applicant {en}")
    if not read.applicants:
        raise Failure(
            f"{file}：没有申报主体可评估" if lang == "zh" else f"{file}: there is no applicant to assess"
        )
    tell_origin(file, lang)
    return read.applicants


def _unskipped(error: InputError, skip_bad: bool, lang: Language) -> str:
    """Say which problems leaving out applicants cannot get rid of, if that was asked for."""
    whole = [problem for problem in error.problems if problem.whole]
    if not skip_bad or not whole:
        return ""
    places = ("、" if lang == "zh" else ", ").join(
        problem.place.at or problem.place.file for problem in whole[:5]
    )
    zh = f"\n其中 {len(whole)} 处不属于哪一个申报主体（{places}），--skip-bad 不能略过，须先改正"
    en = f"\n{len(whole)} of them belong to no one applicant ({places}): --skip-bad cannot leave them out"
    return zh if lang == "zh" else en


def _days(
    given: tuple[str, ...], policies: Mapping[str, Policy], lang: Language
) -> tuple[dt.date, dict[str, dt.date]]:
    """Return the day of application and those that hold for one policy only. Raises Failure."""
    import datetime as dt

    whole = [text for text in given if "=" not in text]
    if len(whole) > 1:
        zh = f"--on 只能有一个总的日期，读到 {len(whole)} 个；分政策请写 --on 政策=日期"
        raise Failure(
            zh if lang == "zh" else f"--on takes one day for all, found {len(whole)}; write --on POLICY=DATE"
        )
    day = read_day(whole[0], lang) if whole else dt.date.today()
    return day, _by_policy("--on", tuple(text for text in given if "=" in text), policies, lang)


def _by_policy(
    option: str, given: tuple[str, ...], policies: Mapping[str, Policy], lang: Language
) -> dict[str, dt.date]:
    """Return the days that an option gives to policies. Raises Failure."""
    from duixian.cli.library import find_policy

    return {
        find_policy(policies, name, lang): read_day(text, lang, option)
        for name, text in split_pairs(option, given, lang)
    }
