"""Connections: how each database is opened, how a transaction begins, and what its errors mean to the rest of the program.

On both databases one writer works at a time: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by one advisory lock taken as the transaction
begins. So change numbers become visible in their order, names and leases cannot race, and no two writers can block each other for
good. A reader sees one moment of the database throughout and waits for nobody.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url

from catalog.errors import Busy, Conflict, Damaged, GongkaiError, InvalidInput, Misconfigured

WAIT_SECONDS = 30
"""Longest wait for another writer to finish; a batch of 500 records takes a tenth of a second."""
_WAL_RETRY_SECONDS = 0.01
WRITER_LOCK = 0x676F6E676B6169
"""The advisory lock of writers on PostgreSQL: the letters `gongkai` in ASCII. Such locks are the database's own, not the server's."""

_SQLITE_PRAGMAS = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
)
"""Set on each new connection, after `_use_wal`. The cache (16 MB) holds the inner pages of a million records' indexes; a checkpoint each 16 MB of log
writes a page that many batches changed once; the log file is cut back to 64 MB after a long reader let it grow."""


def parse_url(url: str) -> URL:
    """The URL with its driver named. Raises `Misconfigured` for a database that this program does not speak to."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise Misconfigured(
            "the database URL cannot be read; write sqlite:///path/to/file or postgresql://user@host/name"
        ) from error
    match parsed.drivername:
        case "sqlite" | "sqlite+pysqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise Misconfigured("the database URL names no file; write sqlite:///path/to/file")
            return parsed
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise Misconfigured(f"the database URL begins with {other}; sqlite:/// and postgresql:// are what there is")


def make_engine(url: URL, *, wait: float = WAIT_SECONDS) -> Engine:
    """An engine that has not connected yet; its writers wait for each other for `wait` seconds at most.

    Raises `Misconfigured` when the driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        try:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(
                f"the folder of the database cannot be made: {error}; check the database URL"
            ) from error
        engine = create_engine(url, pool_size=8, max_overflow=32, connect_args={"timeout": wait})
        event.listen(engine, "connect", partial(_prepare_sqlite, wait=wait))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c lock_timeout={int(wait * 1000)}"
    try:
        engine = create_engine(url, pool_size=8, max_overflow=32, pool_pre_ping=True, connect_args={"options": options})
    except ModuleNotFoundError as error:
        raise Misconfigured("PostgreSQL needs its driver: pip install 'gongkai[postgresql]'") from error
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def reader_options(engine: Engine) -> dict[str, Any]:
    """What a reading connection is opened with, so that it sees one moment of the database."""
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


WRITER_OPTIONS = {"gongkai_writer": True}
"""What a writing connection is opened with."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise the program's own error for a database error that has a meaning to the user; others pass as they are."""
    try:
        yield
    except exc.DBAPIError as error:
        told = _meaning(error)
        if told is None:
            raise
        raise told from error
    except exc.TimeoutError as error:  # the pool's, not the system's
        raise Busy(
            "all database connections of this process are in use; lower the number of threads or try again"
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object, *, wait: float) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: `_begin_sqlite` does
    _use_wal(connection, wait)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _use_wal(connection: sqlite3.Connection, wait: float) -> None:
    """Turn a new database's journal into a write-ahead log. SQLite does not wait by itself for others that do so at the same moment."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_WAL_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("gongkai_writer")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    from psycopg.types.string import StrDumper

    class WithoutNul(StrDumper):  # type: ignore[misc]  # the driver is optional, so it is not read for types
        """PostgreSQL's text cannot hold U+0000, which damaged documents do; U+FFFD says that something was lost."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    connection.adapters.register_dumper(str, WithoutNul)


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("gongkai_writer"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


_UPGRADE = "the database has no tables yet, or those of an older version; run `gongkai db upgrade`"
_REFERS = "a row names a record, organisation, text, file, source or job that the store does not hold"
_TAKEN = "something of that id, name or key is stored already; read it again and update it"
_OTHER_WRITER = "another writer did not come to its end in time; try again"

_SQLITE_MEANINGS: tuple[tuple[str, type[GongkaiError], str], ...] = (
    ("database is locked", Busy, _OTHER_WRITER),
    ("no such table", Misconfigured, _UPGRADE),
    ("no such column", Misconfigured, _UPGRADE),
    ("UNIQUE constraint failed", Conflict, _TAKEN),
    ("FOREIGN KEY constraint failed", InvalidInput, _REFERS),
    ("NOT NULL constraint failed", InvalidInput, "a row lacks a value that it must have"),
    ("disk is full", Busy, "the disk of the database is full; make room and try again"),
    ("malformed", Damaged, "the database file is damaged; restore it from a backup"),
    (
        "not a database",
        Damaged,
        "the database file is not an SQLite database; check the database URL, or restore it from a backup",
    ),
    (
        "unable to open",
        Misconfigured,
        "the database file cannot be opened; check the database URL and the folder's permissions",
    ),
    ("readonly database", Misconfigured, "the database file may not be written by this user; check its permissions"),
)
_POSTGRESQL_MEANINGS: tuple[tuple[str, type[GongkaiError], str], ...] = (
    ("55P03", Busy, _OTHER_WRITER),
    ("40", Busy, "two transactions met at the same rows; try again"),
    ("42P01", Misconfigured, _UPGRADE),
    ("42703", Misconfigured, _UPGRADE),
    ("23505", Conflict, _TAKEN),
    ("23503", InvalidInput, _REFERS),
    ("23502", InvalidInput, "a row lacks a value that it must have"),
    ("22", InvalidInput, "a value does not fit its column"),
    ("28", Misconfigured, "the database refuses the user or the password of the database URL"),
    ("3D", Misconfigured, "the database that the database URL names does not exist; create it"),
    ("53", Busy, "the database server has run out of connections, memory or disk; try again"),
    ("57", Busy, "the database server is stopping or starting; try again"),
    ("08", Busy, "the database server does not answer; try again"),
)


def _meaning(error: exc.DBAPIError) -> GongkaiError | None:
    """The program's error for a database error: by SQLSTATE (or its class) on PostgreSQL, by SQLite's fixed words there."""
    detail = str(error.orig).strip().split("\n", 1)[0]
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        found = next(((kind, text) for prefix, kind, text in _POSTGRESQL_MEANINGS if state.startswith(prefix)), None)
    elif error.connection_invalidated or "connection" in detail:
        found = (Busy, "the database server does not answer; try again")
    else:
        found = next(((kind, text) for words, kind, text in _SQLITE_MEANINGS if words in detail), None)
    return found and found[0](f"{found[1]} ({detail})")
