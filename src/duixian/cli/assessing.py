"""`duixian assess`: reads applicants from a file, assesses them, and shows or writes the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.options import Failure, check_target, fail, language, read_day, split_pairs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from duixian.calendar.days import Language
    from duixian.cli.wording import View
    from duixian.engine.assess import Request
    from duixian.engine.result import Assessment
    from duixian.language.policy import Policy
    from duixian.language.vocabulary import Vocabulary
    from duixian.register.applicant import Applicant


@click.command(short_help="评估申报主体能得到什么 / Assess what applicants can claim.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--on",
    multiple=True,
    metavar="[POLICY=]DATE",
    help="申报日（默认今天），可分政策 / day of application (today), or of one policy.",
)
@click.option(
    "--if-adopted",
    multiple=True,
    metavar="POLICY=DATE",
    help="假设草案于该日施行 / take a draft to be adopted on that day.",
)
@click.option(
    "--policy", multiple=True, metavar="ID", help="只按这些政策（默认全部）/ only these policies (all)."
)
@click.option(
    "--reading",
    multiple=True,
    metavar="ID=CHOICE",
    help="解释口径 [政策/]口径=选项 / choose a reading, [POLICY/]ID=CHOICE.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="在标准输出写 JSON / write the result as JSON to standard output."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="另存为 .xlsx 或 .json / also write the full result to a file.",
)
@click.option(
    "--skip-bad", is_flag=True, help="略过有问题的申报主体 / leave out applicants that have a problem."
)
@click.option(
    "--details", is_flag=True, help="每个申报主体都列全部理由 / full reasons for each of several applicants."
)
@click.option("-q", "--quiet", is_flag=True, help="不显示表格（与 -o 合用）/ no table (with -o).")
@language
def assess(  # noqa: PLR0913, PLR0917 - one parameter for each option
    file: Path,
    on: tuple[str, ...],
    if_adopted: tuple[str, ...],
    policy: tuple[str, ...],
    reading: tuple[str, ...],
    as_json: bool,
    output: Path | None,
    skip_bad: bool,
    details: bool,
    quiet: bool,
    lang: Language,
) -> None:
    """Assess what the applicants in FILE can claim, how much, and why.

    评估 FILE 里的申报主体能得到什么、多少、为什么。

    FILE is .yaml, .json, .xlsx, .ods, .csv, .parquet, or a folder of CSV files. Exit code 2: the input or
    the request is wrong, and nothing was assessed.
    """
    from duixian.cli.library import common_vocabulary, find_readings, load_named
    from duixian.engine.assess import Request, Rulebook

    if output is not None:
        check_target(output, (".xlsx", ".json"), lang)
    vocabulary = common_vocabulary(policy, lang)
    applicants = _read(file, vocabulary, skip_bad, lang)
    policies = load_named(policy, lang)
    day, days = _days(on, policies, lang)
    adopted = _by_policy("--if-adopted", if_adopted, policies, lang)
    for name in adopted:
        if policies[name].kind != "draft":
            fail(lang, f"{name} 不是草案，不能假设施行日", f"{name} is no draft: its days are its own")
    readings = find_readings(policies, split_pairs("--reading", reading, lang), lang)
    request = Request(on=day, on_policy=days, if_adopted=adopted, readings=readings, lang=lang)
    found = Rulebook(policies.values(), vocabulary).ask(request).assess(applicants)

    from duixian.cli.wording import View

    _deliver(View(policies, vocabulary, lang), found, request, output, as_json)
    if not as_json and not quiet:
        from duixian.cli.overview import print_assessment
        from duixian.cli.terminal import console

        print_assessment(console(), View(policies, vocabulary, lang), found, tuple(adopted), details)
    if output is not None:
        click.echo(f"已写入 {output}" if lang == "zh" else f"written: {output}", err=True)


def _read(file: Path, vocabulary: Vocabulary, skip_bad: bool, lang: Language) -> Sequence[Applicant]:
    """Read the register. Raises Failure with every problem."""
    from duixian.register.problems import InputError
    from duixian.register.read import read_register

    try:
        read = read_register(file, vocabulary, skip_bad=skip_bad)
    except InputError as error:
        raise Failure(error.text(lang)) from None
    if read.problems:
        for problem in read.problems:
            click.echo(problem.text(lang), err=True)
        names = ("、" if lang == "zh" else ", ").join(read.skipped)
        count = len(read.skipped)
        zh = f"略过 {count} 个有问题的申报主体：{names}；评估其余 {len(read.applicants)} 个"
        en = f"left out {count} with a problem: {names}; assessing the other {len(read.applicants)}"
        click.echo(zh if lang == "zh" else en, err=True)
    if not read.applicants:
        raise Failure(
            f"{file}：没有申报主体可评估" if lang == "zh" else f"{file}: there is no applicant to assess"
        )
    return read.applicants


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
        find_policy(policies, name, lang): read_day(text, lang)
        for name, text in split_pairs(option, given, lang)
    }


def _deliver(view: View, found: Assessment, request: Request, output: Path | None, as_json: bool) -> None:
    """Write the result to the file and, as JSON, to standard output."""
    import msgspec

    from duixian.cli.files import replacing

    if as_json:
        click.echo(msgspec.json.encode(found))
    if output is None:
        return
    with replacing(output) as path:
        if output.suffix.lower() == ".json":
            path.write_bytes(msgspec.json.encode(found))
        else:
            from duixian.cli.workbook import write_workbook

            write_workbook(path, view, found, tuple(request.if_adopted))
