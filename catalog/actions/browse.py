"""What is left of the search while its engine is away: lists by day, from the store alone, without words, counts by value or highlights.

A list that was begun from the store is gone on with from the store, also when the engine is back meanwhile: its cursor says so. Within
one day the two order records differently, and a reader who changes from one to the other would miss some.
"""

from __future__ import annotations

from typing import Any

from catalog.actions import views
from catalog.actions.context import Catalogue
from catalog.model.disclosure import public_view
from catalog.model.record import Record
from catalog.search import cursor
from catalog.search.intent import analyse
from catalog.search.request import SearchRequest

FILTERS = frozenset({"organization", "type", "year"})
"""The filters by which the store can list, one value each."""
_FROM_STORE = "store"
"""Stands in a cursor where an engine has its own words."""


def is_possible(request: SearchRequest) -> bool:
    """Whether the store alone can answer: no words, an order by date, no other filters than it lists by, and not the
    next page of a list that the engine began.
    """
    return (
        not request.q.strip()
        and not request.cursor
        and request.sort != "title"
        and all(name in FILTERS and len(set(values)) == 1 for name, values in request.filters.items())
    )


def is_begun(catalogue: Catalogue, request: SearchRequest) -> bool:
    """Whether the request goes on with a list that was begun from the store. Raises `InvalidCursor` for a cursor of another query."""
    return bool(request.cursor) and _position(catalogue, request).after == (_FROM_STORE,)


def browse(catalogue: Catalogue, request: SearchRequest) -> dict[str, Any]:
    """The answer to a request that `is_possible`, in the shape of `record.search`, with its lack told in `degraded`."""
    chosen = {name: values[0] for name, values in request.filters.items()}
    start = _position(catalogue, request).offset if request.cursor else (request.page - 1) * request.limit
    with catalogue.store.read() as reader:
        title = chosen.get("organization")
        known = reader.organization_ids([title]) if title is not None else {}
        if title is not None and title not in known:
            records, total = list[Record](), 0
        else:
            records, total = reader.browse(
                organization_id=known[title] if title is not None else None,
                type=chosen.get("type"),
                year=int(chosen["year"]) if "year" in chosen else None,
                offset=start,
                limit=request.limit,
                oldest_first=request.sort == "date_asc",
            )
    end = start + len(records)
    position = cursor.Position(end, (_FROM_STORE,))
    today = catalogue.today()
    shown = [view for record in records if (view := public_view(record)) is not None]
    return {
        "total": total,
        "total_relation": "eq",
        "items": [views.item(view, today=today) for view in shown],
        "facets": {},
        "histogram": [],
        "next_cursor": cursor.write(_secret(catalogue), request, position) if records and end < total else None,
        "page": request.page,
        "limit": request.limit,
        "suggestion": None,
        "intent": analyse(request.q).intent,
        "exact": total,
        "notes": [],
        "also_searched": {},
        "degraded": True,
    }


def _position(catalogue: Catalogue, request: SearchRequest) -> cursor.Position:
    return cursor.read(_secret(catalogue), request, request.cursor or "")


def _secret(catalogue: Catalogue) -> bytes:
    return catalogue.settings.secret_key()
