"""Real servers for the contract suites, started for one test session and stopped at its end.

A machine without the server's programs skips what needs them, and says why; with `REQUIRE_SERVERS=1` that is a failure instead.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

POSTGRESQL_HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
"""Where Debian keeps the server's programs, outside the search path; the newest version first."""

_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60", "shared_buffers=64MB")
"""A server that lives for one session need not survive a power cut."""


def unavailable(reason: str) -> None:
    """Skip the test, or fail it where the servers were asked for."""
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"REQUIRE_SERVERS=1, but {reason}")
    print(f"skipped: {reason}")
    pytest.skip(reason)


@dataclass
class Postgresql:
    """A running PostgreSQL with a superuser of its own; `database()` makes an empty database, or a copy of another."""

    port: int
    password: str
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        return f"postgresql://tests:{self.password}@127.0.0.1:{self.port}/{database}"

    def database(self, *, like: str = "template1") -> str:
        """The name of a new database. `like` must not be in use by anyone."""
        name = f"t{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")  # both names are made here
        return name

    def drop(self, database: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgresql]:
    """A PostgreSQL server on a free port of the loopback interface, with its data in a temporary folder."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="gongkai-postgresql-") as name:
        folder = Path(name)
        prefix = _as_other_user(folder)
        password = secrets.token_urlsafe(18)
        secret = folder / "password"
        secret.write_text(password)
        secret.chmod(0o644)
        port = _free_port()
        data = folder / "data"
        options = [
            "-U",
            "tests",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        _run([*prefix, programs / "initdb", "-D", data, *options])
        settings = [
            f"-c{setting}"
            for setting in (*_FAST, "listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=")
        ]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(part) for part in [*prefix, programs / "postgres", "-D", data, *settings]],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=folder,
            )
        try:
            running = Postgresql(port, password)
            _wait_until_ready(running, server, folder / "log")
            yield running
        finally:
            server.send_signal(2)  # fast shutdown: open connections are cut
            server.wait(timeout=30)


def _programs() -> Path:
    found = shutil.which("postgres")
    homes = [*POSTGRESQL_HOMES, *([Path(found).resolve().parent] if found else [])]
    if not homes:
        unavailable("no PostgreSQL server is installed here (apt-get install postgresql)")
    return homes[0]


def _as_other_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then the user that Debian's package made runs it, and owns the folder."""
    if os.getuid() != 0:
        return []
    try:
        shutil.chown(folder, "postgres", "postgres")
    except LookupError:
        unavailable("PostgreSQL does not run as root, and there is no user 'postgres' here")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[object]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode != 0:
        pytest.fail(f"{command[-1]}: {done.stdout}{done.stderr}")


def _wait_until_ready(running: Postgresql, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        if server.poll() is not None:
            pytest.fail(f"PostgreSQL ended at once: {log.read_text(errors='replace')}")
        try:
            psycopg.connect(running.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"PostgreSQL did not answer within 15 s: {log.read_text(errors='replace')}")
