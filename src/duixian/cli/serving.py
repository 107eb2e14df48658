"""`duixian serve`: the fund system, from an empty machine to an address that can be opened."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from duixian.server.config import Config


@click.command(short_help="启动资金管理系统 / Run the fund system.")
@click.option("--demo", is_flag=True, help="虚构数据，只限本机 Fictional data, on this machine only.")
@click.option(
    "--check", is_flag=True, help="只检查设置，不启动 Say what is wrong with the configuration, and end."
)
@click.option("--settings", "listing", is_flag=True, help="列出所有设置 List every setting, and end.")
@click.option(
    "--code", is_flag=True, help="演示用验证码 The second factor of the demonstration's people, now."
)
@click.option("--address", metavar="HOST:PORT", help="网页地址 Where to serve pages (DUIXIAN_ADDRESS).")
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    help="数据目录 Folder of database, files and keys (DUIXIAN_HOME).",
)
def serve(demo: bool, check: bool, listing: bool, code: bool, address: str | None, home: Path | None) -> None:
    """启动资金管理系统 Run the fund system: database, web server and worker.

    Settings come from the environment (--settings lists them). Without DATABASE_URL it brings its own
    PostgreSQL. Ctrl-C stops it.
    """
    need_server()
    if listing:
        return _list()
    config = configuration(demo=demo, address=address, home=home)
    if check:
        return _check(config)
    if code:
        return _code(config)
    from duixian.server.cluster.problems import ClusterProblem
    from duixian.server.serving.home import settle
    from duixian.server.serving.logs import set_up
    from duixian.server.serving.server import Server

    set_up(config.log, "serve")
    try:
        Server(config, settle(config), say).run()
    except ClusterProblem as problem:
        fail(str(problem))


def configuration(*, demo: bool = False, address: str | None = None, home: Path | None = None) -> Config:
    """The server's configuration from the environment and the command line; ends the command if it is wrong."""
    from duixian.server.config import ConfigProblem, default_home, incomplete, load

    environment = dict(os.environ)
    if demo:
        environment["DUIXIAN_DEMO"] = "true"
        environment.setdefault("DUIXIAN_HOME", str(default_home().with_name("duixian-demo")))
    if address:
        environment["DUIXIAN_ADDRESS"] = address
    if home:
        environment["DUIXIAN_HOME"] = str(home.absolute())
    try:
        config = load(environment)
        if problems := list(incomplete(config)):
            raise ConfigProblem(problems)
        return config
    except ConfigProblem as problem:
        fail(
            "设置有误 the configuration cannot be used:\n"
            + "\n".join(f"  {line}" for line in problem.problems)
        )


def _list() -> None:
    from duixian.server.config import settings

    for variable, meaning, default in settings():
        click.echo(f"{variable}" + (f"  [{default}]" if default else ""))
        click.echo(f"    {meaning}")


def _check(config: Config) -> None:
    from duixian.server.serving.server import reachable

    problems = []
    for variable, url in (
        ("DATABASE_URL", config.database_url),
        ("DATABASE_OWNER_URL", config.database_owner_url),
    ):
        if url and (why := reachable(url)):
            problems.append(f"  {variable}: {why}")
    if problems:
        fail("数据库不可用 the database cannot be used:\n" + "\n".join(problems))
    click.echo("设置可用 the configuration can be used")


def _code(config: Config) -> None:
    from duixian.server.serving import demo

    if not config.demo or not (config.home / "secrets" / "demo-second-factor").exists():
        fail("没有演示服务器 there is no demonstration here; start one: duixian serve --demo")
    click.echo(demo.code(demo.secrets(config.home)[1], time.time()))


def need_server() -> None:
    """Ends the command where the server's packages are not installed."""
    from importlib.util import find_spec

    if find_spec("django") is None:
        fail("需要安装服务器部分 the server's packages are not installed; run: pip install 'duixian[server]'")


def fail(message: str) -> NoReturn:
    """Ends the command with a message on standard error and exit status 2."""
    click.echo(message, err=True)
    sys.exit(2)


def say(message: str) -> None:
    """Tells the person at the terminal, on standard error."""
    click.echo(message, err=True)
