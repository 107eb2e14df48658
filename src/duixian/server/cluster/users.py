"""The operating-system user under whom a server works: never root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duixian.server.cluster.problems import ClusterProblem

SERVICE_USER = "duixian"
"""The system user to whom a server drops that was started as root; made if it is not there."""


@dataclass(frozen=True)
class User:
    """A user of this machine; `switches` says that this process is another one (root) and has to change."""

    name: str
    uid: int
    gid: int
    switches: bool

    def process(self) -> Mapping[str, Any]:
        """The arguments with which `subprocess` starts a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}

    def own(self, path: Path) -> None:
        """Gives a file, or a folder with all that is in it, to this user."""
        if not self.switches:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(folder) / name, self.uid, self.gid, follow_symlinks=False)

    def folder(self, path: Path) -> Path:
        """Makes a folder that only this user can enter, and returns it.

        Raises:
            ClusterProblem: a parent folder keeps this user out, or the folder belongs to somebody else.
        """
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.own_folder(path)
        probe = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1" && test -w .', "sh", str(path)],
            check=False, capture_output=True, cwd="/", **self.process(),
        )  # fmt: skip
        if probe.returncode:
            raise ClusterProblem(
                f"user {self.name} cannot work in {path}: a parent folder is closed to it; "
                "set DUIXIAN_HOME to a folder that it can reach, such as /var/lib/duixian"
            )
        return path

    def own_folder(self, path: Path) -> None:
        """Gives an existing folder itself to this user and closes it to others.

        Raises:
            ClusterProblem: it belongs to somebody else.
        """
        owner = path.stat().st_uid
        if owner not in {self.uid, os.geteuid()}:
            raise ClusterProblem(
                f"{path} belongs to another user (uid {owner}); it must be {self.name}'s own"
            )
        if self.switches:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)


def current() -> User:
    """The user of this process."""
    entry = pwd.getpwuid(os.geteuid())
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid, switches=False)


def ordinary(name: str = SERVICE_USER) -> User:
    """The user under whom the servers run: this process's, or for root the service user `name`.

    Raises:
        ClusterProblem: root, and the user neither exists nor can be made.
    """
    if os.geteuid() != 0:
        return current()
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        entry = _made(name)
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid, switches=True)


def _made(name: str) -> pwd.struct_passwd:
    program = shutil.which("useradd")
    remedy = f"make a system user '{name}', or start as an ordinary user"
    if program is None:
        raise ClusterProblem(f"started as root, and there is no user '{name}': {remedy}")
    done = subprocess.run(
        [program, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise ClusterProblem(f"user '{name}' could not be made ({done.stderr.strip()}): {remedy}") from None
