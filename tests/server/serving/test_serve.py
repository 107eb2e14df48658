"""`duixian serve` as a person meets it: up, answering, stopped, killed, up again."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql

from duixian.server.backup.restoring import read
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import SUPERUSER, Role
from duixian.server.cluster.users import ordinary

COMMAND = [str(Path(sys.executable).with_name("duixian")), "serve"]
SECRETS = re.compile(r"postgresql://\w+:[^@\s]+@")


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A running `duixian serve --demo` on a home of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="duixian-test-"))
        self.folder.chmod(0o711)
        self.home = self.folder / "home"
        self.log = self.folder / "log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "--demo", "--home", str(self.home), "--address", f"127.0.0.1:{self.port}"],
                stderr=log,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"},
            )

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()
        except OSError as error:
            return 0, str(error).encode()

    def wait_for(self, well: Callable[[], bool], seconds: float = 90) -> None:
        assert self.process is not None
        end = time.monotonic() + seconds
        while not well():
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < end, self.log.read_text("utf-8")
            time.sleep(0.1)

    def sign_in(self, name: str) -> tuple[str, str]:
        """Signs somebody of the demonstration in with both factors, as a browser would.

        Gives where that leads, and the cookies.
        """
        cookies = CookieJar()
        base = f"http://127.0.0.1:{self.port}/account/sign-in/"
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        password = (self.home / "secrets" / "demo-password").read_text("ascii")
        if (left := 30 - time.time() % 30) < 12:
            time.sleep(left)  # a code that ends while it is typed would be refused
        code = subprocess.run(
            [*COMMAND, "--demo", "--code", "--home", str(self.home)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        page = browser.open(base).read().decode()
        for address, fields in (
            (base, {"login": name, "password": password}),
            (f"{base}code/", {"code": code}),
        ):
            token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
            answer = browser.open(
                address, urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
            )
            page = answer.read().decode()
        path = urllib.parse.urlsplit(answer.url).path
        return path, "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)

    def cut_upload(self, cookies: str) -> None:
        """Begins to upload ten million bytes and is gone after a hundred thousand."""
        token = next(part.partition("=")[2] for part in cookies.split("; ") if part.startswith("csrftoken="))
        head = (
            f"POST /files/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nX-CSRFToken: {token}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 10000000\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
        )
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as link:
            link.sendall(head.encode() + bytes(100_000))
            time.sleep(0.5)

    def ready(self) -> bool:
        return self.get("/health/ready")[0] == 200

    def family(self) -> dict[psutil.Process, list[str]]:
        """Our processes and their arguments; PostgreSQL's own children come and go meanwhile."""
        assert self.process is not None
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                found[child] = child.cmdline()
        return found


