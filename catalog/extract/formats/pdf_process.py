"""The process that reads PDFs for this one (`pdf_pages`): started when it is first needed, and anew when it died.

It is kept because its start takes as long as reading thirty pages. Nothing of a document stays in it: it forks for each one, and the fork has
the limits. A process that was forked from this one starts its own.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

_PROGRAM = Path(__file__).with_name("pdf_pages.py")


class Reader:
    """One such process. Safe for threads, which wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._inherited: list[subprocess.Popen[bytes]] = []

    def read(self, content: bytes, limits: Mapping[str, float]) -> tuple[list[dict[str, Any]], int, str]:
        """The answers to a document (`pdf_pages`), the exit status of the process that read it, and what that process said at its end.

        A status below zero is the signal that ended it.
        """
        with self._lock:
            for _ in range(2):  # one that was killed meanwhile is replaced once
                process = self._running()
                try:
                    return _ask(process, content, limits)
                except (BrokenPipeError, EOFError):
                    self._stop()
        return (
            [],
            1,
            "the process that reads PDFs cannot be started, or is killed whenever it is; look at the memory of this machine",
        )

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner != os.getpid():
            self._inherited.append(self._process)  # its parent's to end; only this copy of its pipes is closed
            _close_pipes(self._process)
        elif self._process is not None:
            if self._process.poll() is None:
                return self._process
            _close_pipes(self._process)
        self._process = subprocess.Popen(  # noqa: S603 - our own program by its path; documents go to its standard input
            [sys.executable, "-I", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._owner = os.getpid()
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        _close_pipes(process)
        process.wait()

    def close(self) -> None:
        """End the process; it is started again when it is needed."""
        with self._lock:
            self._stop()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):  # what was not sent is not needed any more
                stream.close()


def _ask(
    process: subprocess.Popen[bytes], content: bytes, limits: Mapping[str, float]
) -> tuple[list[dict[str, Any]], int, str]:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise EOFError
    stdin.write(orjson.dumps({"bytes": len(content), **limits}) + b"\n")
    stdin.write(content)
    stdin.flush()
    answers: list[dict[str, Any]] = []
    said = ""
    while line := stdout.readline():
        answer = _answer(line)
        if "ended" in answer:
            return answers, int(answer["ended"]), said
        if "failed" in answer:
            said = str(answer["failed"])
        elif answer:
            answers.append(answer)
    raise EOFError


def _answer(line: bytes) -> dict[str, Any]:
    """One line of the answer; nothing for one that was cut off by the end of its process."""
    try:
        found: dict[str, Any] = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return found


def reason(status: int, said: str, *, page_seconds: float, seconds: float) -> str | None:
    """Why the process of a document ended early; `None` when it did not."""
    if status == 0:
        return None
    if status == -signal.SIGPROF:
        return f"a page took longer than {page_seconds:g} seconds"
    if status == -signal.SIGALRM:
        return f"it took longer than {seconds:g} seconds"
    return said or f"the reader was ended by signal {-status}"


READER = Reader()
"""The process of this process. It belongs to nobody's connections: it holds no state, and costs memory only where PDFs are read."""
atexit.register(READER.close)
