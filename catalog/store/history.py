"""What was: revisions of a record, its state at any time, and the change log that everything else follows.

The newest revision's state is the record's own row; it is copied into the revision when a later one takes its place. So a load writes
each record once, and every state is kept once.
"""

from __future__ import annotations

from datetime import datetime

import orjson
from sqlalchemy import bindparam, func, select

from catalog.errors import InvalidInput
from catalog.model.record import Record
from catalog.store.base import Bound, Fields, timestamp
from catalog.store.codec import RECORD_COLUMNS, record_of
from catalog.store.rows import Change, Revision
from catalog.store.tables import STATE, changes, records, revisions

_HEAD = (
    revisions.c.record_id, revisions.c.version, revisions.c.kind, revisions.c.at, revisions.c.actor, revisions.c.reason,
    revisions.c.job_id, revisions.c.changed,
)  # fmt: skip
_KEPT = (revisions.c.record_id, revisions.c.version, records.c.created_at, *(revisions.c[name] for name in STATE))

_ALL = select(*_HEAD).where(revisions.c.record_id == bindparam("id")).order_by(revisions.c.version.desc())
_ONE = select(*_HEAD).where(revisions.c.record_id == bindparam("id"), revisions.c.version == bindparam("version"))
_CURRENT = select(*RECORD_COLUMNS).where(records.c.id == bindparam("id"), records.c.version == bindparam("version"))
_FORMER = (
    select(*_KEPT)
    .join(records, records.c.id == revisions.c.record_id)
    .where(revisions.c.record_id == bindparam("id"), revisions.c.version == bindparam("version"))
)
_VERSION_AT = select(func.max(revisions.c.version)).where(
    revisions.c.record_id == bindparam("id"), revisions.c.at <= bindparam("when")
)
_LOG = (
    select(changes.c.seq, changes.c.record_id, changes.c.version, changes.c.kind, changes.c.at)
    .where(changes.c.seq > bindparam("after"))
    .order_by(changes.c.seq)
    .limit(bindparam("limit"))
)
_LAST = select(func.coalesce(func.max(changes.c.seq), 0))


class HistoryReads(Bound):
    """Revisions, earlier states, and the change log."""

    def revisions(self, record_id: str) -> list[Revision]:
        """The revisions of a record, the newest first, without the states that they made."""
        return [_revision(row) for row in self._rows(_ALL, id=record_id)]

    def revision(self, record_id: str, version: int) -> Revision | None:
        """One revision with the state that it made."""
        row = self._row(_ONE, id=record_id, version=version)
        return None if row is None else _revision(row, self._state(record_id, version))

    def record_at(self, record_id: str, when: str) -> Record | None:
        """The record as it was at a time (ISO 8601; without an offset: UTC); `None` when it was not here yet.

        Raises `InvalidInput` when `when` cannot be read.
        """
        row = self._row(_VERSION_AT, id=record_id, when=_moment(when))
        return None if row is None or row[0] is None else self._state(record_id, row[0])

    def changes(self, after_seq: int, limit: int = 1000) -> list[Change]:
        """The rows of the change log after a number, in order. Numbers may have gaps, and are never given twice."""
        return [Change(*row) for row in self._rows(_LOG, after=after_seq, limit=limit)]

    def last_seq(self) -> int:
        """The number of the newest row of the change log; 0 when there is none."""
        row = self._row(_LAST)
        return 0 if row is None else int(row[0])

    def _state(self, record_id: str, version: int) -> Record:
        row = self._row(_CURRENT, id=record_id, version=version) or self._row(_FORMER, id=record_id, version=version)
        if row is None:
            raise LookupError(f"record {record_id} has no state for its revision {version}")
        return record_of(row)


def _revision(row: Fields, record: Record | None = None) -> Revision:
    return Revision(*[*row[:7], tuple(orjson.loads(row[7])), record])


def _moment(when: str) -> str:
    try:
        moment = datetime.fromisoformat(when)
    except ValueError as error:
        raise InvalidInput(f"{when!r} is not a time; write it as 2026-03-01T08:00:00+08:00") from error
    return timestamp(moment if moment.tzinfo else datetime.fromisoformat(f"{moment.isoformat()}+00:00"))
