"""The ground that readers and units of work stand on: one connection, within one transaction. Not for use outside this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable

Fields: TypeAlias = Sequence[Any]
"""One row of an answer, by position."""


class Bound:
    """What asks over one connection. Statements are made once, at import; only their parameters change.

    `now` is the one time of everything within one transaction, as `timestamp` writes it.
    """

    def __init__(self, connection: Connection, *, now: str) -> None:
        self.now = now
        self._connection = connection
        self._dialect = connection.dialect.name

    def _rows(self, statement: Executable, **params: Any) -> Sequence[Fields]:
        return self._connection.execute(statement, params).all()

    def _many(self, statement: Executable, name: str, values: Iterable[str], **params: Any) -> Sequence[Fields]:
        """The rows for a list of values that the statement knows by `name` (see `sql.among`); nothing is asked for an empty one."""
        asked = list(values)
        return self._rows(statement, **{name: asked}, **params) if asked else ()

    def _row(self, statement: Executable, **params: Any) -> Fields | None:
        return self._connection.execute(statement, params).first()


class Writing(Bound):
    """What also writes. Actor, reason and job go into revisions."""

    def __init__(self, connection: Connection, *, now: str, actor: str, reason: str, job_id: str | None) -> None:
        super().__init__(connection, now=now)
        self.actor = actor
        self.reason = reason
        self.job_id = job_id

    def _put(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows)


def timestamp(moment: datetime) -> str:
    """A moment as it is stored: UTC, always with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
