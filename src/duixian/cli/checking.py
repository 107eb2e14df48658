"""`duixian check` and `coverage`: is a pack right, do its cases hold and bite, was no sentence skipped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.options import Failure, fail, language, split_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from duixian.calendar.days import Language
    from duixian.engine.assess import Rulebook
    from duixian.language.cases import Case
    from duixian.language.policy import Policy


@click.command(short_help="检查政策包和用例 / Check packs and their cases.")
@click.argument("packs", nargs=-1, required=True, metavar="PACK...")
@click.option(
    "--mutate",
    is_flag=True,
    help="逐一改动规则，看用例能否发现 / change each rule and see that a case fails.",
)
@language
def check(packs: tuple[str, ...], mutate: bool, lang: Language) -> None:
    """Check packs (folders, or ids of installed policies): load them whole and run every case.

    检查政策包：规则、用例全部查一遍。Exit code 1 if there is a problem.
    """
    from duixian.cli.library import folder_of

    wrong = False
    for folder in [folder_of(pack, lang) for pack in packs]:
        good = check_pack(folder, lang)
        wrong |= not good or (mutate and not _mutate(folder, lang))
    if wrong:
        raise click.exceptions.Exit(1)


def check_pack(folder: Path, lang: Language) -> bool:
    """Load a pack, run its cases, print what was found, and say whether all is well."""
    from duixian.engine.assess import Rulebook
    from duixian.language.cases import load_with_cases
    from duixian.language.pack import companion_folder, load_pack
    from duixian.language.problems import PackError
    from duixian.language.vocabulary import vocabulary_of

    try:
        policy, cases = load_with_cases(folder)
        others = {key: load_pack(companion_folder(folder, key)) for case in cases for key in case.policies}
    except PackError as error:
        click.echo(str(error))
        return False
    books: dict[tuple[str, ...], Rulebook] = {}
    for key in {case.policies for case in cases}:
        books[key] = Rulebook([policy, *(others[other] for other in key)], vocabulary_of(folder))
    failures = [failure for case in cases if (failure := _run(case, policy, books[case.policies]))]
    for failure in failures:
        click.echo(failure)
    click.echo(_summary(policy, len(cases), len(failures), lang))
    return not failures


def _run(case: Case, policy: Policy, book: Rulebook) -> str:
    """Return the report of one case: its place, and each difference in a line; empty if it holds."""
    from duixian.engine.casework import read_applicant, run_case
    from duixian.register.problems import InputError

    try:
        lines = run_case(case, policy, book, read_applicant(case, book))
    except InputError as error:
        lines = [problem.text("en") for problem in error.problems]
    return "\n    ".join([f"{case.position}: case {case.id}", *lines]) if lines else ""


def _summary(policy: Policy, cases: int, failures: int, lang: str) -> str:
    counts = (len(policy.measures), len(policy.readings), len(policy.statements), len(policy.targets), cases)
    if lang == "zh":
        held = f"{failures} 个不符" if failures else "全部相符"
        words = ("条措施", "项口径", "条陈述", "项目标任务", "个用例")
        return (
            f"{policy.id}：{'、'.join(f'{n} {word}' for n, word in zip(counts, words, strict=True))}，{held}"
        )
    held = f"{failures} fail" if failures else "all hold"
    words = ("measures", "readings", "statements", "targets", "cases")
    return f"{policy.id}: {', '.join(f'{n} {word}' for n, word in zip(counts, words, strict=True))}; {held}"


def _mutate(folder: Path, lang: Language) -> bool:
    """Run every mutant of a pack, print the survivors, and say whether there are none."""
    from duixian.engine.mutation import mutate_pack

    report = mutate_pack(folder, _progress())
    for position, description in report.survivors:
        click.echo(f"{position}: survivor: {description}")
    zh = f"{report.total} 处改动，用例发现 {report.killed} 处，漏过 {len(report.survivors)} 处"
    en = f"{report.total} mutants, {report.killed} failed a case, {len(report.survivors)} survived"
    click.echo(zh if lang == "zh" else en)
    return not report.survivors


def _progress() -> Callable[[int, int], None] | None:
    """Return what shows progress on a terminal; nothing into a pipe."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done}/{total}", err=True, nl=done == total)

    return show


@click.command(short_help="核对政策包与原文 / Compare a pack with its document.")
@click.argument("policy", required=False)
@click.option(
    "--source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="政策原文 / the document's text.",
)
@click.option(
    "--outline",
    is_flag=True,
    help="只列原文的结构，供写入 policy.yaml / only print the outline for policy.yaml.",
)
@click.option(
    "--part",
    multiple=True,
    metavar="ID=TITLE",
    help="原文的一部分及其标题行 / a part of the document and its title line.",
)
@language
def coverage(policy: str | None, source: Path, outline: bool, part: tuple[str, ...], lang: Language) -> None:
    """Compare a pack with its document: what claims each sentence, which parameter each figure is.

    核对政策包与原文：每句话、每个数字归谁。Exit code 1 if anything is not covered.
    """
    from duixian.cli.library import folder_of, load

    try:
        text = source.read_text("utf-8-sig")
    except UnicodeDecodeError:
        fail(lang, f"{source} 不是 UTF-8 文本", f"{source} is not UTF-8 text")
    if outline:
        _print_outline(text, split_pairs("--part", part, lang))
        return
    if policy is None:
        fail(lang, "请写明政策，或用 --outline 只列出结构", "name the policy, or print only the --outline")
    loaded = next(iter(load([folder_of(policy, lang)], full=True).values()))
    from duixian.language.coverage import cover

    found = cover(loaded, text)
    click.echo(found.text(lang))
    if not found.complete:
        raise click.exceptions.Exit(1)


def _print_outline(text: str, parts: list[tuple[str, str]]) -> None:
    """Print the outline of a document as YAML for policy.yaml."""
    from duixian.language import document

    try:
        found = document.outline(document.split(text, [document.Part(*part) for part in parts]))
    except ValueError as error:
        raise Failure(str(error)) from None
    click.echo("outline:")
    for place, clauses in found.items():
        click.echo(f"  {place}: [{', '.join(map(str, clauses))}]")
