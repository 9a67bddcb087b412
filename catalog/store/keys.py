"""What records are found by: the keys of their own fields, and those of the places that were joined to them, which stay under their own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson
from sqlalchemy import select

from catalog.store.base import Bound
from catalog.store.codec import stored_key
from catalog.store.rows import KeyKind
from catalog.store.sql import among
from catalog.store.tables import provenances, record_keys

JOINED_KEYS = "keys"
"""The part of a place's basis that holds the keys, each [kind, key], which its document is known by beside those of its record."""

_KEYS = select(record_keys.c.record_id, record_keys.c.kind, record_keys.c.key).where(
    among(record_keys.c.record_id, "ids")
)
_BASES = select(provenances.c.record_id, provenances.c.basis).where(
    among(provenances.c.record_id, "ids"), provenances.c.basis.is_not(None)
)

Keys = set[tuple[KeyKind, str]]


class KeyReads(Bound):
    """The keys of records, as they are stored and as they should be."""

    def keys_due(self, wanted: Mapping[str, Iterable[tuple[KeyKind, str]]]) -> dict[str, tuple[Keys, Keys]]:
        """Of records with the keys that their fields give, those that are stored with other ones: (as they should be, as they are) by id.
        Keys of joined places belong to what should be.
        """
        due = {record_id: stored_keys(keys) for record_id, keys in wanted.items()}
        for record_id, basis in self._many(_BASES, "ids", due):
            due[record_id] |= stored_keys((kind, key) for kind, key in orjson.loads(basis).get(JOINED_KEYS, ()))
        held: dict[str, Keys] = {record_id: set() for record_id in due}
        for record_id, kind, key in self._many(_KEYS, "ids", due):
            held[record_id].add((kind, key))
        return {record_id: (keys, held[record_id]) for record_id, keys in due.items() if keys != held[record_id]}


def stored_keys(keys: Iterable[tuple[KeyKind, str]]) -> Keys:
    """Keys in the form in which they are stored."""
    return {(kind, stored_key(key)) for kind, key in keys if key}
