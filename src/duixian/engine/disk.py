"""Says why a file cannot be written, and what to do about it."""

from __future__ import annotations

import errno
import os

from duixian.calendar.days import Both

_ROOM = Both("请腾出空间后再次运行同一命令", "make room and run the same command again")
_MAY_NOT = Both("请检查写入权限，或写到别处", "check who may write there, or write elsewhere")
_READ_ONLY = Both("那里只能读，请写到别处", "it is read-only there: write elsewhere")
_NO_FOLDER = Both("那里不能新建文件，请写到别处", "no file can be made there: write elsewhere")
_TOO_LARGE = Both(
    "文件超过了允许的大小：请放宽限制（ulimit -f）或写到别的磁盘，再次运行同一命令",
    "the file is larger than is allowed: raise the limit (ulimit -f), or write to another disk, and run the same "
    "command again",
)
_OTHER = Both(
    "请检查磁盘后再次运行同一命令，或写到别处",
    "check the disk and run the same command again, or write elsewhere",
)
_REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EACCES: _MAY_NOT,
    errno.EPERM: _MAY_NOT,
    errno.EROFS: _READ_ONLY,
    errno.ENOENT: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EFBIG: _TOO_LARGE,
}


def why_not_written(error: OSError) -> Both:
    """Return in a sentence what stood in the way and what to do; only a full disk is told to be one."""
    why = os.strerror(error.errno) if error.errno else " ".join(str(error).split())
    remedy = _REMEDIES.get(error.errno or 0, _OTHER)
    return Both(f"写不了（{why}）：{remedy.zh}", f"cannot write ({why}): {remedy.en}")
