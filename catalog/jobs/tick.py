"""The tick: again and again, see what is due in the store, and send the names that nobody has been sent. Every worker does it.

Two that do it at the same moment send a name twice, which does no harm (`jobs.tasks`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from catalog.actions import Catalogue, ocr
from catalog.errors import GongkaiError, Misconfigured, Unavailable
from catalog.jobs.queue import Queue
from catalog.jobs.schedule import Due, cut_offs, due
from catalog.store.rows import Standing

TICK_SECONDS = 10.0
"""Time between two looks: the longest that a source is late, and that a run which was cut off lies about."""
RESEND_TICKS = 6
"""A name that was sent is sent again after so many ticks when nothing has come of it: it was lost, or its run could not begin."""

log = structlog.get_logger()


class Tick:
    """What one worker remembers from tick to tick: which parts are away, and what it sent. Losing it costs a message or two."""

    def __init__(
        self, queue: Queue, *, every: float = TICK_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._queue = queue
        self._every = every
        self._clock = clock
        self._sent: dict[str, tuple[object, float]] = {}
        self._away: set[str] = set()
        self._foreign: set[str] = set()
        self._told_of_engine = False

    def __call__(self, make: Callable[[], Catalogue]) -> int:
        """Do it once; how many names were sent. What is away is told once, when it goes and when it is back."""
        sent = 0
        try:
            catalogue = make()
            now = catalogue.now()
            with catalogue.store.read() as reader:
                standings = self._runnable(catalogue, reader.standings())
                found = due(standings, cut_offs(reader, standings, now), now)
            self._are_back(*(self._away - {"queue"}))
            sent = self._send(found, {one.source.name: one for one in standings})
            sent += self._send_ocr(catalogue)
            self._are_back("queue")
        except Unavailable as error:
            self._is_away(error)
        except GongkaiError as error:  # a full disk, a busy database: the next tick may do better
            log.warning("tick_failed", reason=str(error))
        return sent

    def _send(self, found: list[Due], standings: dict[str, Standing]) -> int:
        waiting = set(self._queue.waiting())
        names = {one.name for one in found}
        self._sent = {name: sent for name, sent in self._sent.items() if name in names}
        count = 0
        for one in found:
            if ("source.run", (one.name,)) in waiting or not self._is_news(one.name, standings[one.name]):
                continue
            self._queue.enqueue("source.run", one.name)
            self._sent[one.name] = (standings[one.name], self._clock())
            log.info("source_sent", source=one.name, reason=one.reason)
            count += 1
        return count

    def _send_ocr(self, catalogue: Catalogue) -> int:
        """Send the name of the recognition of scans, when some are due, nobody is at it and it is not under way."""
        try:
            due_now = ocr.is_due(catalogue)
        except Misconfigured as error:
            if not self._told_of_engine:
                log.warning("ocr_misconfigured", reason=str(error))
            self._told_of_engine = True
            return 0
        if not due_now or ("ocr.run", ()) in set(self._queue.waiting()):
            return 0
        self._queue.enqueue("ocr.run")
        log.info("ocr_sent")
        return 1

    def _is_news(self, name: str, standing: Standing) -> bool:
        """Whether a name was not sent for this state of affairs, or so long ago that it is lost."""
        before, at = self._sent.get(name, (None, 0.0))
        return before != standing or self._clock() - at >= RESEND_TICKS * self._every

    def _runnable(self, catalogue: Catalogue, standings: list[Standing]) -> list[Standing]:
        """The sources whose kind this installation knows; each other one is told of once."""
        kinds = catalogue.plugins.harvesters
        for one in standings:
            if one.source.kind not in kinds and one.source.id not in self._foreign:
                self._foreign.add(one.source.id)
                log.warning("source_kind_unknown", source=one.source.name, kind=one.source.kind, known=sorted(kinds))
        return [one for one in standings if one.source.kind in kinds]

    def _is_away(self, error: Unavailable) -> None:
        part = type(error).__name__.removesuffix("Unavailable").lower()
        if part not in self._away:
            log.warning(
                "away", part=part, reason=str(error), then="asked again at each tick; nothing that is due is lost"
            )
        self._away.add(part)

    def _are_back(self, *parts: str) -> None:
        for part in self._away.intersection(parts):
            log.warning("back", part=part)
            self._away.discard(part)
