"""One embedded PostgreSQL cluster: made, started, recovered after a crash, stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from duixian.server.cluster.binaries import MAJORS, programs
from duixian.server.cluster.problems import ClusterProblem
from duixian.server.cluster.roles import SUPERUSER, Role, password
from duixian.server.cluster.users import User, ordinary

DATABASE = "duixian"
"""The database of a server."""
NEWEST = max(MAJORS)
_LONGEST_SOCKET = 90
"""A socket's whole path has at most 103 bytes on macOS, 107 on Linux; PostgreSQL adds its file's name."""


@dataclass
class Cluster:
    """A cluster below `home`; nothing of it can be entered or read by another user of the machine.

    It listens on a socket in a private folder only, and every role signs in with a password (scram).
    `options` are server settings, such as those with which the tests do without `fsync`.
    """

    home: Path
    major: int = NEWEST
    user: User = field(default_factory=ordinary)
    options: Mapping[str, str] = field(default_factory=dict)
    _server: subprocess.Popen[bytes] | None = None
    _sockets: Path | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "data"

    def start(self, patience: float = 600) -> None:
        """Makes the cluster if there is none, and starts it; recovery after a crash may take `patience` seconds.

        A server that was left running over the folder (its parent was killed) is stopped first.

        Raises:
            ClusterProblem: data of another major version, a folder that is not this user's, or a server
                that does not come up; the message holds the end of its log.
        """
        self.user.folder(self.home)
        self._check_major()
        self._programs = programs(self.major, self.user, self.home)
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._stop_orphan()
        self._sockets = self._socket_folder()
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self._sockets), "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256", "timezone": "UTC", "log_timezone": "UTC", **self.options,
        }  # fmt: skip
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self.user.own(self._log)
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", self.data, *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.home, start_new_session=True,
                env=_bare_environment(), **self.user.process(),
            )  # fmt: skip
        self._wait(patience)
        self._make_roles()

    def stop(self) -> None:
        """Ends every session, writes everything down and stops."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()
            self._server = None
        if self._sockets is not None and self._sockets != self.home / "socket":
            shutil.rmtree(self._sockets, ignore_errors=True)

    def kill(self) -> None:
        """Kills the server as a crash would: for tests of recovery."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    @contextlib.contextmanager
    def reached(self) -> Iterator[None]:
        """Uses the server that runs over this folder, or starts one for as long as it is needed.

        Raises:
            ClusterProblem: as `start`.
        """
        if self._postmaster() is None:
            with self:
                yield
            return
        self._check_major()
        self._programs = programs(self.major, self.user, self.home)
        self._sockets = Path((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[4])
        yield

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def alive(self) -> bool:
        """Whether the server runs."""
        return self._server is not None and self._server.poll() is None

    def url(self, role: Role | str, database: str = DATABASE) -> str:
        """The address of a database for one role, its password in it: never to be logged."""
        name = str(role)
        secret = quote(password(self._secrets, name, self.user), safe="")
        return f"postgresql://{name}:{secret}@/{database}?host={quote(str(self._sockets), safe='')}"

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs, such as `pg_dump`, of this cluster's major version."""
        return self._programs / name

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs one of PostgreSQL's programs (`pg_dump`, …) to its end, as the cluster's user."""
        return subprocess.run(
            [self.program(program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env=_bare_environment(),
            **self.user.process(),
        )

    @property
    def _log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def _secrets(self) -> Path:
        return self.user.folder(self.home / "secrets")

    def _check_major(self) -> None:
        version = self.data / "PG_VERSION"
        if version.exists() and (found := version.read_text(encoding="ascii").strip()) != str(self.major):
            raise ClusterProblem(
                f"{self.data} holds data of PostgreSQL {found}, and this is {self.major}. Nothing was touched. "
                f"Back it up under {found} and restore it under {self.major}: see 'Upgrading' in the operator's guide"
            )

    def _make(self) -> None:
        secret = self._secrets / f"{SUPERUSER}.password"
        password(self._secrets, SUPERUSER, self.user)
        half = self.home / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        done = self.run(
            "initdb", "--pgdata", half, "--username", SUPERUSER, "--pwfile", secret, "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--no-locale", "--data-checksums", "--no-instructions",
            *(["--no-sync"] if self.options.get("fsync") == "off" else []),
        )  # fmt: skip
        if done.returncode:
            raise ClusterProblem(f"initdb failed in {half}: {done.stderr.strip() or done.stdout.strip()}")
        half.rename(self.data)

    def _stop_orphan(self) -> None:
        pid = self._postmaster()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        for _ in range(600):
            if self._postmaster() is None:
                return
            time.sleep(0.05)
        raise ClusterProblem(
            f"a PostgreSQL server (pid {pid}) already runs over {self.data} and does not stop"
        )

    def _postmaster(self) -> int | None:
        """The pid of a live server over this data; a stale pid file, its number taken by another, is none."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
            arguments = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        return pid if str(self.data) in arguments else None

    def _socket_folder(self) -> Path:
        folder = self.home / "socket"
        if len(os.fsencode(folder)) > _LONGEST_SOCKET:
            folder = Path(tempfile.mkdtemp(prefix="duixian-"))
        return self.user.folder(folder)

    def _wait(self, patience: float) -> None:
        assert self._server is not None
        end = time.monotonic() + patience
        while True:
            if self._server.poll() is not None:
                raise ClusterProblem(
                    f"PostgreSQL did not start; the end of {self._log}:\n{self._last_words()}"
                )
            try:
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    self.stop()
                    late = f"PostgreSQL was not ready after {patience:.0f} s; the end of {self._log}:"
                    raise ClusterProblem(f"{late}\n{self._last_words()}") from None
                time.sleep(0.05)
            else:
                return

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])

    def _make_roles(self) -> None:
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as link:
            for role in Role:
                known = link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.value]).fetchone()
                verb = "ALTER" if known else "CREATE"
                secret = password(self._secrets, role.value, self.user)
                link.execute(
                    sql.SQL(
                        verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}"
                    ).format(sql.Identifier(role.value), sql.Literal(secret))
                )
            if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                self.create_database(DATABASE, link)

    def create_database(self, name: str, link: psycopg.Connection, template: str = "template0") -> None:
        """Makes a database that belongs to the owner role and that only the three roles may enter.

        `link` is the superuser's connection, in autocommit. `template` is copied with all its rows.
        """
        database = sql.Identifier(name)
        link.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                database, sql.Identifier(Role.OWNER.value), sql.Identifier(template)
            )
        )
        link.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        for role, right in ((Role.APPLICATION, "CONNECT, TEMPORARY"), (Role.AUDITOR, "CONNECT")):
            # Imports compare a file with the registry in temporary tables.
            link.execute(
                sql.SQL("GRANT " + right + " ON DATABASE {} TO {}").format(
                    database, sql.Identifier(role.value)
                )
            )


def _bare_environment() -> dict[str, str]:
    """What PostgreSQL's programs need, and none of this process's secrets or PG* settings."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
