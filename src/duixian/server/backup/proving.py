"""Proves a backup: restores it into a cluster of its own, and looks whether everything in it adds up."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from duixian.server.backup.restoring import read, restore
from duixian.server.cluster.binaries import MAJORS
from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import Role
from duixian.server.cluster.users import User


def prove(source: Path, user: User, say: Callable[[str], None], verify: Callable[[str], None]) -> None:
    """Restores a backup beside the system's temporary files, verifies it, and deletes the copy.

    `verify` is given the address of the restored database and raises if something in it is wrong.

    Raises:
        BackupProblem: it cannot be restored, or differs from what its manifest says.
        ClusterProblem: no cluster can be made to restore it into.
    """
    folder = Path(tempfile.mkdtemp(prefix="duixian-proof-"))
    folder.chmod(0o711)
    try:
        major = min(known for known in MAJORS if known >= min(read(source).postgres, max(MAJORS)))
        with Cluster(folder / "pg", major, user, {"fsync": "off"}) as cluster:
            restore(source, cluster.url(Role.OWNER), cluster.program("pg_restore"), folder / "files", say)
            verify(cluster.url(Role.OWNER))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
