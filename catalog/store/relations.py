"""Relations and events: citations as they were read, and the records that they turned out to mean.

A citation finds its record by document number, else by title, else by another name that the record's title spells out. A record that
bears both wins; of several, `model.bearing.choose` says which one is meant, or that none is. A citation that gives a number is not matched
by title to a record that bears another number: that is a conflict, and stays unresolved. Whatever arrives, all citations of its names are
decided anew, so the order of arrival does not matter. Resolving is not a change of the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, func, select, tuple_

from catalog.store.base import Bound, Fields
from catalog.store.rows import EventRow, RecordLink, RelationRow
from catalog.store.sql import among
from catalog.store.tables import events, records, relations

_RELATION = (
    relations.c.record_id, relations.c.ordinal, relations.c.type, relations.c.raw, relations.c.number, relations.c.title,
    relations.c.target_id, relations.c.matched, relations.c.event, relations.c.place, relations.c.article,
)  # fmt: skip
_LINK = (records.c.id, records.c.name, records.c.type, records.c.title, records.c.state, records.c.disclosure)
_OUTGOING = (
    select(*_RELATION, *_LINK)
    .outerjoin(records, records.c.id == relations.c.target_id)
    .where(relations.c.record_id == bindparam("id"))
    .order_by(relations.c.ordinal)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_OF_ANY = (
    select(*_RELATION, *_LINK)
    .outerjoin(records, records.c.id == relations.c.target_id)
    .where(among(relations.c.record_id, "ids"))
)
_INCOMING = (
    select(*_RELATION, *_LINK)
    .join(records, records.c.id == relations.c.record_id)
    .where(relations.c.target_id == bindparam("id"))
    .order_by(relations.c.record_id, relations.c.ordinal)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_FROM_ANY = (
    select(*_RELATION, *_LINK)
    .outerjoin(records, records.c.id == relations.c.target_id)
    .where(among(relations.c.record_id, "ids"), among(relations.c.type, "types"))
    .order_by(relations.c.record_id, relations.c.ordinal)
)
_TO_ANY = (
    select(*_RELATION, *_LINK)
    .outerjoin(records, records.c.id == relations.c.target_id)
    .where(among(relations.c.target_id, "ids"), among(relations.c.type, "types"))
    .order_by(relations.c.record_id, relations.c.ordinal)
)
_SOURCE = records.alias("source")
_PAGE = (
    select(*_RELATION, *_LINK, *(_SOURCE.c[column.name] for column in _LINK))
    .join(_SOURCE, _SOURCE.c.id == relations.c.record_id)
    .outerjoin(records, records.c.id == relations.c.target_id)
    .where(tuple_(relations.c.record_id, relations.c.ordinal) > tuple_(bindparam("record"), bindparam("ordinal")))
    .order_by(relations.c.record_id, relations.c.ordinal)
    .limit(bindparam("limit"))
)
_FIGURES = select(
    relations.c.type, relations.c.event.is_not(None), relations.c.target_id.is_not(None), relations.c.matched, func.count()
).group_by(relations.c.type, relations.c.event.is_not(None), relations.c.target_id.is_not(None), relations.c.matched)  # fmt: skip
_COUNT_OUT = select(func.count()).where(relations.c.record_id == bindparam("id"))
_COUNT_IN = select(func.count()).where(relations.c.target_id == bindparam("id"))
_EVENTS = (
    select(events.c.ordinal, events.c.kind, events.c.date, events.c.raw)
    .where(events.c.record_id == bindparam("id"))
    .order_by(events.c.ordinal)
)
_EVENT_CAUSES = (
    select(*_RELATION, *_LINK)
    .outerjoin(records, records.c.id == relations.c.target_id)
    .where(relations.c.record_id == bindparam("id"), relations.c.event.is_not(None))
)


class RelationReads(Bound):
    """Relations in both directions, and events with the documents that caused them."""

    def relations(
        self, record_id: str, *, incoming: bool = False, limit: int = 1000, offset: int = 0
    ) -> list[RelationRow]:
        """What a record cites, in the order of its text; or (`incoming`) what cites it, the oldest record first."""
        return [
            _relation(row)
            for row in self._rows(_INCOMING if incoming else _OUTGOING, id=record_id, limit=limit, offset=offset)
        ]

    def relations_among(self, record_ids: Iterable[str], *, types: Collection[str]) -> list[RelationRow]:
        """The relations of some types that go out from any of the records or come in at one, each once. `other` is the target."""
        ids, kinds = list(record_ids), list(types)
        rows = {
            (row[0], row[1]): row for look in (_FROM_ANY, _TO_ANY) for row in self._many(look, "ids", ids, types=kinds)
        }
        return [_relation(row) for row in rows.values()]

    def relations_of(self, record_ids: Iterable[str]) -> dict[str, list[RelationRow]]:
        """What each of the records cites, in the order of its text; records that cite nothing are left out."""
        found: dict[str, list[RelationRow]] = {}
        for row in sorted(self._many(_OF_ANY, "ids", list(record_ids)), key=lambda row: (row[0], row[1])):
            found.setdefault(row[0], []).append(_relation(row))
        return found

    def graph(self, *, after: tuple[str, int] = ("", -1), limit: int = 1000) -> list[tuple[RecordLink, RelationRow]]:
        """The next relations of all records behind (record id, ordinal), with the records that they go out from."""
        rows = self._rows(_PAGE, record=after[0], ordinal=after[1], limit=limit)
        return [(RecordLink(*row[17:]), _relation(row[:17])) for row in rows]

    def relation_figures(self) -> list[tuple[str, bool, bool, str | None, int]]:
        """How many relations there are by type, whether an event tells them, whether they are resolved, and how (or why not)."""
        return [(row[0], bool(row[1]), bool(row[2]), row[3], row[4]) for row in self._rows(_FIGURES)]

    def relation_counts(self, record_id: str) -> tuple[int, int]:
        """How many relations go out from a record, and how many come in."""
        return self._rows(_COUNT_OUT, id=record_id)[0][0], self._rows(_COUNT_IN, id=record_id)[0][0]

    def events(self, record_id: str) -> list[EventRow]:
        """What happened to a record, in the order in which it was told."""
        causes = {row[8]: _relation(row) for row in self._rows(_EVENT_CAUSES, id=record_id)}
        return [EventRow(*[*row, causes.get(row[0])]) for row in self._rows(_EVENTS, id=record_id)]


def _relation(row: Fields) -> RelationRow:
    return RelationRow(*[*row[:11], None if row[11] is None else RecordLink(*row[11:])])
