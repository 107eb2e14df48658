"""`duixian register`: describes, checks and samples a Parquet register of any size."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.options import Failure, check_target, fail, language, tell_origin
from duixian.cli.progress import stoppable

if TYPE_CHECKING:
    from duixian.calendar.days import Language
    from duixian.register.survey import Survey

_SAMPLES = (".parquet", ".yaml", ".yml")


@click.command(short_help="描述、校验、抽样登记表 / Describe, check and sample a register.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sample", type=click.IntRange(1), metavar="N", help="抽取 N 个申报主体 / take a sample of N.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="样本写到 / write the sample here.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="随机种子 / seed.")
@click.option("--force", is_flag=True, help="覆盖已有文件 / overwrite an existing file.")
@click.option("--json", "as_json", is_flag=True, help="结果写成 JSON / the description as JSON.")
@language
def register(
    file: Path,
    sample: int | None,
    output: Path | None,
    seed: int,
    force: bool,
    as_json: bool,
    lang: Language,
) -> None:
    """Describe and check the Parquet register FILE, or take a sample of it (--sample N -o OUT).

    描述并校验 Parquet 登记表 FILE：行数、各类记录、每项事实已知多少、清单是否完整、金额分布和全部问题；
    或抽样（--sample N -o 文件）。文件再大，内存也有限。

    Other files become Parquet with `duixian import FILE -o register.parquet`. Exit code 2: there are problems.
    130: stopped.
    """
    if (sample is None) != (output is None) or (sample is not None and as_json):
        fail(lang, "抽样请写 --sample N -o 文件", "for a sample give --sample N -o FILE")
    if file.suffix.lower() != ".parquet":
        fail(
            lang,
            f"{file} 不是 Parquet 文件：请先用 duixian import {file} -o register.parquet 转换",
            f"{file} is no Parquet file: convert it with `duixian import {file} -o register.parquet`",
        )
    if not file.is_file():
        fail(lang, f"没有文件 {file}", f"there is no file {file}")
    with stoppable(lang):
        if sample is not None and output is not None:
            _sample(file, sample, output, seed, force, lang)
        else:
            _describe(file, as_json, lang)


def _describe(file: Path, as_json: bool, lang: Language) -> None:
    from duixian.language.vocabulary import shared_vocabulary
    from duixian.register.problems import InputError
    from duixian.register.survey import survey

    try:
        with progress(lang) as told:
            found = survey(file, shared_vocabulary(), told)
    except InputError as error:
        raise Failure(error.text(lang)) from None
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found))
    else:
        from duixian.cli.register_table import print_survey
        from duixian.cli.terminal import console

        print_survey(console(), found, lang)
    _tell_problems(found, lang)


def _tell_problems(found: Survey, lang: Language) -> None:
    for problem in found.problems:
        click.echo(problem.text(lang), err=True)
    if found.problems:
        raise click.exceptions.Exit(2)


def _sample(file: Path, count: int, output: Path, seed: int, force: bool, lang: Language) -> None:
    import pyarrow as pa

    from duixian.cli.files import replacing
    from duixian.register.problems import InputError
    from duixian.register.sampling import sample_register, write_sample

    check_target(output, _SAMPLES, lang)
    if output.exists() and not force:
        fail(lang, f"{output} 已存在；要覆盖请加 --force", f"{output} exists; --force overwrites it")
    try:
        table = sample_register(file, count, seed)
        with replacing(output, lang) as path:
            write_sample(path, table)
    except InputError as error:
        raise Failure(error.text(lang)) from None
    except (pa.ArrowException, OSError) as error:
        fail(lang, f"不能抽样：{error}", f"no sample can be taken: {error}")
    except ValueError as error:
        fail(lang, f"不能写成 YAML（{error}）：请少抽一些", f"{error}: take a smaller sample for YAML")
    rows = table.num_rows
    click.echo(
        f"已写入 {output}：{rows} 个申报主体" if lang == "zh" else f"written: {output}, {rows} applicants"
    )
    tell_origin(file, lang)


@contextmanager
def progress(lang: Language) -> Iterator[Callable[[int, int], None]]:
    """Show how far a long task is, on a terminal only."""
    stream, label = sys.stderr, "读取" if lang == "zh" else "reading"
    if not stream.isatty():
        yield lambda done, whole: None
        return
    with click.progressbar(length=1000, label=label, file=stream) as bar:
        yield lambda done, whole: bar.update(done * 1000 // max(whole, 1) - bar.pos)
