"""A headless Chromium, spoken to over a pipe in the DevTools protocol. No driver, no WebSocket, no port.

Two file descriptors carry JSON messages, each ended by a zero byte (`--remote-debugging-pipe`).
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

Message = dict[str, Any]

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip
LAUNCH = """
import fcntl, os, sys
reads, writes = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(reads, 3)
os.dup2(writes, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Gives Chromium its pipes as descriptors 3 and 4, whatever numbers they have here."""

ANSWER_SECONDS = 30.0


def installed() -> str | None:
    """The path of a Chromium, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Chromium:
    """One browser with one page. `close` ends it, with everything that it started."""

    def __init__(self, program: str, profile: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                LAUNCH,
                str(theirs_in),
                str(theirs_out),
                program,
                *FLAGS,
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out
        self._buffer = b""
        self._last = 0
        self._session: str | None = None
        self.events: list[Message] = []
        try:
            target = self.do("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Log", "Runtime", "Network"):
                self.do(f"{domain}.enable")
        except BaseException:
            self.close()
            raise

    def do(self, method: str, **params: Any) -> Message:
        """Send a command and wait for its answer; events that arrive meanwhile are kept."""
        self._last += 1
        message: Message = {"id": self._last, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, orjson.dumps(message) + b"\0")
        answer = self._until(lambda got: got.get("id") == self._last)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: Message = answer["result"]
        return result

    def open(self, url: str, *, width: int, height: int = 800, dark: bool = False) -> None:
        """Show an address at a width in CSS pixels, and wait until it is loaded."""
        self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.do(
            "Emulation.setEmulatedMedia",
            features=[
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ],
        )
        self.events.clear()
        navigation = self.do("Page.navigate", url=url)
        stays = "loaderId" not in navigation  # only the fragment changed
        if not stays and not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self._until(lambda got: got.get("method") == "Page.loadEventFired")

    def ask(self, script: str) -> Any:
        """The value of an expression in the page."""
        result = self.do("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script}: {result['exceptionDetails']['text']}")
        return result["result"].get("value")

    def complaints(self) -> list[str]:
        """What the browser complained of since the page was opened: violations of the policy, failed loads, exceptions."""
        said = [event["params"]["entry"]["text"] for event in self.events if event.get("method") == "Log.entryAdded"]
        thrown = [str(event["params"]) for event in self.events if event.get("method") == "Runtime.exceptionThrown"]
        failed = [
            event["params"]["errorText"] for event in self.events if event.get("method") == "Network.loadingFailed"
        ]
        return [*said, *thrown, *failed]

    def close(self) -> None:
        """End the browser."""
        os.close(self._out)
        os.close(self._in)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _until(self, wanted: Callable[[Message], bool]) -> Message:
        ends = time.monotonic() + ANSWER_SECONDS
        while True:
            message = self._next(ends)
            if wanted(message):
                return message
            if "method" in message:
                self.events.append(message)

    def _next(self, ends: float) -> Message:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, ends - time.monotonic()))
            chunk = os.read(self._in, 1 << 20) if ready else b""
            if not chunk:
                raise TimeoutError("Chromium did not answer in time")
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: Message = orjson.loads(line)
        return message
