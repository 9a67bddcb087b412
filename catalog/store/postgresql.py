"""Connections to PostgreSQL: how they are made, how long each wait on them may last, and how a transaction begins.

Parameters of the URL (`sslmode`, `sslrootcert`, `connect_timeout`, `keepalives_idle` …) are libpq's own and win over what is set here.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import Dialect

from catalog.errors import Misconfigured
from catalog.store.patience import Patience

WRITER_LOCK = 0x676F6E676B6169
"""The advisory lock of writers: the letters `gongkai` in ASCII. Such locks are the database's own, not the server's."""

NETWORK = {
    "application_name": "gongkai",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""How a machine that is gone is noticed where nothing else waits with a clock: a minute after its last packet when nothing was sent, half a
minute after something was (milliseconds, as libpq has it)."""

NO_ANSWER = "no answer within"
"""The words by which `meanings` knows an end of patience."""


def make_engine(url: URL, *, wait: float, patience: Patience) -> Engine:
    """An engine that has not connected yet. Kept connections are looked at before they are used, so a restart of the server is not felt.

    Raises `Misconfigured` when the driver is not installed.
    """
    try:
        engine = create_engine(
            url,
            pool_size=8,
            max_overflow=32,
            pool_timeout=patience.pool,
            pool_pre_ping=True,
            connect_args=_arguments(url, wait, patience),
        )
    except ModuleNotFoundError as error:
        raise Misconfigured("PostgreSQL needs its driver: pip install 'gongkai[postgresql]'") from error

    def connect(_dialect: Dialect, _record: Any, args: Any, parameters: Any) -> Any:
        made = _bounded().connect(*args, **parameters)
        made.seconds = patience.ping
        return made

    def keep(connection: Any, _record: Any) -> None:
        if connection is not None:
            connection.seconds = patience.ping  # what is kept is looked at first when it is used again

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "checkin", keep)
    event.listen(engine, "begin", _begin)
    return engine


def limit(connection: Connection, seconds: float | None) -> None:
    """Let no statement on this connection wait for longer (`None`: as long as the network lets it), until it is given back."""
    driver: Any = connection.connection.driver_connection
    driver.seconds = seconds


def _arguments(url: URL, wait: float, patience: Patience) -> dict[str, Any]:
    """What a connection is made with, besides what the URL says."""
    given = dict(url.query)
    options = (
        str(given.get("options", "")),
        f"-c lock_timeout={int(wait * 1000)}",
        f"-c statement_timeout={int(patience.statement * 1000)}",
    )
    defaults = {**NETWORK, "connect_timeout": str(patience.connect)}
    return {name: value for name, value in defaults.items() if name not in given} | {
        "options": " ".join(options).strip()
    }


@cache
def _bounded() -> Any:
    """The driver's connection, made to give up. The driver is optional, so it is loaded when first needed."""
    import psycopg

    class Bounded(psycopg.Connection):  # type: ignore[misc]  # the driver is optional, so it is not read for types
        """A connection on which no wait lasts longer than `seconds`. One that gave up is closed: an answer that comes later is nobody's."""

        seconds: float | None = None

        def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
            """Drive one exchange with the server to its end."""
            if self.seconds is None:
                return super().wait(gen, *args, **options)
            try:
                return super().wait(_until(gen, self.seconds), *args, **options)
            except GaveUp as error:
                self.close()
                raise psycopg.OperationalError(str(error)) from None

    return Bounded


class GaveUp(Exception):
    """A wait that has lasted long enough."""


def _until(exchange: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """The same exchange, given up when it has waited for so many seconds. The driver looks in some times a second, with nothing ready."""
    end = time.monotonic() + seconds
    try:
        wanted = next(exchange)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > end:
                exchange.close()
                raise GaveUp(f"{NO_ANSWER} {seconds:.0f} s")
            wanted = exchange.send(ready)
    except StopIteration as ended:
        return ended.value


def _prepare(connection: Any, _record: Any) -> None:
    from psycopg.types.string import StrDumper

    class WithoutNul(StrDumper):  # type: ignore[misc]  # as above
        """PostgreSQL's text cannot hold U+0000, which damaged documents do; U+FFFD says that something was lost."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    connection.adapters.register_dumper(str, WithoutNul)


def _begin(connection: Connection) -> None:
    """A writer waits for the others, for as long as `lock_timeout` says; then its statements may take what they need."""
    if connection.get_execution_options().get("gongkai_writer"):
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
