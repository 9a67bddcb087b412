"""The life of the index: it follows the change log, is rebuilt aside, and takes the old one's place in one step.

The store is the truth and the index a copy, so every step may be repeated and any crash may happen: following starts again from the
last committed number and puts the same documents in the same places. Two locks: `write` for the generation that answers, `rebuild`
for the one that is made aside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import structlog

from catalog.errors import Busy, SearchUnavailable
from catalog.model.record import Record
from catalog.search import documents
from catalog.search.check import batches, compare
from catalog.search.dates import number, today
from catalog.search.engines.base import Document, IndexState, IndexWriter, ISearchEngine
from catalog.search.feed import FeedSource, RecordFeed
from catalog.search.plugin import IndexFields

BATCH = 500
"""Change rows or records read at a time."""
TEXTS = 20
"""Texts in memory at a time; the longest real ones have a few hundred KB."""
COMMIT_EVERY = 20_000
"""Records between two commits of a long run: what a crash makes it repeat."""
KEEP_SECONDS = 600.0
"""How long the generation before the current one stays, for searches that have it open and for going back."""
_SLICE_SECONDS = 0.25

Progress = Callable[[int], None]
"""Told the number of records done, once a batch."""

log = structlog.get_logger()


class IndexLife:
    """Keeps one engine's index in step with one store."""

    def __init__(self, engine: ISearchEngine, reader: FeedSource, index_fields: IndexFields) -> None:
        self._engine = engine
        self._reader = reader
        self._index_fields = index_fields

    def catch_up(self, *, until: int | None = None, timeout: float = 60.0) -> int:
        """Follow the change log to its end, or at least to `until`; returns how many documents this process wrote.

        Another process that gets there first does as well. Raises `Busy` when one holds the lock for longer than `timeout` seconds.
        """
        target = until if until is not None else self._last_seq()
        deadline = time.monotonic() + timeout
        while not self._reached(target):
            remaining = max(0.0, deadline - time.monotonic())
            try:
                with self._engine.lock("write", min(_SLICE_SECONDS, remaining)):
                    return self._follow_current()
            except Busy:
                if remaining <= _SLICE_SECONDS:
                    raise
        return 0

    def rebuild(self, progress: Progress | None = None, *, timeout: float = 60.0) -> int:
        """Make the index anew beside the current one, while that goes on answering and following; then switch. Returns the number of
        documents. Raises `Busy` when another rebuild is under way, `SearchUnavailable` when the new index does not match the store.
        """
        with self._engine.lock("rebuild", timeout):
            self._remove_others()
            generation = self._engine.create()
            count = self._fill(generation, progress or _silent)
            self._follow(generation)
            self._assure(generation)
            with self._engine.lock("write", timeout):
                self._follow(generation)
                self._engine.switch(generation)
            log.info("index rebuilt", generation=generation, documents=count)
            return count

    def _reached(self, target: int) -> bool:
        state = self._engine.state()
        return (
            state.signature == self._engine.signature
            and state.seq >= target
            and state.day >= number(today().isoformat())
        )

    def _last_seq(self) -> int:
        with self._reader() as feed:
            return feed.last_seq()

    def _follow_current(self) -> int:
        """Follow with the current generation; with a new one where there is none, or where it was made by another version."""
        generation = self._engine.current()
        if generation is not None and self._engine.state().signature == self._engine.signature:
            self._sweep()
            return self._follow(generation)
        if generation is not None:
            if _format(self._engine.state().signature) > _format(self._engine.signature):
                raise SearchUnavailable(
                    "the search index was made by a newer version of this program; restart this process with that version"
                )
            log.warning("the index was made by another version and is made anew", generation=generation)
        with self._engine.lock("rebuild", 0.0):
            fresh = self._engine.create()
            count = self._follow(fresh)
            self._engine.switch(fresh)
        return count

    def _follow(self, generation: str) -> int:
        """Take over all changes that the generation does not know, and the records whose validity changed with the calendar."""
        state = self._engine.state(generation)
        if state.signature != self._engine.signature:
            state = IndexState(signature=self._engine.signature, made_at=time.time())
        day = number(today().isoformat())
        due = self._engine.due(day, generation) if 0 < state.day < day else []
        count = since = 0
        with self._engine.writer(generation) as writer:
            for batch in batches(due):
                with self._reader() as feed:
                    count += self._put(feed, writer, batch)
            for ids, seq in self._changes(state.seq):
                with self._reader() as feed:
                    done = self._put(feed, writer, ids)
                count, since = count + done, since + done
                state = replace(state, seq=seq)
                if since >= COMMIT_EVERY:
                    writer.commit(state)
                    since = 0
            writer.commit(replace(state, day=day))
        return count

    def _changes(self, after: int) -> Iterator[tuple[list[str], int]]:
        """The ids that changed, a batch at a time, with the number of the batch's last row."""
        while True:
            with self._reader() as feed:
                rows = feed.changes(after, BATCH)
            if not rows:
                return
            after = rows[-1].seq
            yield list(dict.fromkeys(row.record_id for row in rows)), after

    def _fill(self, generation: str, progress: Progress) -> int:
        """Put all records into an empty generation; the change rows that arrive meanwhile are followed afterwards."""
        state = IndexState(seq=self._last_seq(), signature=self._engine.signature, made_at=time.time())
        count = since = 0
        last: str | None = None
        with self._engine.writer(generation) as writer:
            while True:
                with self._reader() as feed:
                    records = list(islice(feed.iter_records(after_id=last, batch=BATCH), BATCH))
                    done = writer.put(self._documents(feed, records))
                if not records:
                    break
                last = records[-1]["id"]
                count, since = count + done, since + done
                if since >= COMMIT_EVERY:
                    writer.commit(replace(state, seq=0))
                    since = 0
                progress(count)
            writer.commit(replace(state, day=number(today().isoformat())))
        return count

    def _put(self, feed: RecordFeed, writer: IndexWriter, ids: Sequence[str]) -> int:
        """Bring the documents of these ids to what their records are now."""
        records = feed.records(ids)
        writer.delete(uid for uid in ids if uid not in records or not documents.is_searchable(records[uid]))
        return writer.put(self._documents(feed, [records[uid] for uid in ids if uid in records]))

    def _documents(self, feed: RecordFeed, records: Sequence[Record]) -> Iterator[Document]:
        """The documents of records, with a few texts in memory at a time."""
        for few in batches(records, TEXTS):
            hashes = {hashed for record in few if (hashed := documents.text_hash(record))}
            texts = feed.texts(hashes) if hashes else {}
            for record in few:
                made = documents.make(record, texts.get(documents.text_hash(record) or "", ()), self._index_fields)
                if made is not None:
                    yield made

    def _assure(self, generation: str) -> None:
        """Compare a new generation with the store; what changed since it was caught up does not count."""
        with self._reader() as feed:
            found = compare(self._engine, feed, generation)
        changed = {uid for ids, _ in self._changes(self._engine.state(generation).seq) for uid in ids}
        wrong = [uid for uid in found.examples if uid not in changed]
        if not found.clean and wrong:
            raise SearchUnavailable(
                f"the new index {generation} does not match the store ({found.missing} missing, {found.stale} stale, {found.extra} "
                f"extra, such as {wrong[0]}); the old one goes on answering. Run the rebuild again, and report this if it stays"
            )

    def _sweep(self) -> None:
        """Remove what is not needed any more, unless a rebuild is using it: the generation before the current one after a while, and
        what an interrupted rebuild left.
        """
        if len(self._engine.generations()) < 2 or time.time() - self._engine.state().made_at < KEEP_SECONDS:
            return
        try:
            with self._engine.lock("rebuild", 0.0):
                self._remove_others()
        except Busy:
            log.debug("a rebuild is under way; old generations stay for now")

    def _remove_others(self) -> None:
        current = self._engine.current()
        for generation in self._engine.generations():
            if generation != current:
                self._engine.remove(generation)


def _silent(_: int) -> None:
    """Progress that nobody watches."""


def _format(signature: str) -> int:
    """The format's number that a signature begins with; 0 where it has none. Two versions that run at once must not undo each other."""
    number_, dot, _ = signature.partition(".")
    return int(number_) if dot and number_.isdigit() else 0
