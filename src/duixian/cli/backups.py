"""`duixian backup` and `duixian restore`: one file that holds a server, and its way back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.serving import configuration, fail, need_server, say

if TYPE_CHECKING:
    from duixian.server.cluster.users import User
    from duixian.server.config import Config

_HOME = click.option(
    "--home", type=click.Path(path_type=Path), help="数据目录 The server's folder (DUIXIAN_HOME)."
)
_DEMO = click.option("--demo", is_flag=True, help="演示服务器 The demonstration's server.")


@click.command(short_help="备份并核验 / Back a server up, and prove the backup.")
@click.argument("target", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--proof/--no-proof", default=True, help="恢复到临时数据库核验 Restore it elsewhere and verify it."
)
@_HOME
@_DEMO
def backup(target: Path | None, proof: bool, home: Path | None, demo: bool) -> None:
    """备份 Write the database and the files to one file, and prove that it can be restored.

    The server may run meanwhile. The keys are not in it: keep DUIXIAN_FIELD_KEY (or the file secrets/field-key
    of the home) elsewhere, for without it identity numbers and accounts cannot be read again. Exit status: 0 all
    of it is there, 1 files of the store are lost or damaged, 2 there is no backup.
    """
    need_server()
    config = configuration(demo=demo, home=home)
    with _problems("没有留下半个文件 no half file was left"), _database(config) as (url, folder, user):
        from duixian.server.backup.making import make
        from duixian.server.backup.proving import prove
        from duixian.server.serving.home import keys

        path = (target or Path(f"duixian-{datetime.now().astimezone():%Y%m%dT%H%M%S}.tar")).absolute()
        manifest = make(
            url, folder / "pg_dump", config.home / "files", keys(config, user)["DUIXIAN_FIELD_KEY"], path, say
        )
        if proof:
            say("试恢复并核验 proving it")
            prove(path, user, say, _verify)
        rows = sum(manifest.rows.values())
        say(f"{path}：{rows} 行 rows，{manifest.files} 个文件 files" + ("，已核验 proven" if proof else ""))
        if manifest.lost:
            sys.exit(1)


@click.command(short_help="恢复备份 / Bring a backup back.")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_HOME
@_DEMO
def restore(source: Path, home: Path | None, demo: bool) -> None:
    """恢复 Bring a backup back into an empty home (or an empty database of one's own).

    A backup of one major version of PostgreSQL is restored into that or a later one: so a server moves on.
    """
    need_server()
    config = configuration(demo=demo, home=home)
    left = "恢复未完成；请换一个空的目录和数据库重来 it was not finished: begin again with an empty home and database"
    with _problems(left), _database(config) as (url, folder, user):
        from duixian.server.backup.manifest import fingerprint
        from duixian.server.backup.restoring import read
        from duixian.server.backup.restoring import restore as bring_back
        from duixian.server.serving.home import keys

        expected = read(source).field_key
        bring_back(source, url, folder / "pg_restore", user.folder(config.home / "files"), say)
        user.own(config.home / "files")
        _verify(url)
        say("已恢复并核验 restored and verified")
        if fingerprint(keys(config, user)["DUIXIAN_FIELD_KEY"]) != expected:
            say(
                "注意：加密字段的密钥与备份时不同，身份证件号码和账号将无法读取；请设置当时的 DUIXIAN_FIELD_KEY。"
                "\nThis home has another field key than the backed-up one: identity numbers and accounts cannot be "
                "read until DUIXIAN_FIELD_KEY is that of then."
            )


@contextmanager
def _database(config: Config) -> Iterator[tuple[str, Path, User]]:
    """The database's address as its owner, the folder of PostgreSQL's programs, and the server's user."""
    from duixian.server.backup.making import major_for
    from duixian.server.cluster.binaries import programs
    from duixian.server.cluster.cluster import Cluster
    from duixian.server.cluster.roles import Role
    from duixian.server.cluster.users import ordinary

    user = ordinary()
    user.folder(config.home)
    if not config.embedded:
        url = config.database_owner_url
        yield url, programs(major_for(url), user, user.folder(config.home / "postgres")), user
        return
    cluster = Cluster(config.home / "postgres", config.postgres, user)
    with cluster.reached():
        yield cluster.url(Role.OWNER), cluster.program("."), user


def _verify(database: str) -> None:
    """What `duixian audit verify` looks at, in the database at an address."""
    from duixian.server.audit.verifying import verify
    from duixian.server.backup.manifest import BackupProblem

    if faults := verify(database).faults:
        rows = "\n".join(f"  {fault.table} {fault.row}: {fault.what.zh} {fault.what.en}" for fault in faults)
        raise BackupProblem(
            f"留痕或总账有不符之处 the event log or the ledger is not as it was written:\n{rows}"
        )


@contextmanager
def _problems(left: str) -> Iterator[None]:
    """Tells what went wrong; `left`: what the disk's refusal has left behind."""
    import psycopg

    from duixian.server.backup.manifest import BackupProblem
    from duixian.server.cluster.problems import ClusterProblem

    try:
        yield
    except (BackupProblem, ClusterProblem) as problem:
        fail(str(problem))
    except psycopg.Error as error:
        fail(
            f"数据库无法读写，请核对地址和账号 the database cannot be used; check its address and role: {error}"
        )
    except OSError as error:
        fail(f"{error.strerror}: {error.filename or ''}；{left}")
