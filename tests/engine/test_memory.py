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


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    monkeypatch.setattr("sys.platform", platform)
    keep_freed()
