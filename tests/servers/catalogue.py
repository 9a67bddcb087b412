"""Processes of this program on the servers: the settings that name them, and commands that are started and ended."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers.base import STOP_SECONDS, Failed, Server, free_port
from tests.servers.elasticsearch import Elasticsearch
from tests.servers.postgresql import Postgresql
from tests.servers.redis import Redis
from tests.servers.s3 import S3

SERVE_SECONDS = 60.0


def environment(data: Path, *servers: Server, **settings: str) -> dict[str, str]:
    """The environment of a `gongkai` process whose parts are these servers, with a database and a bucket made for it.

    What has no server is embedded, in the folder `data`. `settings` are further ones by name; none of the caller's own leaks in.
    """
    made = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}
    ours = {"DATA_DIR": str(data), "LOG_LEVEL": "warning"}
    for server in servers:
        match server:
            case Postgresql():
                ours["DATABASE_URL"] = server.url(server.database())
            case Elasticsearch():
                ours["SEARCH_URL"] = server.url
            case Redis():
                ours["QUEUE_URL"] = server.url
            case S3():
                files = {"FILES_URL": server.files_url(server.bucket()), "FILES_KEY": server.key}
                ours |= files | {"FILES_SECRET": server.secret}
    return made | {f"GONGKAI_{name}": value for name, value in (ours | settings).items()}


def run(env: Mapping[str, str], *words: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a `gongkai` command to its end."""
    return subprocess.run(command(*words), env=env, capture_output=True, text=True, timeout=seconds, check=False)


def command(*words: str) -> list[str]:
    """The words that start a `gongkai` command."""
    return [sys.executable, "-m", "catalog.cli", *words]


@contextmanager
def process(env: Mapping[str, str], *words: str, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A `gongkai` command that runs meanwhile; SIGTERM ends it. What it says goes to the file `log`, else where ours goes."""
    with ExitStack() as stack:
        told = stack.enter_context(log.open("ab")) if log else None
        running = subprocess.Popen(command(*words), env=env, stdout=told, stderr=told, start_new_session=True)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextmanager
def serving(env: Mapping[str, str], *words: str, log: Path | None = None) -> Iterator[str]:
    """`gongkai serve` on a free port; its address, once it answers. Raises `Failed` when it does not."""
    port = free_port()
    with process(env, "serve", "--host", "127.0.0.1", "--port", str(port), *words, log=log) as server:
        end = time.monotonic() + SERVE_SECONDS
        while status(port, "/api/v1/") is None:
            if server.poll() is not None or time.monotonic() > end:
                said = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log else "(see above)"
                raise Failed(f"gongkai serve does not answer on port {port}. Its log:\n{said}")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"


def status(port: int, path: str) -> int | None:
    """The HTTP status of an address on this machine, `None` when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()
