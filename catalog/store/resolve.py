"""Finding the records that citations mean, in batches, in the transaction that brings either of them. The rule stands in `relations.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.sql.base import Executable

from catalog.model.bearing import from_text
from catalog.store.base import Writing
from catalog.store.bearers import Asked, Bearers
from catalog.store.codec import stored_key
from catalog.store.keys import KeyReads, Keys, stored_keys
from catalog.store.rows import Cited, KeyKind, RecordWrite
from catalog.store.sql import among
from catalog.store.tables import events, record_keys, relations

CAUSES_FROM = 1 << 20
"""Ordinal of the relation to the cause of a record's first event: behind all its citations, so that either can be replaced alone."""

_CITATION = (
    relations.c.record_id, relations.c.ordinal, relations.c.number_key, relations.c.title_key, relations.c.type, relations.c.event,
    relations.c.target_id, relations.c.matched,
)  # fmt: skip
_FREE = or_(relations.c.matched.is_(None), relations.c.matched != "given")
"""What a person decided is not decided again."""
_OF_RECORDS = select(*_CITATION).where(
    among(relations.c.record_id, "values"),
    or_(relations.c.number_key.is_not(None), relations.c.title_key.is_not(None)),
    _FREE,
)
_BY_NUMBER = select(*_CITATION).where(among(relations.c.number_key, "values"), _FREE)
_BY_TITLE = select(*_CITATION).where(among(relations.c.title_key, "values"), _FREE)
_BEARERS = select(record_keys.c.key, record_keys.c.record_id).where(
    record_keys.c.kind == bindparam("kind"), among(record_keys.c.key, "values")
)
_TRAITS = select(record_keys.c.record_id, record_keys.c.key).where(
    record_keys.c.kind == "traits", among(record_keys.c.record_id, "values")
)
_DAYS = select(events.c.record_id, events.c.ordinal, events.c.date).where(among(events.c.record_id, "values"))
_NUMBERED = (
    select(record_keys.c.record_id)
    .where(record_keys.c.kind == "number", among(record_keys.c.record_id, "values"))
    .distinct()
)
_DROP_KEYS = delete(record_keys).where(among(record_keys.c.record_id, "ids"))
_DROP_CITATIONS = delete(relations).where(
    among(relations.c.record_id, "ids"), relations.c.event.is_(None), relations.c.ordinal < CAUSES_FROM
)
_DROP_CAUSES = delete(relations).where(among(relations.c.record_id, "ids"), relations.c.event.is_not(None))
_DROP_EVENTS = delete(events).where(among(events.c.record_id, "ids"))
_SETTLE = (
    update(relations)
    .where(relations.c.record_id == bindparam("p_record"), relations.c.ordinal == bindparam("p_ordinal"))
    .values(target_id=bindparam("p_target"), matched=bindparam("p_matched"))
)
_INSERT_KEY = insert(record_keys)
_INSERT_RELATION = insert(relations)
_INSERT_EVENT = insert(events)