def alive(family: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie only waits to be counted."""
    found = []
    for one in family:
        with suppress(psutil.NoSuchProcess):
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


@pytest.fixture
def served() -> Iterator[Served]:
    server = Served()
    yield server
    if server.process and server.process.poll() is None:
        server.process.send_signal(signal.SIGINT)
        server.process.wait(60)
    shutil.rmtree(server.folder, ignore_errors=True)


def test_from_nothing_to_ready_and_through_every_kind_of_end(served: Served) -> None:
    served.start()
    served.wait_for(served.ready)
    _, body = served.get("/health/ready")
    assert json.loads(body) == dict.fromkeys(["database", "tables", "worker", "event_log", "room"], True)
    assert served.get("/health/live") == (200, b"ok\n")

    assert served.process is not None
    # Health answers a moment before the supervisor has seen that it does and says so.
    served.wait_for(lambda: "全部数据均为虚构" in served.log.read_text("utf-8"))
    path, cookies = served.sign_in("shiban")
    assert path == "/account/"
    served.cut_upload(cookies)
    assert served.get("/health/live")[0] == 200
    assert not [found for found in (served.home / "files").rglob("*") if found.is_file()]

    second = subprocess.run(
        [*COMMAND, "--demo", "--home", str(served.home), "--address", f"127.0.0.1:{free_port()}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 2
    assert f"another `duixian serve` (process {served.process.pid}) works in {served.home}" in second.stderr

    # The database crashes: it is started again and the pages come back.
    postmaster = next(one for one, command in served.family().items() if "-D" in command)
    postmaster.kill()
    served.wait_for(lambda: "recovering" in served.log.read_text("utf-8"))
    served.wait_for(served.ready)

    # Killed outright: web server and worker end by themselves, and the next start finds everything in order.
    family = [
        one for one, command in served.family().items() if any("duixian.server" in part for part in command)
    ]
    assert len(family) >= 4  # the web server and its two processes, the worker
    served.process.kill()
    served.process.wait()
    psutil.wait_procs(family, timeout=40)
    assert not alive(family)
    served.start()
    served.wait_for(served.ready)

    # Ctrl-C: an orderly end, of all of it.
    family = served.family()
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(60) == 0
    assert not alive(family)

    # A newer version with another table: the old state is backed up before it is changed.
    with Cluster(served.home / "postgres") as cluster, psycopg.connect(cluster.url(Role.OWNER)) as link:
        link.execute("DROP TABLE jobs_finished")
        link.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    served.start()
    served.wait_for(served.ready)
    (kept,) = (served.home / "backups").iterdir()
    assert "jobs_finished" not in read(kept).rows
    assert "funds_fund" in read(kept).rows
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(60) == 0

    assert not SECRETS.search(served.log.read_text("utf-8"))
    for secret in (served.home / "secrets").glob("*.password"):
        assert secret.read_text("ascii") not in served.log.read_text("utf-8")


def test_an_address_in_use_is_told(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", served.port))
        taken.listen()
        served.start()
        assert served.process is not None
        assert served.process.wait(90) == 2
    assert f"the web server did not start on 127.0.0.1:{served.port}" in served.log.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "environment", "status", "told"),
    [
        (["--check"], {}, 0, "the configuration can be used"),
        (["--check"], {"DUIXIAN_HOSTS": "*"}, 2, "DUIXIAN_HOSTS: '*' would accept any name"),
        (
            ["--check"],
            {
                "DATABASE_URL": "postgresql://a:geheim@127.0.0.1:1/x",
                "DATABASE_OWNER_URL": "postgresql://o:geheim@127.0.0.1:1/x",
                "DUIXIAN_SECRET_KEY": "s" * 40,
                "DUIXIAN_FIELD_KEY": "f" * 40,
            },
            2,
            "DATABASE_OWNER_URL: connection failed",
        ),
        (["--settings"], {}, 0, "DUIXIAN_FIELD_KEY"),
        (["--demo", "--address", "0.0.0.0:80"], {}, 2, "a demonstration answers on this machine only"),
    ],
)
def test_the_command_says_what_is_wrong(
    options: list[str], environment: dict[str, str], status: int, told: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [*COMMAND, *options],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status
    assert told in done.stdout + done.stderr
    assert "geheim" not in done.stdout + done.stderr


def test_a_bureaus_own_database_made_as_the_guide_says(served: Served) -> None:
    """The guide's own statements, on a server that knows nothing of us; then everything but its start is ours."""
    guide = (Path(__file__).parents[3] / "docs" / "operators-guide.md").read_text("utf-8")
    (statements,) = re.findall(r"```sql\n(.*?)```", guide, re.DOTALL)
    own = Cluster(served.folder / "own", user=ordinary("nobody"), options={"fsync": "off"})
    own.start()
    try:
        with psycopg.connect(own.url(SUPERUSER, "postgres"), autocommit=True) as link:
            link.execute("DROP DATABASE duixian")
            for role in Role:
                link.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role.value)))
            for statement in statements.replace("'…'", "'geheim'").split(";"):
                if statement.strip():
                    link.execute(statement.encode())
        address = own.url("duixian_owner")
        settings = {
            variable: re.sub(r"//.*@", f"//{role.value}:geheim@", address)
            for variable, role in (
                ("DATABASE_URL", Role.APPLICATION),
                ("DATABASE_OWNER_URL", Role.OWNER),
                ("DATABASE_AUDITOR_URL", Role.AUDITOR),
            )
        }
        start = (
            "import os; from duixian.server.config import load; from duixian.server.serving.server import Server; "
            "from duixian.server.cluster.users import current; Server(load(os.environ), current(), print).run()"
        )
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(served.folder), "LANG": "C.UTF-8", **settings,
            "DUIXIAN_HOME": str(served.home), "DUIXIAN_ADDRESS": f"127.0.0.1:{served.port}",
            "DUIXIAN_SECRET_KEY": "s" * 40, "DUIXIAN_FIELD_KEY": "f" * 40,
        }  # fmt: skip
        served.home.mkdir()
        with served.log.open("ab") as log:
            served.process = subprocess.Popen(
                [sys.executable, "-c", start], stdout=log, stderr=log, cwd=served.folder, env=environment
            )
        served.wait_for(served.ready)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(60) == 0
        assert "geheim" not in served.log.read_text("utf-8")
    finally:
        own.stop()
