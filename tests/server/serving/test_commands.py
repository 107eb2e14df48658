"""The commands of a server's first day and of its worst: found, audit verify, backup, restore."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

from duixian.server.cluster.cluster import Cluster
from duixian.server.cluster.roles import Role

COMMAND = str(Path(sys.executable).with_name("duixian"))
FOUND = ["found", "--bureau", "某市经信局", "--uscc", "11420100MB12345671"]
FOUNDERS = ["--first", "wang=王安", "--second", "liquan=李全"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **more}


def duixian(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_is_founded_backed_up_lost_and_restored(folder: Path) -> None:
    home = folder / "home"
    with Cluster(home / "postgres") as cluster:
        tables = [sys.executable, "-m", "duixian.server.serving.migrating"]
        addresses = {
            "DATABASE_URL": cluster.url(Role.APPLICATION),
            "DATABASE_OWNER_URL": cluster.url(Role.OWNER),
        }
        subprocess.run(tables, env=environment(folder, **addresses, DUIXIAN_DEMO="true"), check=True)

    done = duixian(folder, *FOUND, "--first", "wang", "--second", "li=李全", "--home", str(home))
    assert (done.returncode, done.stdout) == (2, "")
    assert "'wang'：请写成 登录名=姓名" in done.stderr
    done = duixian(folder, *FOUND, "--first", "wang=王安", "--second", "li=李全", "--home", str(home))
    assert (done.returncode, done.stdout) == (2, "")
    assert "sign-in name 'li': 3 to 64 of a-z" in done.stderr
    done = duixian(folder, *FOUND, *FOUNDERS, "--home", str(home))
    assert done.returncode == 0, done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["王安", "wang"], ["李全", "liquan"]]
    assert done.stdout.count("http://127.0.0.1:8000/account/activate/") == 2
    again = duixian(folder, *FOUND, "--first", "zhao=赵三", "--second", "qian=钱四", "--home", str(home))
    assert again.returncode == 2
    assert "there are security administrators" in again.stderr

    verified = duixian(folder, "audit", "verify", "--home", str(home))
    assert verified.returncode == 0, verified.stdout
    kept = folder / "kept.tar"
    done = duixian(folder, "backup", str(kept), "--home", str(home))
    assert done.returncode == 0, done.stderr
    assert "已核验 proven" in done.stderr

    shutil.rmtree(home / "postgres")
    done = duixian(folder, "restore", str(kept), "--home", str(home))
    assert done.returncode == 0, done.stderr
    assert "注意" not in done.stderr
    done = duixian(folder, "restore", str(kept), "--home", str(home))
    assert done.returncode == 2
    assert "has tables already" in done.stderr
    elsewhere = duixian(folder, "restore", str(kept), "--home", str(folder / "elsewhere"))
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert "another field key" in elsewhere.stderr

    with Cluster(home / "postgres") as cluster, psycopg.connect(cluster.url(Role.OWNER)) as link:
        names = link.execute("SELECT name FROM accounts_person ORDER BY sign_in").fetchall()
        assert names == [("李全",), ("王安",)]


def test_audit_verify_and_restore_name_what_is_wrong(folder: Path) -> None:
    (folder / "no.tar").write_bytes(b"no backup")
    done = duixian(folder, "restore", str(folder / "no.tar"), "--home", str(folder / "home"))
    assert done.returncode == 2
    assert "is no whole backup" in done.stderr
    done = duixian(folder, "audit", "verify", "--database", "postgresql://a:geheim@127.0.0.1:1/x")
    assert done.returncode == 2
    assert "geheim" not in done.stderr
