"""Who this process is, among all processes of all machines and containers, and whether another one of this machine still runs.

A process number alone is not enough: it is used again, and each container counts its own. So it stands beside the machine's boot id,
the number of the process-number space, and the process's start time. Where the system does not tell these (not Linux), nobody is ever
said to be dead.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """The running process as `host/boot id/space/number/start time`."""
    return "/".join((socket.gethostname(), *_place(), str(os.getpid()), _started(os.getpid()) or ""))


def is_gone(process: str) -> bool:
    """Whether a process (as `this_process` wrote it) surely does not run any more: it was one of this machine, and its number is free
    or another's. A zombie does not run.
    """
    _, boot, space, number, started = process.split("/")
    if (boot, space) != _place() or not boot or not started:
        return False
    return _started(int(number)) != started


def _place() -> tuple[str, str]:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return boot, str((_PROC / "self/ns/pid").stat().st_ino)
    except OSError:
        return "", ""


def _started(number: int) -> str | None:
    """The start time in clock ticks since boot (field 22 of proc(5)'s stat); `None` for a process that is not there, or a zombie."""
    try:
        fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]
