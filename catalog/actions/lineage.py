"""What outlives a new reading of a document, and what one document does to another.

A person's edits and the events that other documents caused are not in the source's page: a new harvest must not wash them away.
When a document repeals, amends or replaces another one that the catalogue holds, the other one gets the event, as a revision that
names the document that did it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from catalog.actions.keys import title_key
from catalog.model.disclosure import visibility
from catalog.model.docnumber import search_key
from catalog.model.record import Record
from catalog.model.relations import relation_types
from catalog.store.rows import RecordWrite, RelationRow
from catalog.store.work import UnitOfWork

EFFECT_DATES = ("date_effective", "date_published", "date_written")
"""When a document takes its effect on another: the first of these that it has."""


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
        if event.get("caused_by") and not any(_same(known, event) for known in own)
    ]
    if told:
        fields["events"] = [*own, *told]
    return fields, read


def tell_targets(work: UnitOfWork, written: Iterable[str], *, now: str) -> None:
    """Give each record that a written one repeals, amends or replaces the event of it, and the reverse for a target that arrives later.

    A relation that names the cause of a record's own event (`event` is set) points the other way, and the record has the event already.
    """
    relations = [
        row
        for row in work.relations_among(written, types=tuple(_effects()))
        if row.target_id and row.target_id != row.record_id and row.event is None
    ]
    if not relations:
        return
    records = work.records({row.record_id for row in relations} | {row.target_id for row in relations if row.target_id})
    changed: dict[str, Record] = {}
    for row in relations:
        actor, target = records.get(row.record_id), records.get(row.target_id or "")
        if actor is None or target is None or visibility(actor) == "none":
            continue  # an event names its cause, and what is not public is not named
        current = changed.get(target["id"], target)
        event = _event(row, actor)
        events = list(current["metadata"].get("events", ()))
        if any(_same(known, event) for known in events):
            continue
        metadata = {**current["metadata"], "events": [*events, event]}
        changed[target["id"]] = {**current, "metadata": metadata, "version": target["version"] + 1, "updated_at": now}
    work.update([RecordWrite(record=record) for record in changed.values()])


def take_back(work: UnitOfWork, actors: Collection[str]) -> None:
    """Take from other records the events that these ones caused: they are withdrawn, or not public any more. Told again if they return."""
    relations = [row for row in work.relations_among(actors, types=tuple(_effects())) if row.record_id in actors]
    targets = work.records({row.target_id for row in relations if row.target_id})
    changed: list[RecordWrite] = []
    for target in targets.values():
        events = target["metadata"].get("events", [])
        left = [event for event in events if event.get("caused_by") not in actors]
        if len(left) < len(events):
            metadata = {**target["metadata"], "events": left}
            record: Record = {**target, "metadata": metadata, "version": target["version"] + 1, "updated_at": work.now}
            changed.append(RecordWrite(record=record))
    work.update(changed)


def _event(row: RelationRow, actor: Record) -> dict[str, Any]:
    fields = actor["metadata"]
    number = fields.get("doc_number")
    return {
        "kind": _effects()[row.type],
        "date": next((fields[name] for name in EFFECT_DATES if fields.get(name)), None),
        "raw": row.raw,
        "by": {"number": number["canonical"] if number else None, "title": actor["title"]},
        "caused_by": actor["id"],
    }


def _same(known: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a record's event is the one that another document tells: told by it before, or read from the record's own history."""
    if known["kind"] != event["kind"]:
        return False
    if known.get("caused_by") == event["caused_by"]:
        return True
    own, other = known.get("by") or {}, event["by"]
    if own.get("number") and other["number"]:
        return search_key(own["number"]) == search_key(other["number"])
    return bool(own.get("title")) and title_key(own["title"]) == title_key(other["title"])


@cache
def _effects() -> Mapping[str, str]:
    """Relation type → the event that it is for its target."""
    return {name: kind.event for name, kind in relation_types().items() if kind.event}
