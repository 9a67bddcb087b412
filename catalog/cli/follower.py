"""The index follower (`gongkai follow`) as a process beside a server or a worker: started again when it ends, gone when they go.

No thread looks after it: whoever has it calls `keep` from a loop of its own, because both fork, and a fork must not copy a held lock.
A long load has one beside it, too (`indexing_beside`): what is committed is indexed on another core while the rest is read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from catalog.actions.context import Progress

RESTART_SECONDS = 1.0
"""A follower that ended is started again after this, and after each further end twice as late, up to:"""
LATEST_RESTART_SECONDS = 30.0
END_SECONDS = 2.0
"""A follower that was told to end and has not ended after this is killed: what it had not committed, the next one follows again."""
LONG_SECONDS = 2.0
"""Work that has lasted so long gets a follower beside it; a shorter one is over before the process has started."""

log = structlog.get_logger()


class FollowerProcess:
    """The process `gongkai follow`, started again when it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = RESTART_SECONDS
        self._not_before = 0.0

    def keep(self) -> None:
        """Start the process unless it runs, or ended a moment ago. To be called often."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None:
            log.warning("follower_ended", again_in=self._pause)
            self._process, self._not_before = None, now + self._pause
            self._pause = min(self._pause * 2, LATEST_RESTART_SECONDS)
        if now >= self._not_before:
            # told, not asked for: by the time that it can ask, its parent may be gone and another in its place
            parent = str(os.getpid())
            command = [sys.executable, "-m", "catalog.cli", "follow", "--parent", parent]
            self._process = subprocess.Popen(command)  # noqa: S603 - this program itself

    def stop(self) -> None:
        """End the process; when this returns, it is gone and its lock with it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def indexing_beside(listener: Progress) -> Iterator[Progress]:
    """The listener of a long work's progress, which has a follower run beside the work once that has lasted `LONG_SECONDS`."""
    follower = FollowerProcess()
    try:
        yield _Beside(listener, follower)
    finally:
        follower.stop()


class _Beside:
    """Hands progress on, and looks after the follower at each step."""

    def __init__(self, listener: Progress, follower: FollowerProcess) -> None:
        self._listener = listener
        self._follower = follower
        self._begun = time.monotonic()

    def __call__(self, done: int, total: int | None) -> None:
        if time.monotonic() - self._begun >= LONG_SECONDS:
            self._follower.keep()
        self._listener(done, total)

    def waits(self, reason: str | None) -> None:
        """What the work waits for is told to a listener that wants to know."""
        from catalog.harvesters.progress import HearsOfWaiting

        if isinstance(self._listener, HearsOfWaiting):
            self._listener.waits(reason)
