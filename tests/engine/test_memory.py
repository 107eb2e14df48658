"""Memory that is kept: asked of glibc, and of no other."""

import ctypes
from types import SimpleNamespace

import pytest

from duixian.engine.memory import keep_freed


def test_glibc_is_asked_to_keep_pieces_of_up_to_32_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda name, value: asked.append((name, value)))
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    monkeypatch.setattr("sys.platform", "linux")
    keep_freed()
    assert asked == [(-3, 1 << 25), (-1, 1 << 28)]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_no_other_system_is_asked(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    asked: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda name, value: asked.append((name, value)))
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    monkeypatch.setattr("sys.platform", platform)
    keep_freed()
    assert asked == []


def test_a_c_library_of_linux_without_the_call_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[None] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: loaded.append(name) or SimpleNamespace())
    monkeypatch.setattr("sys.platform", "linux")
    keep_freed()
    assert loaded == [None]
