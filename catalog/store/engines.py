"""Connections: which database there is, how an SQLite one is opened, and how a transaction begins (PostgreSQL: `postgresql.py`).

On both databases one writer works at a time: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by one advisory lock taken as the transaction
begins. So change numbers become visible in their order, names and leases cannot race, and no two writers can block each other for
good. A reader sees one moment of the database throughout and waits for nobody.
"""

from __future__ import annotations

import errno
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url

from catalog.errors import Misconfigured, NoRoom
from catalog.store import postgresql
from catalog.store.patience import Patience

WAIT_SECONDS = 30
"""Longest wait for another writer to finish; a batch of 500 records takes a tenth of a second."""
_WAL_RETRY_SECONDS = 0.01
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

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


def make_engine(url: URL, *, wait: float, patience: Patience) -> Engine:
    """An engine that has not connected yet; its writers wait for each other for `wait` seconds at most.

    Raises `Misconfigured` when the driver is not installed, or the folder of an SQLite file cannot be made; `NoRoom` on a full disk.
    """
    if url.get_backend_name() == "sqlite":
        try:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if error.errno in FULL:
                raise NoRoom(f"the disk of the database is full: {error}; make room on it") from error
            raise Misconfigured(
                f"the folder of the database cannot be made: {error}; check GONGKAI_DATABASE_URL, or GONGKAI_DATA_DIR"
            ) from error
        engine = create_engine(
            url, pool_size=8, max_overflow=32, pool_timeout=patience.pool, connect_args={"timeout": wait}
        )
        event.listen(engine, "connect", partial(_prepare_sqlite, wait=wait))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return postgresql.make_engine(url, wait=wait, patience=patience)


def reader_options(engine: Engine) -> dict[str, Any]:
    """What a reading connection is opened with, so that it sees one moment of the database."""
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


WRITER_OPTIONS = {"gongkai_writer": True}
"""What a writing connection is opened with."""


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


def take_care(connection: Connection, seconds: float | None) -> None:
    """Let no statement on the connection wait for a server for longer than `seconds`. An SQLite file has none to wait for."""
    if connection.dialect.name == "postgresql":
        postgresql.limit(connection, seconds)
