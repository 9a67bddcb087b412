"""Which items a run has met, in a few bytes each: what is done already, what is listed twice, what two items call by one key."""

from __future__ import annotations

from typing import Literal

from catalog.store.codec import stored_key

Sight = Literal["new", "again", "other"]


class Seen:
    """Keys and refs of a run's items, kept as 64-bit hashes. A false meeting among ten million items has odds of 1 in 370,000."""

    def __init__(self) -> None:
        self._refs: dict[int, int] = {}

    def add(self, key: str, ref: str) -> None:
        """An item that is done."""
        self._refs[hash(stored_key(key))] = hash(ref)

    def sight(self, key: str, ref: str) -> Sight:
        """What an item is to this run: `new` (then it is added), met `again`, or an `other` item under a key that was met.

        A long key and the form in which the store keeps it are the same.
        """
        mark = hash(stored_key(key))
        held = self._refs.get(mark)
        if held is None:
            self._refs[mark] = hash(ref)
            return "new"
        return "again" if held == hash(ref) else "other"
