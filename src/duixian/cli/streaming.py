"""`duixian assess register.parquet -o claims.parquet`: a whole register, with progress and a closing summary."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from duixian.cli.options import Failure, Stuck, fail, tell_origin, tell_slow
from duixian.cli.progress import AGAIN, stoppable, telling

if TYPE_CHECKING:
    from duixian.cli.request import Asked
    from duixian.cli.wording import View
    from duixian.engine.assess import Session
    from duixian.engine.stream import Summary


@dataclass(frozen=True, slots=True)
class Streaming:
    """The options that only a whole register has, and those it shares with one file of applicants."""

    emit: Literal["payable", "all"]
    columns: tuple[str, ...] | None
    threads: int
    spark: str | None

    @property
    def given(self) -> str:
        """Return the first of these options that was given, or nothing."""
        if self.emit != "payable":
            return "--emit"
        if self.columns is not None:
            return "--columns"
        return "--spark" if self.spark else "--threads" if self.threads else ""


def streaming_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a whole register; they reach it together as `streaming`."""

    @functools.wraps(command)
    def called(
        emit: Literal["payable", "all"], columns: str | None, threads: int, spark: str | None, **rest: object
    ) -> Any:
        named = (
            None if columns is None else tuple(name.strip() for name in columns.split(",") if name.strip())
        )
        return command(streaming=Streaming(emit, named, threads, spark), **rest)

    options = (
        click.option(
            "--emit",
            type=click.Choice(["payable", "all"]),
            default="payable",
            help="写哪些（-o *.parquet）/ which claims to write (-o *.parquet): payable and open, or all.",
        ),
        click.option(
            "--columns",
            metavar="NAME,…",
            help="只写这些列（-o *.parquet）/ write only these columns, e.g. policy,measure,verdict,max_fen.",
        ),
        click.option(
            "--threads",
            type=click.IntRange(0),
            default=0,
            help="线程数（默认全部核）/ threads (-o *.parquet; default: every core).",
        ),
        click.option(
            "--spark",
            metavar="MASTER",
            help="在 Spark 上运行，如 local[2] / run on Spark (-o *.parquet), e.g. local[2].",
        ),
    )
    for option in reversed(options):
        called = option(called)
    return called


def assess_whole(
    source: Path, target: Path, asked: Asked, streaming: Streaming, *, skip_bad: bool, shown: Shown
) -> None:
    """Assess a Parquet register into a Parquet file of claims. Raises Failure; exits 130 on Ctrl-C."""
    if source.suffix.lower() != ".parquet":
        zh = f"{source} 不是 .parquet 登记表：请先用 duixian import {source} -o register.parquet 转换"
        en = (
            f"{source} is no .parquet register: convert it with `duixian import {source} -o register.parquet`"
        )
        fail(asked.lang, zh, en)
    if source.resolve() == target.resolve():
        fail(asked.lang, f"{target} 就是登记表本身", f"{target} is the register itself")
    if streaming.spark and (skip_bad or streaming.threads or streaming.columns is not None):
        zh, en = (
            "--skip-bad、--threads 和 --columns 不与 --spark 合用",
            "--skip-bad, --threads and --columns do not go with --spark",
        )
        fail(asked.lang, zh, en)
    _check_columns(streaming.columns, asked)
    tell_origin(source, asked.lang)
    session = asked.session()
    view = asked.view(session)
    if streaming.spark:
        from duixian.cli.on_spark import assess_on_spark

        summary = assess_on_spark(source, target, view, session.request, streaming)
    else:
        summary = _assess_here(source, target, view, session, streaming, skip_bad=skip_bad, quiet=shown.quiet)
    for bad in summary.bad:
        click.echo(bad.text(view.lang), err=True)
    if shown.as_json:
        click.echo(summary_json(summary))
    elif not shown.quiet:
        print_summary(view, summary)
    click.echo(view.say(f"已写入 {target}", f"written: {target}"), err=True)


def _check_columns(columns: tuple[str, ...] | None, asked: Asked) -> None:
    """Refuse a column that claims do not have."""
    if columns is None:
        return
    from duixian.engine.written import written_schema

    known = written_schema().names
    odd = ", ".join(name for name in columns if name not in known)
    if odd or not columns:
        zh = f"--columns 没有这些列：{odd}" if odd else "--columns 没有列名"
        en = f"--columns: there is no {odd}" if odd else "--columns names none"
        names = ", ".join(known)
        fail(asked.lang, f"{zh}；可写的列：{names}", f"{en}; the columns are {names}")


