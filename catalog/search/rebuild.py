"""A new generation of the index, made beside the current one, which goes on answering and following; then it takes its place.

An engine or a disk that fails in the middle changes nothing: what was begun is not current, and is removed by the next rebuild.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from catalog.errors import NoRoom, SearchUnavailable, Unavailable
from catalog.search.check import compare, look
from catalog.search.engines.base import IndexState, ISearchEngine
from catalog.search.following import COMMIT_EVERY, Follower, Taking, day_now
from catalog.search.generations import remove_others
from catalog.search.reading import Reading, ahead

Progress = Callable[[int, int | None], None]
"""Told how many records are done, and of how many, once a batch."""

log = structlog.get_logger()


class Rebuild:
    """One rebuild. The caller holds the `rebuild` lock."""

    def __init__(self, engine: ISearchEngine, reading: Reading, progress: Progress | None) -> None:
        self._engine = engine
        self._reading = reading
        self._follower = Follower(engine, reading)
        self._progress = progress or _silent

    def run(self, timeout: float) -> int:
        """Build, catch up, compare, switch; the number of documents. Raises `SearchUnavailable` when index and store do not match, and
        `Busy` when the `write` lock is not to be had within `timeout` seconds.
        """
        remove_others(self._engine)
        try:
            generation = self._engine.create()
            count = self._fill(generation)
            self._follower.follow(generation)
            compared = self._compare(generation)
            with self._engine.lock("write", timeout):
                self._follower.follow(generation)
                self._compare_changed(generation, compared)
                self._engine.switch(generation)
        except NoRoom:  # what was begun fills the disk on which the current generation is to follow
            with suppress(Unavailable):
                remove_others(self._engine)
            raise
        remove_others(self._engine)
        refused = self._engine.state(generation).refused
        log.info("index rebuilt", generation=generation, documents=count, refused=len(refused))
        return count

    def _fill(self, generation: str) -> int:
        """Put all records into an empty generation; the change rows that arrive meanwhile are followed afterwards."""
        state = IndexState(
            seq=self._reading.last_seq(), signature=self._engine.signature, day=day_now(), made_at=time.time()
        )
        total = self._reading.total()
        count = done = since = 0
        with self._engine.writer(generation) as writer:
            taking = Taking(writer, {})
            for batch in ahead(self._reading.whole()):
                count += taking.take(batch)
                done, since = done + batch.size, since + batch.size
                if since >= COMMIT_EVERY:
                    writer.commit(replace(state, seq=0, refused=dict(taking.refused)))
                    since = 0
                self._progress(done, total)
            writer.commit(replace(state, refused=dict(taking.refused)))
        return count

    def _compare(self, generation: str) -> int:
        """Compare all versions and a sample of documents with the store, but what changed since the generation was caught up: that is
        compared under the lock. Returns the change row up to which the generation is compared.
        """
        caught_up = self._engine.state(generation).seq
        found = compare(self._engine, self._reading, generation)
        self._refuse(generation, found.wrong, caught_up)
        return caught_up

    def _compare_changed(self, generation: str, compared: int) -> None:
        """Compare what changed after a row; of that, what changed again since the last catch-up does not count."""
        caught_up = self._engine.state(generation).seq
        for ids, _ in self._reading.changed_ids(compared):
            self._refuse(generation, look(self._engine, self._reading, ids, generation), caught_up)

    def _refuse(self, generation: str, wrong: dict[str, str], caught_up: int) -> None:
        """Raise `SearchUnavailable` when something is wrong that did not change after the generation was caught up."""
        if not wrong:
            return
        changed = {uid for ids, _ in self._reading.changed_ids(caught_up) for uid in ids}
        kinds = {uid: kind for uid, kind in wrong.items() if uid not in changed}
        if kinds:
            count = list(kinds.values()).count
            told = ", ".join(f"{count(kind)} {kind}" for kind in ("missing", "stale", "extra", "differing"))
            raise SearchUnavailable(
                f"the new index {generation} does not match the store ({told}, such as {next(iter(kinds))}); the old one goes on "
                "answering. Run the rebuild again, and report this if it stays"
            )


def _silent(_done: int, _total: int | None) -> None:
    """Progress that nobody watches."""
