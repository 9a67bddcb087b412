"""What all servers have in common: a port, a folder, a process that is started, waited for, stopped, killed and started again.

The invariant: when the context manager is left nothing remains of a server; when the process that started it is killed, the server ends too.
"""

from __future__ import annotations

import os
import pwd
import random
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

TAIL = 4000
"""Characters of a log's end that a failure shows."""
STOP_SECONDS = 30.0
PORTS = range(20000, 32000)
"""Below the range from which the system takes ports of outgoing connections (32768 and up). Above it, a client that keeps asking a stopped
server's port may be given that very port as its own, and then talks to itself, or keeps the server from coming back."""

# it reads until whoever started the server dies, which closes the pipe, and then ends the server
_ORPHAN = 'read -r _; kill -KILL "-$1" 2>/dev/null'


class Missing(Exception):
    """This machine lacks the server's programs; the message says which, and how to get them."""


class Failed(Exception):
    """The server is here but did not start; the message ends with its log."""


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Server(ABC):
    """One server. `start()` is the way to have it; the rest is for tests that take it away and bring it back."""

    title: ClassVar[str]
    user: ClassVar[str | None] = None
    """Who runs it when the tests run as root, for servers that refuse root."""
    patience: ClassVar[float] = 20.0
    """Longest wait until it answers, in seconds."""
    ending: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """What is installed here. Raises `Missing`."""

    @classmethod
    @contextmanager
    def start(cls, folder: Path | None = None) -> Iterator[Self]:
        """A running server that answers; its data is in `folder`, or in a temporary one. Raises `Missing`, `Failed`."""
        cls.version()
        with tempfile.TemporaryDirectory(prefix=f"gongkai-{cls.__name__.lower()}-", ignore_cleanup_errors=True) as name:
            server = cls(folder or Path(name))
            server.folder.mkdir(parents=True, exist_ok=True)
            server._prepare()
            server._give_away()
            try:
                server._launch()
                yield server
            finally:
                server.stop()

    def stop(self) -> None:
        """End it in good order; its data stays. Nothing happens when it does not run."""
        if self._process is None:
            return
        self._process.send_signal(self.ending)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return
        self._forget()

    def kill(self) -> None:
        """End it as a power cut would, with all its children; its data stays as it is on the disk."""
        if self._process is None:
            return
        for number in [self._process.pid, *_children(self._process.pid)]:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:  # it went with its parent
                continue
        self._process.wait(STOP_SECONDS)
        self._forget()

    def restart(self) -> None:
        """Start it again on the same port with the same data, and wait until it answers. Raises `Failed`."""
        self.stop()
        self._launch()

    def log_tail(self) -> str:
        """The end of its log."""
        log = self.folder / "log"
        return log.read_text(encoding="utf-8", errors="replace")[-TAIL:] if log.exists() else "(no log)"

    def _prepare(self) -> None:  # noqa: B027 - not every server has something to prepare
        """Make what must be there before the first start."""

    @abstractmethod
    def _command(self) -> list[str | Path]:
        """The words that start it."""

    def _environment(self) -> dict[str, str]:
        """Variables besides our own."""
        return {}

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it can be used by now."""

    def _launch(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*map(str, self._as_user()), *map(str, self._command())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ | self._environment(),
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server
            )
        self._watch = subprocess.Popen(
            ["/bin/sh", "-c", _ORPHAN, "sh", str(self._process.pid)], stdin=subprocess.PIPE, start_new_session=True
        )
        self._wait(self._process)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            if process.poll() is not None:
                self._forget()
                raise Failed(
                    f"{self.title} ended at once (exit code {process.returncode}). Its log:\n{self.log_tail()}"
                )
            if self._answers():
                return
            time.sleep(0.1)
        self.kill()
        raise Failed(f"{self.title} did not answer within {self.patience:.0f} s. Its log:\n{self.log_tail()}")

    def _forget(self) -> None:
        self._process = None
        if self._watch is not None:
            self._watch.kill()
            self._watch.communicate()
            self._watch = None

    def _as_user(self) -> list[str]:
        if self.user is None or os.getuid() != 0:
            return []
        number, group = _account(self.user)
        return ["setpriv", f"--reuid={number}", f"--regid={group}", "--clear-groups", "--"]

    def _give_away(self) -> None:
        """Make the folder and all in it the property of the user that runs the server."""
        if not self._as_user() or self.user is None:
            return
        for folder, _, names in os.walk(self.folder):
            for path in (folder, *(os.path.join(folder, name) for name in names)):  # noqa: PTH118 - as os.walk gives them
                os.chown(path, *_account(self.user))
        reachable = subprocess.run([*self._as_user(), "test", "-x", self.folder], check=False)
        if reachable.returncode != 0:
            raise Failed(
                f"user {self.user} may not enter {self.folder}; give a folder below one that everyone may enter"
            )


def _account(user: str) -> tuple[int, int]:
    try:
        row = pwd.getpwnam(user)
    except KeyError as error:
        raise Missing(f"the server does not run as root, and there is no user '{user}' here") from error
    return row.pw_uid, row.pw_gid


def _children(number: int) -> list[int]:
    """The process ids of all descendants of a process, where the system shows them in /proc."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    found: list[int] = []
    queue = [number]
    while queue:
        children = parents.get(queue.pop(), [])
        found += children
        queue += children
    return found
