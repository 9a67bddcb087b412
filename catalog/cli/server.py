"""The running server: gunicorn's master with what it keeps beside the processes that answer. Not the settings: those are in `serve`.

Invariant: nothing here ends the master but a signal. What goes wrong beside it (a follower that cannot start, a disk that is full) is logged.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from catalog.cli.follower import FollowerProcess
from catalog.process import is_gone, this_process

if TYPE_CHECKING:
    from catalog.settings import Settings

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - for heartbeats and counts of processes; nothing in it is secret or outlives them
"""A file system in memory, which may be written also where the root may not; elsewhere the folder for temporary files takes its place."""
COUNTS = "gongkai-metrics-"

log = structlog.get_logger()


def run(settings: Settings, options: dict[str, Any]) -> None:
    """Run gunicorn, with options by its own names, in this process until it is told to stop."""
    beside = Beside()
    from gunicorn.app.base import BaseApplication
    from gunicorn.arbiter import Arbiter

    class Server(Arbiter):
        def murder_workers(self) -> None:
            """Once a second, in the master's loop: replace processes that hang, and the follower when it ended."""
            super().murder_workers()
            beside.keep()

    class Application(BaseApplication):
        def load_config(self) -> None:
            for name, value in (options | beside.hooks()).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from catalog.app import create_app, create_catalogue

            return create_app(create_catalogue(settings, upgrade=False))

        def run(self) -> None:
            Server(self).run()

    Application().run()


class Beside:
    """What a master keeps: the follower, and the folder in which its processes count their requests."""

    def __init__(self) -> None:
        self._follower = FollowerProcess()
        self._counts = counts_folder()
        # the metrics' library reads it when it is imported, which `catalog.api` does later
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self._counts)

    def hooks(self) -> dict[str, Any]:
        """What gunicorn is to call, by its names for the occasions."""
        return {
            "when_ready": lambda _server: self._ready(),
            "child_exit": lambda _server, worker: self._count_out(worker.pid),
            "worker_exit": lambda _server, worker: worker.app.wsgi().extensions["gongkai"].close(),
            "on_exit": lambda _server: self._end(),
        }

    def keep(self) -> None:
        """See that the follower runs."""
        try:
            self._follower.keep()
        except OSError as error:  # no memory for a process now; there may be soon
            log.warning("follower_not_started", error=str(error))

    def _ready(self) -> None:
        gc.collect()
        gc.freeze()  # what the master made is never looked through again, and so stays shared with its children
        self.keep()

    def _count_out(self, process: int) -> None:
        from catalog.api.metrics import retire

        try:
            retire(self._counts, process)
        except OSError as error:
            log.warning("counts_lost", error=str(error))

    def _end(self) -> None:
        self._follower.stop()
        shutil.rmtree(self._counts, ignore_errors=True)


def counts_folder() -> Path:
    """A new folder for the counts of this server's processes. Those of servers that were killed are removed."""
    home = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for old in home.glob(f"{COUNTS}*"):
        try:
            if is_gone((old / "owner").read_text()):
                shutil.rmtree(old, ignore_errors=True)
        except (OSError, ValueError):  # another user's, or one that is being made
            continue
    folder = Path(tempfile.mkdtemp(prefix=COUNTS, dir=home))
    (folder / "owner").write_text(this_process())
    return folder
