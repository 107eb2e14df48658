"""`duixian found`: the first two people of a new server, who then let everybody else in."""

from __future__ import annotations

import os
from pathlib import Path

import click

from duixian.cli.serving import configuration, fail, need_server


@click.command(short_help="设立首批安全管理员 / The first two people of a new server.")
@click.option("--bureau", required=True, help="单位名称 The bureau's name.")
@click.option("--uscc", required=True, help="统一社会信用代码 Its unified social credit code.")
@click.option(
    "--first", required=True, metavar="LOGIN=NAME", help="第一位安全管理员 The first security administrator."
)
@click.option("--second", required=True, metavar="LOGIN=NAME", help="第二位安全管理员 The second.")
@click.option("--home", type=click.Path(path_type=Path), help="数据目录 The server's folder (DUIXIAN_HOME).")
def found(bureau: str, uscc: str, first: str, second: str, home: Path | None) -> None:
    """设立首批安全管理员 Let the first two people of a new server in, as security administrators.

    It prints a link for each, by which they set their password; hand them over in person. From then on every
    role takes two people. The server must have been started once.
    """
    need_server()
    config = configuration(home=home)
    from duixian.server.cluster.cluster import Cluster
    from duixian.server.cluster.problems import ClusterProblem
    from duixian.server.cluster.roles import Role
    from duixian.server.cluster.users import ordinary
    from duixian.server.serving.home import keys

    user = ordinary()
    os.environ.update({"DUIXIAN_HOME": str(config.home), **keys(config, user)})
    try:
        if not config.embedded:
            _found(bureau, uscc, first, second, config.address)
            return
        cluster = Cluster(config.home / "postgres", config.postgres, user)
        with cluster.reached():
            os.environ["DATABASE_URL"] = cluster.url(Role.APPLICATION)
            _found(bureau, uscc, first, second, config.address)
    except ClusterProblem as problem:
        fail(str(problem))


def _found(bureau: str, uscc: str, first: str, second: str, address: str) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "duixian.server.settings"
    django.setup()
    from django.urls import reverse

    from duixian.server.accounts.services import founding
    from duixian.server.common.acting import Actor
    from duixian.server.common.refusals import Refused

    founders = founding.Founder(*_two(first)), founding.Founder(*_two(second))
    try:
        tokens = founding.found(Actor.system("found"), bureau=bureau, uscc=uscc, founders=founders)
    except Refused as refused:
        fail(f"{refused.why.zh} {refused.why.en}")
    for founder, token in zip(founders, tokens, strict=True):
        click.echo(f"{founder.name}  {founder.sign_in}  http://{address}{reverse('activate', args=[token])}")


def _two(text: str) -> tuple[str, str]:
    sign_in, equals, name = text.partition("=")
    if not (sign_in and equals and name):
        fail(f"{text!r}：请写成 登录名=姓名 write LOGIN=NAME")
    return sign_in, name
