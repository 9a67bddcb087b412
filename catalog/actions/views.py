"""How records look from outside: list items, full records, export lines. Whatever leaves the catalogue passes `visible` first.

One shape for all doors: numbers as their canonical text (the parts beside it), issuing bodies as the name that was printed with the
bodies in order, each parsed field with its `_raw`, `_source` and `_confidence` twins only in exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from catalog.actions.context import Actor
from catalog.errors import Gone, NotFound
from catalog.model.disclosure import public_view
from catalog.model.record import Provenance, Record
from catalog.model.validity import validity_of
from catalog.model.vocabularies import vocabulary
from catalog.store.keys import JOINED_KEYS

ITEM_DATES = ("date_written", "date_published", "date_effective")
JOINED = frozenset({"because", "role", "number", "title", "issuer", "date", "text"})
"""What the public is told of why a further place is a record's."""
JOINT = "、"
LANGS = ("zh-Hans", "zh-Hant", "en")


def visible(record: Record | None, actor: Actor, *, asked: str) -> Record:
    """The record as the actor may see it. Raises `NotFound` (also for what may not be known of) and `Gone` with the published reason."""
    if record is None:
        raise NotFound(f"no record is called {asked}")
    if actor.role != "anonymous" and record["state"] != "deleted":
        return record
    if record["state"] in ("withdrawn", "deleted"):
        if public_view({**record, "state": "published"}) is None:
            raise NotFound(f"no record is called {asked}")
        reason = record.get("state_reason") or ""
        raise Gone(f"{record['title']}: withdrawn. Reason: {reason or 'not stated'}", reason)
    seen = public_view(record)
    if seen is None:
        raise NotFound(f"no record is called {asked}")
    return seen


def flat(record: Record) -> dict[str, Any]:
    """The record's metadata in the public shape of its fields."""
    fields = dict(record["metadata"])
    number = fields.get("doc_number")
    if isinstance(number, Mapping):
        fields["doc_number"] = number["canonical"]
        fields["doc_number_parts"] = dict(number)
    bodies = fields.get("issuing_body")
    if isinstance(bodies, list):
        fields["issuing_body"] = {"name": JOINT.join(bodies), "bodies": bodies}
    return fields


def item(record: Record, *, today: date, highlights: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One line of a list: what a reader needs to choose, with the highlights of a search."""
    fields = flat(record)
    return {
        "id": record["id"],
        "name": record["name"],
        "title": record["title"],
        "type": record["type"],
        "doc_number": fields.get("doc_number"),
        "issuing_body": fields.get("issuing_body"),
        **{name: fields.get(name) for name in ITEM_DATES},
        "disclosure": record["disclosure"],
        "validity": validity_of(record["metadata"], today).status,
        "external_id": fields.get("external_id"),
        "url": fields.get("url"),
        "highlights": dict(highlights or {}),
    }


def validity(record: Record, *, today: date) -> dict[str, Any]:
    """The record's validity on a day: `status`, `because` (the event that caused it, or `None`) and `sentence` by language."""
    found = validity_of(record["metadata"], today)
    return {
        "status": found.status,
        "on": today.isoformat(),
        "because": found.because,
        "sentence": {lang: found.text(lang) for lang in LANGS},
        "label": {lang: vocabulary("validity").label(found.status, lang) for lang in LANGS},
    }


def full(record: Record, *, today: date) -> dict[str, Any]:
    """All of a record's fields, its validity computed for today, and what each field was read from."""
    return {
        **flat(record),
        "id": record["id"],
        "name": record["name"],
        "type": record["type"],
        "title": record["title"],
        "state": record["state"],
        "disclosure": record["disclosure"],
        "version": record["version"],
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
        "validity": validity(record, today=today),
        "readings": record["readings"],
    }


def provenance(rows: Sequence[Provenance], sources: Mapping[str, str], *, whole: bool = False) -> list[dict[str, Any]]:
    """Where a record was read from, sources by their names, each with why it is a place of the record (`joined`; `None` for the first).

    `whole` is for those who decide on it: it also names who joined a place, and which record it had before.
    """
    return [
        {
            "joined": _joined(row.get("basis"), whole=whole),
            "source": sources.get(row["source_id"], row["source_id"]),
            "external_id": row["external_id"],
            "url": row["url"],
            "ref": row["ref"],
            "sha256_raw": row["sha256_raw"],
            "fetched_at": row["fetched_at"],
            "parser_version": row["parser_version"],
        }
        for row in rows
    ]


def _joined(basis: Mapping[str, Any] | None, *, whole: bool) -> dict[str, Any] | None:
    if basis is None:
        return None
    return {name: value for name, value in basis.items() if name in JOINED or (whole and name != JOINED_KEYS)}


def export_line(
    record: Record,
    places: Sequence[Mapping[str, Any]],
    files: Sequence[Mapping[str, Any]],
    relations: Sequence[Mapping[str, Any]],
    *,
    today: date,
) -> dict[str, Any]:
    """A record as one line of an export: DOMAIN's field names, twins beside each parsed field, the first provenance as `harvest`."""
    line = full(record, today=today)
    readings = line.pop("readings")
    for name, reading in readings.items():
        if not name.endswith("_raw"):  # a field that is itself what was printed needs no twin
            line[f"{name}_raw"] = reading["raw"]
            line[f"{name}_source"] = reading["where"]
            line[f"{name}_confidence"] = round(reading["confidence"], 2)
    line["record_type"] = line.pop("type")
    line["validity_detail"] = line["validity"]
    line["validity"] = line["validity_detail"]["status"]
    line["harvest"] = dict(places[0]) if places else None
    line["provenance"] = [dict(place) for place in places]
    line["files"] = [dict(file) for file in files]
    line["relations"] = [dict(relation) for relation in relations]
    return line
