"""The index on Elasticsearch: its settings, its strict mapping (made from the filter fields and our own), and what a document is in it.

Text fields take our own tokens, split at white space only, so every Elasticsearch will do. `_source` keeps nothing but what must be shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from catalog.search import fields
from catalog.search.engines.base import Document, FieldKind

FORMAT = 1
"""Raised whenever documents are laid out differently and the mapping does not show it."""
IGNORE_ABOVE = 8_191
"""UTF-16 units of a whole value that is indexed. Lucene takes 32,766 bytes; a longer value would refuse the whole document."""

_TEXT = {"type": "text", "analyzer": "whitespace"}
_FOLDED = {"type": "keyword", "normalizer": "lowercase", "ignore_above": IGNORE_ABOVE}
"""Values that are folded before they come here: the normalizer changes the few letters that `fold` leaves (Deseret), for index and query."""
_ONLY_READ = {"index": False, "doc_values": True}

_OWN: dict[str, dict[str, Any]] = {
    fields.UID: {"type": "keyword", **_ONLY_READ},  # the last sort key; `_id` has no doc values
    fields.VERSION: {"type": "long", **_ONLY_READ},
    fields.DIGEST: {"type": "keyword", **_ONLY_READ},
    fields.TITLE: _TEXT,
    fields.TEXT: _TEXT,
    fields.CHARACTERS: {**_TEXT, "index_options": "freqs"},
    fields.KEYS: {**_FOLDED, "doc_values": False},
    fields.SUGGESTIONS: _FOLDED,
    fields.SHOWN: {"type": "keyword", "index": False, "doc_values": False},
    fields.BY_TITLE: {"type": "keyword", **_ONLY_READ},
    fields.NEWEST_FIRST: {"type": "long"},
    fields.OLDEST_FIRST: {"type": "long"},
    fields.TIE: {"type": "long"},
    fields.RECHECK: {"type": "long", "doc_values": False},
}
_KINDS: dict[FieldKind, dict[str, Any]] = {
    # as they are: facets show them, and an organisation's name is not for us to write in small letters
    "value": {"type": "keyword", "ignore_above": IGNORE_ABOVE},
    "number": {"type": "long"},
}

CONTROL: dict[str, Any] = {
    "dynamic": "strict",
    "properties": {
        "uuid": {"type": "keyword"},
        "state": {"type": "object", "enabled": False},
        "holder": {"type": "keyword"},
        "token": {"type": "keyword"},
        "lease": {"type": "float"},
        "beat": {"type": "long"},
    },
}
"""The mapping of the index of states (`uuid` of the index they tell of, `state`) and locks (the others)."""


def mapping(values: Mapping[str, FieldKind]) -> dict[str, Any]:
    """The mapping for these filter fields."""
    own = [name for name in _OWN if name != fields.SHOWN]
    return {
        "dynamic": "strict",
        "_source": {"excludes": [*own, *sorted(values)]},
        "properties": _OWN | {name: _KINDS[kind] for name, kind in sorted(values.items())},
    }


def settings(shards: int) -> dict[str, Any]:
    """The settings of an index while it is built: no copies yet, and nothing is visible before our own refresh. Deletions are remembered for
    an hour, so that a writer that slept cannot bring back what its successor deleted.
    """
    return {
        "index.number_of_shards": shards,
        "index.number_of_replicas": 0,
        "index.auto_expand_replicas": "false",
        "index.refresh_interval": "-1",
        "index.gc_deletes": "1h",
    }


def replicas(text: str) -> dict[str, Any]:
    """The settings for the copies of a finished index: a number of them, or a range as `0-1`."""
    if text.isdecimal():
        return {"index.auto_expand_replicas": "false", "index.number_of_replicas": int(text)}
    return {"index.auto_expand_replicas": text}


def signature(values: Mapping[str, FieldKind]) -> str:
    """A short digest of the mapping."""
    laid_out = orjson.dumps([FORMAT, mapping(values)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(laid_out).hexdigest()[:12]


def body(document: Document, values: Mapping[str, FieldKind]) -> bytes:
    """A document as JSON. Values of fields that no filter declares are left out. Raises `TypeError` and `ValueError` for what is no JSON."""
    row: dict[str, Any] = dict(document)
    found = row.pop("values")
    for name, kind in values.items():
        given = found.get(name, ())
        row[name] = [int(value) for value in given] if kind == "number" else [str(value) for value in given]
    return orjson.dumps(row)
