"""What outlives a new reading of a document, and what one document does to another.

A person's edits and the events that other documents caused are not in the source's page: a new harvest must not wash them away.
When a document repeals, amends or replaces another one that the catalogue holds, the other one gets the event, as a revision that
names the document that did it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from catalog.actions import works
from catalog.model import events
from catalog.model.disclosure import visibility
from catalog.model.record import Record
from catalog.model.relations import relation_types
from catalog.store.rows import RecordWrite, RelationRow
from catalog.store.work import UnitOfWork

EFFECT_DATES = ("date_effective", "date_promulgated", "date_published", "date_written", "date_adopted")
"""When a document takes its effect on another: the first of these that it has."""
DATES = (*EFFECT_DATES, "date_printed")
"""The dates by which another text may name what a document did."""


def carry_over(
    held: Record,
    metadata: Mapping[str, Any],
    readings: Mapping[str, dict[str, Any]],
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Metadata and readings as newly read, with the fields that a person set and the events that other documents caused kept."""
    fields, read = dict(metadata), dict(readings)
    for name, reading in held["readings"].items():
        if reading["where"] == "manual":
            read[name] = reading
            if name in held["metadata"]:
                fields[name] = held["metadata"][name]
            else:
                fields.pop(name, None)
    own = fields.get("events", ())
    told = [
        event
        for event in held["metadata"].get("events", ())
        if event.get("caused_by") and not any(events.same(known, event) for known in own)
    ]
    if told:
        fields["events"] = [*own, *told]
    return fields, read


def tell_targets(
    work: UnitOfWork, written: Iterable[str], *, now: str, before: Mapping[str, Collection[str]] | None = None
) -> None:
    """Give each record that a written one repeals, amends, confirms or replaces the event of it, and the reverse for a target that arrives
    later; the same for older versions of its work. `before` (`told_by`) names the targets of records that are written again: those
    that they do not speak of any more lose the event.

    A relation that names the cause of a record's own event (`event` is set) points the other way, and the record has the event already.
    """
    ids = set(written)
    relations = [
        row
        for row in work.relations_among(ids, types=tuple(_effects()))
        if row.target_id and row.target_id != row.record_id and row.event is None
    ]
    newer = works.superseding(work, ids)
    lost = _lost(relations, before or {})
    wanted = {row.record_id for row in relations} | {row.target_id for row in relations if row.target_id}
    records = work.records(wanted | set(newer) | set(lost))
    telling = _Telling(records, now)
    for target_id, actors in lost.items():
        telling.withdraw(target_id, actors)
    for row in relations:
        actor = records.get(row.record_id)
        # an event names its cause, and what is not public is not named
        if actor is not None and visibility(actor) != "none" and row.target_id in records:
            telling.tell(row.target_id, _event(row, actor), days=_days(actor))
    for target_id, told in newer.items():
        telling.supersede(target_id, told)
    work.update(telling.writes())


def told_by(work: UnitOfWork, actors: Collection[str]) -> dict[str, set[str]]:
    """The records that some records act upon by now, by the id of the actor: asked before these are written again."""
    found: dict[str, set[str]] = {}
    for row in work.relations_among(actors, types=tuple(_effects())) if actors else ():
        if row.record_id in actors and row.target_id and row.event is None:
            found.setdefault(row.record_id, set()).add(row.target_id)
    return found


def take_back(work: UnitOfWork, actors: Collection[str]) -> None:
    """Take from other records the events that these ones caused: they are withdrawn, or not public any more. Told again if they return."""
    targets = {one for found in told_by(work, actors).values() for one in found}
    versions = works.siblings(work, work.records(actors).values())
    records = work.records(targets | {one["id"] for found in versions.values() for one in found})
    telling = _Telling(records, work.now)
    for record_id in records:
        if record_id not in actors:
            telling.withdraw(record_id, actors)
    work.update(telling.writes())


def _lost(relations: Iterable[RelationRow], before: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The targets that actors acted upon before and do not any more, each with these actors."""
    now = {(row.record_id, row.target_id) for row in relations}
    found: dict[str, set[str]] = {}
    for actor, targets in before.items():
        for target in targets:
            if (actor, target) not in now:
                found.setdefault(target, set()).add(actor)
    return found


class _Telling:
    """Records whose events change, each written once however many tell it something."""

    def __init__(self, records: Mapping[str, Record], now: str) -> None:
        self._records, self._now = records, now
        self._events: dict[str, list[dict[str, Any]]] = {}

    def tell(self, record_id: str | None, event: dict[str, Any], *, days: Collection[str]) -> None:
        """Add an event, unless the record has it; where it has it under another date, that is noted beside it."""
        held = self._of(record_id or "")
        known = next((one for one in held if events.same(one, event, days=days)), None)
        if known is None:
            held.append(event)
        elif known.get("caused_by") != event["caused_by"] and events.contradict(known, event, days=days):
            events.note(known, event)

    def supersede(self, record_id: str, told: Iterable[dict[str, Any]]) -> None:
        """Let the record be superseded exactly by these versions of its work; what a text says (`raw`) replaces it stays."""
        held = self._of(record_id)
        held[:] = [one for one in held if not works.is_of_version(one) or one in told]
        held += [one for one in told if one not in held]

    def withdraw(self, record_id: str, actors: Collection[str]) -> None:
        """Take away what some records told."""
        held = self._of(record_id)
        held[:] = [one for one in held if one.get("caused_by") not in actors]
        for one in held:
            if "also" in one:
                one["also"] = [other for other in one["also"] if other.get("caused_by") not in actors]
                if not one["also"]:
                    del one["also"]

    def writes(self) -> list[RecordWrite]:
        """The records that changed, as writes."""
        made = []
        for record_id, held in self._events.items():
            record = self._records[record_id]
            if held == record["metadata"].get("events", []):
                continue
            metadata = events.flagged({**record["metadata"], "events": held})
            made.append(
                RecordWrite(
                    record={**record, "metadata": metadata, "version": record["version"] + 1, "updated_at": self._now}
                )
            )
        return made

    def _of(self, record_id: str) -> list[dict[str, Any]]:
        if record_id not in self._events:
            self._events[record_id] = [dict(one) for one in self._records[record_id]["metadata"].get("events", ())]
        return self._events[record_id]


def _event(row: RelationRow, actor: Record) -> dict[str, Any]:
    fields = actor["metadata"]
    number = fields.get("doc_number")
    day = next((fields[name] for name in EFFECT_DATES if fields.get(name)), None)
    kind = _effects()[row.type]
    return {
        "kind": kind,
        "date": _day_before(day) if kind == "expired" else day,
        "raw": row.raw,
        "by": {"number": number["canonical"] if number else None, "title": actor["title"]},
        "caused_by": actor["id"],
    }


def _day_before(day: str | None) -> str | None:
    """The last day in force of what is declared to have expired on a day; a partial date stays as it is."""
    if day is None or len(day) < 10:
        return day
    return (date.fromisoformat(day[:10]) - timedelta(days=1)).isoformat()


def _days(actor: Record) -> list[str]:
    """All dates that a record bears: another text may date what it did by any of them."""
    return [str(actor["metadata"][name])[:10] for name in DATES if actor["metadata"].get(name)]


@cache
def _effects() -> Mapping[str, str]:
    """Relation type → the event that it is for its target."""
    return {name: kind.event for name, kind in relation_types().items() if kind.event}
