"""Where a queue can be: a file of SQLite, or a Redis or Valkey server. Each says what its storage needs, and what its errors mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# its driver too, for its errors: no SQL is spoken here
from huey.storage import RedisStorage, SqliteStorage, sqlite3

from catalog.errors import Misconfigured, NoRoom, QueueUnavailable

FILE = "queue.sqlite"
LOCK_SECONDS = 3.0
"""How long a statement waits for others that use the file."""
CONNECT_SECONDS = 2.0
"""Longest wait for a Redis to take a connection."""
ANSWER_SECONDS = 3.0
"""Longest wait for its answer; more than `LISTEN_SECONDS`, for which it holds an answer back on purpose."""
LISTEN_SECONDS = 1
"""How long a worker waits at the queue before it looks whether it is to stop."""
SCHEMES = {"redis": "redis", "rediss": "rediss", "unix": "unix", "valkey": "redis", "valkeys": "rediss"}
"""Schemes of URLs, and what the client calls them: Valkey speaks Redis' protocol."""

SETTING = "setting GONGKAI_QUEUE_URL"
CURE = (
    f"write redis://:password@host:6379/0, or one of {', '.join(f'{name}://' for name in SCHEMES)}; "
    "leave it empty for SQLite in the data folder"
)


@dataclass(frozen=True, slots=True)
class Backend:
    """A kind of storage: huey's class and its options, what to call it in messages, how to ask it for a sign of life."""

    storage: type
    options: Mapping[str, Any]
    place: str
    answering: Callable[[], AbstractContextManager[None]]
    ping: Callable[[float], None]
    close: Callable[[Any], None] = field(default=lambda storage: storage.close())


def sqlite_backend(data_dir: Path) -> Backend:
    """A file in the data folder."""
    path = data_dir / FILE
    data_dir.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def answering() -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise NoRoom(f"the queue {path} cannot grow ({error}); make room on its disk") from error
            raise QueueUnavailable(
                f"the queue {path} does not answer ({error}); should the file be damaged, stop the workers and delete it: "
                "it holds nothing that the database does not hold"
            ) from error

    def ping(seconds: float) -> None:
        if not path.exists():
            raise QueueUnavailable(f"the queue {path} is gone; a worker that starts makes it anew, and nothing is lost")
        storage = SqliteStorage(filename=str(path), timeout=seconds, create_tables=False)
        try:
            storage.queue_size()
        finally:
            storage.close()

    options = {"filename": str(path), "timeout": LOCK_SECONDS, "strict_fifo": True}
    return Backend(SqliteStorage, options, str(path), answering, ping)


def redis_backend(url: str) -> Backend:
    """A Redis or Valkey server. Raises `Misconfigured` when the URL is none, or its client is not installed."""
    scheme, place = _place(url)
    try:
        import redis
    except ImportError as error:
        raise Misconfigured(
            f"{SETTING} names a Redis, but its client is not installed: pip install 'gongkai[redis]'"
        ) from error
    address = SCHEMES[scheme] + url[len(scheme) :]

    def pool(connect: float, answer: float) -> Any:
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # a connection that a restarted server has closed is opened anew, once; a server that is silent is not asked twice
        retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        return redis.ConnectionPool.from_url(
            address, socket_connect_timeout=connect, socket_timeout=answer, socket_keepalive=True, retry=retry
        )

    @contextmanager
    def answering() -> Iterator[None]:
        try:
            yield
        except redis.RedisError as error:
            raise QueueUnavailable(
                f"the queue {place} does not answer ({error}); see that the server runs, and that GONGKAI_QUEUE_URL is right"
            ) from error

    def ping(seconds: float) -> None:
        connections = pool(seconds / 2, seconds / 2)
        try:
            redis.Redis(connection_pool=connections).ping()
        finally:
            connections.disconnect()

    try:
        connections = pool(CONNECT_SECONDS, ANSWER_SECONDS)
    except ValueError as error:
        raise Misconfigured(f"{SETTING}: {error}") from error
    options = {"connection_pool": connections, "read_timeout": LISTEN_SECONDS}
    return Backend(RedisStorage, options, place, answering, ping, close=lambda storage: storage.pool.disconnect())


def _place(url: str) -> tuple[str, str]:
    """The scheme of a URL, and the URL without what is secret in it."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise Misconfigured(f"{SETTING} is not a URL ({error}); {CURE}") from error
    if parts.scheme not in SCHEMES:
        raise Misconfigured(f"{SETTING}: {parts.scheme or 'a text without a scheme'} is not a queue; {CURE}")
    return parts.scheme, f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
