"""`duixian audit`: proves that neither the event log nor the ledger was changed, and hands a day's root out."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duixian.cli.options import fail, language
from duixian.cli.serving import configuration, need_server

if TYPE_CHECKING:
    from duixian.calendar.days import Both, Language
    from duixian.server.audit.roots import Root


def _database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which database."""
    for option in (
        click.option("--demo", is_flag=True, help="演示服务器 / the demonstration's server."),
        click.option("--home", type=click.Path(path_type=Path), help="数据目录 / the server's folder."),
        click.option("--database", metavar="URL", help=(
            "数据库地址，只需读取权限 / address of a server's or a restored database, for a role that may read it "
            "[DATABASE_AUDITOR_URL, else the embedded one]")),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(short_help="核验留痕与总账 / Verify the event log and the ledger.")
def audit() -> None:
    """Verify that neither the event log nor the ledger was changed, and hand out a day's root.

    核验留痕与总账未被改动；导出当日的根。
    """


@audit.command(short_help="核验事件链与总账 / Verify the chain and the ledger.")
@_database
@click.option("--root", "kept", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="此前导出的根 / a root that was handed out before.")  # fmt: skip
@language
def verify(database: str | None, home: Path | None, demo: bool, kept: Path | None, lang: Language) -> None:
    """Work the event log's chain out anew, add the ledger up, and name the first wrong row of each.

    核验事件链、总账借贷与余额，指出第一处不符。

    Exit status: 0 all is right, 1 something is wrong, 2 it could not be looked at.
    """
    root = _read(kept, lang) if kept else None
    with _reached(database, home, demo, lang) as url:
        from duixian.server.audit.verifying import verify as look

        found = look(url, root=root, progress=_Progress(lang))
    for fault in found.faults:
        click.echo(f"{fault.table} {fault.row}: {fault.what.text(lang)}")
    chain = found.chain
    if lang == "zh":
        against = f"，与{root.day}的根一致" if root and not found.faults else ""
        click.echo(f"事件链{chain.links}节无误，待入链{chain.waiting}条{against}；链头 {chain.head.hex()}")
        click.echo("有不符之处，见上" if found.faults else "总账借贷平衡，余额与分录一致")
    else:
        against = f", as the root of {root.day} says" if root and not found.faults else ""
        click.echo(
            f"event log: {chain.links} links right, {chain.waiting} waiting{against}; head {chain.head.hex()}"
        )
        click.echo(
            "something is wrong: see above" if found.faults else "ledger: balanced, totals as their entries"
        )
    sys.exit(1 if found.faults else 0)


@audit.command(short_help="导出某日的根 / Hand out a day's root.")
@_database
@click.option("--day", "text", metavar="DAY", help="日期，默认今天 / the day, today by default (Beijing).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="写入文件 / write to a file."
)
@language
def root(
    database: str | None, home: Path | None, demo: bool, text: str | None, output: Path | None, lang: Language
) -> None:
    """Hand out the chain's head at a day's end, for somebody outside to keep.

    导出某日事件链的根，交由外部人员保存。
    """
    from duixian.cli.options import read_day

    day = (
        read_day(text, lang, "--day") if text else dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    )
    with _reached(database, home, demo, lang) as url:
        import psycopg

        from duixian.server.audit.roots import day_root

        with psycopg.connect(url) as link:
            found = day_root(link.cursor(), day)
    if found is None:
        fail(lang, f"截至{day}链上没有事件", f"the chain had no link by the end of {day}")
    if output is None:
        click.echo(found.text(), nl=False)
    else:
        from duixian.cli.files import replacing

        with replacing(output, lang) as path:
            path.write_text(found.text(), encoding="utf-8")
        click.echo(f"已写入 {output}" if lang == "zh" else f"written: {output}")


def _read(path: Path, lang: Language) -> Root:
    need_server()
    from duixian.server.audit.roots import Root, RootProblem

    try:
        return Root.read(path.read_text(encoding="utf-8"))
    except (RootProblem, UnicodeDecodeError) as problem:
        fail(lang, f"{path}：不是完整的根文件；请提供 duixian audit root 导出的文件", f"{path}: {problem}")


@contextmanager
def _reached(database: str | None, home: Path | None, demo: bool, lang: Language) -> Iterator[str]:
    """The address to read at; what cannot be reached or read ends the command."""
    need_server()
    import psycopg

    from duixian.server.cluster.problems import ClusterProblem

    try:
        if database is not None:
            yield database
            return
        config = configuration(demo=demo, home=home)
        if not config.embedded:
            yield config.database_auditor_url or config.database_owner_url or config.database_url
            return
        from duixian.server.cluster.cluster import Cluster
        from duixian.server.cluster.roles import Role

        cluster = Cluster(config.home / "postgres", config.postgres)
        with cluster.reached():
            yield cluster.url(Role.AUDITOR)
    except (psycopg.Error, ValueError, ClusterProblem) as error:
        fail(
            lang,
            f"数据库无法读取，请核对 --database：{error}",
            f"the database cannot be read, check --database: {error}",
        )


class _Progress:
    """One line on a terminal's standard error, written over; nothing for a pipe."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang
        self.shown = sys.stderr.isatty()

    def __call__(self, what: Both, done: int, total: int) -> None:
        if self.shown:
            end = "\n" if done >= total else ""
            click.echo(f"\r{what.text(self.lang)}  {done:,}/{total:,}{end}", err=True, nl=False)
