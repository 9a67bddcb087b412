"""The life of the index: it follows the change log, is rebuilt aside, and takes the old one's place in one step.

The store is the truth and the index a copy, so every step may be repeated and any crash may happen. Two locks: `write` for the generation
that answers, `rebuild` for the one that is made aside and for removing others. Who needs both takes `rebuild` first, or does not wait.
"""

from __future__ import annotations

import time

import structlog

from catalog.errors import Busy, SearchUnavailable
from catalog.search import generations
from catalog.search.check import Check, check
from catalog.search.engines.base import ISearchEngine
from catalog.search.feed import FeedSource
from catalog.search.following import Follower, day_now
from catalog.search.plugin import IndexFields
from catalog.search.reading import Reading
from catalog.search.rebuild import Progress, Rebuild
from catalog.search.repair import Repair, repair

SWEEP_SECONDS = 600.0
"""How often a process that follows looks for what an interrupted rebuild left."""
_SLICE_SECONDS = 0.25

log = structlog.get_logger()


class IndexLife:
    """Keeps one engine's index in step with one store."""

    def __init__(self, engine: ISearchEngine, reader: FeedSource, index_fields: IndexFields) -> None:
        self._engine = engine
        self._reading = Reading(reader, index_fields)
        self._follower = Follower(engine, self._reading)
        self._swept = float("-inf")

    def catch_up(self, *, until: int | None = None, timeout: float = 60.0) -> int:
        """Follow the change log to its end, or at least to `until`; returns how many documents this process wrote.

        Another process that gets there first does as well. Raises `Busy` when one holds the lock for longer than `timeout` seconds.
        """
        target = until if until is not None else self._reading.last_seq()
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
            return Rebuild(self._engine, self._reading, progress).run(timeout)

    def check(self) -> Check:
        """Compare the current generation with the store. See `check.check`."""
        return check(self._engine, self._reading)

    def repair(self, *, timeout: float = 60.0) -> Repair:
        """Put right what differs. See `repair.repair`."""
        return repair(self._engine, self._reading, timeout)

    def rollback(self, *, timeout: float = 60.0) -> str:
        """Go back to the previous generation. See `generations.rollback`."""
        with self._engine.lock("rebuild", timeout):
            return generations.rollback(self._engine, self._reading, timeout)

    def generations(self) -> list[generations.Generation]:
        """All generations, oldest first."""
        return generations.describe(self._engine, self._reading)

    def _reached(self, target: int) -> bool:
        state = self._engine.state()
        return state.signature == self._engine.signature and state.seq >= target and state.day >= day_now()

    def _follow_current(self) -> int:
        """Follow with the current generation; with a new one where there is none, or where it was made by another version."""
        generation = self._engine.current()
        signature = self._engine.state(generation).signature if generation else ""
        if generation is not None and signature == self._engine.signature:
            self._sweep()
            return self._follower.follow(generation)
        if _format(signature) > _format(self._engine.signature):
            raise SearchUnavailable(
                "the search index was made by a newer version of this program; restart this process with that version"
            )
        if generation is not None:
            log.warning("the index was made by another version and is made anew", generation=generation)
        with self._engine.lock("rebuild", 0.0):
            generations.remove_others(self._engine)
            fresh = self._engine.create()
            count = self._follower.follow(fresh)
            self._engine.switch(fresh)
            generations.remove_others(self._engine)
        return count

    def _sweep(self) -> None:
        """Remove now and then what an interrupted rebuild left, unless one is under way."""
        if time.monotonic() - self._swept < SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        if not generations.others(self._engine):
            return
        try:
            with self._engine.lock("rebuild", 0.0):
                if removed := generations.remove_others(self._engine):
                    log.info("leftovers of an interrupted rebuild removed", generations=removed)
        except Busy:
            log.debug("a rebuild is under way; other generations stay for now")


def _format(signature: str) -> int:
    """The format's number that a signature begins with; 0 where it has none. Two versions that run at once must not undo each other."""
    number, dot, _ = signature.partition(".")
    return int(number) if dot and number.isdigit() else 0
