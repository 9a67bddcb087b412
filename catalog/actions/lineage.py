"""What outlives a new reading of a document, and what one document does to another.

A person's edits and the events that other documents caused are not in the source's page: a new harvest must not wash them away.
When a document repeals, amends or replaces another one that the catalogue holds, the other one gets the event, as a revision that
names the document that did it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeAlias

from catalog.actions import works
from catalog.model import events
from catalog.model.disclosure import visibility
from catalog.model.record import Record
from catalog.model.relations import relation_types
from catalog.store.rows import RecordWrite, RelationRow
from catalog.store.work import UnitOfWork

EFFECT_DATES = ("date_effective", "date_promulgated", "date_published", "date_written", "date_adopted")
"""When a document takes its effect on another: the first of these that it has."""
Acted: TypeAlias = tuple[str, str | None]
"""A record to which another one does something, and the kind of event that this is for it; `None` for being the newer version of its work."""
Told: TypeAlias = tuple[str, str | None]
"""A record that told an event, and the kind of event; `None` for all kinds."""
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
    work: UnitOfWork, written: Iterable[str], *, now: str, before: Mapping[str, Collection[Acted]] | None = None
) -> None:
    """Give each record that a written one repeals, amends, confirms or replaces the event of it, and the reverse for a target that arrives
    later; the same for older versions of its work. `before` (`told_by`) names the targets of records that are written again: those
    that they do not speak of any more lose the event. So do those that were meant until the written ones came, and are not any more.

    A relation that names the cause of a record's own event (`event` is set) points the other way, and the record has the event already.
    """
    ids = set(written)
    work.resolve_relations()
    former = _former(work, before or {})
    relations = [
        row
        for row in work.relations_among(ids | set(former), types=tuple(_effects()))
        if row.target_id and row.target_id != row.record_id and row.event is None
    ]
    newer = works.superseding(work, ids)
    lost = _lost(relations, former, newer)
    wanted = {row.record_id for row in relations} | {row.target_id for row in relations if row.target_id}
    records = work.records(wanted | set(newer) | set(lost))
    telling = _Telling(records, now)
    for target_id, told in lost.items():
        telling.withdraw(target_id, told)
    for row in relations:
        actor = records.get(row.record_id)
        if actor is None or row.target_id is None or row.target_id not in records:
            continue
        if visibility(actor) == "none":  # an event names its cause, and what is not public is not named
            telling.withdraw(row.target_id, {(row.record_id, None)})
        else:
            telling.tell(row.target_id, _event(row, actor), days=_days(actor))
    for target_id, versions in newer.items():
        telling.supersede(target_id, versions)
    work.update(telling.writes())


def told_by(work: UnitOfWork, actors: Collection[str], *, renamed: Collection[str] = ()) -> dict[str, set[Acted]]:
    """What some records do to which others by now, by the id of the actor: asked before these are written again. Those of them that get
    another title (`renamed`) may be no versions of their work any more.
    """
    found: dict[str, set[Acted]] = {}
    for record_id, others in works.siblings(work, work.records(renamed).values()).items() if renamed else ():
        for one in others:
            if any(works.is_of_version(e) and e["caused_by"] == record_id for e in one["metadata"].get("events", ())):
                found.setdefault(record_id, set()).add((one["id"], None))
    for row in work.relations_among(actors, types=tuple(_effects())) if actors else ():
        if row.record_id in actors and row.target_id and row.event is None:
            found.setdefault(row.record_id, set()).add((row.target_id, _effects()[row.type]))
    return found


def take_back(work: UnitOfWork, actors: Collection[str]) -> None:
    """Take from other records the events that these ones caused: they are withdrawn, or not public any more. Told again if they return."""
    targets = {target for found in told_by(work, actors).values() for target, _ in found}
    versions = works.siblings(work, work.records(actors).values())
    records = work.records(targets | {one["id"] for found in versions.values() for one in found})
    telling = _Telling(records, work.now)
    for record_id in records:
        if record_id not in actors:
            telling.withdraw(record_id, {(actor, None) for actor in actors})
    work.update(telling.writes())


def _former(work: UnitOfWork, before: Mapping[str, Collection[Acted]]) -> dict[str, set[Acted]]:
    """What records did to others before: as it was asked, and what citations meant that this unit decided anew."""
    former = {actor: set(acted) for actor, acted in before.items()}
    for actor, left in work.left_targets().items():
        acted = {(target, _effects()[kind]) for target, kind in left if kind in _effects()}
        if acted:
            former.setdefault(actor, set()).update(acted)
    return former


def _lost(
    relations: Iterable[RelationRow], former: Mapping[str, Collection[Acted]], versions: Collection[str]
) -> dict[str, set[Told]]:
    """The targets to which actors did something before and do not any more, each with these actors and what they did; without those whose
    newer versions are told anew.
    """
    now = {(row.record_id, row.target_id, _effects()[row.type]) for row in relations}
    found: dict[str, set[Told]] = {}
    for actor, acted in former.items():
        for target, kind in acted:
            if (actor, target, kind) not in now and not (kind is None and target in versions):
                found.setdefault(target, set()).add((actor, kind))
    return found


class _Telling:
    """Records whose events change, each written once however many tell it something."""

    def __init__(self, records: Mapping[str, Record], now: str) -> None:
        self._records, self._now = records, now
        self._events: dict[str, list[dict[str, Any]]] = {}
        self._said: set[tuple[str, str, str]] = set()

    def tell(self, record_id: str, event: dict[str, Any], *, days: Collection[str]) -> None:
        """Add an event, unless the record has it; where it has it under another date, that is noted beside it. What the same record told
        before is told as it says now.
        """
        held = self._of(record_id)
        known = next((one for one in held if events.same(one, event, days=days)), None)
        said = (record_id, event["caused_by"], event["kind"])
        first = said not in self._said
        self._said.add(said)
        if known is None:
            held.append(event)
        elif known.get("caused_by") == event["caused_by"]:
            if first and not works.is_of_version(known):
                known.update(event)
        elif events.contradict(known, event, days=days):
            events.note(known, event)

    def supersede(self, record_id: str, told: Iterable[dict[str, Any]]) -> None:
        """Let the record be superseded exactly by these versions of its work; what a text says (`raw`) replaces it stays."""
        held = self._of(record_id)
        held[:] = [one for one in held if not works.is_of_version(one) or one in told]
        held += [one for one in told if one not in held]

    def withdraw(self, record_id: str, told: Collection[Told]) -> None:
        """Take away what some records told."""
        held = self._of(record_id)
        held[:] = [one for one in held if not _is_told(one, None if works.is_of_version(one) else one["kind"], told)]
        for one in held:
            if "also" in one:
                one["also"] = [other for other in one["also"] if not _is_told(other, one["kind"], told)]
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


def _is_told(event: Mapping[str, Any], kind: str | None, told: Collection[Told]) -> bool:
    """Whether an event is one of those; one that no text tells (`kind` is `None`) only where all of its cause's are."""
    by = event.get("caused_by")
    return (by, kind) in told or (by, None) in told


def _event(row: RelationRow, actor: Record) -> dict[str, Any]:
    fields = actor["metadata"]
    number = fields.get("doc_number")
    day = next((fields[name] for name in EFFECT_DATES if fields.get(name)), None)
    kind = _effects()[row.type]
    return {
        "kind": kind,
        "date": _day_before(day) if kind == "expired" else day,
        "raw": row.raw if visibility(actor) == "full" else actor["title"],  # its text is not for everyone
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
