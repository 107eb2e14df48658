"""`duixian assess`: reads applicants from a file, assesses them, and shows or writes the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.options import check_target, fail
from duixian.cli.request import Asked, input_errors, read_applicants, request_options
from duixian.cli.streaming import Shown, Streaming, assess_whole, streaming_options

if TYPE_CHECKING:
    from duixian.cli.wording import View
    from duixian.engine.assess import Request
    from duixian.engine.result import Assessment


@click.command(short_help="评估申报主体能得到什么 / Assess what applicants can claim.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="在标准输出写 JSON / write the result as JSON to standard output."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="另存为 .xlsx、.json，或由 .parquet 登记表写 .parquet / write the result to a file; .parquet streams.",
)
@click.option(
    "--skip-bad", is_flag=True, help="略过有问题的申报主体 / leave out applicants that have a problem."
)
@click.option(
    "--id",
    "only",
    multiple=True,
    metavar="ID",
    help="只评估这个编号的申报主体，可重复 / only the applicant with this id; may be repeated.",
)
@click.option(
    "--details", is_flag=True, help="每个申报主体都列全部理由 / full reasons for each of several applicants."
)
@click.option(
    "-q", "--quiet", is_flag=True, help="不显示表格和进度（与 -o 合用）/ no table, no progress (with -o)."
)
@streaming_options
@request_options
def assess(  # noqa: PLR0913, PLR0917 - one for each option
    file: Path,
    as_json: bool,
    output: Path | None,
    skip_bad: bool,
    only: tuple[str, ...],
    details: bool,
    quiet: bool,
    asked: Asked,
    streaming: Streaming,
) -> None:
    """Assess what the applicants in FILE can claim, how much, and why.

    评估 FILE 里的申报主体能得到什么、多少、为什么。

    FILE is .yaml, .json, .xlsx, .ods, .csv, .parquet, or a folder of CSV files. With -o claims.parquet a
    Parquet register of any size is assessed on all cores, and a run that was stopped goes on; --id tells the
    reasons of one of its applicants. Exit code 2: the input or the request is wrong. 1: the file cannot be
    written, or is being written. 130: stopped.
    """
    if output is not None:
        check_target(output, (".xlsx", ".json", ".parquet"), asked.lang)
        if output.suffix.lower() == ".parquet":
            if only:
                fail(asked.lang, "--id 不与 -o *.parquet 合用", "--id does not go with -o *.parquet")
            shown = Shown(as_json, quiet)
            assess_whole(file, output, asked, streaming, skip_bad=skip_bad, shown=shown)
            return
    if streaming.given:
        fail(
            asked.lang,
            f"{streaming.given} 只用于 -o 写 .parquet",
            f"{streaming.given} goes with an output that ends in .parquet",
        )
    applicants = read_applicants(file, asked.vocabulary, skip_bad, asked.lang, only)
    session = asked.session()
    with input_errors(asked.lang):
        found = session.assess(applicants)
    view = asked.view(session)
    _deliver(view, found, session.request, output, as_json)
    if not as_json and not quiet:
        from duixian.cli.overview import print_assessment
        from duixian.cli.terminal import console

        print_assessment(console(), view, found, tuple(session.request.if_adopted), details)
    if output is not None:
        click.echo(view.say(f"已写入 {output}", f"written: {output}"), err=True)


def _deliver(view: View, found: Assessment, request: Request, output: Path | None, as_json: bool) -> None:
    """Write the result to the file and, as JSON, to standard output."""
    import msgspec

    from duixian.cli.files import replacing

    if as_json:
        click.echo(msgspec.json.encode(found))
    if output is None:
        return
    with replacing(output, view.lang) as path:
        if output.suffix.lower() == ".json":
            path.write_bytes(msgspec.json.encode(found))
        else:
            from duixian.cli.workbook import write_workbook

            write_workbook(path, view, found, tuple(request.if_adopted))
