"""Issues of gazettes and their articles: what an issue holds, in its order, and where an article stands in its issue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions import views
from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action, call
from catalog.model.disclosure import public_view
from catalog.model.record import Record
from catalog.store.reader import Reader

LINK = "published_in"
LIMIT = 100
MOST = 1_000
"""Articles that are given at a time where nothing else is asked for, and at most."""
READ = 10_000
"""Articles of one issue that are looked at; the biggest issue seen has 600."""
LAST = (1 << 62,)
"""Where an article stands that nothing orders."""


class IssueArticles(Schema):
    """Which articles of which issue."""

    id = fields.String(required=True, metadata={"description": "id or name of the issue"})
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000), metadata={"description": "page, from 1"})
    limit = fields.Integer(
        load_default=LIMIT, validate=validate.Range(1, MOST), metadata={"description": "articles a page"}
    )


class ArticleId(Schema):
    """Which article."""

    id = fields.String(required=True, metadata={"description": "id or name of the article"})


@action("gazette.articles", schema=IssueArticles, permission="public")
def gazette_articles(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """The articles of an issue in its order: titles, numbers, issuers, sections, pages. Raises as `record.show`."""
    issue = call(catalogue, actor, "record.show", {"id": params["id"]})
    with catalogue.store.read() as reader:
        found = articles_of(reader, issue["id"])
    start = (params["page"] - 1) * params["limit"]
    return {
        "issue": _link(issue),
        "total": len(found),
        "page": params["page"],
        "limit": params["limit"],
        "items": [_item(record) for record in found[start : start + params["limit"]]],
    }


@action("gazette.place", schema=ArticleId, permission="public")
def gazette_place(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Where an article stands: its issue, its place among the articles, and the ones before and after it. Raises as `record.show`."""
    article = call(catalogue, actor, "record.show", {"id": params["id"]})
    with catalogue.store.read() as reader:
        rows = reader.relations_among([article["id"]], types=(LINK,))
        ids = [row.target_id for row in rows if row.record_id == article["id"] and row.target_id]
        issue = _seen(reader.records(ids[:1]).get(ids[0])) if ids else None
        found = articles_of(reader, issue["id"]) if issue is not None else []
    at = next((place for place, record in enumerate(found) if record["id"] == article["id"]), None)
    return {
        "issue": _link(issue) if issue is not None else None,
        "number": at + 1 if at is not None else None,
        "total": len(found),
        "previous": _link(found[at - 1]) if at else None,
        "next": _link(found[at + 1]) if at is not None and at + 1 < len(found) else None,
    }


def articles_of(reader: Reader, issue_id: str) -> list[Record]:
    """The articles of an issue that the public may see, in its order: by `order`, else as the issue lists them, else as they came."""
    rows = reader.relations_among([issue_id], types=(LINK,))
    ids = sorted({row.record_id for row in rows if row.target_id == issue_id})[:READ]
    issue = reader.records([issue_id]).get(issue_id)
    listed = {str(key): place for place, key in enumerate(issue["metadata"].get("articles", ()) if issue else ())}
    found = [seen for record in reader.records(ids).values() if (seen := _seen(record)) is not None]
    return sorted(found, key=lambda record: _order(record, listed))


def _order(record: Record, listed: Mapping[str, int]) -> tuple[Any, ...]:
    fields_ = record["metadata"]
    if isinstance(fields_.get("order"), int):
        return (fields_["order"], record["id"])
    place = listed.get(str(fields_.get("external_id") or ""))
    return (place, record["id"]) if place is not None else (*LAST, record["id"])


def _seen(record: Record | None) -> Record | None:
    return public_view(record) if record is not None and record["state"] == "published" else None


def _link(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ("id", "name", "type", "title")}


def _item(record: Record) -> dict[str, Any]:
    view = views.flat(record)
    wanted = ("doc_number", "issuing_body", "date_written", "section", "article_class", "order", "page_from", "page_to")
    return {
        **_link(record),
        "lang": view.get("lang"),
        "script": view.get("script"),
        **{name: view.get(name) for name in wanted},
    }
