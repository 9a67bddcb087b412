"""Events of a document's life that several sources tell: when two tellings are one event, and when they contradict each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from catalog.model import dates
from catalog.model.docnumber import search_key
from catalog.model.draft import EventDraft
from catalog.model.script import fold

Event = Mapping[str, Any]
"""`{"kind", "date", "raw", "by": {"number", "title"} or None}` and, where known, `bodies`, `articles`, `effective`, `until`, `caused_by`
(the record that told it) and `also` (other tellings with other dates)."""

CONFLICT = "event_conflict"
"""The flag (vocabulary `quality_flag`) of a record in which two tellings of one event give different dates."""
ONCE = frozenset({"enacted", "published", "effective", "repealed"})
"""Kinds that a text has once: two exact dates for one of them contradict each other unless the document came to life again."""
_NOISE = re.compile(r"[\s《》〈〉<>「」“”\"'()（）·、，,]+")


def of_draft(event: EventDraft) -> dict[str, Any]:
    """An event as records keep it; what is not known is left out."""
    made: dict[str, Any] = {"kind": event.kind, "date": event.date, "raw": event.raw}
    if event.by:
        made["by"] = {"number": event.by.number, "title": event.by.title}
    beside = {
        "bodies": list(event.bodies),
        "articles": list(event.articles),
        "effective": event.effective,
        "until": event.until,
    }
    return made | {name: value for name, value in beside.items() if value}


def same(one: Event, other: Event, *, days: Collection[str] = ()) -> bool:
    """Whether two tellings are one event. `days` are all dates that the document which caused `other` bears: its adoption, its
    publication, its effect; a history may name any of them.
    """
    if one["kind"] != other["kind"]:
        return False
    if one.get("caused_by") and other.get("caused_by"):
        return bool(one["caused_by"] == other["caused_by"])
    cause = _same_cause(one, other)
    if cause is not None:
        return cause
    told = [str(day) for day in (other.get("date"), *days) if day]
    dated = [str(day) for day in (one.get("date"), one.get("effective")) if day]
    return any(_overlap(first, second) for first in dated for second in told)


def contradict(one: Event, other: Event, *, days: Collection[str] = ()) -> bool:
    """Whether two tellings of one event give different days; a partial date contradicts only what lies outside of it."""
    told = [str(day) for day in (other.get("date"), *days) if day]
    dated = [str(day) for day in (one.get("date"), one.get("effective")) if day]
    return bool(told and dated) and not any(_overlap(first, second) for first in dated for second in told)


def merged(own: Iterable[Event], others: Iterable[Event]) -> list[dict[str, Any]]:
    """The events of two readings of one document, each once, those of the first as they stand. What `others` dates otherwise is kept
    beside the event, in `also`.
    """
    found = [dict(event) for event in own]
    for event in others:
        held = next((one for one in found if same(one, event)), None)
        held = held or next((one for one in found if event["kind"] in ONCE and one["kind"] == event["kind"]), None)
        if held is None:
            found.append(dict(event))
        elif contradict(held, event):
            note(held, event)
    return found


def note(held: dict[str, Any], event: Event) -> None:
    """Keep the other telling of an event beside it, once; in place of what the same record told before."""
    told = {"date": event.get("date"), "caused_by": event.get("caused_by")}
    if told in held.get("also", ()):
        return
    others = [one for one in held.get("also", ()) if not told["caused_by"] or one["caused_by"] != told["caused_by"]]
    held["also"] = [*others, told]


def conflicts(events: Iterable[Event]) -> bool:
    """Whether the tellings of any event contradict each other."""
    return any(event.get("also") for event in events)


def flagged(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata with the flag `event_conflict` exactly where its events contradict each other."""
    flags = [flag for flag in metadata.get("quality_flags", ()) if flag != CONFLICT]
    if conflicts(metadata.get("events", ())):
        flags.append(CONFLICT)
    if flags == list(metadata.get("quality_flags", ())):
        return dict(metadata)
    return {
        **{name: value for name, value in metadata.items() if name != "quality_flags"},
        **({"quality_flags": flags} if flags else {}),
    }


def _same_cause(one: Event, other: Event) -> bool | None:
    """Whether both name the same document as the cause; `None` where that cannot be told from numbers and titles."""
    first, second = one.get("by") or {}, other.get("by") or {}
    if first.get("number") and second.get("number"):
        return search_key(first["number"]) == search_key(second["number"])
    if first.get("title") and second.get("title") and _key(first["title"]) == _key(second["title"]):
        return True
    return None


def _key(title: str) -> str:
    return _NOISE.sub("", fold(title))


def _overlap(one: str, other: str) -> bool:
    """Whether two (partial) dates may be the same day."""
    if not (dates.is_iso(one[:10]) and dates.is_iso(other[:10])):
        return False
    first, second = dates.bounds(one[:10]), dates.bounds(other[:10])
    return first[0] <= second[1] and second[0] <= first[1]
