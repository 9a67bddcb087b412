"""A store in memory with just what the search reads of one: records, texts, a change log. A real implementation, not a mock."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from catalog.model.draft import Block
from catalog.model.record import Record


@dataclass(frozen=True)
class Counts:
    by_state: Counter[str]


@dataclass(frozen=True)
class Row:
    seq: int
    record_id: str


class MemoryFeed:
    def __init__(self) -> None:
        self.held: dict[str, Record] = {}
        self.blocks: dict[str, tuple[Block, ...]] = {}
        self.log: list[Row] = []

    def add(
        self,
        name: str,
        title: str,
        body: str | Sequence[Block] = "",
        *,
        record_type: str = "normative_document",
        disclosure: str = "active",
        state: str = "published",
        **metadata: Any,
    ) -> str:
        """Create the record of this name, or change it (one version on)."""
        uid = str(uuid5(NAMESPACE_URL, name))
        blocks = (Block("paragraph", body),) if isinstance(body, str) and body else tuple(body)
        text_hash = hashlib.sha256(repr(blocks).encode()).hexdigest() if blocks else None
        if text_hash:
            self.blocks[text_hash] = blocks
        before = self.held.get(uid)
        self.held[uid] = Record(
            id=uid, name=name, type=record_type, title=title, organization_id=None, state=state, disclosure=disclosure,
            metadata={"title": title, "disclosure": disclosure, **metadata}, readings={}, text_hash=text_hash, content_hash="",
            version=before["version"] + 1 if before else 1, created_at="", updated_at="",
        )  # fmt: skip
        self.log.append(Row(len(self.log) + 1, uid))
        return uid

    def set_state(self, uid: str, state: str) -> None:
        record = self.held[uid]
        self.held[uid] = {**record, "state": state, "version": record["version"] + 1}
        self.log.append(Row(len(self.log) + 1, uid))

    def remove(self, uid: str) -> None:
        del self.held[uid]
        self.log.append(Row(len(self.log) + 1, uid))

    # what the search asks for
    def changes(self, after_seq: int, limit: int) -> list[Row]:
        return self.log[after_seq : after_seq + limit]

    def last_seq(self) -> int:
        return len(self.log)

    def counts(self) -> Counts:
        return Counts(Counter(record["state"] for record in self.held.values()))

    def records(self, ids: Iterable[str]) -> dict[str, Record]:
        return {uid: self.held[uid] for uid in ids if uid in self.held}

    def texts(self, hashes: Iterable[str]) -> dict[str, tuple[Block, ...]]:
        return {one: self.blocks[one] for one in hashes if one in self.blocks}

    def iter_records(
        self, *, states: Sequence[str] = ("published",), after_id: str | None = None, batch: int = 500
    ) -> Iterator[Record]:
        ids = sorted(self.held)
        for uid in ids[bisect_right(ids, after_id) if after_id else 0 :]:
            if self.held[uid]["state"] in states:
                yield self.held[uid]

    @contextmanager
    def open(self) -> Iterator[MemoryFeed]:
        yield self