def _assess_here(
    source: Path,
    target: Path,
    view: View,
    session: Session,
    streaming: Streaming,
    *,
    skip_bad: bool,
    quiet: bool,
) -> Summary:
    """Assess a register on this machine. Raises Failure; exits 130 on Ctrl-C."""
    from duixian.engine.batch import compile_kernel
    from duixian.engine.memory import keep_freed
    from duixian.engine.stream import RegisterRun

    keep_freed()
    # The rules compile while the bar already moves, and Ctrl-C is answered the same way from the beginning.
    with _faults(view), stoppable(view.lang, *AGAIN), telling(view.lang, quiet) as tell:
        kernel = compile_kernel(list(view.policies.values()), view.vocabulary)
        tell_slow(kernel.why_not, view.lang)
        run = RegisterRun(
            kernel,
            session.request,
            emit=streaming.emit,
            columns=streaming.columns,
            skip_bad=skip_bad,
            threads=streaming.threads,
        )
        return run.write(source, target, tell)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is printed: JSON in place of the summary, or nothing."""

    as_json: bool
    quiet: bool


@contextmanager
def _faults(view: View) -> Iterator[None]:
    """Turn what can go wrong with a run into a message that says how to go on."""
    from duixian.engine.assess import RequestError
    from duixian.engine.journal import RunProblem
    from duixian.engine.parquet_register import BadGroup
    from duixian.register.problems import InputError

    try:
        yield
    except InputError as error:
        raise Failure(error.text(view.lang)) from None
    except RequestError as error:
        raise Failure(str(error)) from None
    except BadGroup as bad:
        hint = view.say(
            "加 --skip-bad 可略过整个行组；已完成的部分保留",
            "--skip-bad leaves the whole group out; what is finished is kept",
        )
        raise Failure(f"{bad.text(view.lang)}\n{hint}") from None
    except RunProblem as error:
        raise Stuck(error.text(view.lang)) from None


def summary_json(summary: Summary) -> str:
    """Return the summary for programs: sums in fen, claims by verdict and by measure."""
    import msgspec

    tally = summary.tally
    found = {
        "applicants": tally.applicants,
        "written": tally.written,
        "claims": tally.by_verdict(),
        "by_measure": [
            {"policy": policy, "measure": measure, "verdict": verdict, "claims": count}
            for (policy, measure, verdict), count in sorted(tally.counts.items())
        ],
        **tally.fen,
        "handed_over": tally.handed_over,
        "missing_columns": summary.missing,
        "bad_groups": [
            {"group": bad.number, "first_row": bad.first, "last_row": bad.last, "why": bad.why.en}
            for bad in summary.bad
        ],
        "resumed": summary.resumed,
        "seconds": round(summary.seconds, 3),
        "threads": summary.threads,
    }
    return msgspec.json.encode(found).decode()


def print_summary(view: View, summary: Summary) -> None:
    """Print what the register's claims come to."""
    from duixian.cli.terminal import console, table
    from duixian.cli.wording import VERDICTS

    out, tally = console(), summary.tally
    counts = table(
        view.say("结果", "verdict"),
        view.say("事项数", "claims"),
        right=(1,),
        title=view.say(f"{tally.applicants:,} 个申报主体", f"{tally.applicants:,} applicants"),
    )
    for verdict, count in tally.by_verdict().items():
        counts.add_row(view.word(VERDICTS, verdict), f"{count:,}")
    out.print(counts)
    words = {
        "certain_fen": view.say("确定", "certain"),
        "at_most_fen": view.say("最高", "at most"),
        "with_decisions_fen": view.say("若评审都通过", "if all decisions fall well"),
        "with_missing_fen": view.say("若缺失的事实也都有利", "if the missing facts turn out well too"),
    }
    # In one unit and to the fen, so that the points stand below each other.
    sums = table(view.say("合计", "total"), view.say("元", "RMB"), right=(1,))
    for name, word in words.items():
        whole, part = divmod(tally.fen.get(name, 0), 100)
        sums.add_row(word, f"{whole:,}.{part:02d}")
    out.print(sums)
    if summary.missing:
        names = view.join(list(summary.missing))
        out.print(
            view.say(f"登记表没有这些列，按未知处理：{names}", f"missing columns, taken as unknown: {names}")
        )
    if summary.bad:
        rows = sum(bad.last - bad.first + 1 for bad in summary.bad)
        zh = f"略过 {len(summary.bad)} 个行组，共 {rows:,} 个申报主体"
        out.print(view.say(zh, f"left out: {len(summary.bad)} row groups, {rows:,} applicants"))
