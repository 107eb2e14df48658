"""Compiles C with the compiler that the `ziglang` wheel carries, and keeps the result in the user's cache."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from duixian.engine.kernel.slots import NotNativeError
from duixian.language.cache import cache_folder

GENERATOR = 10
"""The version of what this package writes: another one makes every cached kernel anew."""
_OPTIONS = (
    "-shared",
    "-nostdlib",
    "-ffreestanding",
    "-fPIC",
    "-O2",
    "-fno-sanitize=all",
    "-w",
    "-s",
    "-fomit-frame-pointer",
)
_BASELINES = {"x86_64": "x86_64_v2", "amd64": "x86_64_v2", "aarch64": "generic", "arm64": "generic"}
_LEVELS = {
    "x86_64_v4+avx512vbmi2": "avx512f avx512bw avx512cd avx512dq avx512vl avx512_vbmi2",
    "x86_64_v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
    "x86_64_v3": "avx avx2 bmi1 bmi2 f16c fma abm movbe",
}
"""What a processor must have for a level above the baseline, in Linux's words, the highest first (x86-64 psABI).

The first is the fourth level with bytes closed up by one instruction, as processors have had it since 2019."""
_SYSTEMS = {
    "linux": ("linux-none", ".so"),
    "darwin": ("macos-none", ".dylib"),
    "win32": ("windows-gnu", ".dll"),
}


def load(sources: Sequence[str], lanes: bool = False) -> ctypes.CDLL:
    """Return the library of sources, from the cache or compiled now. Raises NotNativeError if that fails.

    They are compiled side by side. `lanes`: the code gains from wide registers, so it is compiled for what this
    processor has; the machines of a cluster that share a cache folder each find the code of their own level there.
    """
    compiler = _compiler()
    target, baseline, suffix = _target()
    baseline = _level(baseline) if lanes else baseline
    wide = ("-mprefer-vector-width=512",) if "_v4" in baseline else ()
    options = (*_OPTIONS, *wide, "-target", target, f"-mcpu={baseline}")
    status = compiler.stat()
    key = f"{GENERATOR}\0{options}\0{compiler}\0{status.st_size}\0{status.st_mtime_ns}\0"
    key += "\0".join(sources)
    name = f"kernel-{hashlib.sha256(key.encode()).hexdigest()[:40]}{suffix}"
    folder = cache_folder() / "kernels"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = _own(folder)
    except OSError:
        own = False
    if not own:
        # A folder that others can write is no place for code: this process keeps its own.
        folder = Path(tempfile.mkdtemp(prefix="duixian-kernel-"))
    path = folder / name
    if not (path.is_file() and _own(path)):
        _compile(compiler, options, sources, path)
    return ctypes.CDLL(str(path))


def why_no_compiler() -> str:
    """Return what stands in the way of native code on this machine, "" if nothing does."""
    try:
        _compiler()
        _target()
    except NotNativeError as reason:
        return str(reason)
    return ""


def _own(path: Path) -> bool:
    status = path.stat()
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _compiler() -> Path:
    found = importlib.util.find_spec("ziglang")
    if found is None or not found.submodule_search_locations:
        raise NotNativeError(
            "no compiler is installed: `pip install duixian[kernel]` brings one (the package `ziglang`)"
        )
    folder = Path(next(iter(found.submodule_search_locations)))
    path = folder / ("zig.exe" if sys.platform == "win32" else "zig")
    if not path.is_file():
        raise NotNativeError("the package `ziglang` carries no compiler")
    return path


def _target() -> tuple[str, str, str]:
    machine = platform.machine().lower()
    if machine not in _BASELINES or sys.platform not in _SYSTEMS:
        raise NotNativeError(f"no native code is made for {sys.platform} on {machine}")
    system, suffix = _SYSTEMS[sys.platform]
    family = "x86_64" if "x86" in _BASELINES[machine] else "aarch64"
    return f"{family}-{system}", _BASELINES[machine], suffix


@cache
def _level(baseline: str) -> str:
    """Return the highest level of a processor's family that this one has, or the baseline if it cannot be told."""
    if not baseline.startswith("x86_64"):
        return baseline
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return baseline
    flags = {word for line in told.splitlines() if line.startswith("flags") for word in line.split()}
    found = [level for level, needs in _LEVELS.items() if set(needs.split()) <= flags] + [baseline]
    return found[0]


def _compile(compiler: Path, options: tuple[str, ...], sources: Sequence[str], path: Path) -> None:
    """Compile sources side by side, each in a process of its own (one would take them in turn), and link them."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="making-") as scratch:
        caches = {"ZIG_GLOBAL_CACHE_DIR": f"{scratch}/g", "ZIG_LOCAL_CACHE_DIR": f"{scratch}/l"}

        def run(*arguments: str) -> None:
            done = subprocess.run(  # noqa: S603  the compiler of an installed package, no shell
                [str(compiler), "cc", *options, *arguments],
                env={**os.environ, **caches}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise NotNativeError(f"the compiler said: {done.stderr.strip()[:2000]}")

        def compiled(number: int) -> str:
            file, made = Path(scratch, f"kernel{number}.c"), f"{scratch}/kernel{number}.o"
            file.write_text(sources[number], encoding="utf-8")
            run("-c", "-o", made, str(file))
            return made

        with ThreadPoolExecutor(len(sources)) as pool:
            objects = list(pool.map(compiled, range(len(sources))))
        made = Path(scratch, path.name)
        run("-shared", "-o", str(made), *objects)
        made.chmod(0o700)
        made.replace(path)
