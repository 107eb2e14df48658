"""Starts a whole server, watches its processes, starts again what has died, and stops it all in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from types import FrameType

import psycopg

from duixian.language.cache import installed_policies
from duixian.language.policy import Policy
from duixian.language.problems import PackError
from duixian.server.backup.making import make
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.problems import ClusterProblem
from duixian.server.cluster.roles import Role
from duixian.server.cluster.users import User
from duixian.server.config import Config
from duixian.server.serving import demo, home, parent
from duixian.server.serving.migrating import PENDING

PATIENCE = 60
"""Seconds that the web server has to answer its first health check."""
_SHORTEST_LIFE = 5.0
"""A process that dies sooner than this many seconds after its start is not started again at once."""


@dataclass
class Child:
    """One process of ours: `python -m MODULE`, its environment, and when it was last started."""

    name: str
    module: str
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self, pipe: int, group: int = 0) -> int:
        """Starts it, with the pipe by which it learns that we are gone; gives its process group.

        `group` 0 is a new one: a Ctrl-C at the terminal is ours alone, and we stop everything in order.
        """
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            env={**self.environment, parent.VARIABLE: str(pipe)},
            pass_fds=[pipe],
            stdin=subprocess.DEVNULL,
            process_group=group,
        )
        self.started = time.monotonic()
        return group or self.process.pid


@dataclass
class Server:
    """A server of one configuration; `say` tells the person at the terminal what happens."""

    config: Config
    user: User
    say: Callable[[str], None]
    cluster: Cluster | None = None
    _children: list[Child] = field(default_factory=list)
    _stopping: bool = False

    def run(self) -> None:
        """Runs until SIGINT or SIGTERM.

        Raises:
            ClusterProblem: the home is in use, or the database does not start.
            ServingProblem: migrations fail, or the web server does not answer.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        self.say(f"政策 policies: {', '.join(policy.id for policy in _policies())}")
        with home.alone(self.config.home), self.prepared() as environment:
            reading, writing = os.pipe()
            try:
                self._children = [
                    Child("web", "duixian.server.serving.web", environment),
                    Child("worker", "duixian.server.serving.worker", environment),
                ]
                for child in self._children:
                    child.start(reading)
                self._await_web()
                if not self._stopping:
                    self.say(f"兑现已就绪 Duixian is ready: {self.address}")
                    if self.config.demo:
                        self.say(demo.welcome(self.config.home))
                while not self._stopping:
                    self._watch(reading)
                    time.sleep(0.2)
            finally:
                self._stop_children()
                os.close(writing)
                os.close(reading)
        self.say("已停止 stopped")

    @contextlib.contextmanager
    def prepared(self) -> Iterator[dict[str, str]]:
        """The database up and migrated; gives the environment in which web server and worker run."""
        config = self.config
        environment = {**os.environ, **_plain(config), **home.keys(config, self.user)}
        environment.pop("DATABASE_OWNER_URL", None)
        owner = config.database_owner_url
        if owner and (why := reachable(owner)):
            raise ServingProblem(f"DATABASE_OWNER_URL: {why}")
        if config.embedded:
            self.cluster = Cluster(config.home / "postgres", config.postgres, self.user)
            self.say(f"启动数据库 starting PostgreSQL {config.postgres} in {self.cluster.home}")
            self.cluster.start()
            environment["DATABASE_URL"] = self.cluster.url(Role.APPLICATION)
            environment["DATABASE_AUDITOR_URL"] = self.cluster.url(Role.AUDITOR)
            owner = self.cluster.url(Role.OWNER)
        try:
            self._migrate({**environment, "DATABASE_OWNER_URL": owner})
            if config.demo:
                self._fill(environment)
            yield environment
        finally:
            if self.cluster is not None:
                self.cluster.stop()

    @property
    def address(self) -> str:
        """Where pages are served, as a person opens it."""
        scheme = "https" if self.config.https else "http"
        return f"{scheme}://{self.config.address}/"

    def _migrate(self, environment: Mapping[str, str]) -> None:
        self.say("核对数据表 bringing the tables up to date")
        command = [sys.executable, "-m", "duixian.server.serving.migrating"]
        status = subprocess.run(command, env=environment, check=False).returncode
        if status == PENDING:
            self._back_up(environment)
            status = subprocess.run([*command, "--change"], env=environment, check=False).returncode
        if status:
            raise ServingProblem(
                "the tables could not be brought up to date; the log above says why. Nothing was lost"
            )

    def _fill(self, environment: Mapping[str, str]) -> None:
        if demo.is_filled(self.config.home):
            return
        self.say("准备虚构数据 filling in fictional data")
        command = [sys.executable, "-m", "duixian.server.serving.demo"]
        if subprocess.run(command, env=environment, check=False).returncode:
            raise ServingProblem("the demonstration could not be filled; the log above says why")

    def _back_up(self, environment: Mapping[str, str]) -> None:
        """What is about to be changed is backed up first; a bureau's own database is its administrator's."""
        if self.cluster is None:
            self.say(
                "数据表将升级：请确认数据库已备份 the tables are about to change: see that there is a backup"
            )
            return
        folder = self.user.folder(self.config.home / "backups")
        target = folder / f"before-{version('duixian')}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
        self.say(f"升级前备份 backing up before the upgrade: {target}")
        files, key = self.config.home / "files", environment["DUIXIAN_FIELD_KEY"]
        make(environment["DATABASE_OWNER_URL"], self.cluster.program("pg_dump"), files, key, target, self.say)
        self.user.own(target)

    def _await_web(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self._stopping:
            web = self._children[0].process
            assert web is not None
            if web.poll() is not None:
                raise ServingProblem(
                    f"the web server did not start on {self.config.address}; the log above says why "
                    "(an address that is in use? set DUIXIAN_ADDRESS or give --address)"
                )
            if _answers(f"http://{self.config.address}/health/live", self.config.host_names[0]):
                return
            if time.monotonic() > end:
                raise ServingProblem(
                    f"the web server did not answer on {self.config.address} within {PATIENCE} s"
                )
            time.sleep(0.1)

    def _watch(self, pipe: int) -> None:
        if self.cluster is not None and not self.cluster.alive():
            self.say("数据库意外停止，正在恢复 PostgreSQL died; recovering")
            self.cluster.start()
        for child in self._children:
            assert child.process is not None
            dead = child.process.poll() is not None
            if dead and time.monotonic() - child.started > _SHORTEST_LIFE:
                self.say(
                    f"{child.name} 意外停止，重新启动 died (exit {child.process.returncode}); starting it again"
                )
                child.start(pipe)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _stop_children(self) -> None:
        alive = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in alive:
            process.terminate()
        end = time.monotonic() + 30
        for process in alive:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class ServingProblem(ClusterProblem):
    """A server that does not come up; the message says what to do."""


def _policies() -> tuple[Policy, ...]:
    """The packs, checked; from their compiled cache where nothing has changed."""
    try:
        return installed_policies()
    except PackError as error:
        raise ServingProblem(f"a policy pack has faults; mend them, then start again:\n{error}") from None


def reachable(url: str) -> str | None:
    """Why a database cannot be used, or None; the version must be 16 or later."""
    try:
        with psycopg.connect(url, connect_timeout=5) as link:
            if link.info.server_version < 160000:
                return f"PostgreSQL {link.info.server_version // 10000} is too old; 16 or later is needed"
    except psycopg.OperationalError as error:
        return str(error).strip()
    return None


def _plain(config: Config) -> dict[str, str]:
    """What the command line decided, for the children, who read only their environment."""
    return {
        "DUIXIAN_HOME": str(config.home),
        "DUIXIAN_DEMO": str(config.demo).lower(),
        "DUIXIAN_ADDRESS": config.address,
        # The folder of the command is not the children's, and nothing is imported from where they stand.
        "PYTHONSAFEPATH": "1",
    }


def _answers(url: str, host: str) -> bool:
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310 - our own http address
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
