"""Reading records: by id, name, keys, or all in turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import bindparam, func, select

from catalog.model.record import Record, State
from catalog.store.base import Bound
from catalog.store.codec import RECORD_COLUMNS, record_of, stored_key
from catalog.store.rows import Counts
from catalog.store.sql import among
from catalog.store.tables import record_keys, records, redirects

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

_BY_ID = select(*RECORD_COLUMNS).where(records.c.id == bindparam("key"))
_BY_NAME = select(*RECORD_COLUMNS).where(records.c.name == bindparam("key"))
_BY_OLD_NAME = (
    select(*RECORD_COLUMNS)
    .join(redirects, redirects.c.record_id == records.c.id)
    .where(redirects.c.name == bindparam("key"))
)
_BY_IDS = select(*RECORD_COLUMNS).where(among(records.c.id, "ids"))
_AFTER = (
    select(*RECORD_COLUMNS)
    .where(records.c.id > bindparam("after"), among(records.c.state, "states"))
    .order_by(records.c.id)
    .limit(bindparam("batch"))
)
_BY_KEY = (
    select(record_keys.c.record_id)
    .where(record_keys.c.kind == bindparam("kind"), record_keys.c.key == bindparam("key"))
    .order_by(record_keys.c.record_id)
)
_COUNTS = select(records.c.state, records.c.type, func.count()).group_by(records.c.state, records.c.type)


class RecordReads(Bound):
    """Records by id, name, document number or title, and all in turn."""

    def record(self, id_or_name: str) -> Record | None:
        """One record by its id, its name, or a name that it had before."""
        statements = (_BY_ID, _BY_NAME) if _UUID.fullmatch(id_or_name) else (_BY_NAME, _BY_OLD_NAME, _BY_ID)
        for statement in statements:
            row = self._row(statement, key=id_or_name)
            if row is not None:
                return record_of(row)
        return None

    def records(self, ids: Iterable[str]) -> dict[str, Record]:
        """Records by id; an unknown id is left out."""
        return {row[0]: record_of(row) for row in self._many(_BY_IDS, "ids", ids)}

    def iter_records(
        self, *, states: Sequence[State] = ("published",), after_id: str | None = None, batch: int = 500
    ) -> Iterator[Record]:
        """All records of some states in the order of their ids, which is the order in which they were made; `batch` are held at a time."""
        after = after_id or ""
        while rows := self._rows(_AFTER, after=after, states=list(states), batch=batch):
            for row in rows:
                yield record_of(row)
            after = rows[-1][0]

    def find_by_number_key(self, key: str) -> list[str]:
        """The ids of the records that bear a document number (its key), the oldest first."""
        return [row[0] for row in self._rows(_BY_KEY, kind="number", key=stored_key(key))]

    def find_by_title_key(self, key: str) -> list[str]:
        """The ids of the records that bear a title (its key), the oldest first."""
        return [row[0] for row in self._rows(_BY_KEY, kind="title", key=stored_key(key))]

    def counts(self) -> Counts:
        """How many records there are, by state and by type."""
        by_state: Counter[str] = Counter()
        by_type: Counter[str] = Counter()
        for state, kind, number in self._rows(_COUNTS):
            by_state[state] += number
            by_type[kind] += number
        return Counts(by_state.total(), by_state, by_type)
