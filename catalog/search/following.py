"""Taking what the store says over into one generation of the index, and remembering what the engine would not take.

Every step may be repeated and any crash may happen: following starts again from the last committed number, and puts the same documents
in the same places.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from catalog.errors import SearchUnavailable
from catalog.search import dates
from catalog.search.engines.base import IndexState, IndexWriter, ISearchEngine
from catalog.search.reading import BATCH, Batch, Reading, ahead

COMMIT_EVERY = 20_000
"""Records between two commits of a long run: what a crash makes it repeat."""
MAX_REFUSED = 1_000
"""Documents that may be in quarantine. With more it is not the documents that are wrong, and nothing more is written."""


def day_now() -> int:
    """Today as yyyymmdd."""
    return dates.number(dates.today().isoformat())


class Follower:
    """Follows the change log with a generation. Whoever calls it holds the lock of that generation."""

    def __init__(self, engine: ISearchEngine, reading: Reading) -> None:
        self._engine = engine
        self._reading = reading

    def follow(self, generation: str) -> int:
        """Take over all changes that the generation does not know, and the records whose validity changed with the calendar. Returns how
        many documents were written.
        """
        state, day = self._state(generation), day_now()
        due = self._engine.due(day, generation) if 0 < state.day < day else []
        changed = self._reading.changed(state.seq)
        if self._reading.last_seq() - state.seq > BATCH:
            changed = ahead(changed)
        count = since = 0
        with self._engine.writer(generation) as writer:
            taking = Taking(writer, state.refused)
            for batch in chain(self._reading.present(due), changed):
                count += taking.take(batch)
                since += batch.size
                if batch.reached is not None:
                    state = replace(state, seq=batch.reached)
                    if since >= COMMIT_EVERY:
                        writer.commit(replace(state, refused=dict(taking.refused)))
                        since = 0
            writer.commit(replace(state, day=day, refused=dict(taking.refused)))
        return count

    def put(self, generation: str, ids: Sequence[str]) -> int:
        """Bring the documents of these ids to what their records are now. The state stays as it is, its quarantine apart."""
        state = self._engine.state(generation)
        with self._engine.writer(generation) as writer:
            taking = Taking(writer, state.refused)
            count = sum([taking.take(batch) for batch in self._reading.present(ids)])
            writer.commit(replace(state, refused=dict(taking.refused)))
        return count

    def _state(self, generation: str) -> IndexState:
        """How far the generation is; from the log's beginning when it is new."""
        state = self._engine.state(generation)
        if state.signature == self._engine.signature:
            return state
        return IndexState(signature=self._engine.signature, made_at=time.time())


class Taking:
    """One writer's way through batches. `refused` is the quarantine as it was, without what is taken or not to be indexed any more, and
    with the records that no document could be made of; the writer adds what it refuses when it commits.
    """

    def __init__(self, writer: IndexWriter, refused: Mapping[str, str]) -> None:
        self._writer = writer
        self.refused = dict(refused)

    def take(self, batch: Batch) -> int:
        """Write a batch; how many documents it has. Raises `SearchUnavailable` when more than `MAX_REFUSED` are in quarantine."""
        self._writer.delete([*batch.gone, *batch.unmade], batch.seq)
        count = self._writer.put(batch.documents, batch.seq)
        for uid in chain(batch.gone, (document["uid"] for document in batch.documents)):
            self.refused.pop(uid, None)
        self.refused |= batch.unmade
        refused = {**self.refused, **self._writer.refused}
        if len(refused) > MAX_REFUSED:
            uid, reason = refused.popitem()
            raise SearchUnavailable(
                f"the search engine refused more than {MAX_REFUSED:,} documents, such as {uid} ({reason}); nothing more is written to the "
                "index until this is cured"
            )
        return count
