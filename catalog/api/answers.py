"""How this door answers: JSON bytes as the action gave them, with a validator (ETag) made from those bytes.

Nothing is dumped through a schema here: the schemas of `shapes` describe the answers in OpenAPI, a test holds them to it, and a
record is on its way in tens of microseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import orjson
from flask import Response, current_app, request

from catalog.actions.context import ANONYMOUS, Catalogue
from catalog.actions.registry import call

JSON_TYPE = "application/json"
EXTENSION = "gongkai"
"""The key of the catalogue in `flask.Flask.extensions`."""

SPECIFICATION = "gongkai.openapi"
"""The key of a function that gives the OpenAPI document, made at its first call; the pages describe the API from it."""


def catalogue() -> Catalogue:
    """The catalogue that this application serves."""
    found: Catalogue = current_app.extensions[EXTENSION]
    return found


def ask(action: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Do a named action for an anonymous asker. Raises what the action raises; `problems` turns that into an answer."""
    return call(catalogue(), ANONYMOUS, action, params)


def answer(body: Any, *, modified: datetime | None = None) -> Response:
    """200 with `body` as JSON, or 304 when the client's copy (If-None-Match, else If-Modified-Since) is still good."""
    payload = orjson.dumps(body)
    response = Response(payload, content_type=JSON_TYPE)
    response.set_etag(hashlib.blake2b(payload, digest_size=16).hexdigest())
    response.cache_control.no_cache = True
    if modified is not None:
        response.last_modified = modified
    response.make_conditional(request)
    return response


def last_change(record: Mapping[str, Any], now: datetime) -> datetime | None:
    """When the answer for a record last changed: at its last edit, or on the day that changed its validity since.

    A regulation may come into force, or lapse, without anybody touching the record.
    """
    stamps = [_moment(record.get("updated_at"))]
    validity = record.get("validity")
    because = validity.get("because") if isinstance(validity, Mapping) else None
    if isinstance(because, Mapping):
        stamps.append(_moment(because.get("date")))
    past = [stamp for stamp in stamps if stamp is not None and stamp <= now.astimezone(UTC)]
    return max(past, default=None)


def _moment(text: Any) -> datetime | None:
    """A full ISO date or time as a moment in UTC; `None` for a partial date, which names no moment."""
    if not isinstance(text, str) or len(text) < len("2015-07-14"):
        return None
    try:
        moment = (
            datetime.fromisoformat(text)
            if len(text) > len("2015-07-14")
            else datetime.combine(date.fromisoformat(text), time())
        )
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
