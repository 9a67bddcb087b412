"""What the errors of the databases mean to the rest of the program: by SQLSTATE on PostgreSQL, by fixed words and codes on SQLite.

`Busy` is only for waiting in vain for another writer. A server that is away, stopping, starting or overloaded is `StoreUnavailable`, a full
disk `NoRoom`: for each of them somebody else has to do something, and the message says who and what.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from sqlalchemy import exc

from catalog.errors import (
    Busy,
    Conflict,
    Damaged,
    GongkaiError,
    InvalidInput,
    Misconfigured,
    NoRoom,
    StoreUnavailable,
)
from catalog.store.patience import Watch
from catalog.store.postgresql import NO_ANSWER

_Meaning: TypeAlias = tuple[str, type[GongkaiError], str]

_UPGRADE = "the database has no tables yet, or those of an older version; run `gongkai db upgrade`"
_REFERS = "a row names a record, organisation, text, file, source or job that the store does not hold"
_TAKEN = "something of that id, name or key is stored already; read it again and update it"
_OTHER_WRITER = "another writer did not come to its end in time; try again"
_LACKS = "a row lacks a value that it must have"
_FULL = "the disk of the database is full, nothing was written; make room on it and try again"
_AWAY = "the database (GONGKAI_DATABASE_URL) does not answer; start it, or check host, port and network"
_STARTS = "the database server is stopping or starting; try again when it is up"
_USER = "the database refuses the user or password of GONGKAI_DATABASE_URL, or that it connects from here; correct it, or pg_hba.conf"
_NO_DATABASE = "the database that GONGKAI_DATABASE_URL names does not exist; create it"
_TLS = "no secure connection to the database can be made; check sslmode and sslrootcert in GONGKAI_DATABASE_URL"
_CROWDED = "the database server has no connection left; raise its max_connections, or lower GONGKAI_WORKERS and GONGKAI_THREADS"
_ALL_IN_USE = "all database connections of this process are in use; lower GONGKAI_THREADS, or try again"

_SQLITE: tuple[_Meaning, ...] = (
    ("database is locked", Busy, _OTHER_WRITER),
    ("no such table", Misconfigured, _UPGRADE),
    ("no such column", Misconfigured, _UPGRADE),
    ("UNIQUE constraint failed", Conflict, _TAKEN),
    ("FOREIGN KEY constraint failed", InvalidInput, _REFERS),
    ("NOT NULL constraint failed", InvalidInput, _LACKS),
    ("disk is full", NoRoom, _FULL),
    ("malformed", Damaged, "the database file is damaged; restore it from a backup"),
    (
        "not a database",
        Damaged,
        "the database file is not an SQLite database; check GONGKAI_DATABASE_URL, or restore the file from a backup",
    ),
    (
        "unable to open",
        Misconfigured,
        "the database file cannot be opened; check GONGKAI_DATABASE_URL and the folder's permissions",
    ),
    ("readonly database", Misconfigured, "the database file may not be written by this user; check its permissions"),
    ("disk I/O error", StoreUnavailable, "the disk of the database reports errors; look at it and at the system's log"),
)
_SQLITE_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})
"""The second is a full disk at the moment at which the first page of shared memory is made."""

_POSTGRESQL: tuple[_Meaning, ...] = (
    ("55P03", Busy, _OTHER_WRITER),
    ("40", Busy, "two transactions met at the same rows; try again"),
    ("42P01", Misconfigured, _UPGRADE),
    ("42703", Misconfigured, _UPGRADE),
    ("23505", Conflict, _TAKEN),
    ("23503", InvalidInput, _REFERS),
    ("23502", InvalidInput, _LACKS),
    ("22", InvalidInput, "a value does not fit its column"),
    (
        "25006",
        StoreUnavailable,
        "the database may only be read now; point GONGKAI_DATABASE_URL at the server that takes writes",
    ),
    ("28", Misconfigured, _USER),
    ("3D", Misconfigured, _NO_DATABASE),
    ("53100", NoRoom, _FULL),
    ("53300", StoreUnavailable, _CROWDED),
    ("53", StoreUnavailable, "the database server has run out of memory or another resource; look at its log"),
    (
        "57014",
        StoreUnavailable,
        "the database did not come to an answer within the time of a request; look at what it is busy with",
    ),
    ("57", StoreUnavailable, _STARTS),
    ("58", StoreUnavailable, "the database server has trouble with its disk; look at its log"),
    ("XX001", Damaged, "the database server finds its files damaged; look at its log, and restore it from a backup"),
    ("XX002", Damaged, "the database server finds an index damaged; look at its log, and rebuild the index (REINDEX)"),
    ("08", StoreUnavailable, _AWAY),
)
_POSTGRESQL_CONNECTING: tuple[_Meaning, ...] = (
    ("password authentication failed", Misconfigured, _USER),
    ("no password supplied", Misconfigured, _USER),
    ("no pg_hba.conf entry", Misconfigured, _USER),
    ('role "', Misconfigured, _USER),
    ('database "', Misconfigured, _NO_DATABASE),
    ("certificate", Misconfigured, _TLS),
    ("does not support SSL", Misconfigured, _TLS),
    ("too many c", StoreUnavailable, _CROWDED),
    ("connection slots are reserved", StoreUnavailable, _CROWDED),
    ("database system is", StoreUnavailable, _STARTS),
)
"""While a connection is made the driver tells no SQLSTATE, only the server's words (in its `lc_messages`; in another language than English
the general message stands, with those words behind it)."""


@contextmanager
def translated(watch: Watch) -> Iterator[None]:
    """Raise the program's own error for a database error that has a meaning to the user; others pass as they are."""
    try:
        yield
    except exc.DBAPIError as error:
        if _is_silence(error):
            watch.fell_silent()
        told = _meaning(error)
        if told is None:
            raise
        raise told from error
    except exc.TimeoutError as error:  # the pool's, not the system's
        raise StoreUnavailable(_ALL_IN_USE) from error


def _is_silence(error: exc.DBAPIError) -> bool:
    """Whether nobody answered at all, as against a refusal."""
    return NO_ANSWER in str(error.orig) or type(error.orig).__name__ == "ConnectionTimeout"


def _meaning(error: exc.DBAPIError) -> GongkaiError | None:
    found = _of_sqlite(error.orig) if isinstance(error.orig, sqlite3.Error) else _of_postgresql(error)
    if found is None:
        return None
    _, kind, text = found
    return kind(f"{text} ({_detail(error)})")


def _of_sqlite(error: sqlite3.Error) -> _Meaning | None:
    if getattr(error, "sqlite_errorname", "") in _SQLITE_FULL:
        return "", NoRoom, _FULL
    return next((row for row in _SQLITE if row[0] in str(error)), None)


def _of_postgresql(error: exc.DBAPIError) -> _Meaning | None:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return next((row for row in _POSTGRESQL if state.startswith(row[0])), None)
    if not isinstance(error, exc.OperationalError | exc.InterfaceError):
        return None
    return next((row for row in _POSTGRESQL_CONNECTING if row[0] in str(error.orig)), ("", StoreUnavailable, _AWAY))


def _detail(error: exc.DBAPIError) -> str:
    return str(error.orig).strip().split("\n", 1)[0]
