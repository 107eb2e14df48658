"""Keeps checked policies in a file, so that a command need not read and check the packs again.

The format is MessagePack of `{"key", "policies"}` as `msgspec` encodes `language.policy.Policy`: plain data,
checked against the struct types when it is read, and nothing in it can run. The key is a hash of every
pack file, the vocabulary and this package's own code; another key means the file is made anew.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from duixian.language.pack import load_policies, pack_folders
from duixian.language.policy import Policy
from duixian.language.vocabulary import POLICIES, load_vocabulary

FORMAT = 1
_CODE = Path(__file__).resolve().parent


class _Stored(msgspec.Struct):
    key: str
    policies: tuple[Policy, ...]


def installed_policies(root: Path = POLICIES) -> tuple[Policy, ...]:
    """Return the packs under a root, checked, without their statements and plans (no assessment needs them).

    Raises PackError if a pack is wrong; what cannot be cached is loaded each time.
    """
    folders = pack_folders(root)
    path = cache_folder() / f"policies-{FORMAT}.msgpack"
    key = _key(root, folders)
    stored = _read(path)
    if stored is not None and stored.key == key:
        return stored.policies
    policies = load_policies(folders, load_vocabulary(root / "vocabulary.yaml"), full=False)
    write_private(path, msgspec.msgpack.encode(_Stored(key, policies)))
    return policies


def cache_folder() -> Path:
    """Return the folder of this user's caches: `DUIXIAN_CACHE`, else the platform's usual place."""
    own = os.environ.get("DUIXIAN_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "duixian"


def _key(root: Path, folders: Sequence[Path]) -> str:
    digest = hashlib.blake2b(digest_size=20)
    files = [root / "vocabulary.yaml"]
    for folder in folders:
        files += [
            path
            for path in sorted(folder.rglob("*.yaml"))
            if "cases" not in path.relative_to(folder).parts[0]
        ]
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    for path in sorted(_CODE.glob("*.py")):
        status = path.stat()
        digest.update(f"{path.name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _read(path: Path) -> _Stored | None:
    try:
        return msgspec.msgpack.decode(read_private(path) or b"", type=_Stored)
    except msgspec.MsgspecError:
        return None


def read_private(path: Path) -> bytes | None:
    """Return what a file of the cache holds, None where there is none or somebody else could have written it."""
    try:
        status = path.stat()
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & stat.S_IWOTH):
            return None
        return path.read_bytes()
    except OSError:
        return None


def write_private(path: Path, data: bytes) -> None:
    """Put data into a file of the cache, whole or not at all; a read-only home is no reason to fail."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        return
