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

from catalog.store import upgrade
from catalog.store.base import timestamp
from catalog.store.engines import WAIT_SECONDS, WRITER_OPTIONS, make_engine, parse_url, reader_options, translated
from catalog.store.reader import Reader
from catalog.store.rows import Lease
from catalog.store.work import UnitOfWork


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


class Store:
    """The catalogue's records and all that belongs to them, in SQLite or PostgreSQL. Safe to share between threads."""

    def __init__(self, url: URL, *, now: Callable[[], datetime], wait: float) -> None:
        self._url = url
        self._now = now
        self._wait = wait
        self._engines: dict[int, Engine] = {}
        self._thread = threading.local()
        _close_before_fork(self)

    @classmethod
    def open(cls, url: str, *, now: Callable[[], datetime] = _system_time, wait: float = WAIT_SECONDS) -> Store:
        """A store by URL: `sqlite:///path/to/file` or `postgresql://user@host/name`. It connects when it is first used.

        `now` is the clock; `wait` is how many seconds a writer waits for others. Raises `Misconfigured` for a URL that it cannot use.
        """
        return cls(parse_url(url), now=now, wait=wait)

    def upgrade(self) -> bool:
        """Bring the tables up to date, making them where there are none; whether there was anything to do.

        Raises `Misconfigured` when the database was made by a newer version of this program. Safe to call from several processes.
        """
        with translated(), self._engine().connect() as connection:
            if upgrade.is_current(connection):
                return False
        with translated(), self._transaction() as connection:
            upgrade.run(connection)
        return True

    def revision_of_tables(self) -> str | None:
        """The migration that the database stands at; `None` before the first."""
        with translated(), self._engine().connect() as connection:
            return upgrade.revision(connection)

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
        """A reader that sees one moment of the store. Raises `Busy`, `Damaged` or `Misconfigured` when the database cannot answer."""
        engine = self._engine()
        with translated(), engine.connect() as connection:
            yield Reader(connection.execution_options(**reader_options(engine)))

    @contextmanager
    def write(
        self, *, actor: str, reason: str, job_id: str | None = None, lease: Lease | None = None
    ) -> Iterator[UnitOfWork]:
        """A unit of work: all of it is stored at the end of the block, or nothing of it after an exception.

        `actor` and `reason` go into the revisions, `job_id` too. Under a `lease` the unit is refused with `Conflict` at its end when
        another process has taken the lease since. Raises `Busy` when other writers do not come to an end in time.
        """
        if getattr(self._thread, "writes", False):
            raise RuntimeError(
                "this thread has a unit of work open already, and would wait for itself; pass that one on"
            )
        self._thread.writes = True
        try:
            with translated(), self._transaction() as connection:
                unit = UnitOfWork(connection, now=timestamp(self._now()), actor=actor, reason=reason, job_id=job_id)
                yield unit
                unit.finish(lease)
        finally:
            self._thread.writes = False

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine().connect() as connection, connection.execution_options(**WRITER_OPTIONS).begin():
            yield connection

    def _engine(self) -> Engine:
        """The engine of this process. A parent's stays where it is, unused: its locks may be held by threads that are not here."""
        process = os.getpid()
        engine = self._engines.get(process)
        if engine is None:
            # two threads may both make one here; neither has connected yet, and both use the one that was kept
            engine = self._engines.setdefault(process, make_engine(self._url, wait=self._wait))
        return engine
