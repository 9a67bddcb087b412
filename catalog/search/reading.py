"""What of the store goes into an index: the documents of records as they are now, and the ids that the index must not hold.

Everything comes in batches, each read in one look at the store that ends before the batch is handed out: however long an engine takes
over one, no database snapshot is held open, and memory stays bounded by `TOKENS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import structlog

from catalog.model.draft import Block
from catalog.model.record import Record
from catalog.search import documents
from catalog.search.engines.base import Document
from catalog.search.feed import FeedSource, RecordFeed
from catalog.search.plugin import IndexFields

BATCH = 500
"""Change rows or records read at a time."""
TEXTS = 20
"""Texts in memory at a time; the longest real ones have a few hundred KB."""
TOKENS = 4_000_000
"""Characters of tokens after which a batch ends: about 8 MB in memory, and in a request to a server."""
MAX_REASON = 500
"""Characters that are kept of why no document could be made of a record."""

_Item = TypeVar("_Item")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records' documents, read when the change log was at `seq`. `gone` are ids that are not to be indexed, `unmade` records that no
    document could be made of, id to reason. With it and those before, all change rows up to `reached` are done; `None` in their midst.
    """

    seq: int
    documents: list[Document] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unmade: dict[str, str] = field(default_factory=dict)
    reached: int | None = None

    @property
    def size(self) -> int:
        """How many records it stands for."""
        return len(self.documents) + len(self.gone) + len(self.unmade)


class Reading:
    """Reads one store for one index."""

    def __init__(self, reader: FeedSource, index_fields: IndexFields) -> None:
        self.reader = reader
        self._index_fields = index_fields

    def last_seq(self) -> int:
        """The number of the change log's newest row."""
        with self.reader() as feed:
            return feed.last_seq()

    def total(self) -> int:
        """How many records are published; a few of them may be kept from the index."""
        with self.reader() as feed:
            return feed.counts().by_state.get("published", 0)

    def whole(self) -> Iterator[Batch]:
        """All published records, in the order of their ids. What changes meanwhile may be read before or after."""
        last: str | None = None
        while True:
            with self.reader() as feed:
                seq = feed.last_seq()
                records = list(islice(feed.iter_records(after_id=last, batch=BATCH), BATCH))
                batch, used = self._batch(feed, records, seq)
            if not records:
                return
            last = records[used - 1]["id"]
            yield batch

    def changed(self, after: int) -> Iterator[Batch]:
        """The records that the change log names from after a row on, until its end."""
        for ids, reached in self.changed_ids(after):
            rest = ids
            while rest:
                batch, used = self._present(rest, reached)
                rest = rest[used:]
                yield batch

    def present(self, ids: Sequence[str]) -> Iterator[Batch]:
        """These records as they are now."""
        rest = list(ids)
        while rest:
            batch, used = self._present(rest[:BATCH], None)
            rest = rest[used:]
            yield batch

    def changed_ids(self, after: int) -> Iterator[tuple[list[str], int]]:
        """The ids that changed until now, each once a batch, with the number of the batch's last row. The end is that of the log when this
        begins: a writer that goes on meanwhile could otherwise keep it going for ever.
        """
        end = self.last_seq()
        while after < end:
            with self.reader() as feed:
                rows = [row for row in feed.changes(after, BATCH) if row.seq <= end]
            if not rows:
                return
            after = rows[-1].seq
            yield list(dict.fromkeys(row.record_id for row in rows)), after

    def _present(self, ids: Sequence[str], reached: int | None) -> tuple[Batch, int]:
        """The first of these ids as they are now, and how many they are; `reached` counts when they are all."""
        with self.reader() as feed:
            seq = feed.last_seq()
            held = feed.records(ids)
            batch, _ = self._batch(feed, [held[uid] for uid in ids if uid in held], seq)
        done = {document["uid"] for document in batch.documents} | batch.unmade.keys() | set(batch.gone)
        used = next((place for place, uid in enumerate(ids) if uid in held and uid not in done), len(ids))
        gone = [*batch.gone, *(uid for uid in ids[:used] if uid not in held)]
        whole = reached if used == len(ids) else None
        return Batch(seq, batch.documents, gone, batch.unmade, whole), used

    def _batch(self, feed: RecordFeed, records: Sequence[Record], seq: int) -> tuple[Batch, int]:
        """The documents of records, of as many as fit into one batch, and how many these are. `seq` was read before the records were:
        it never claims to know a change that they do not show.
        """
        batch, used, size = Batch(seq), 0, 0
        for few in batches(records, TEXTS):
            hashes = {hashed for record in few if (hashed := documents.text_hash(record))}
            texts = feed.texts(hashes) if hashes else {}
            for record in few:
                size += self._make(batch, record, texts)
            used += len(few)
            if size >= TOKENS:
                break
        return batch, used

    def _make(self, batch: Batch, record: Record, texts: Mapping[str, Sequence[Block]]) -> int:
        """Put a record where it belongs in a batch; how many characters of tokens it has."""
        try:
            made = documents.make(record, texts.get(documents.text_hash(record) or "", ()), self._index_fields)
        except Exception as error:  # extensions' code runs here: one record that it fails at must not stop the others
            batch.unmade[record["id"]] = f"no document could be made: {type(error).__name__}: {error}"[:MAX_REASON]
            log.warning("record_not_indexable", record=record["id"], exc_info=True)
            return 0
        if made is None:
            batch.gone.append(record["id"])
            return 0
        batch.documents.append(made)
        return len(made["text"]) + len(made["characters"])


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The same items, each made in a thread while the one before is used: the store is read while the engine writes."""
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="index-reading") as pool:
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item  # type: ignore[misc]  # `end` is no item


def batches(items: Iterable[_Item], size: int = BATCH) -> Iterator[list[_Item]]:
    """The items, `size` at a time."""
    walk = iter(items)
    while batch := list(islice(walk, size)):
        yield batch
