"""`gongkai serve`: gunicorn, and beside it the follower that keeps the index. All of the server's settings stand here; `deploy/` explains them.

The application is put together once, in the master, and the processes that answer are forked from it: they share its memory. Invariant:
the master holds no connection and no thread, so that a fork copies none. What must be looked at before is looked at by a child of its own,
and the follower is started again from the master's own loop.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

import click
import structlog

from catalog.cli import common
from catalog.cli.server import IN_MEMORY, run
from catalog.errors import GongkaiError, InvalidInput, Misconfigured, Unavailable

if TYPE_CHECKING:
    from catalog.settings import Settings

log = structlog.get_logger()

HEARTBEAT_SECONDS = 60
"""A process whose main loop is silent for so long hangs, and is replaced. Long requests run on threads and do not count."""
LONGEST_REQUESTS = 2
"""A process that is told to stop has so many times GONGKAI_REQUEST_SECONDS for the requests that it is at, and never less than:"""
GRACE_SECONDS = 20
KEEPALIVE_SECONDS = 15
"""How long a connection may be idle. A proxy that keeps connections must give them up earlier than this."""
REQUESTS_A_LIFE, LIFE_JITTER = 100_000, 10_000
"""A process is replaced after so many requests, so that what leaks in a library cannot grow for months; not all at the same moment."""
LINE_BYTES = 8190
"""Longest request line and header field: gunicorn's own upper bound. A query of 500 Chinese characters has 4,500 bytes when encoded."""
HEADER_FIELDS = 60
ACCESS_FORMAT = '%(h)s "%(r)s" %(s)s %(B)s bytes %(L)s s'
AWAY_SECONDS = 2.0
"""Pause of the follower while a part is away."""


@click.command()
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port to listen on; 0 takes a free one.")
@click.option("--workers", type=int, default=None, help="Number of processes.")
@click.option("--access-log", is_flag=True, help="Write a line for each request to standard output.")
def serve(host: str | None, port: int | None, workers: int | None, access_log: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Serve pages, API and downloads, and keep the index up with the store, until Ctrl-C."""
    from catalog.app import set_up_logs
    from catalog.settings import read_settings

    settings = read_settings()
    set_up_logs(settings)
    _look_first()
    address = host or settings["HOST"]
    options = server_options(settings) | {
        "bind": _bind(address, settings["PORT"] if port is None else port),
        "workers": workers or settings["WORKERS"],
        "accesslog": "-" if access_log else None,
    }
    click.echo(f"serving http://{options['bind']}/ with {options['workers']} processes; Ctrl-C ends it")
    run(settings, options)


@click.command(hidden=True)
@click.option("--parent", type=int, default=None, help="Number of the process whose end is this one's end.")
def follow(parent: int | None) -> None:
    """Keep the index up with the change log until the process that started this one is gone."""
    from catalog.actions.follow import follow_once

    parent = parent or os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with common.catalogue() as catalogue:
        pause = catalogue.settings["FOLLOW_SECONDS"]
        while os.getppid() == parent:
            try:
                follow_once(catalogue)
            except Unavailable as error:  # it comes back; this process would only be started again to meet the same
                log.warning("follower_waits", reason=str(error))
                time.sleep(AWAY_SECONDS)
            time.sleep(pause)


def run_server(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Become a server: this process is replaced by `gongkai serve`, which starts with nothing open. Does not return."""
    del settings  # the new process reads the same ones
    sys.stdout.flush()
    sys.stderr.flush()
    command = ["serve", "--host", host, "--port", str(port), "--workers", str(workers)]
    os.execv(sys.executable, [sys.executable, "-m", "catalog.cli", *command])  # noqa: S606 - this program itself


def server_options(settings: Settings) -> dict[str, Any]:
    """The settings of gunicorn, by its own names; address and number of processes come from the command line too.

    Whom to believe in `X-Forwarded-Proto` is gunicorn's default: proxies on this machine, or those that FORWARDED_ALLOW_IPS lists.
    """
    return {
        "worker_class": "gthread",
        "threads": settings["THREADS"],
        "preload_app": True,
        "timeout": HEARTBEAT_SECONDS,
        "graceful_timeout": max(GRACE_SECONDS, int(settings["REQUEST_SECONDS"] * LONGEST_REQUESTS)),
        "keepalive": KEEPALIVE_SECONDS,
        "max_requests": REQUESTS_A_LIFE,
        "max_requests_jitter": LIFE_JITTER,
        "limit_request_line": LINE_BYTES,
        "limit_request_field_size": LINE_BYTES,
        "limit_request_fields": HEADER_FIELDS,
        "access_log_format": ACCESS_FORMAT,
        "loglevel": settings["LOG_LEVEL"],
        "worker_tmp_dir": str(IN_MEMORY) if os.access(IN_MEMORY, os.W_OK) else None,
        "control_socket_disable": True,  # it would be a thread in the master
    }


def _look_first() -> None:
    """Bring tables and index up to date in a child, so that what is wrong is told at once and the master opens nothing; ends on failure."""
    child = multiprocessing.get_context("fork").Process(target=_bring_up)
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(child.exitcode if child.exitcode > 0 else 1)


def _bring_up() -> None:
    from catalog.actions.follow import follow_once

    try:
        with common.catalogue() as catalogue:
            follow_once(catalogue)
    except GongkaiError as error:
        click.echo(f"gongkai: {error}", err=True)
        sys.exit(2 if isinstance(error, InvalidInput | Misconfigured) else 1)


def _bind(host: str, port: int) -> str:
    return f"[{host}]:{port or _free_port(host)}" if ":" in host else f"{host}:{port or _free_port(host)}"


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
