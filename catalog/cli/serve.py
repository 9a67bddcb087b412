"""`gongkai serve`: gunicorn, and beside it the follower that keeps the index."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import click
import structlog

from catalog.cli import common

if TYPE_CHECKING:
    from catalog.settings import Settings

log = structlog.get_logger()

RESTART_SECONDS = 1.0
"""A follower that died is started again after this."""


@click.command()
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port to listen on; 0 takes a free one.")
@click.option("--workers", type=int, default=None, help="Number of processes.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve pages, API and downloads, and keep the index up with the store, until Ctrl-C."""
    from catalog.actions.follow import follow_once

    with (
        common.catalogue() as catalogue
    ):  # tables and index are brought up, and a wrong setting is told, before anything forks
        follow_once(catalogue)
        settings = catalogue.settings
    run_server(
        settings,
        host=host or settings["HOST"],
        port=settings["PORT"] if port is None else port,
        workers=workers or settings["WORKERS"],
    )


@click.command(hidden=True)
def follow() -> None:
    """Keep the index up with the change log until the process that started this one is gone."""
    from catalog.actions.follow import follow_once

    parent = os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with common.catalogue() as catalogue:
        pause = catalogue.settings["FOLLOW_SECONDS"]
        while os.getppid() == parent:
            follow_once(catalogue)
            time.sleep(pause)


def run_server(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Run gunicorn in this process until it is told to stop."""
    from gunicorn.app.base import BaseApplication

    port = port or _free_port(host)
    follower = _Follower()
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "threads": settings["THREADS"],
        "worker_class": "gthread",
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 15,
        "when_ready": lambda _server: follower.start(),
        "on_exit": lambda _server: follower.stop(),
        "loglevel": settings["LOG_LEVEL"],
    }

    class Application(BaseApplication):
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from catalog.app import create_app, create_catalogue

            return create_app(create_catalogue(settings))

    click.echo(f"serving http://{options['bind']}/ with {workers} processes; Ctrl-C ends it")
    Application().run()


class _Follower:
    """The follower process, started again when it dies, gone when the server goes."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._keep, name="follower", daemon=True).start()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-m", "catalog.cli", "follow"])
            self._process.wait()
            if not self._stopping.wait(RESTART_SECONDS):
                log.warning("follower_restarted")

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
