"""Actions on identity: which places a record has and why, splitting one off again, and joining two records by hand.

Each is one transaction, a revision of every record that it touches, and remembered: what a person split is kept apart, what a person joined
stays joined. A split is the undo of a join: the place gets the record back that it had, or a new one that is read from its kept bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions import identity, views
from catalog.actions.apply import Candidate, apply_batch, create_apart
from catalog.actions.context import Actor, Catalogue
from catalog.actions.follow import follow_once
from catalog.actions.keys import record_keys
from catalog.actions.lineage import take_back, tell_targets
from catalog.actions.registry import action
from catalog.actions.review import note_reviews
from catalog.errors import Conflict, Fault, InvalidInput, NotFound
from catalog.model.identity import comparable
from catalog.model.record import Record
from catalog.store.keys import JOINED_KEYS
from catalog.store.reader import Reader
from catalog.store.rows import ProvenanceRow, RecordWrite, Source, Verdict
from catalog.store.work import UnitOfWork

REVIEW = identity.DOUBT
CURSOR = "\t"
"""What stands between the parts of a list's cursor; no key of a place begins or ends with it."""


class IdentityList(Schema):
    """Which joined places to list."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 1000), metadata={"description": "how many"})
    after = fields.String(load_default=None, allow_none=True, metadata={"description": "`next` of the page before"})


class IdentityShow(Schema):
    """A record whose places are asked for."""

    id = fields.String(required=True, metadata={"description": "id or name of the record"})


class IdentitySplit(Schema):
    """A place to take from its record."""

    id = fields.String(required=True, metadata={"description": "id or name of the record"})
    place = fields.String(
        required=True, metadata={"description": "the place: its number in `identity show`, its key, ref or address"}
    )
    reason = fields.String(load_default="another document", metadata={"description": "why, for the history"})


class IdentityJoin(Schema):
    """Two records that are one document."""

    id = fields.String(required=True, metadata={"description": "id or name of the record that stays"})
    other = fields.String(required=True, metadata={"description": "id or name of the record whose places it gets"})
    reason = fields.String(load_default="the same document", metadata={"description": "why, for the history"})


@action("identity.list", schema=IdentityList, permission="edit")
def identity_list(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """The places that were joined to records, with what each join stands on, and how many doubts wait for a review."""
    after = _cursor(params["after"])
    with catalogue.store.read() as reader:
        found = reader.joined(after=after, limit=params["limit"])
        records = reader.records({record_id for record_id, _ in found})
        names = _source_names(reader, {place["source_id"] for _, place in found})
        waiting = reader.review_counts().get(REVIEW, 0)
    items = [
        {
            "record": record_id,
            "name": records[record_id]["name"],
            "title": records[record_id]["title"],
            **views.provenance([place], names, whole=True)[0],
        }
        for record_id, place in found
    ]
    last = found[-1] if len(found) == params["limit"] else None
    following = CURSOR.join((last[0], last[1]["source_id"], last[1]["key"])) if last else None
    return {"joined": items, "next": following, "doubts": waiting}


@action("identity.show", schema=IdentityShow, permission="edit")
def identity_show(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Why a record is what it is: its places in order, the records with the same text, what a person kept apart, and the doubts."""
    with catalogue.store.read() as reader:
        record = views.visible(reader.record(params["id"]), actor, asked=params["id"])
        rows = reader.places_of(record["id"])
        places = reader.provenances([record["id"]]).get(record["id"], [])
        names = _source_names(reader, {row.source_id for row in rows})
        links = [row for row in reader.relations(record["id"]) if row.type == identity.LINK and row.matched == "given"]
        verdicts = [verdict for row in rows for verdict in reader.verdicts(row.source_id, row.key)]
        reviews = [one for one in reader.reviews_of([record["id"]]).get(record["id"], []) if one.kind == REVIEW]
        others = reader.records({one.record_id for one in verdicts} | {one.key for one in reviews})
    return {
        "record": record["id"],
        "name": record["name"],
        "title": record["title"],
        "places": views.provenance(places, names, whole=True),
        "same_text": [
            {"name": row.other.name, "title": row.other.title, "because": row.raw} for row in links if row.other
        ],
        "apart": [
            {"name": others[one.record_id]["name"], "key": one.key, "by": one.by, "at": one.at, "reason": one.reason}
            for one in verdicts
            if one.record_id in others
        ],
        "doubts": [
            {"name": others[one.key]["name"] if one.key in others else one.key, "state": one.state, **one.detail}
            for one in reviews
        ],
    }


