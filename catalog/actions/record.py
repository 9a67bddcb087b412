"""Actions on records: search, show, text, relations, revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from marshmallow import Schema, fields

from catalog.actions import browse, cleanup, views, works
from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action
from catalog.actions.text import text_answer
from catalog.errors import NotFound, SearchUnavailable
from catalog.model.disclosure import public_view, visibility
from catalog.model.docnumber import search_key
from catalog.model.record import Record
from catalog.model.relations import relation_types
from catalog.store.reader import Reader
from catalog.store.rows import FileRow, RecordLink, RelationRow

log = structlog.get_logger()

REPRINTS = frozenset({"gazette_article"})
"""Types that carry the number of another record: asked for by number, the document itself is meant."""


UNDECIDED = frozenset({"ambiguous", "conflict", "elsewhere", "later"})
"""Why a citation stays open although the catalogue holds documents of its name (`store.rows.Matched`)."""


class RecordSearch(Schema):
    """Search parameters as a door got them: each name with the list of its values. The filter registry reads them."""

    parameters = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        load_default=dict,
        metadata={"description": "q, facets, sort, limit, page, cursor and every filter, each with a list of values"},
    )


class RecordId(Schema):
    """Which record."""

    id = fields.String(required=True, metadata={"description": "id, name, or document number"})


class RecordShow(RecordId):
    """Which record, and as of which day its validity is told."""

    as_of = fields.Date(
        load_default=None,
        metadata={"description": "day for which the validity is computed (2015-07-14); today where it is not given"},
    )


@action("record.search", schema=RecordSearch, permission="public")
def record_search(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Search the public records; filters, facets, histogram, highlights and a cursor for the next page.

    While the search engine is away, lists by day without words come from the store alone, and `degraded` says that facets are missing.

    Raises `InvalidInput` that names a wrong parameter and the nearest known one, and `SearchUnavailable` for what needs the engine.
    """
    search = catalogue.search
    request = search.parse(_with_titles(catalogue, params["parameters"]))
    if browse.is_begun(catalogue, request):
        return browse.browse(catalogue, request)
    try:
        found = search.search(request)
    except SearchUnavailable as error:
        if not browse.is_possible(request):
            raise
        log.warning("browsing_without_search", reason=str(error))
        return browse.browse(catalogue, request)
    with catalogue.store.read() as reader:
        records = reader.records([hit["id"] for hit in found.hits])
    shown = [(hit, public_view(records[hit["id"]])) for hit in found.hits if hit["id"] in records]
    today = catalogue.today()
    return {
        "total": found.total,
        "total_relation": found.total_relation,
        "items": [
            views.item(record, today=today, highlights=hit["highlights"]) for hit, record in shown if record is not None
        ],
        "facets": found.facets,
        "histogram": found.histogram,
        "next_cursor": found.next_cursor,
        "page": request.page,
        "limit": request.limit,
        "suggestion": found.suggestion,
        "intent": found.intent,
        "exact": found.exact,
        "notes": list(found.notes),
        "also_searched": {word: list(names) for word, names in found.also_searched.items()},
        "degraded": False,
    }


