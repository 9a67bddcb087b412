"""The items of a run: what became of each. They make the counters true, a resumed run skip what is done, and a vanished item be noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, select, text

from catalog.model.draft import Problem
from catalog.store.base import Bound, Fields, Writing
from catalog.store.codec import dumps, stored_key
from catalog.store.rows import ObjectRow, ObjectState
from catalog.store.sql import among, upsert
from catalog.store.tables import TROUBLE, objects

_COLUMNS = (
    objects.c.job_id, objects.c.key, objects.c.state, objects.c.record_id, objects.c.external_id, objects.c.url, objects.c.ref,
    objects.c.title, objects.c.sha256_raw, objects.c.media_type, objects.c.problems, objects.c.at,
)  # fmt: skip
_PAGE = (
    select(*_COLUMNS)
    .where(objects.c.job_id == bindparam("job"), objects.c.key > bindparam("after"))
    .order_by(objects.c.key)
    .limit(bindparam("limit"))
)
_PAGE_OF_STATES = _PAGE.where(among(objects.c.state, "states"))
_PAGE_OF_TROUBLE = _PAGE_OF_STATES.where(text(TROUBLE))
_KEYS = select(objects.c.key).where(objects.c.job_id == bindparam("job"), among(objects.c.key, "keys"))
_COUNTS = select(objects.c.state, func.count()).where(objects.c.job_id == bindparam("job")).group_by(objects.c.state)
_PUT = upsert(objects)
_FORGET = delete(objects).where(objects.c.job_id == bindparam("job"), objects.c.state == bindparam("state"))
_TROUBLE = frozenset({"failed", "quarantined"})


class ObjectReads(Bound):
    """Objects of a job."""

    def objects(
        self, job_id: str, *, states: Sequence[ObjectState] | None = None, after: str | None = None, limit: int = 1000
    ) -> list[ObjectRow]:
        """The items of a run in the order of their keys, after a key; all, or those of some states."""
        page: dict[str, Any] = {"job": job_id, "after": after or "", "limit": limit}
        if states is None:
            return [_object(row) for row in self._rows(_PAGE, **page)]
        statement = _PAGE_OF_TROUBLE if _TROUBLE.issuperset(states) else _PAGE_OF_STATES
        return [_object(row) for row in self._rows(statement, states=list(states), **page)]

    def object_keys(self, job_id: str, keys: Iterable[str]) -> set[str]:
        """Those of the keys that the run has dealt with."""
        asked = {stored_key(key): key for key in keys}
        return {asked[row[0]] for row in self._many(_KEYS, "keys", asked, job=job_id)}

    def job_counts(self, job_id: str) -> Counter[ObjectState]:
        """How many items of a run are in each state: counted, not remembered."""
        return Counter({row[0]: row[1] for row in self._rows(_COUNTS, job=job_id)})


class ObjectWrites(Writing):
    """Objects as a run deals with them."""

    def add_objects(self, rows: Sequence[ObjectRow]) -> None:
        """Note what became of items; an item that is noted already (it was tried again) is replaced. `at` is set here."""
        self._put(
            _PUT[self._dialect],
            [
                {
                    "job_id": row.job_id,
                    "key": stored_key(row.key),
                    "state": row.state,
                    "record_id": row.record_id,
                    "external_id": row.external_id,
                    "url": row.url,
                    "ref": row.ref,
                    "title": row.title,
                    "sha256_raw": row.sha256_raw,
                    "media_type": row.media_type,
                    "at": self.now,
                    "problems": dumps(row.problems) if row.problems else "[]",
                }
                for row in rows
            ],
        )

    def forget_objects(self, job_id: str, state: ObjectState) -> None:
        """Remove the items of an ended run that are in a state. The counters of the job keep their number."""
        self._connection.execute(_FORGET, {"job": job_id, "state": state})


def _object(row: Fields) -> ObjectRow:
    return ObjectRow(*[*row[:10], tuple(Problem(**problem) for problem in orjson.loads(row[10])), row[11]])
