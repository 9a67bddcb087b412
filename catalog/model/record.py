"""The shape of a record as the store keeps it and every other part passes it on: a plain dict, because there are millions of them."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

State = Literal["draft", "in_review", "published", "withdrawn", "deleted"]
Disclosure = Literal["active", "on_request", "withheld", "unknown"]


class Provenance(TypedDict):
    """One place that a record was read from. `key` is the item's own id within the source; `ref` names the page, file or line.

    `basis` says why a further place is the record's (`model.identity`); it is absent for the place that the record was made from.
    `hints` are what the list and the answer said of an item whose bytes are kept by themselves, so that it can be read again as it was:
    `media_type`, `charset`, `filename`, and `list`, the hints of its reference. Reads leave them out.
    """

    source_id: str
    key: str
    external_id: str | None
    url: str | None
    canonical_url: str | None
    ref: str
    sha256_raw: str
    fetched_at: str
    parser_version: str
    basis: NotRequired[dict[str, Any] | None]
    hints: NotRequired[dict[str, Any] | None]


class Record(TypedDict):
    """One record. `metadata` is what the type's schema dumps (DOMAIN 2.8 names, JSON values); `readings` says for each parsed field
    `{"raw": …, "where": …, "confidence": …}`. Dates are ISO 8601 text, `version` counts from 1, hashes are sha256 hex.
    """

    id: str
    name: str
    type: str
    title: str
    organization_id: str | None
    state: State
    disclosure: Disclosure
    metadata: dict[str, Any]
    readings: dict[str, dict[str, Any]]
    text_hash: str | None
    content_hash: str
    version: int
    created_at: str
    updated_at: str
    state_reason: NotRequired[str | None]
