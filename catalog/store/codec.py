"""Between rows and values: JSON columns, record rows, and keys that are too long for an index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson

from catalog.model.record import Record
from catalog.store.tables import STATE, records

MAX_KEY_BYTES = 1000
"""Longest key that is stored as it is. PostgreSQL's index rows hold 2,704 bytes, and a key may stand beside another in one."""

RECORD_COLUMNS = (records.c.id, records.c.version, records.c.created_at, *(records.c[name] for name in STATE))
"""What `record_of` takes, in its order."""


def dumps(value: Any) -> str:
    """A value as JSON text for a column."""
    return orjson.dumps(value).decode()


def record_of(row: Sequence[Any]) -> Record:
    """The record of a row of `RECORD_COLUMNS`."""
    (
        record_id, version, created_at, name, kind, title, organization_id, state, state_reason, disclosure, text_hash, content_hash,
        updated_at, metadata, readings,
    ) = row  # fmt: skip
    return {
        "id": record_id,
        "name": name,
        "type": kind,
        "title": title,
        "organization_id": organization_id,
        "state": state,
        "state_reason": state_reason,
        "disclosure": disclosure,
        "metadata": orjson.loads(metadata),
        "readings": orjson.loads(readings),
        "text_hash": text_hash,
        "content_hash": content_hash,
        "version": version,
        "created_at": created_at,
        "updated_at": updated_at,
    }


def state_row(record: Record) -> dict[str, Any]:
    """The `STATE` columns of a record."""
    return {
        "name": record["name"],
        "type": record["type"],
        "title": record["title"],
        "organization_id": record["organization_id"],
        "state": record["state"],
        "state_reason": record.get("state_reason"),
        "disclosure": record["disclosure"],
        "text_hash": record["text_hash"],
        "content_hash": record["content_hash"],
        "updated_at": record["updated_at"],
        "metadata": dumps(record["metadata"]),
        "readings": dumps(record["readings"]),
    }


def stored_key(key: str) -> str:
    """The key as it is stored: itself, or its beginning and a digest of the whole when it is too long for an index."""
    if len(key) * 4 <= MAX_KEY_BYTES:
        return key
    body = key.encode()
    if len(body) <= MAX_KEY_BYTES:
        return key
    return f"{body[: MAX_KEY_BYTES // 2].decode(errors='ignore')}#{hashlib.sha256(body).hexdigest()}"