@action("record.show", schema=RecordShow, permission="public")
def record_show(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """One record with all its fields, its validity today (or `as_of` a day) with the reason, its versions, its files and where it was read.

    Raises `NotFound`, and `Gone` with the published reason when it was withdrawn.
    """
    day = params["as_of"] or catalogue.today()
    with catalogue.store.read() as reader:
        record = _find(reader, params["id"], actor)
        places = reader.provenances([record["id"]]).get(record["id"], [])
        names = {
            source_id: source.name
            for source_id in {p["source_id"] for p in places}
            if (source := reader.source(source_id))
        }
        rows = reader.files([record["id"]]).get(record["id"], []) if _open(record, actor) else []
        owners = reader.organizations([record["organization_id"]]) if record["organization_id"] else []
        outgoing, incoming = reader.relation_counts(record["id"])
        versions = works.versions(reader, record, on=day)
        lists = cleanup.counted(reader, record) if _open(record, actor) else None
    return {
        **views.full(record, today=day),
        "versions": versions,
        "lists": lists,
        "organization": {"id": owners[0].id, "name": owners[0].name, "title": owners[0].title} if owners else None,
        "files": [file_view(row) for row in rows],
        "provenance": views.provenance(places, names),
        "relation_counts": {"outgoing": outgoing, "incoming": incoming},
        "has_text": record["text_hash"] is not None and _open(record, actor),
    }


@action("record.text", schema=RecordId, permission="public")
def record_text(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """The text of one record as a tree: parts, and blocks with anchor, kind, number, path, page. No blocks where the text is not open to the asker."""
    with catalogue.store.read() as reader:
        record = _find(reader, params["id"], actor)
        hashed = record["text_hash"] if _open(record, actor) else None
        blocks = reader.texts([hashed])[hashed] if hashed else []
    return text_answer(record, blocks)


@action("record.relations", schema=RecordId, permission="public")
def record_relations(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """What one record cites, amends, repeals …, and what does so to it. A target that the catalogue does not hold is `null`."""
    with catalogue.store.read() as reader:
        record = _find(reader, params["id"], actor)
        if not _open(record, actor):
            return {"id": record["id"], "outgoing": [], "incoming": []}
        outgoing = reader.relations(record["id"])
        rows = reader.relations(record["id"], incoming=True)
        incoming = [row for row in rows if _linkable(row.other) and _tells(row.other, actor)]
    return {
        "id": record["id"],
        "outgoing": [relation_view(row, inverse=False) for row in outgoing],
        "incoming": [relation_view(row, inverse=True) for row in incoming],
    }


@action("record.revisions", schema=RecordId, permission="public")
def record_revisions(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """The history of one record: version, time, why, which fields changed, and (not for the public, who have no need to know) who."""
    with catalogue.store.read() as reader:
        record = _find(reader, params["id"], actor)
        rows = reader.revisions(record["id"])
    return {
        "id": record["id"],
        "revisions": [
            {
                "version": r.version,
                "kind": r.kind,
                "at": r.at,
                "actor": "" if actor.role == "anonymous" else r.actor,
                "reason": r.reason,
                "changed": list(r.changed),
            }
            for r in rows
        ],
    }


def _with_titles(catalogue: Catalogue, parameters: Mapping[str, list[str]]) -> Mapping[str, list[str]]:
    """The parameters with organisations by their titles, as the index has them: a name (slug) or id is as good as the title."""
    asked = parameters.get("organization", [])
    if not any(value.isascii() for value in asked):
        return parameters
    with catalogue.store.read() as reader:
        titles = [found.title if (found := reader.organization(value)) else value for value in asked]
    return {**parameters, "organization": titles}


def _find(reader: Reader, which: str, actor: Actor) -> Record:
    """By id or name, else by document number in any spelling when exactly the visible ones can be told apart."""
    record = reader.record(which)
    if record is None and (key := search_key(which)):
        found = reader.records(reader.find_by_number_key(key))
        seen = [r for r in found.values() if actor.role != "anonymous" or visibility(r) != "none"]
        seen = [r for r in seen if r["type"] not in REPRINTS] or seen
        if len(seen) > 1:
            names = ", ".join(sorted(r["name"] for r in seen))
            raise NotFound(f"{which} is the number of {len(seen)} records; ask for one by name: {names}")
        record = seen[0] if seen else None
    return views.visible(record, actor, asked=which)


def _open(record: Record, actor: Actor) -> bool:
    return actor.role != "anonymous" or visibility(record) == "full"


def _linkable(link: RecordLink | None) -> bool:
    return link is not None and link.state == "published" and link.disclosure in ("active", "unknown", "on_request")


def _tells(link: RecordLink | None, actor: Actor) -> bool:
    """Whether what a record's text says of others may be told: the words of one that is disclosed on request are not for everyone."""
    return actor.role != "anonymous" or (link is not None and link.disclosure in ("active", "unknown"))


def relation_view(row: RelationRow, *, inverse: bool = False) -> dict[str, Any]:
    """A relation as it looks from one end; `target` is the record at the other, `null` when it is not known or not public, and then `open`
    says why. `place` is the anchor in the document that cites, `article` the one in the document that is cited.
    """
    link = row.other if row.other and _linkable(row.other) else None
    inverse ^= row.event is not None  # the cause of one's own event is the one that did it
    return {
        "type": row.type,
        "label": _relation_label(row.type, inverse=inverse),
        "raw": row.raw,
        "number": row.number,
        "title": row.title,
        "place": row.place,
        "article": row.article,
        "matched": row.matched if link else None,
        "open": None if link else row.matched if row.matched in UNDECIDED else "absent",
        "target": {"id": link.id, "name": link.name, "type": link.type, "title": link.title} if link else None,
    }


def _relation_label(name: str, *, inverse: bool) -> Mapping[str, str]:
    kind = relation_types().get(name)
    if kind is None:  # an extension's own type has no label here
        return dict.fromkeys(views.LANGS, name)
    return kind.inverse_labels if inverse else kind.labels


def file_view(row: FileRow) -> dict[str, Any]:
    """A file of a record with the address to download it from."""
    from urllib.parse import quote

    return {
        "sha256": row.sha256,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "role": row.role,
        "source_url": row.url,
        "url": f"/download/{row.sha256}/{quote(row.name, safe='')}",
    }