class RelationWrites(KeyReads, Writing):
    """Keys, citations and events of records, and the search for what the citations mean."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._citing: set[str] = set()
        self._arrived: dict[KeyKind, set[str]] = _nothing()
        self._left: dict[str, set[tuple[str, str]]] = {}

    def resolve_relations(self) -> int:
        """Decide which records are meant by the citations that this unit brought, and by those that name what it brought; how many of
        them found their record anew.

        Done at commit by itself; call it to see the result within the unit.
        """
        waiting = self._waiting()
        if not waiting:
            return 0
        look = self._bearers_of(waiting)
        settled = []
        for asked in waiting:
            target, matched = look.decide(asked)
            if (target, matched) != (asked.target_id, asked.matched):
                place = {"p_record": asked.record_id, "p_ordinal": asked.ordinal}
                settled.append({**place, "p_target": target, "p_matched": matched})
                if asked.target_id and asked.event is None and asked.target_id != target:
                    self._left.setdefault(asked.record_id, set()).add((asked.target_id, asked.type))
        self._put(_SETTLE, settled)
        return sum(row["p_target"] is not None for row in settled)

    def left_targets(self) -> dict[str, set[tuple[str, str]]]:
        """The (target, relation type) that citations of records meant until this unit decided them anew, by the id of the citing record;
        each told once. Another citation of the same record may mean the target still.
        """
        left, self._left = self._left, {}
        return left

    def _bearers_of(self, waiting: Iterable[Asked]) -> Bearers:
        """All that bears a name of the citations, with its traits and those of the records that cite it."""
        names = {asked.title for asked in waiting if asked.title}
        numbers = self._bearers("number", {asked.number for asked in waiting if asked.number})
        titles = self._bearers("title", names)
        found = Bearers(numbers, titles, self._bearers("alias", names))
        found.numbered = {row[0] for row in self._many(_NUMBERED, "values", found.under_number_and_title(waiting))}
        caused = {asked.record_id for asked in waiting if asked.event is not None}
        found.days = {(row[0], row[1]): row[2] for row in self._many(_DAYS, "values", caused) if row[2]}
        found.traits = {row[0]: from_text(row[1]) for row in self._many(_TRAITS, "values", found.concerned(waiting))}
        return found

    def _put_keys(self, writes: Sequence[RecordWrite], *, new: bool) -> None:
        """Store the keys of records, and note which arrived. Where a record's keys changed, what cites it is looked at again."""
        wanted = {write.record["id"]: write.keys for write in writes if write.keys is not None}
        if new:
            self._insert_keys({record_id: stored_keys(keys) for record_id, keys in wanted.items()})
        else:
            self.put_keys(wanted)

    def put_keys(self, wanted: Mapping[str, Iterable[tuple[KeyKind, str]]]) -> set[str]:
        """Find records that stand by these keys and those of their joined places from now on; the ids of those that were found by others
        until now. This is no change of a record, and has no revision; what cites them is decided anew.
        """
        due = self.keys_due(wanted)
        self._change((_DROP_KEYS,), list(due))
        self._note_arrived(key for _, held in due.values() for key in held)
        self._citing.update(due)
        self._insert_keys({record_id: keys for record_id, (keys, _) in due.items()})
        return set(due)

    def _insert_keys(self, wanted: Mapping[str, Keys]) -> None:
        self._note_arrived(key for keys in wanted.values() for key in keys)
        rows = [
            {"kind": kind, "key": key, "record_id": record_id}
            for record_id, keys in wanted.items()
            for kind, key in keys
        ]
        self._put(_INSERT_KEY, rows)

    def _put_citations(self, writes: Sequence[RecordWrite], *, new: bool) -> None:
        """Store the citations and events of records in place of those that they had."""
        citing = [(write.record["id"], write.citations) for write in writes if write.citations is not None]
        living = [(write.record["id"], write.events) for write in writes if write.events is not None]
        if not new:
            self._change((_DROP_CITATIONS,), [record_id for record_id, _ in citing])
            self._change((_DROP_CAUSES, _DROP_EVENTS), [record_id for record_id, _ in living])
        rows = [
            _relation(record_id, ordinal, cited)
            for record_id, several in citing
            for ordinal, cited in enumerate(several)
        ]
        rows += [
            _relation(record_id, CAUSES_FROM + ordinal, told.by, event=ordinal)
            for record_id, several in living
            for ordinal, told in enumerate(several)
            if told.by is not None
        ]
        self._citing.update(row["record_id"] for row in rows)
        self._put(_INSERT_RELATION, rows)
        self._put(
            _INSERT_EVENT,
            [
                {"record_id": record_id, "ordinal": ordinal, "kind": told.kind, "date": told.date, "raw": told.raw}
                for record_id, several in living
                for ordinal, told in enumerate(several)
            ],
        )

    def _waiting(self) -> set[Asked]:
        looks = (
            (_OF_RECORDS, self._citing),
            (_BY_NUMBER, self._arrived["number"]),
            (_BY_TITLE, self._arrived["title"] | self._arrived["alias"]),
        )
        waiting = {Asked(*row) for look, values in looks for row in self._many(look, "values", values)}
        self._citing = set()
        self._arrived = _nothing()
        return waiting

    def _bearers(self, kind: KeyKind, keys: set[str]) -> dict[str, set[str]]:
        """The records that bear each key."""
        found: dict[str, set[str]] = {}
        for key, record_id in self._many(_BEARERS, "values", keys, kind=kind):
            found.setdefault(key, set()).add(record_id)
        return found

    def _note_arrived(self, keys: Iterable[tuple[KeyKind, str]]) -> None:
        for kind, key in keys:
            self._arrived[kind].add(key)

    def _change(self, statements: Sequence[Executable], ids: list[str]) -> None:
        if ids:
            for statement in statements:
                self._connection.execute(statement, {"ids": ids})


def _nothing() -> dict[KeyKind, set[str]]:
    return {"number": set(), "title": set(), "alias": set(), "traits": set()}


def _relation(record_id: str, ordinal: int, cited: Cited, *, event: int | None = None) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "ordinal": ordinal,
        "type": cited.type,
        "event": event,
        "target_id": cited.target_id,
        "matched": cited.target_id and "given",
        "number_key": stored_key(cited.number_key) if cited.number_key else None,
        "title_key": stored_key(cited.title_key) if cited.title_key else None,
        "number": cited.number,
        "title": cited.title,
        "raw": cited.raw,
        "place": cited.place,
        "article": cited.article,
    }
