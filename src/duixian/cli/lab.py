"""`duixian lab`: what a policy costs and who gains, on real or synthetic registers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.lab_comparing import compare
from duixian.cli.lab_costing import cost
from duixian.cli.lab_sweeping import sweep
from duixian.cli.lab_targets import targets
from duixian.cli.options import Failure, check_target, fail, language
from duixian.cli.progress import stoppable, telling

if TYPE_CHECKING:
    from duixian.calendar.days import Language
    from duixian.lab.population.firms import Society
    from duixian.lab.totals import Totals

_COUNT = re.compile(r"([0-9][0-9_,]*)(万|亿)?")
_MOST = 100_000_000


@click.group(short_help="政策实验室 / The policy lab.")
def lab() -> None:
    """The policy lab.

    政策实验室。
    """


lab.add_command(cost)
lab.add_command(sweep)
lab.add_command(compare)
lab.add_command(targets)


@lab.command(short_help="生成合成登记表 / Make up a register.")
@click.option("--firms", required=True, metavar="N", help="企业户数，如 100万 / how many firms.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="随机种子 / seed.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="写成 .parquet / the file."
)
@click.option(
    "--calibrate",
    type=click.Path(path_type=Path),
    help="校准到 YAML 文件里的总量 / a YAML file of totals to meet.",
)
@click.option(
    "--last-year", type=click.IntRange(2000, 2100), default=2025, show_default=True,
    help="最后一个会计年度 / the last fiscal year.",
)  # fmt: skip
@click.option(
    "--years",
    type=click.IntRange(1, 20),
    default=6,
    show_default=True,
    help="年度数 / how many fiscal years.",
)
@click.option(
    "--threads", type=click.IntRange(0), default=0, help="线程数（0为全部）/ threads (0: all cores)."
)
@click.option("--force", is_flag=True, help="覆盖已有文件 / overwrite an existing file.")
@click.option("-q", "--quiet", is_flag=True, help="不显示进度 / no progress.")
@language
def synth(  # noqa: PLR0913, PLR0917 - one parameter for each option
    firms: str,
    seed: int,
    output: Path,
    calibrate: Path | None,
    last_year: int,
    years: int,
    threads: int,
    force: bool,
    quiet: bool,
    lang: Language,
) -> None:
    """Make up a register of N firms, and a few other applicants, with believable joint distributions.

    生成有 N 户虚构企业（另有少量其他主体）的登记表，各项分布大体可信；同一种子总得到同一文件。

    The distributions are the authors' own judgement, no statistics; see docs/lab.md. The file says that it is
    synthetic, and every report on it repeats that. Exit code 2: the request is wrong. 1: the file cannot be
    written. 130: stopped.
    """
    from duixian.lab.population.firms import Society

    check_target(output, (".parquet",), lang)
    if output.exists() and not force:
        fail(lang, f"{output} 已存在；要覆盖请加 --force", f"{output} exists; --force overwrites it")
    society = Society(_firms(firms, lang), seed, last_year, years)
    _write(output, society, _totals(calibrate, lang), threads, quiet, lang)
    rows = f"{society.applicants:,}"
    click.echo(
        f"已写入 {output}：合成登记表，{society.firms:,} 户企业，共 {rows} 个申报主体"
        if lang == "zh"
        else f"written: {output}, a synthetic register of {society.firms:,} firms, {rows} applicants in all"
    )


def _firms(text: str, lang: Language) -> int:
    match = _COUNT.fullmatch(text.strip())
    count = 0
    if match is not None:
        count = int(re.sub("[_,]", "", match[1])) * {None: 1, "万": 10**4, "亿": 10**8}[match[2]]
    if not 1 <= count <= _MOST:
        fail(
            lang, f"--firms {text}：应为1至1亿的整数", f"--firms {text}: a whole number from 1 to 100,000,000"
        )
    return count


def _totals(path: Path | None, lang: Language) -> Totals | None:
    from duixian.lab.totals import read_totals
    from duixian.language.problems import PackError

    if path is None:
        return None
    if not path.is_file():
        fail(lang, f"没有文件 {path}", f"there is no file {path}")
    try:
        return read_totals(path)
    except PackError as error:
        raise Failure(str(error)) from None


def _write(
    output: Path, society: Society, totals: Totals | None, threads: int, quiet: bool, lang: Language
) -> None:
    from duixian.cli.files import replacing
    from duixian.lab.synth import write_synthetic
    from duixian.lab.totals import CalibrationError
    from duixian.language.vocabulary import shared_vocabulary

    try:
        with (
            stoppable(lang),
            replacing(output, lang) as path,
            telling(lang, quiet) as progress,
        ):
            write_synthetic(path, society, shared_vocabulary(), totals, threads, progress)
    except CalibrationError as error:
        raise Failure(error.what.text(lang)) from None