@action("identity.split", schema=IdentitySplit, permission="edit")
def identity_split(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Take a place from its record and give it a record of its own again; later harvests keep them apart.

    Raises `NotFound`, `InvalidInput` where the record has no other place, and `Conflict` where no bytes are kept to read it from.
    """
    with catalogue.store.read() as reader:
        record = views.visible(reader.record(params["id"]), actor, asked=params["id"])
        rows = reader.places_of(record["id"])
        place = _chosen(rows, params["place"])
        former = reader.record(str((place.basis or {}).get("joined_from", "")) or "-")
    if len(rows) == 1:
        message = f"place: {record['name']} has no other place; to take it back use `record.withdraw`"
        raise InvalidInput(message, [Fault("place", message)])
    own = None if former is not None else _read(catalogue, record, place)
    heir = _read(catalogue, record, rows[1]) if place is rows[0] else None
    with catalogue.store.write(actor=actor.name, reason=f"split: {params['reason']}") as work:
        _unchanged_since(work, record)
        split = _restored(work, former, place) if former is not None else _apart(catalogue, work, own, place)
        apart = [Verdict(place.source_id, place.key, record["id"], reason=params["reason"])]
        apart += [Verdict(r.source_id, r.key, split["id"], reason=params["reason"]) for r in rows if r is not place]
        work.put_verdicts(apart)
        _forget_names(work, [row for row in rows if row is not place], split)
        if heir is None:
            work.update([RecordWrite(_next(record, work.now), keys=record_keys(record["metadata"]))])
        else:
            _hand_over(catalogue, work, heir, rows)
        _settle(work, record["id"], split["id"], state="dismissed")
        tell_targets(work, [record["id"], split["id"]], now=work.now)
    follow_once(catalogue)
    return {"record": record["name"], "split": split["name"], "place": place.ref, "reason": params["reason"]}


@action("identity.join", schema=IdentityJoin, permission="edit")
def identity_join(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Make two records one: the first gets the places of the other, whose name leads to it from then on. An article of a gazette and the
    document that it prints stay two, and are linked as the same text.

    Raises `NotFound`, and `InvalidInput` for two records that are one already, or that can never be one.
    """
    with catalogue.store.write(actor=actor.name, reason=f"join: {params['reason']}") as work:
        stays, goes = (views.visible(work.record(params[name]), actor, asked=params[name]) for name in ("id", "other"))
        as_what = comparable(stays["type"], goes["type"])
        _may_join(stays, goes, as_what, work.places_of(goes["id"]))
        if as_what == "link":
            pairs = ((stays, goes), (goes, stays))
            work.link([(one["id"], identity.LINK, other["id"], params["reason"]) for one, other in pairs])
            work.update([RecordWrite(_next(one, work.now)) for one in (stays, goes)])
        else:
            _merge(work, actor, stays, goes, params["reason"])
        _settle(work, stays["id"], goes["id"], state="done")
    follow_once(catalogue)
    return {"record": stays["name"], "other": goes["name"], "as": as_what, "reason": params["reason"]}


def _may_join(stays: Record, goes: Record, as_what: str | None, places: Sequence[ProvenanceRow]) -> None:
    message = ""
    if stays["id"] == goes["id"]:
        message = f"other: {goes['name']} is this record already"
    elif as_what is None:
        message = f"other: a {stays['type']} and a {goes['type']} are never the same document"
    elif as_what == "record" and (stays["state"] != "published" or goes["state"] != "published"):
        message = "other: only published records are joined; withdraw the one that is too many instead"
    elif as_what == "record" and not places:
        message = f"other: {goes['name']} was made by hand and has no place to join; name it first, or withdraw it"
    if message:
        raise InvalidInput(message, [Fault("other", message)])


def _merge(work: UnitOfWork, actor: Actor, stays: Record, goes: Record, reason: str) -> None:
    likeness = identity.likeness_of(work, stays, goes)
    behind = max((int((row.basis or {}).get("order", 0)) for row in work.places_of(stays["id"])), default=0) + 1
    places = work.places_of(goes["id"])
    names = [(kind, key) for row in places for kind, key in (row.basis or {}).get(JOINED_KEYS, ())]
    own = identity.basis_of(goes["metadata"], likeness, by=actor.name, keys=[*record_keys(goes["metadata"]), *names])
    for row in places:
        told = {"because": "by_hand", "reason": reason, "order": behind, "joined_from": goes["id"]}
        work.forget_verdict(row.source_id, row.key, stays["id"])
        work.move_place(row.source_id, row.key, stays["id"], {**own, **told, "name": goes["name"]})
    take_back(work, {goes["id"]})
    now_goes, now_stays = (work.records([one["id"]])[one["id"]] for one in (goes, stays))
    gone = _next(now_goes, work.now)
    gone["state"], gone["state_reason"] = "deleted", f"joined with {stays['name']}: {reason}"
    gone["name"] = work.unique_names({goes["id"]: f"{goes['name'][:80]}-joined"})[goes["id"]]
    work.unlink(stays["id"], goes["id"])
    work.update([RecordWrite(gone, keys=(), change="delete")])
    work.lead_names([goes["name"]], stays["id"])
    work.update([RecordWrite(_next(now_stays, work.now), keys=record_keys(now_stays["metadata"]))])
    work.resolve_relations()
    tell_targets(work, [stays["id"]], now=work.now)


def _hand_over(
    catalogue: Catalogue, work: UnitOfWork, heir: tuple[Source, Candidate], rows: Sequence[ProvenanceRow]
) -> None:
    """The place that gave a record is taken from it: the next one gives it from now on."""
    place = rows[1]
    if len(rows) == 2:
        work.move_place(place.source_id, place.key, place.record_id, None)
    apply_batch(catalogue, work, heir[0], [heir[1]])


def _forget_names(work: UnitOfWork, rows: Sequence[ProvenanceRow], split: Record) -> None:
    """Take the names of a record that was split off from what the remaining places say of the record that they stay with."""
    gone = identity.names_of(record_keys(split["metadata"]))
    for row in rows:
        basis = row.basis or {}
        left = [name for name in basis.get(JOINED_KEYS, ()) if name not in gone]
        if left != basis.get(JOINED_KEYS, []):
            work.move_place(row.source_id, row.key, row.record_id, {**basis, JOINED_KEYS: left})


def _restored(work: UnitOfWork, former: Record, place: ProvenanceRow) -> Record:
    """The record that a place had before a person joined it, as it was, under the name that it had."""
    work.move_place(place.source_id, place.key, former["id"], None)
    if former["state"] == "published":
        return former
    again = _next(former, work.now)
    again["state"], again["state_reason"] = "published", None
    name = str((place.basis or {}).get("name", former["name"]))
    work.lead_names([name], None)
    again["name"] = name
    work.update([RecordWrite(again, keys=record_keys(again["metadata"]))])
    work.lead_names([former["name"]], None)
    return again


def _apart(
    catalogue: Catalogue, work: UnitOfWork, own: tuple[Source, Candidate] | None, place: ProvenanceRow
) -> Record:
    """A new record, read from what is kept of the place."""
    if own is None:
        raise LookupError(f"{place.ref} was not read")
    made = create_apart(catalogue, work, *own)
    work.move_place(place.source_id, place.key, made["id"], None)
    note_reviews(work, [(made["id"], made["metadata"])])
    return made


def _read(catalogue: Catalogue, record: Record, place: ProvenanceRow) -> tuple[Source, Candidate]:
    """A place of a record as it is read now, from what is kept. Raises `Conflict` where that cannot be."""
    with catalogue.store.read() as reader:
        source = reader.source(place.source_id)
    if source is None:
        raise NotFound(f"the source of {place.ref} is gone")
    found = catalogue.harvest.again(catalogue, source, wanted=lambda row: row.key == place.key, record_id=record["id"])
    again = next((one for one in found if one.place.key == place.key), None)
    if again is None or again.candidate is None or again.candidate.refused:
        told = again.message if again is not None and again.message else "it is not a record any more"
        raise Conflict(f"{place.ref} cannot be read again, so nothing was split: {told}")
    return source, replace(again.candidate, again=True)


def _chosen(rows: Sequence[ProvenanceRow], asked: str) -> ProvenanceRow:
    if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= len(rows):
        return rows[int(asked) - 1]
    found = [row for row in rows if asked in (row.key, row.ref, row.url, row.external_id)]
    if len(found) != 1:
        known = "; ".join(f"{number} {row.ref}" for number, row in enumerate(rows, 1))
        raise NotFound(f"{'several places are' if found else 'no place is'} called {asked}; the record has: {known}")
    return found[0]


def _unchanged_since(work: UnitOfWork, record: Record) -> None:
    now = work.records([record["id"]]).get(record["id"])
    if now is None or now["version"] != record["version"]:
        raise Conflict(f"{record['name']} was changed while it was read; do it again")


def _next(record: Record, now: str) -> Record:
    return {**record, "version": record["version"] + 1, "updated_at": now}


def _settle(work: UnitOfWork, one: str, other: str, *, state: Any) -> None:
    work.settle_reviews([(one, REVIEW, other), (other, REVIEW, one)], state=state)


def _source_names(reader: Reader, ids: set[str]) -> dict[str, str]:
    return {source_id: source.name for source_id in ids if (source := reader.source(source_id))}


def _cursor(after: str | None) -> tuple[str, str, str]:
    parts = (after or CURSOR * 2).split(CURSOR, 2)
    if len(parts) < 3:  # record, source and key
        message = f"after: {after!r} is not the place of a join; take the `next` of the list before"
        raise InvalidInput(message, [Fault("after", message)])
    return parts[0], parts[1], parts[2]
