"""The cache of checked policies: what it returns is what loading returns, and nothing doubtful is trusted."""

import os
import shutil
from pathlib import Path

import pytest
from tests.language.test_bad import BASE, laid_over

from duixian.language.cache import cache_folder, installed_policies
from duixian.language.pack import load_pack
from duixian.language.vocabulary import POLICIES


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one pack, with a cache of its own beside it."""
    monkeypatch.setenv("DUIXIAN_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "policies"
    root.mkdir()
    laid_over(BASE, root)
    shutil.copy(POLICIES / "vocabulary.yaml", root)
    return root


def test_the_cache_gives_what_loading_gives(root: Path) -> None:
    (loaded,) = installed_policies(root)
    (file,) = cache_folder().iterdir()
    written = file.stat().st_mtime_ns
    (cached,) = installed_policies(root)
    assert loaded == cached == load_pack(root / "base", full=False)
    assert file.stat().st_mtime_ns == written


def test_a_change_of_a_pack_is_seen(root: Path) -> None:
    installed_policies(root)
    path = root / "base" / "measures.yaml"
    path.write_text(path.read_text("utf-8").replace("100万元", "200万元"), "utf-8")
    (policy,) = installed_policies(root)
    assert policy.measures[0].terms.caps[0].text == "200万元"  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [b"", b"not msgpack", b"\x82\xa3key\xa1x\xa8policies\x90"])
def test_a_file_that_is_no_cache_is_made_anew(root: Path, content: bytes) -> None:
    (loaded,) = installed_policies(root)
    (file,) = cache_folder().iterdir()
    file.write_bytes(content)
    assert installed_policies(root) == (loaded,)
    assert file.stat().st_size > 1000


def test_a_cache_that_anyone_can_write_is_not_trusted(root: Path) -> None:
    installed_policies(root)
    (file,) = cache_folder().iterdir()
    written = file.stat().st_mtime_ns
    file.chmod(0o666)
    installed_policies(root)
    assert file.stat().st_mtime_ns != written
    assert file.stat().st_mode & 0o077 == 0


def test_no_place_for_a_cache_is_no_reason_to_fail(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("DUIXIAN_CACHE", str(tmp_path / "file" / "cache"))
    assert len(installed_policies(root)) == 1


def test_the_usual_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DUIXIAN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder() == Path.home() / ".cache" / "duixian"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "duixian"
    assert os.environ["XDG_CACHE_HOME"] == str(tmp_path)
