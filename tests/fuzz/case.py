"""One case: a reader on some bytes in a process of its own, with limits of time and memory; and what came of it."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
import traceback
from dataclasses import dataclass

from catalog.errors import Refused
from tests.fuzz.targets import Run

CPU_SECONDS = 10
"""Processor time of one case; sound documents of these sizes take some milliseconds."""
WALL_SECONDS = 60.0
"""Time of one case on a machine that has much else to do, with the processes that a reader starts."""
MEMORY_BYTES = 1024**3
"""Address space beyond what the program takes by itself."""
_OK, _CRASH = 0, 3


@dataclass(frozen=True)
class Outcome:
    """`ok` (a draft, or `Refused`), `crash`, `hang` or `memory`; what was said; seconds and megabytes."""

    kind: str
    said: str
    seconds: float
    megabytes: int


def attempt(
    run: Run,
    content: bytes,
    *,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
    memory: int = MEMORY_BYTES,
) -> Outcome:
    """Run a case in a child that shares the loaded program."""
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(run, content, writing, cpu_seconds, memory)
    os.close(writing)
    said = _told(reading, begun + wall_seconds)
    late = said is None
    if late:
        os.kill(child, signal.SIGKILL)
    os.close(reading)
    _, status, usage = os.wait4(child, 0)
    seconds, megabytes = time.monotonic() - begun, usage.ru_maxrss // 1024
    if late:
        return Outcome("hang", f"more than {wall_seconds:g} seconds", seconds, megabytes)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        kind = "hang" if number in (signal.SIGXCPU, signal.SIGKILL) else "crash"
        return Outcome(kind, f"ended by {signal.Signals(number).name}", seconds, megabytes)
    if os.WEXITSTATUS(status) == _OK:
        return Outcome("ok", said or "", seconds, megabytes)
    return Outcome("memory" if "MemoryError" in (said or "") else "crash", said or "no word", seconds, megabytes)


def _child(run: Run, content: bytes, writing: int, cpu_seconds: int, memory: int) -> None:
    status = _CRASH
    try:
        taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115 - a child that ends
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 2)
        try:
            run(content)
            said = "draft"
        except Refused as refusal:
            said = f"refused: {refusal.code}"
        status = _OK
    except BaseException:  # noqa: BLE001 - whatever it was is what is looked for
        said = traceback.format_exc()[-4000:]
    try:
        os.write(writing, said.encode("utf-8", "replace")[:60_000])
    finally:
        os._exit(status)


def _told(reading: int, until: float) -> str | None:
    """What the child says before it ends; `None` when it does not in time."""
    parts: list[bytes] = []
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([reading], [], [], left)
        if not ready:
            break
        part = os.read(reading, 65_536)
        if not part:
            return b"".join(parts).decode("utf-8", "replace")
        parts.append(part)
    return None


if sys.platform != "linux":
    raise SystemExit("the fuzzer needs fork and /proc: run it on Linux")
