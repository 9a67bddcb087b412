"""The index follower (`gongkai follow`) as a process beside a server or a worker: started again when it ends, gone when they go.

No thread looks after it: whoever has it calls `keep` from a loop of its own, because both fork, and a fork must not copy a held lock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import structlog

RESTART_SECONDS = 1.0
"""A follower that ended is started again after this, and after each further end twice as late, up to:"""
LATEST_RESTART_SECONDS = 30.0
END_SECONDS = 2.0
"""A follower that was told to end and has not ended after this is killed: what it had not committed, the next one follows again."""

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
