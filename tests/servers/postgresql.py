"""PostgreSQL, as Debian packages it."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
from itertools import count
from pathlib import Path
from typing import ClassVar

from tests.servers.base import Failed, Missing, Server

HOMES = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's programs, outside the search path, a folder a version."""

_FAST = ("fsync=off", "full_page_writes=off", "max_connections=100", "shared_buffers=64MB")
"""A server that lives for one session need not survive a power cut. What it committed must survive its own being killed, so
synchronous_commit stays on."""


class Postgresql(Server):
    """A running PostgreSQL with a superuser of its own; `database()` makes an empty database, or a copy of another."""

    title: ClassVar[str] = "PostgreSQL"
    user: ClassVar[str | None] = "postgres"
    ending: ClassVar[signal.Signals] = signal.SIGINT  # fast shutdown: open connections are cut

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._password = secrets.token_urlsafe(18)
        self._numbers = count()

    @classmethod
    def version(cls) -> str:
        words = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True)
        return words.stdout.split()[2]

    def url(self, database: str) -> str:
        """The address of a database, with user and password."""
        return f"postgresql://tests:{self._password}@127.0.0.1:{self.port}/{database}"

    def database(self, *, like: str = "template1") -> str:
        """The name of a new database. `like` must not be in use by anyone."""
        name = f"t{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")  # both names are made here
        return name

    def drop(self, database: str) -> None:
        """Remove a database, and cut whoever is connected to it."""
        self._do(f"DROP DATABASE {database} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _prepare(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self._password)
        self._give_away()
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
        command = [*self._as_user(), programs() / "initdb", "-D", self.folder / "data", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        if done.returncode != 0:
            raise Failed(f"initdb: {done.stdout}{done.stderr}")
        secret.unlink()

    def _command(self) -> list[str | Path]:
        settings = (*_FAST, "listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=")
        return [programs() / "postgres", "-D", self.folder / "data", *(f"-c{setting}" for setting in settings)]

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def programs() -> Path:
    """The folder of the newest version's programs. Raises `Missing`."""
    homes = sorted(HOMES.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    found = shutil.which("postgres")
    if found:
        homes.append(Path(found).resolve().parent)
    for home in homes:
        if (home / "postgres").exists() and (home / "initdb").exists():
            return home
    raise Missing("no PostgreSQL server is installed here (make servers, or apt-get install postgresql)")
