"""Filter by validity on the day of indexing; the index looks again on the day when a record's validity changes by itself."""

from __future__ import annotations

from datetime import date, timedelta

from catalog.model.dates import bounds, is_iso
from catalog.model.record import Record
from catalog.model.validity import timeline, validity_of
from catalog.plugins.interfaces import Filter
from catalog.search.dates import number, today

FILTERS = (
    Filter(
        parameter="validity",
        field="validity",
        facet=True,
        vocabulary="validity",
        labels={"zh-Hans": "效力状态", "zh-Hant": "效力狀態", "en": "Validity"},
        description="Validity today, computed from what happened to the document; `unknown` does not mean that it is not in force.",
    ),
)


def values(record: Record) -> dict[str, tuple[str, ...]]:
    """The record's validity status today."""
    return {"validity": (validity_of(record["metadata"], today()).status,)}


def changes_on(record: Record) -> int:
    """The next day, as yyyymmdd, on which the status may be another one by what is known now; 0 for none."""
    now = today().isoformat()
    ends = (
        day
        for event in timeline(record["metadata"])
        for name in ("date", "effective", "until")
        if is_iso(str(event.get(name) or ""))
        for day in _turns(str(event[name]))
    )
    return number(min((day for day in ends if day > now), default=""))


def _turns(iso: str) -> tuple[str, str, str]:
    """The days on which an event of this date can begin to count: its first, its last, and the day after (the date of an end is the
    last day in force).
    """
    first, last = bounds(iso)
    return first, last, (date.fromisoformat(last) + timedelta(days=1)).isoformat()
