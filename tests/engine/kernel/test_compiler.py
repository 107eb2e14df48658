"""The compiler: what it refuses it says, its cache is the user's own, halves of a source become one library."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from duixian.engine.kernel import compiler
from duixian.engine.kernel.slots import NotNativeError

SIX = "int six(void) { return 6; }"
TIMES = "int six(void); int times_seven(void) { return six() * 7; }"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("DUIXIAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "kernels"


def test_sources_are_linked_to_one_library_which_is_kept(cache: Path) -> None:
    library = compiler.load((SIX, TIMES))
    assert library.times_seven() == 42
    (kept,) = cache.iterdir()
    made = kept.stat().st_mtime_ns
    assert kept.stat().st_mode & 0o077 == 0
    compiler.load((SIX, TIMES))
    assert [path.stat().st_mtime_ns for path in cache.iterdir()] == [made]


def test_another_source_is_another_library(cache: Path) -> None:
    compiler.load((SIX,))
    compiler.load((SIX.replace("6", "8"),))
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("sources", [("int six(void) { return 6 }",), (SIX, "int other(void) { return }")])
def test_what_does_not_compile_is_told_and_leaves_nothing(sources: tuple[str, ...], cache: Path) -> None:
    with pytest.raises(NotNativeError, match="expected"):
        compiler.load(sources)
    assert not list(cache.iterdir())


def test_what_does_not_link_is_told(cache: Path) -> None:
    with pytest.raises(NotNativeError, match="six"):
        compiler.load((TIMES.replace("int six", '__attribute__((visibility("hidden"))) int six'),))
    assert not list(cache.iterdir())


def test_code_that_others_can_write_is_not_run(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler.load((SIX,))
    (known,) = cache.iterdir()
    monkeypatch.setenv("DUIXIAN_CACHE", str(tmp_path / "other"))
    forged = tmp_path / "other" / "kernels" / known.name
    forged.parent.mkdir(parents=True, mode=0o700)
    forged.write_bytes(b"not ours")
    forged.chmod(0o777)
    assert compiler.load((SIX,)).six() == 6
    assert forged.stat().st_mode & 0o077 == 0


def test_a_folder_that_others_can_write_is_not_used(cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    library = compiler.load((SIX,))
    assert isinstance(library, ctypes.CDLL)
    assert library.six() == 6
    assert not list(cache.iterdir())


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiler.why_no_compiler() == ""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "pip install duixian[kernel]" in compiler.why_no_compiler()
    with pytest.raises(NotNativeError, match="no compiler is installed"):
        compiler.load((SIX,))


def test_other_machines_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert "no native code is made for" in compiler.why_no_compiler()
