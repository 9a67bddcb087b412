"""Whether a document is in force on a day, computed from its events; the event that decides, and a sentence that says so.

Invariants: the status is never more certain than the events are. What happened on a day that is only known to the year does not count
before that year, and makes the status `unknown` within it. `unknown` is a status of its own and never reads as "not in force".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from catalog.model import dates
from catalog.model.leftedge import load
from catalog.model.vocabularies import language_tag, vocabulary

Event = Mapping[str, Any]
"""`{"kind", "date": ISO text or None, "raw", "by": {"number", "title"} or None}`; `kind` is a concept of the vocabulary `event`.
An event that another record of the catalogue brought about carries `caused_by`, the id of that record."""

_WRAPPED = re.compile("《[^《》]*》")
_ENDS = {"repealed": "repealed", "expired": "expired", "superseded": "superseded"}
_CHANGES = ("partly_repealed", "amended")
_When = Literal["before", "within", "after", "undated"]


@dataclass(frozen=True, slots=True)
class Validity:
    """The status on a day (a concept of the vocabulary `validity`), the event that caused it, and the key of the sentence to show."""

    status: str
    because: Event | None
    sentence: str

    def text(self, language: str = "zh-Hans") -> str:
        """The sentence, with the event's date and the document that did it."""
        template: str = load("sentences")["validity"][self.sentence][language_tag(language)]
        event = self.because or {}
        by = event.get("by") or {}
        name = by.get("title") or ""
        inner = name.replace("《", "〈").replace("》", "〉") if not _WRAPPED.fullmatch(name) else name[1:-1]
        named = f"《{inner}》" if name else ""
        source = f"{named}（{by['number']}）" if named and by.get("number") else named or by.get("number") or ""
        written = template.format(
            date=_written(str(event.get("date") or ""), language),
            by=source,
            status=vocabulary("validity").label(self.status, language),
        )
        return re.sub(r"\s+(?=[。，,.])", "", written)


def validity_at(events: Iterable[Event], on: date, *, stated: str | None = None) -> Validity:
    """The validity on a day. `stated` is what the source says today (a concept of `validity`), and counts where no event decides.

    An end without a date counts from the last dated event on. The date of `expired` is the last day in force.
    """
    known = [event for event in events if event.get("kind") in vocabulary("event")]
    day = on.isoformat()
    placed = [(event, _when(event, day)) for event in known]
    started = _started(placed)
    pending = started if started is not None and started.status != "in_force" else None
    return (
        _ended(placed, day)
        or (Validity(str(stated), None, "stated") if stated in _ENDS.values() else None)
        or pending
        or _changed(placed)
        or started
        or _stated(stated)
    )


def _stated(stated: str | None) -> Validity:
    if stated and stated != "unknown" and stated in vocabulary("validity"):
        return Validity(stated, None, "stated")
    return Validity("unknown", None, "unknown")


def timeline(metadata: Mapping[str, Any]) -> list[Event]:
    """The events of a record: those it carries, and those that its dates say (`date_effective` → effective, `valid_until` → expired …).

    A date adds no event of a kind that the record carries already.
    """
    events: list[Event] = [event for event in metadata.get("events") or () if isinstance(event, Mapping)]
    held = {event.get("kind") for event in events}
    for name, kind in _DATES.items():
        value = metadata.get(name)
        if isinstance(value, str) and value and kind not in held:
            events.append({"kind": kind, "date": value[:10], "raw": value, "by": None})
            held.add(kind)
    return sorted(events, key=lambda event: str(event.get("date") or "9999"))


def validity_of(metadata: Mapping[str, Any], on: date) -> Validity:
    """The validity of a record's metadata on a day: `validity_at` of its `timeline` and of the `validity` that its source states."""
    stated = metadata.get("validity")
    return validity_at(timeline(metadata), on, stated=stated if isinstance(stated, str) else None)


_DATES = {
    "date_adopted": "enacted",
    "date_promulgated": "published",
    "date_published": "published",
    "date_effective": "effective",
    "date_expires": "expired",
    "valid_until": "expired",
}


def _written(iso: str, language: str) -> str:
    """A date as a sentence says it: 2015年7月14日 in Chinese, ISO in English."""
    if language_tag(language) == "en" or not iso:
        return iso
    return "".join(f"{int(part)}{unit}" for part, unit in zip(iso.split("-"), "年月日", strict=False))


def _when(event: Event, day: str) -> _When:
    """Where the event lies as seen from `day`: `after` means that it has happened by then."""
    iso = event.get("date")
    if not isinstance(iso, str) or not dates.is_iso(iso):
        return "undated"
    first, last = dates.bounds(iso)
    if event.get("kind") == "expired":
        return "after" if day > last else "within" if day > first and first != last else "before"
    return "after" if day >= last else "within" if day >= first else "before"


def _ended(placed: Sequence[tuple[Event, _When]], day: str) -> Validity | None:
    dated = [str(event["date"]) for event, when in placed if when != "undated"]
    latest = max((dates.bounds(iso)[1] for iso in dated), default="")
    for event, when in placed:
        kind = event["kind"]
        if kind not in _ENDS:
            continue
        if when == "after":
            return Validity(_ENDS[kind], event, kind)
        if when == "within":
            return Validity("unknown", event, "end_not_dated_exactly")
        if when == "undated":
            sure = day >= latest
            return (
                Validity(_ENDS[kind], event, f"{kind}_undated")
                if sure
                else Validity("unknown", event, "end_not_dated_exactly")
            )
    return None


def _started(placed: Sequence[tuple[Event, _When]]) -> Validity | None:
    """What the coming into force says; `None` where nothing tells when that was."""
    starts = [(event, when) for event, when in placed if event["kind"] == "effective" and when != "undated"]
    if not starts:
        return None
    event, when = min(starts, key=lambda one: str(one[0]["date"]))
    if when == "before":
        return Validity("not_yet_in_force", event, "not_yet_in_force")
    if when == "within":
        return Validity("unknown", event, "start_not_dated_exactly")
    return Validity("in_force", event, "in_force")


def _changed(placed: Sequence[tuple[Event, _When]]) -> Validity | None:
    """The last change that has happened: a partial repeal outweighs an amendment."""
    for kind in _CHANGES:
        happened = [event for event, when in placed if event["kind"] == kind and when in {"after", "undated"}]
        if not happened:
            continue
        last = max(happened, key=lambda event: str(event.get("date") or ""))
        dated = "" if last.get("date") else "_undated"
        if kind == "partly_repealed":
            return Validity("partly_invalid", last, f"partly_repealed{dated}")
        if last.get("caused_by") and not _in_own_history(last, happened):
            return Validity("amended", last, f"amended{dated}")
        return Validity("in_force", last, f"in_force_as_amended{dated}")
    return None


def _in_own_history(event: Event, happened: Sequence[Event]) -> bool:
    """Whether the text itself records a change of that day or later, and so contains the one that another document brought about."""
    day = str(event.get("date") or "9999")
    return any(not one.get("caused_by") and str(one.get("date") or "") >= day for one in happened)


@cache
def sentence_keys() -> frozenset[str]:
    """The keys of all sentences that a validity can have."""
    return frozenset(load("sentences")["validity"])
