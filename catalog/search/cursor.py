"""Paging cursors: where a page ended, signed, and bound to the query it belongs to. They reach as deep as the results go."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from typing import Any

import orjson

from catalog.errors import Fault, InvalidCursor
from catalog.search.request import SearchRequest

_SIGNATURE_BYTES = 16
MAX_CHARS = 400


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next page begins: after `offset` hits; where the engine said so, after what `Answer.after` names."""

    offset: int
    after: tuple[Any, ...] | None = None


def fingerprint(request: SearchRequest) -> bytes:
    """What of a request must be the same on every page: the words, the filters and the order."""
    filters = sorted((name, sorted(values)) for name, values in request.filters.items() if values)
    return hashlib.sha256(orjson.dumps([request.q.strip(), filters, request.sort])).digest()


def write(secret: bytes, request: SearchRequest, position: Position) -> str:
    """The cursor for a position in a request's hits."""
    payload = orjson.dumps([position.offset, position.after])
    return urlsafe_b64encode(_sign(secret, request, payload) + payload).decode().rstrip("=")


def read(secret: bytes, request: SearchRequest, cursor: str) -> Position:
    """The position that a cursor names. Raises `InvalidCursor` for one that was not made here, or was made for another query."""
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)) if len(cursor) <= MAX_CHARS else b""
    except (BadBase64, ValueError):
        raw = b""
    signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not payload or not hmac.compare_digest(signature, _sign(secret, request, payload)):
        message = "cursor: not a cursor of this query; take next_cursor from the last answer, with the same words, filters and sort"
        raise InvalidCursor(
            message,
            [Fault("cursor", message, "cursor：不属于此查询，请使用上一页返回的 next_cursor", "invalid_cursor")],
        )
    offset, after = orjson.loads(payload)
    return Position(offset, None if after is None else tuple(after))


def _sign(secret: bytes, request: SearchRequest, payload: bytes) -> bytes:
    return hmac.digest(secret, b"cursor2" + fingerprint(request) + payload, "sha256")[:_SIGNATURE_BYTES]
