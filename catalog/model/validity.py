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
`effective` is the day from which it counts where that is not `date`, `until` the last day of the term that it sets.
An event that another record of the catalogue brought about carries `caused_by`, the id of that record."""

_WRAPPED = re.compile("《[^《》]*》")
_ENDS = {"repealed": "repealed", "expired": "expired", "superseded": "superseded"}
_CHANGES = ("partly_repealed", "amended")
_MAKES = frozenset({"enacted", "published", "approved"})
_RENEWALS = frozenset({"revived", "enacted"})
_LONGER = frozenset({"prolonged", "confirmed"})
"""What gives new life after an expiry, besides what does so after any end."""
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
            date=_written(_day_of(event), language),
            by=source,
            status=vocabulary("validity").label(self.status, language),
        )
        return re.sub(r"\s+(?=[。，,.])", "", written)


def validity_at(events: Iterable[Event], on: date, *, stated: str | None = None) -> Validity:
    """The validity on a day. `stated` is what the source says today (a concept of `validity`), and counts where no event decides.

    An end without a date counts from the last dated event on, and so does an end that is only stated. The date of `expired` is the last
    day in force. An end is undone by what later brings the document to life again (`revived`, a new making; for an expiry also a
    prolongation or a confirmation).
    """
    known = [event for event in events if event.get("kind") in vocabulary("event")]
    day = on.isoformat()
    placed = [(event, _when(event, day)) for event in known]
    started = _started(placed)
    pending = started if started is not None and started.status != "in_force" else None
    return (
        _ended(placed, day)
        or pending
        or _not_made(placed)
        or _stated_end(stated, placed, day)
        or _suspended(placed)
        or _changed(placed)
        or started
        or _confirmed(placed)
        or _stated(stated)
    )


def _confirmed(placed: Sequence[tuple[Event, _When]]) -> Validity | None:
    """The last document that has said that it stays in force."""
    said = [event for event, when in placed if event["kind"] == "confirmed" and when == "after"]
    return Validity("in_force", max(said, key=_day_of), "confirmed") if said else None


def _not_made(placed: Sequence[tuple[Event, _When]]) -> Validity | None:
    """Before the first thing that is known of it, nobody has made it: it is not in force yet."""
    made = [event for event, when in placed if event["kind"] in _MAKES and when != "undated"]
    if made and all(when == "before" for event, when in placed if when != "undated" and event["kind"] != "expired"):
        first = min(made, key=lambda event: str(event["date"]))
        return Validity("not_yet_in_force", first, "not_made_yet")
    return None


def _stated_end(stated: str | None, placed: Sequence[tuple[Event, _When]], day: str) -> Validity | None:
    """An end that the source states without a day, where no event says it: sure only behind all that is known to have happened."""
    if stated not in _ENDS.values() or any(event["kind"] in _ENDS for event, when in placed if when != "undated"):
        return None
    if day >= _latest(placed):
        return Validity(str(stated), None, "stated")
    return Validity("unknown", None, "end_not_dated_exactly")


def _suspended(placed: Sequence[tuple[Event, _When]]) -> Validity | None:
    """The last word on whether it is suspended as a whole."""
    turns = [
        event
        for event, when in placed
        if event["kind"] in ("suspended", "revived") and when == "after" and not event.get("articles")
    ]
    last = max(turns, key=_day_of, default=None)
    return Validity("suspended", last, "suspended") if last and last["kind"] == "suspended" else None


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
    iso = _day_of(event)
    if not _is_date(iso):
        return "undated"
    first, last = dates.bounds(iso)
    if event.get("kind") == "expired":
        return "after" if day > last else "within" if day > first and first != last else "before"
    return "after" if day >= last else "within" if day >= first else "before"


def _ended(placed: Sequence[tuple[Event, _When]], day: str) -> Validity | None:
    happened = [event for event, when in placed if when in ("after", "undated")]
    for event, when in placed:
        kind = event["kind"]
        if kind not in _ENDS or event.get("articles"):
            continue
        if when == "after" and not _renewed(event, happened) and not (kind == "expired" and _outlived(event, placed)):
            return Validity(_ENDS[kind], event, kind)
        if when == "within":
            return Validity("unknown", event, "end_not_dated_exactly")
        if when == "undated":
            sure = day >= _latest(placed)
            return (
                Validity(_ENDS[kind], event, f"{kind}_undated")
                if sure
                else Validity("unknown", event, "end_not_dated_exactly")
            )
    return _run_out(placed, happened, day)


def _run_out(placed: Sequence[tuple[Event, _When]], happened: Sequence[Event], day: str) -> Validity | None:
    """The end of the term that the last event to set one set (`until`), unless it was renewed."""
    terms = [event for event in happened if _is_date(event.get("until"))]
    last = max(terms, key=_day_of, default=None)
    if last is None or day <= dates.bounds(str(last["until"]))[1]:
        return None
    end = {"kind": "expired", "date": last["until"], "raw": last.get("raw"), "by": last.get("by")}
    return None if _renewed(end, happened) or _outlived(end, placed) else Validity("expired", end, "expired")


def _outlived(end: Event, placed: Iterable[tuple[Event, _When]]) -> bool:
    """Whether the document was amended behind the end of its term: nobody amends what has run out, so the term was lifted."""
    ended = str(end.get("date") or "")
    return any(
        event["kind"] == "amended" and not event.get("caused_by") and _day_of(event) > ended for event, _ in placed
    )


def _renewed(end: Event, happened: Sequence[Event]) -> bool:
    """Whether something that has happened gave the document new life after an end; on the same day, if it is told after it."""
    kinds = _RENEWALS | (_LONGER if end["kind"] == "expired" else frozenset())
    ended = str(end.get("effective") or end.get("date") or "")
    place = next((at for at, event in enumerate(happened) if event is end), len(happened))
    return any(
        event["kind"] in kinds
        and (
            _day_of(event) > ended or str(event.get("until") or "") > ended or (_day_of(event) == ended and at > place)
        )
        for at, event in enumerate(happened)
        if event is not end
    )


def _latest(placed: Sequence[tuple[Event, _When]]) -> str:
    """The last day that any dated event may mean; an expiry that is set beforehand is no thing that happened."""
    dated = [_day_of(event) for event, when in placed if when != "undated" and event["kind"] != "expired"]
    return max((dates.bounds(iso)[1] for iso in dated), default="")


def _day_of(event: Event) -> str:
    """The day from which an event counts: its effect where that is told, else its date; empty where neither is."""
    return str(event.get("effective") or event.get("date") or "")


def _is_date(iso: object) -> bool:
    return isinstance(iso, str) and dates.is_iso(iso)


def _started(placed: Sequence[tuple[Event, _When]]) -> Validity | None:
    """What the coming into force says; `None` where nothing tells when that was."""
    starts = [(event, when) for event, when in placed if event["kind"] == "effective" and when != "undated"]
    if not starts:
        return None
    event, when = min(starts, key=lambda one: _day_of(one[0]))
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
        last = max(happened, key=_day_of)
        dated = "" if last.get("date") else "_undated"
        if kind == "partly_repealed":
            return Validity("partly_invalid", last, f"partly_repealed{dated}")
        if last.get("caused_by") and not _in_own_history(last, happened):
            return Validity("amended", last, f"amended{dated}")
        return Validity("in_force", last, f"in_force_as_amended{dated}")
    return None


def _in_own_history(event: Event, happened: Sequence[Event]) -> bool:
    """Whether the text itself records a change of that day or later, and so contains the one that another document brought about."""
    day = _day_of(event) or "9999"
    return any(not one.get("caused_by") and _day_of(one) >= day for one in happened)


@cache
def sentence_keys() -> frozenset[str]:
    """The keys of all sentences that a validity can have."""
    return frozenset(load("sentences")["validity"])
