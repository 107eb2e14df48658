"""`duixian import`: shows how a register was understood, and turns it into the register's own form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.options import Failure, check_target, fail, language, tell_origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duixian.calendar.days import Language
    from duixian.register.read import ReadResult

_SUFFIXES = (".parquet", ".yaml", ".yml")


@click.command("import", short_help="看懂并转换登记表 / Show how a register is read; convert it.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只显示读到了什么，不写文件 / only show what was understood.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="写成 .parquet 或 .yaml / the file to write."
)
@click.option(
    "--include-hidden",
    is_flag=True,
    help="隐藏的行、列、工作表也读取 / read hidden rows, columns and sheets too.",
)
@click.option(
    "--skip-bad", is_flag=True, help="略过有问题的申报主体 / leave out applicants that have a problem."
)
@click.option("--force", is_flag=True, help="覆盖已有文件 / overwrite an existing file.")
@click.option("--json", "as_json", is_flag=True, help="--dry-run 的结果写成 JSON / the dry run as JSON.")
@language
def import_(  # noqa: PLR0913, PLR0917 - one parameter for each option
    file: Path,
    dry_run: bool,
    output: Path | None,
    include_hidden: bool,
    skip_bad: bool,
    force: bool,
    as_json: bool,
    lang: Language,
) -> None:
    """Read the register FILE and write it in the register's own form (-o), or only show it (--dry-run).

    读取登记表 FILE，转成系统自己的格式（-o）；--dry-run 只显示读懂了什么：表头、各列及单位、未读的行、
    记录数和全部问题。

    Exit code 2: the file has problems, each told with its place and what to do.
    """
    if dry_run == (output is not None) or (as_json and not dry_run):
        fail(
            lang, "请选 --dry-run（可加 --json）或 -o 文件", "give either --dry-run (with --json) or -o FILE"
        )
    if dry_run:
        _show(file, include_hidden, as_json, lang)
    elif output is not None:
        _convert(file, output, (include_hidden, skip_bad, force), lang)


def _show(file: Path, include_hidden: bool, as_json: bool, lang: Language) -> None:
    from duixian.language.vocabulary import shared_vocabulary
    from duixian.register.understood import understand

    found = understand(file, shared_vocabulary(), include_hidden)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found))
    else:
        from duixian.cli.understanding import lines

        click.echo("\n".join(lines(found, lang)))
    if found.problems:
        raise click.exceptions.Exit(2)


def _convert(file: Path, output: Path, options: tuple[bool, bool, bool], lang: Language) -> None:
    from duixian.cli.files import replacing
    from duixian.language.vocabulary import shared_vocabulary
    from duixian.register.origin import synthetic_origin
    from duixian.register.problems import InputError
    from duixian.register.read import read_register
    from duixian.register.write import write_register

    include_hidden, skip_bad, force = options
    check_target(output, _SUFFIXES, lang)
    if output.exists() and not force:
        fail(lang, f"{output} 已存在；要覆盖请加 --force", f"{output} exists; --force overwrites it")
    vocabulary = shared_vocabulary()
    try:
        read = read_register(file, vocabulary, skip_bad, include_hidden)
        _tell(read, lang)
        with replacing(output, lang) as path:
            write_register(path, read.applicants, vocabulary, synthetic_origin(file))
    except InputError as error:
        raise Failure(error.text(lang)) from None
    except ValueError as error:
        fail(
            lang, f"不能写成 {output.suffix}（{error}）：请改用 .parquet", f"{error}: write .parquet instead"
        )
    count = len(read.applicants)
    click.echo(
        f"已写入 {output}：{count} 个申报主体" if lang == "zh" else f"written: {output}, {count} applicants"
    )
    tell_origin(file, lang)


def _tell(read: ReadResult, lang: Language) -> None:
    """Say which applicants were left out and why. Raises Failure if none is left."""
    for problem in read.problems:
        click.echo(problem.text(lang), err=True)
    if read.skipped:
        _count(read.skipped, lang)
    if not read.applicants:
        fail(lang, "没有读到申报主体", "no applicant was read")


def _count(skipped: Sequence[str], lang: Language) -> None:
    names = ("、" if lang == "zh" else ", ").join(skipped)
    zh = f"略过 {len(skipped)} 个有问题的申报主体：{names}"
    click.echo(zh if lang == "zh" else f"left out {len(skipped)} with a problem: {names}", err=True)
