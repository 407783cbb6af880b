"""What a process has that a copy of it, made by fork, must not share or would lose. Linux only."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

#: They have threads or devices behind the interpreter's back, and say themselves that they do not fork.
_NEVER_FORKED = ("grpc", "torch", "tensorflow")
#: Devices without a position or a state of their own.
_PLAIN_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/full")


def descriptors() -> dict[int, str]:
    """The open file descriptors and what they lead to, as /proc names it."""
    found: dict[int, str] = {}
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the one that listed the folder
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    return found


def find_hazards(before: dict[int, str]) -> list[str]:
    """Reasons not to fork, for people; `before` are the descriptors from before the app was loaded."""
    return [
        *_threads(),
        *_children(),
        *(
            reason
            for fd, target in descriptors().items()
            if before.get(fd) != target
            for reason in _open(fd, target)
        ),
        *_shared_memory(),
        *_temporary_folders(),
        *(f"{name} is loaded, which cannot be forked" for name in _NEVER_FORKED if name in sys.modules),
    ]


def _threads() -> list[str]:
    count = len(os.listdir("/proc/self/task"))
    if count == 1:
        return []
    threading = sys.modules.get("threading")
    names = [] if threading is None else [thread.name for thread in threading.enumerate()[1:]]
    return [f"{count - 1} threads run ({', '.join(names[:5]) or 'not of Python'})"]


def _children() -> list[str]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            pids = file.read().split()
    except OSError:  # a kernel without this file
        return []
    return [f"{len(pids)} child processes run"] if pids else []


def _open(fd: int, target: str) -> list[str]:
    if target.startswith("/"):
        if target in _PLAIN_DEVICES or _only_appends(fd):
            return []
        return [f"the file {target} is open"]
    kind = target.split(":")[0].replace("anon_inode", target.rpartition(":")[2])
    return [f"a {kind.strip('[]')} is open (descriptor {fd})"]


def _only_appends(fd: int) -> bool:
    """A log file: every copy writes to its end."""
    try:
        with open(f"/proc/self/fdinfo/{fd}") as file:
            flags = next(int(line.split()[1], 8) for line in file if line.startswith("flags:"))
    except (OSError, StopIteration):
        return False
    return bool(flags & os.O_APPEND) and flags & os.O_ACCMODE == os.O_WRONLY


def _shared_memory() -> list[str]:
    with open("/proc/self/maps") as file:
        names = {fields[5].strip() for fields in (line.split(None, 5) for line in file) if _is_shared(fields)}
    return [f"memory is shared ({', '.join(sorted(names))})"] if names else []


def _is_shared(fields: list[str]) -> bool:
    return fields[1].startswith("rw") and fields[1][3] == "s" and len(fields) > 5


def _temporary_folders() -> list[str]:
    """Each copy would remove them when it ends, under the feet of all others."""
    tempfile, weakref = sys.modules.get("tempfile"), sys.modules.get("weakref")
    if tempfile is None or weakref is None:
        return []
    folder = tempfile.TemporaryDirectory
    for info in getattr(weakref.finalize, "_registry", {}).values():
        if getattr(info.func, "__func__", None) is folder._cleanup.__func__:
            return ["a tempfile.TemporaryDirectory exists"]
    return []
