"""Redis, or Valkey, as Debian packages it."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

from tests.servers.base import Missing, Server

PROGRAMS = ("redis-server", "valkey-server")


class Redis(Server):
    """A running Redis. It writes its data down when it is stopped, not when it is killed: then the queue is lost, as it is in life."""

    title: ClassVar[str] = "Redis"

    def __init__(self, folder: Path, *, password: str | None = None) -> None:
        super().__init__(folder)
        self.password = secrets.token_urlsafe(18) if password is None else password

    @classmethod
    def version(cls) -> str:
        name = program()
        words = subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout
        return words.partition("v=")[2].split()[0] + f" ({Path(name).name})"

    @property
    def url(self) -> str:
        """Its address, with the password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def flush(self) -> None:
        """Forget everything that it holds."""
        with self._client() as client:
            client.flushall()

    def _client(self):
        import redis

        return redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)

    def _prepare(self) -> None:
        # in a file, not on the command line, where every user of the machine sees it
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"dir {self.folder}",
            f"requirepass {self.password}",
            "appendonly no",
            "save 3600 1",
        )
        config = self.folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def _command(self) -> list[str | Path]:
        return [program(), self.folder / "redis.conf"]

    def _answers(self) -> bool:
        import redis

        try:
            with self._client() as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False


def program() -> str:
    """The server's program. Raises `Missing`."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    raise Missing("no Redis or Valkey server is installed here (make servers, or apt-get install redis-server)")
