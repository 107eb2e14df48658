"""A server that was started as root does not stay it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from duixian.server.cluster.users import ordinary

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has anything to give up")

SETTLE = """
import os, sys
from duixian.server.cluster.problems import ClusterProblem
from duixian.server.config import load
from duixian.server.serving import home
home._can_run = lambda user: sys.argv[2] == "readable"
try:
    user = home.settle(load({"DUIXIAN_HOME": sys.argv[1], "DUIXIAN_DEMO": sys.argv[3]}))
except ClusterProblem as problem:
    sys.exit(str(problem))
print(os.getuid(), os.geteuid(), os.getgid(), os.getgroups(), user.uid, user.switches)
"""


def settle(folder: Path, python: str, demo: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SETTLE, str(folder / "home"), python, demo],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("demo", ["true", "false"])
def test_it_becomes_the_service_user_for_good(folder: Path, demo: str) -> None:
    user = ordinary()
    done = settle(folder, "readable", demo)
    assert done.stdout.split() == [str(user.uid)] * 2 + [str(user.gid), "[]", str(user.uid), "False"], (
        done.stderr
    )
    assert (folder / "home").stat().st_uid == user.uid


def test_where_that_user_cannot_run_python_it_refuses_but_for_a_demonstration(folder: Path) -> None:
    refused = settle(folder, "closed", "false")
    assert refused.returncode == 1
    assert "cannot run Python" in refused.stderr
    kept = settle(folder, "closed", "true")
    assert kept.stdout.split()[:2] == ["0", "0"], kept.stderr
    assert kept.stdout.split()[-1] == "True"  # and the database runs as the other user
