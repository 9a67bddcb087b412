"""The door to the store: opens readers and units of work, and brings the tables up to date.

A `Store` holds no connection until it is used, and none that another process opened: after a fork the child makes its own.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from catalog.errors import StoreUnavailable
from catalog.store import upgrade
from catalog.store.base import timestamp
from catalog.store.engines import WAIT_SECONDS, WRITER_OPTIONS, make_engine, parse_url, reader_options, take_care
from catalog.store.meanings import translated
from catalog.store.patience import WRITE_SECONDS, Patience, Watch
from catalog.store.reader import Reader
from catalog.store.rows import Lease
from catalog.store.work import UnitOfWork

REQUEST_SECONDS = 10.0
"""The budget of a request where none is told."""


def _system_time() -> datetime:
    return datetime.now(UTC)


def _close_before_fork(store: Store) -> None:
    """Let a store close its connections before each fork, if all are idle: a child should not even inherit what its parent opened."""
    reference = weakref.ref(store)

    def close() -> None:
        held = reference()
        if held is not None and held.is_idle():
            held.close()

    os.register_at_fork(before=close)


class _Look(threading.Thread):
    """One look at whether the database answers, which may take longer than whoever wants to know can wait. `trouble` is what was wrong."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="gongkai-store-look", daemon=True)
        self._store = store
        self.trouble: Exception | None = None

    def run(self) -> None:
        """Ask for the one thing that every database has."""
        try:
            self._store.revision_of_tables()
        except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked gets it
            self.trouble = error


class Store:
    """The catalogue's records and all that belongs to them, in SQLite or PostgreSQL. Safe to share between threads."""

    def __init__(self, url: URL, *, now: Callable[[], datetime], wait: float, patience: Patience) -> None:
        self._url = url
        self._now = now
        self._wait = wait
        self._patience = patience
        self._engines: dict[int, Engine] = {}
        self._watches: dict[int, Watch] = {}
        self._looking: dict[int, _Look] = {}
        self._thread = threading.local()
        _close_before_fork(self)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        now: Callable[[], datetime] = _system_time,
        wait: float = WAIT_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
    ) -> Store:
        """A store by URL: `sqlite:///path/to/file` or `postgresql://user@host/name`. It connects when it is first used.

        `now` is the clock; `wait` is how many seconds a writer waits for others, `request_seconds` how many a reader waits at most for a
        connection, and then for each answer of a server. Raises `Misconfigured` for a URL that it cannot use.
        """
        return cls(parse_url(url), now=now, wait=wait, patience=Patience(request_seconds))

    def upgrade(self) -> bool:
        """Bring the tables up to date, making them where there are none; whether there was anything to do.

        Raises `Misconfigured` when the database was made by a newer version of this program. Safe to call from several processes.
        """
        with self._connected(None) as connection:
            if upgrade.is_current(connection):
                return False
        with self._transaction(None) as connection:
            upgrade.run(connection)
        return True

    def revision_of_tables(self) -> str | None:
        """The migration that the database stands at; `None` before the first."""
        with self._connected(self._patience.request) as connection:
            return upgrade.revision(connection)

    def ping(self, seconds: float) -> None:
        """See whether the database answers. Raises `StoreUnavailable` when it does not within so many seconds, however it fails to."""
        process = os.getpid()
        thread = self._looking.get(process)
        if thread is None or not thread.is_alive():  # else one is still waiting, and one is enough
            thread = self._looking[process] = _Look(self)
            thread.start()
        thread.join(seconds)
        if thread.is_alive():
            raise StoreUnavailable(
                f"the database (GONGKAI_DATABASE_URL) did not answer within {seconds:g} s; look at the server and the network"
            )
        if thread.trouble is not None:
            raise thread.trouble

    def is_idle(self) -> bool:
        """Whether no reader or unit of work of this process is open."""
        engine = self._engines.get(os.getpid())
        return engine is None or not isinstance(engine.pool, QueuePool) or engine.pool.checkedout() == 0

    def close(self) -> None:
        """Close this process's connections. The store opens new ones if it is used again."""
        engine = self._engines.pop(os.getpid(), None)
        if engine is not None:
            engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A reader that sees one moment of the store. Raises `StoreUnavailable`, `Damaged` or `Misconfigured` when the database cannot answer."""
        with self._connected(self._patience.request) as connection:
            options = reader_options(connection.engine)
            yield Reader(connection.execution_options(**options), now=timestamp(self._now()))

    @contextmanager
    def write(
        self, *, actor: str, reason: str, job_id: str | None = None, lease: Lease | None = None
    ) -> Iterator[UnitOfWork]:
        """A unit of work: all of it is stored at the end of the block, or nothing of it after an exception.

        `actor` and `reason` go into the revisions, `job_id` too. Under a `lease` the unit is refused with `Conflict` at its end when
        another process has taken the lease since. Raises `Busy` when other writers do not come to an end in time, `NoRoom` on a full disk,
        and `StoreUnavailable` when the database goes away: if it did so at the very end, the unit may be stored all the same.
        """
        if getattr(self._thread, "writes", False):
            raise RuntimeError(
                "this thread has a unit of work open already, and would wait for itself; pass that one on"
            )
        self._thread.writes = True
        try:
            with self._transaction(WRITE_SECONDS) as connection:
                unit = UnitOfWork(connection, now=timestamp(self._now()), actor=actor, reason=reason, job_id=job_id)
                yield unit
                unit.finish(lease)
        finally:
            self._thread.writes = False

    @contextmanager
    def _transaction(self, seconds: float | None) -> Iterator[Connection]:
        with self._connected(seconds) as connection, connection.execution_options(**WRITER_OPTIONS).begin():
            yield connection

    @contextmanager
    def _connected(self, seconds: float | None) -> Iterator[Connection]:
        """A connection on which no statement waits for longer than `seconds`; what the database says is raised in the program's words."""
        watch = self._watches.setdefault(os.getpid(), Watch())
        with translated(watch):
            with watch.asking():
                opened = self._engine().connect()
            with opened as connection:
                take_care(connection, seconds)
                yield connection

    def _engine(self) -> Engine:
        """The engine of this process. A parent's stays where it is, unused: its locks may be held by threads that are not here."""
        process = os.getpid()
        engine = self._engines.get(process)
        if engine is None:
            # two threads may both make one here; neither has connected yet, and both use the one that was kept
            engine = self._engines.setdefault(process, make_engine(self._url, wait=self._wait, patience=self._patience))
        return engine
