"""Versions of one work among the records of the catalogue: found by their titles, ordered by their dates, told to each other.

A version that the dates prove to be older than another one of its work gets the event `superseded`, caused by the next newer one and taken
back with it. Where the dates prove nothing, both stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from catalog.actions.keys import title_key
from catalog.model.disclosure import visibility
from catalog.model.record import Record
from catalog.model.titlekeys import without_state, without_version
from catalog.model.titles import transmitted
from catalog.model.works import (
    Version,
    current_on,
    older,
    ordered,
    same_version,
    same_work,
    start_of,
    work_title,
    work_types,
)
from catalog.store.reader import Reader
from catalog.store.verdicts import BEARERS

KIND = "superseded"
"""The kind of event that a newer version is for an older one."""
MAX_VERSIONS = 100
"""Records of one title that are compared; the most often amended statute of the real data has 60 changes."""


def lookup_key(metadata: Mapping[str, Any]) -> str | None:
    """The key (kinds `title` and `alias` of the store) that all versions of a record's work bear; `None` for what is no work."""
    title = str(metadata.get("title") or "")
    if work_title(title) is None:
        return None
    plain = without_version(title)
    return without_state(title_key(without_version(transmitted(plain) or plain)))


def siblings(reader: Reader, records: Iterable[Record]) -> dict[str, list[Record]]:
    """For each record that is a version of a work, the other records of that work, by the record's id; none for other records."""
    wanted = {
        record["id"]: (record, key)
        for record in records
        if _is_version(record) and (key := lookup_key(record["metadata"]))
    }
    keys = {key for _, key in wanted.values()}
    if not keys:
        return {}
    bearers: dict[str, set[str]] = {}
    for kind in ("title", "alias"):
        for key, ids in reader.bearers(kind, keys).items():
            whole = reader.find_by_title_key(key) if len(ids) > BEARERS and kind == "title" else ids
            bearers.setdefault(key, set()).update(whole[:MAX_VERSIONS])
    several = {one for found in bearers.values() if len(found) > 1 for one in found}
    held = reader.records(several) if several else {}
    return {
        record_id: [
            held[one]
            for one in sorted(bearers.get(key, ()))
            if one != record_id
            and one in held
            and _is_version(held[one])
            and same_work(record["metadata"], held[one]["metadata"])
        ]
        for record_id, (record, key) in wanted.items()
    }


def superseding(reader: Reader, written: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """For each version of the works of some records, the event `superseded` that the next newer version is for it; an empty list for those
    that nothing supersedes. Records that are the only version of their work are left out.
    """
    records = reader.records(written)
    found: dict[str, list[dict[str, Any]]] = {}
    for record_id, others in siblings(reader, records.values()).items():
        for one in (records[record_id], *others) if others else ():
            if one["id"] not in found:
                event = _superseded(one, (records[record_id], *others))
                found[one["id"]] = [event] if event else []
    return found


def is_of_version(event: Mapping[str, Any]) -> bool:
    """Whether an event says that a newer version of the work arrived, and not that a text replaces the document."""
    return event.get("kind") == KIND and bool(event.get("caused_by")) and not event.get("raw")


def _superseded(one: Record, work: Iterable[Record]) -> dict[str, Any] | None:
    """What the next newer version does to a version."""
    mine = Version(one["id"], start_of(one["metadata"]))
    newer = [
        (start, other)
        for other in work
        if other["id"] != one["id"]
        and visibility(other) != "none"
        and not same_version(one["metadata"], other["metadata"])
        and (one["text_hash"] is None or one["text_hash"] != other["text_hash"])
        and (start := start_of(other["metadata"]))
        and older(mine, Version(other["id"], start))
    ]
    if not newer:
        return None
    start, by = min(newer, key=lambda pair: (pair[0], pair[1]["id"]))
    number = by["metadata"].get("doc_number")
    return {
        "kind": KIND,
        "date": start,
        "raw": "",
        "by": {"number": number["canonical"] if isinstance(number, Mapping) else None, "title": by["title"]},
        "caused_by": by["id"],
    }


def versions(reader: Reader, record: Record, *, on: date) -> list[dict[str, Any]]:
    """The versions of a record's work that may be shown, the newest first, with the one whose text holds on a day; empty where the record
    is the only one.
    """
    others = [one for one in siblings(reader, [record]).get(record["id"], ()) if visibility(one) != "none"]
    if not others:
        return []
    held = {one["id"]: one for one in (record, *others)}
    told = ordered(Version(one["id"], start_of(one["metadata"])) for one in held.values())
    current = current_on(told, on)
    return [
        {
            "id": one.record_id,
            "name": held[one.record_id]["name"],
            "title": held[one.record_id]["title"],
            "start": one.start,
            "current": one.record_id == current,
            "this": one.record_id == record["id"],
        }
        for one in reversed(told)
    ]


def _is_version(record: Record) -> bool:
    return record["type"] in work_types() and record["state"] == "published"
